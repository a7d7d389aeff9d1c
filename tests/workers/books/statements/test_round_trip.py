"""Whatever a bank might print, it is read back exactly, asked about or refused: never wrong."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ledgerwire.statements import ColumnMapping, MappingProposal
from tests.workers.books.statements.exports import ROWS
from workers.books.errors import StatementError
from workers.books.statements import Statement, read_statement
from workers.books.statements.questions import patched

Rows = list[tuple[date, str, Decimal]]


class Style(msgspec.Struct, frozen=True):
    delimiter: str
    decimal: str
    thousands: str
    day: str
    #: One column of signed amounts, two, or one with a word beside it.
    money: str
    balance: bool
    newest_first: bool
    encoding: str
    quoted: bool
    header: str
    above: str
    below: str


NAMES = {
    "English": ("Date", "Description", "Amount", "Debit", "Credit", "Dr/Cr", "Balance"),
    "German": ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "S/H", "Saldo"),
    "unknown": ("Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg"),
    "none": (),
}
styles = st.builds(
    Style,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", " ", "'", "other"]),
    day=st.sampled_from(
        [
            "%Y-%m-%d",
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d.%m.%y",
            "%Y%m%d",
            "%d-%b-%Y",
            "%d/%m/%y",
            "%d%b%Y",
            "%Y.%m.%d.",
        ]
    ),
    money=st.sampled_from(["signed", "split", "word"]),
    balance=st.booleans(),
    newest_first=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoted=st.booleans(),
    header=st.sampled_from(sorted(NAMES)),
    above=st.sampled_from(["", "My account\n\n", "Konto;12345678\nSaldo;1,00\n"]),
    below=st.sampled_from(["", "\nNo liability is taken\n", "\nTotal;;1.00\n"]),
)


def is_printed_somewhere(style: Style) -> bool:
    """Where the month stands first, headers are English and the point is the decimal mark."""
    return style.day != "%m/%d/%Y" or (style.header != "German" and style.decimal == ".")


@settings(deadline=None, max_examples=300)
@given(ROWS, styles.filter(is_printed_somewhere))
def test_a_file_is_read_back_exactly_or_asked_about(rows: Rows, style: Style) -> None:
    rows.sort(key=lambda row: row[0], reverse=style.newest_first)
    content = printed(rows, style).encode(style.encoding)
    try:
        statement = read_bytes(content)
    except StatementError as refusal:
        event(f"asked: {refusal.code}")
        if refusal.proposal is None:
            raise
        is_answered(rows, content, refusal.proposal)
        return
    event("read")
    assert figures(statement) == wanted(rows)
    if style.header in ("English", "German"):
        assert [line.description for line in statement.lines] == [row[1] for row in rows]


def is_answered(rows: Rows, content: bytes, proposal: MappingProposal) -> None:
    """Confirmed unchanged, it reads as it was shown; and one of the answers is right."""
    confirmed = read_bytes(content, proposal.mapping)
    shown = [(line.line_no, line.date, line.amount) for line in proposal.lines]
    assert [(line.line_no, line.date, line.amount) for line in confirmed.lines][: len(shown)] == shown
    assert wanted(rows) in readings(content, proposal)


def answers(proposal: MappingProposal) -> Iterator[ColumnMapping]:
    """Every combination of the choices, laid over the proposed mapping."""
    for chosen in itertools.product(*(question.choices for question in proposal.questions)):
        mapping = proposal.mapping
        for choice in chosen:
            mapping = patched(mapping, choice.patch)
        yield mapping


def readings(content: bytes, proposal: MappingProposal, deep: int = 3) -> list[list[tuple[date, Decimal]]]:
    """One for each way to answer, and to answer what comes up then."""
    found = []
    for mapping in answers(proposal):
        try:
            found.append(figures(read_bytes(content, mapping)))
        except StatementError as refusal:
            found += readings(content, refusal.proposal, deep - 1) if refusal.proposal and deep else []
    return found


def figures(statement: Statement) -> list[tuple[date, Decimal]]:
    return [(line.date, line.amount) for line in statement.lines]


def wanted(rows: Rows) -> list[tuple[date, Decimal]]:
    return [(row[0], row[2]) for row in rows]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for body in (
        content,
        b"Date,Description,Amount\n" + content,
        b"Date;Debit;Credit;Balance\n2026-06-13;1;;5\n" + content,
    ):
        try:
            read = read_bytes(body)
        except StatementError:
            continue
        assert read.lines


def read_bytes(content: bytes, mapping: ColumnMapping | None = None) -> Statement:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_statement(Path(file.name), name="any.csv", mapping=mapping)


def printed(rows: Rows, style: Style) -> str:
    target = io.StringIO()
    writer = csv.writer(target, csv.unix_dialect if style.quoted else csv.excel, delimiter=style.delimiter)
    if names := NAMES[style.header]:
        day, text, amount, debit, credit, word, balance = names
        money = {"signed": [amount], "split": [debit, credit], "word": [amount, word]}[style.money]
        writer.writerow([day, text, *money, *([balance] if style.balance else [])])
    for (day_of, text_of, amount_of), after in zip(rows, balances(rows, style), strict=True):
        cells = [day_of.strftime(style.day), text_of, *moved(amount_of, style)]
        writer.writerow([*cells, *([number(after, style)] if style.balance else [])])
    frame = (each.replace(";", style.delimiter) for each in (style.above, style.below))
    return target.getvalue().join(frame)


def moved(amount: Decimal, style: Style) -> list[str]:
    match style.money:
        case "split":
            text = number(abs(amount), style)
            return [text, ""] if amount < 0 else ["", text]
        case "word":
            return [number(abs(amount), style), "D" if amount < 0 else "C"]
    return [number(amount, style)]


def number(amount: Decimal, style: Style) -> str:
    other = "." if style.decimal == "," else ","
    thousands = other if style.thousands == "other" else style.thousands
    marks: dict[str, str | int | None] = {",": thousands, ".": style.decimal}
    return f"{amount:,.2f}".translate(str.maketrans(marks))


def balances(rows: Rows, style: Style) -> list[Decimal]:
    total = Decimal(1000)
    found = []
    for _, _, amount in reversed(rows) if style.newest_first else rows:
        total += amount
        found.append(total)
    return found[::-1] if style.newest_first else found
