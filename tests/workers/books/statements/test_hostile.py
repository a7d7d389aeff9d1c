"""Whatever comes in, a statement or a refusal comes out: no other error, no hang, no swollen memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.statements.exports import read
from workers.books.errors import StatementError
from workers.books.statements import Statement
from workers.books.statements.reading import read_in_child

MB = 2**20
#: A thousand times what a small file takes: what takes longer hangs.
DEADLINE = timedelta(seconds=5)
CSV_ROW = b"2026-06-%02d,SHOP %d,-%d.50\n"
OFX_ENTRY = b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202606%02d<TRNAMT>-%d.50<FITID>2026%06d<NAME>SHOP</STMTTRN>\n"
QIF_RECORD = b"D2026-06-%02d\nT-%d.50\nPSHOP %d\n^\n"
MT940_ENTRY = b":61:2606%02dD%d,50NTRFNONREF\n:86:SHOP %d\n"
CAMT_ENTRY = (
    b'<Ntry><Amt Ccy="EUR">%d.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
    b"<BookgDt><Dt>2026-06-%02d</Dt></BookgDt><AddtlNtryInf>SHOP %d</AddtlNtryInf></Ntry>\n"
)


def csv_of(rows: int) -> bytes:
    return b"Date,Description,Amount\n" + b"".join(CSV_ROW % (1 + n % 28, n, n) for n in range(1, rows + 1))


def ofx_of(rows: int) -> bytes:
    body = b"".join(OFX_ENTRY % (1 + n % 28, n, n) for n in range(1, rows + 1))
    return (
        b"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>USD<BANKTRANLIST>" + body + b"</BANKTRANLIST></STMTRS></OFX>"
    )


def qif_of(rows: int) -> bytes:
    return b"!Type:Bank\n" + b"".join(QIF_RECORD % (1 + n % 28, n, n) for n in range(1, rows + 1))


def mt940_of(rows: int) -> bytes:
    body = b"".join(MT940_ENTRY % (1 + n % 28, n, n) for n in range(1, rows + 1))
    return b":20:X\n:25:12345678\n:28C:1\n:60F:C260531EUR0,\n" + body + b":62F:C260630EUR0,\n-\n"


def camt_of(rows: int) -> bytes:
    body = b"".join(CAMT_ENTRY % (n, 1 + n % 28, n) for n in range(1, rows + 1))
    start = b'<Document xmlns="camt.053"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE123456</IBAN></Id></Acct>\n'
    return start + body + b"</Stmt></BkToCstmrStmt></Document>"


FORMATS: dict[str, Callable[[int], bytes]] = {
    "csv": csv_of,
    "ofx": ofx_of,
    "qif": qif_of,
    "mt940": mt940_of,
    "camt": camt_of,
}
#: What each reader takes for its own, with anything behind it.
BEGINNINGS = {
    "csv": b"Date,Description,Amount\n2026-06-13,x,",
    "ofx": b"OFXHEADER:100\n\n<OFX><STMTRS><STMTTRN><DTPOSTED>20260613<TRNAMT>1",
    "qif": b"!Type:Bank\nD2026-06-13\nT",
    "mt940": b":20:X\n:25:Y\n:61:260613D1,\n",
    "camt": b"<Document xmlns='camt.053'><Stmt><Ntry>",
}
#: Pieces that mean something to a reader, put where they do not belong.
TOKENS = [
    *(b"<STMTTRN>", b"</STMTTRN>", b"<TRNAMT>", b"<![CDATA[", b"]]>", b"<!--", b"<OFX>", b"<STMTRS>"),
    *(b"&#0;", b"&#xD800;", b"\xe2\x80\xae", b"\xed\xa0\x80"),
    *(b"^\n", b"!Type:Bank\n", b"!Account\n", b"\nD", b"\nT", b"'"),
    *(b":20:", b":61:", b":86:", b":62F:", b"-\n", b"{1:", b"-}", b":\n"),
    *(b"<Ntry>", b"</Ntry>", b"<Stmt>", b"<!DOCTYPE x>", b"<Sts><Cd>", b"<Bal/>"),
    *(b"\x00", b"\xff\xfe", b"\r", b"\n\n", b'"', b",", b";", b"-", b"9" * 30, b"1E9"),
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp037"]


def is_read_or_refused(content: bytes) -> None:
    """What is read can also leave the process it was read in."""
    try:
        statement = read(content)
    except StatementError:
        return
    assert statement.lines
    assert all(line.amount.is_finite() for line in statement.lines)
    assert len({line.line_no for line in statement.lines}) == len(statement.lines)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(statement), type=Statement) == statement


@settings(deadline=DEADLINE, max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(sorted(BEGINNINGS)))
def test_any_bytes_behind_any_beginning(content: bytes, kind: str) -> None:
    is_read_or_refused(content)
    is_read_or_refused(BEGINNINGS[kind] + content)


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """A valid file with pieces cut, doubled, moved and strange ones put in, in an encoding of any kind."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 120)))
        piece = content[start:end]
        match draw(st.sampled_from(["cut", "double", "move", "token", "noise"])):
            case "cut":
                content = content[:start] + content[end:]
            case "double":
                content = content[:end] + piece * draw(st.integers(1, 3)) + content[end:]
            case "move":
                rest = content[:start] + content[end:]
                place = draw(st.integers(0, len(rest)))
                content = rest[:place] + piece + rest[place:]
            case "token":
                content = content[:start] + draw(st.sampled_from(TOKENS)) + content[start:]
            case "noise":
                content = content[:start] + draw(st.binary(max_size=8)) + content[end:]
    encoding = draw(st.sampled_from(ENCODINGS))
    return content if encoding == "utf-8" else content.decode("latin-1").encode(encoding, errors="replace")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_mutilated_file(kind: str) -> None:
    @settings(deadline=DEADLINE, max_examples=200)
    @given(mutated(FORMATS[kind](3)))
    def holds(content: bytes) -> None:
        is_read_or_refused(content)

    holds()


# --- with the limits of the child


async def outcome(tmp_path: Path, content: bytes, *, seconds: float = 60.0) -> Statement | StatementError:
    """Raises whatever else comes out of the child."""
    path = tmp_path / "upload"
    path.write_bytes(content)
    try:
        return await read_in_child(path, name="june.csv", seconds=seconds)
    except StatementError as refusal:
        return refusal


@pytest.mark.parametrize("kind", FORMATS)
async def test_fifty_thousand_lines_are_read_and_one_more_is_not(tmp_path: Path, kind: str) -> None:
    for name in ("most", "more"):
        (tmp_path / name).mkdir()
    most, more = await asyncio.gather(
        outcome(tmp_path / "most", FORMATS[kind](50_000)), outcome(tmp_path / "more", FORMATS[kind](50_001))
    )
    assert isinstance(most, Statement)
    assert (len(most.lines), most.format, most.lines[-1].amount) == (50_000, kind, Decimal("-50000.50"))
    assert isinstance(more, StatementError)
    assert more.code == "too_many_rows"


@pytest.mark.parametrize("kind", FORMATS)
async def test_ten_megabytes(tmp_path: Path, kind: str) -> None:
    content = FORMATS[kind](5_000).replace(b"SHOP", b"SHOP " + b"lorem ipsum " * 180)
    assert len(content) > 10 * MB
    read_back = await outcome(tmp_path, content)
    assert isinstance(read_back, Statement)
    assert len(read_back.lines) == 5_000
    assert max(len(line.description) for line in read_back.lines) <= 1_000


async def test_a_gigabyte_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    with path.open("wb") as file:
        file.write(b"Date,Description,Amount\n2026-06-13,")
        file.truncate(2**30)
    with pytest.raises(StatementError) as refusal:
        await read_in_child(path, name="june.csv", seconds=5)
    assert refusal.value.code == "file_too_large"


LAUGHS = b"<!DOCTYPE d [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)
ATTRIBUTES = b"".join(b"a%d='1' " % number for number in range(200_000))

#: Each with the code it is refused by; None where it may be read.
BAITS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "a cell of 20 MB": (lambda: csv_of(1) + b"2026-06-13," + b"x" * (20 * MB) + b",-1.00\n", "unreadable_line"),
    "a quoted cell of 20 MB": (lambda: csv_of(1) + b'2026-06-13,"' + b"x\n" * (10 * MB) + b'",-1.00\n', None),
    "NULs": (lambda: b"\x00" * (20 * MB), "not_a_statement"),
    "NULs behind a header": (lambda: csv_of(1) + b"\x00" * MB, "not_a_statement"),
    "a ZIP": (lambda: b"PK\x03\x04" + b"\x00" * MB, "not_a_statement"),
    "a PDF": (lambda: b"%PDF-1.7\n" + csv_of(100), "not_a_statement"),
    "UTF-16 of 20 MB": (lambda: csv_of(1).decode().encode("utf-16") + b"x\x00" * (10 * MB), None),
    "half a character of UTF-16": (lambda: csv_of(9).decode().encode("utf-16")[:-1], "unknown_encoding"),
    "lone surrogates": (lambda: b"\xff\xfe" + b"\x00\xd8" * MB, "unknown_encoding"),
    "UTF-32 of 20 MB": (lambda: b"\xff\xfe\x00\x00" + b"x\x00\x00\x00" * (5 * MB), None),
    "UTF-32 beyond Unicode": (lambda: b"\xff\xfe\x00\x00" + b"\xff\xff\xff\x7f" * MB, "unknown_encoding"),
    "UTF-7": (lambda: b"+ADw-OFX+AD4- +AAo-" * 100_000, None),
    "an overlong blank": (lambda: csv_of(1) + b"\xc0\x80" * MB, None),
    "a billion laughs in CAMT": (lambda: LAUGHS + b"]>" + camt_of(1).replace(b"SHOP", b"&l;"), "damaged_file"),
    "a billion laughs in OFX": (lambda: LAUGHS + b"]>" + ofx_of(1)[15:].replace(b"SHOP", b"&l;"), None),
    "XML a million deep": (lambda: camt_of(0).replace(b"</Stmt>", b"<x>" * 2**20 + b"</Stmt>"), "damaged_file"),
    "XML a quarter of a million wide": (lambda: camt_of(1).replace(b"</Stmt>", b"<x/>" * 2**18 + b"</Stmt>"), None),
    "two hundred thousand attributes": (lambda: camt_of(1).replace(b"<Stmt", b"<Stmt " + ATTRIBUTES), None),
    "a namespace of 10 MB": (lambda: camt_of(1).replace(b'"camt', b'"' + b"x" * 8_000 + b"camt"), None),
    "a hundred thousand unclosed tags": (lambda: ofx_of(1).replace(b"<NAME>", b"<NAME>" + b"<X>" * 100_000), None),
    "a hundred thousand open transactions": (lambda: ofx_of(1).replace(b"<NAME>", b"<STMTTRN>" * 100_000), None),
    "angle brackets": (lambda: b"<OFX>" + b"<" * (2 * MB), "no_lines"),
    "tags that never end": (lambda: b"<OFX>" + b"<A" * (2 * MB), "no_lines"),
    "one tag that never ends": (lambda: b"<OFX><" + b"A" * (4 * MB), "no_lines"),
    "one tag of blanks": (lambda: b"<OFX><A" + b" " * (4 * MB), "no_lines"),
    "marked sections that never end": (lambda: b"<OFX>" + b"<![CDATA[" * MB, "no_lines"),
    "comments that never end": (lambda: b"<OFX>" + b"<!--" * (2 * MB), "no_lines"),
    "entities that never end": (lambda: ofx_of(1).replace(b"SHOP", b"&#" * (2 * MB)), None),
    "an amount of 4 MB": (lambda: ofx_of(1).replace(b"-1.50", b"1" * (4 * MB)), "unreadable_line"),
    "an amount of marks": (lambda: ofx_of(1).replace(b"-1.50", b"1," * (2 * MB)), "unreadable_line"),
    "an XML header that never ends": (lambda: b"<?xml " + b"encoding=" * MB + ofx_of(1), None),
    "a field 86 of 5 MB": (lambda: mt940_of(1).replace(b"SHOP", b"x" * (5 * MB)), None),
    "a field 86 of two million lines": (lambda: mt940_of(1).replace(b"SHOP", b"x\n" * (2 * MB)), None),
    "a field 86 of keys": (lambda: mt940_of(1).replace(b"SHOP", b"/REMI/" * MB), None),
    "a field 86 of codes": (lambda: mt940_of(1).replace(b"SHOP", b"166" + b"?20" * MB), None),
    "a field 86 repeated": (lambda: mt940_of(1).replace(b":86:SHOP", b":86:X\n" * (MB // 4)), None),
    "a field 61 of digits": (lambda: mt940_of(1).replace(b"D1,50", b"D" + b"1" * (4 * MB)), "unreadable_line"),
    "a field 61 of points": (lambda: mt940_of(1).replace(b"D1,50", b"D" + b"1." * (2 * MB)), "unreadable_line"),
    "envelopes": (lambda: mt940_of(1).replace(b"-\n", b"{4:" * (2 * MB)), None),
    "carriage returns": (lambda: qif_of(1) + b"\r" * (2 * MB), None),
    "carets": (lambda: qif_of(1) + b"^\n" * (2 * MB), None),
    "headings": (lambda: qif_of(1) + b"!Account\n" * (MB // 4), None),
    "a date of 4 MB": (lambda: qif_of(1).replace(b"2026-06-02", b"1'" * (2 * MB)), "unreadable_line"),
    "quotation marks": (lambda: csv_of(1) + b'"' * (4 * MB), None),
    "delimiters": (lambda: csv_of(1) + b"," * (4 * MB), None),
    "fifty thousand lines below a line": (lambda: csv_of(1) + b",x,\n" * 50_000, None),
    "fifty thousand lines without a date": (lambda: csv_of(1) + b",x,-1.00\n" * 49_000, "unreadable_line"),
    "two hundred columns of dates and amounts": (lambda: (b"2026-06-13,-1.00," * 100 + b"\n") * 5_000, None),
    "a header of delimiters": (lambda: b"Date,Amount" + b"," * (4 * MB) + b"\n2026-06-13,-1.00\n", None),
}  # fmt: skip


@pytest.mark.parametrize("bait", BAITS)
async def test_a_bait_is_refused_or_read_in_time(tmp_path: Path, bait: str) -> None:
    make, code = BAITS[bait]
    found = await outcome(tmp_path, make())
    if isinstance(found, StatementError):
        assert found.code not in {"file_too_complex", "reader_failed"}, found.detail
        assert len(found.detail) < 2_000
    if code:
        assert isinstance(found, StatementError)
        assert found.code == code
