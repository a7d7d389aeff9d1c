"""QIF: a letter and a value on each line, and a caret behind each transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.asked import MOST_LINES, Fields, Printed, answered, ask_order
from workers.books.statements.dates import DateStyle, is_day, months_in, stamp_of
from workers.books.statements.description import describe
from workers.books.statements.encoding import decode
from workers.books.statements.limits import MAX_ROWS
from workers.books.statements.line_ends import one_line_end
from workers.books.statements.orders import AmbiguousDates, decide_style
from workers.books.statements.refusal import refuse_column, refuse_damaged, refuse_length, refuse_line
from workers.books.statements.signed import read_signed
from workers.books.statements.statement import Statement, StatementLine

#: Sections of transactions; the others are lists of categories, accounts and the like.
REGISTERS = {"bank", "cash", "ccard", "oth a", "oth l"}
LISTS = {
    "cat",
    "class",
    "memorized",
    "security",
    "prices",
    "budget",
    "tax",
    "template",
    "tag",
    "invitem",
    "invoice",
}
#: Quicken writes the years from 2000 on with an apostrophe, and pads with blanks: ``1/ 5' 4``.
APOSTROPHE = re.compile(r"([-/.])([0-9]{1,2})'([0-9]{1,4})")
FIELDS = Fields(date="D", amount="T", description=["P", "M"])
OPENING = "OPENING BALANCE"


class Record(msgspec.Struct, frozen=True):
    line_no: int
    #: The first value of each letter: splits repeat only letters of their own.
    fields: dict[str, str]
    #: The heading it stands below, and the account named last.
    section: str
    account: str | None

    def field(self, *letters: str) -> str:
        return next((value for letter in letters if (value := self.fields.get(letter))), "")


def read_qif(content: bytes, mapping: ColumnMapping) -> Statement:
    """Raises StatementError. QIF names no currency and no account number, only accounts by their names."""
    records = list(_posted(decode(content)))
    if not records:
        raise StatementError("no_lines", "The file has no posted lines", "It holds no transaction.")
    printed = [Printed(record.line_no, record.fields) for record in records[:MOST_LINES]]
    return answered(partial(_statement, records), mapping, FIELDS, printed)


def _statement(records: Sequence[Record], mapping: ColumnMapping) -> Statement:
    several = len({record.account for record in records}) > 1
    rows = zip(records, _dates(records, mapping), _amounts(records, mapping), strict=True)
    lines = [_line(record, day, amount, several=several) for record, day, amount in rows]
    return Statement(format="qif", lines=lines, warnings=_warnings(records))


def _line(record: Record, day: date, amount: Decimal, *, several: bool) -> StatementLine:
    return StatementLine(
        line_no=record.line_no,
        date=day,
        amount=amount,
        description=describe([record.field("P"), record.field("M")]) or record.field("N"),
        account_number=record.account if several else None,
    )


def _posted(text: str) -> Iterator[Record]:
    account: str | None = None
    count = 0
    for record in _records(text):
        if record.section == "account":
            account = record.field("N") or account
        elif record.section in REGISTERS:
            count += 1
            if count > MAX_ROWS:
                raise refuse_length()
            yield msgspec.structs.replace(record, account=account)


def _records(text: str) -> Iterator[Record]:
    """Of every section. The last one may lack its caret."""
    section, fields, start, line = "", dict[str, str](), 0, ""
    for number, line in enumerate(one_line_end(text).split("\n"), start=1):
        letter, value = line[:1].upper(), line[1:].strip()
        if letter in {"^", "!"} and fields:
            yield Record(start, fields, section, None)
            fields = {}
        if letter == "!":
            section = _section(value, number) or section
        elif letter.strip("^"):
            start = start if fields else number
            fields.setdefault(letter, value)
    if fields:
        _check_end(line)
        yield Record(start, fields, section, None)


def _section(heading: str, line_no: int) -> str:
    """Empty for a switch, which begins no section."""
    word, _, kind = heading.lower().partition(":")
    kind = " ".join(kind.split())
    if word != "type":
        return word if word == "account" else ""
    if kind in REGISTERS | LISTS:
        return kind
    what = "trades of securities" if kind == "invst" else f"a section {heading[:40]!r} that is not known"
    raise refuse_line(line_no, f"begins {what}. Export the bank account alone")


def _check_end(last: str) -> None:
    """Only a line end shows that the date or amount before it is whole."""
    if last[:1].upper() in set("DTU"):
        raise refuse_damaged(f"It breaks off in {last[:40]!r}.")


def _dates(records: Sequence[Record], mapping: ColumnMapping) -> list[date]:
    cells = [_cell(record) for record in records]
    style = _style(cells, mapping)
    if style is None:
        raise _no_date(records, cells)
    dates = [style.read(cell) for cell in cells]
    if None in dates:
        raise _no_date(records, cells)
    return [day for day in dates if day]


def _cell(record: Record) -> str:
    def whole(match: re.Match[str]) -> str:
        mark, day, year = match.groups()
        return f"{mark}{day}{mark}{int(year) + 2000 if int(year) < 100 else year}"  # noqa: PLR2004

    return APOSTROPHE.sub(whole, record.field("D").replace(" ", ""))


def _style(cells: Sequence[str], mapping: ColumnMapping) -> DateStyle | None:
    if mapping.date_order:
        return DateStyle(mapping.date_order, months_in(map(stamp_of, cells)))
    try:
        return decide_style(cells)
    except AmbiguousDates as error:
        raise ask_order("D", error.sample, error.orders) from None


def _no_date(records: Sequence[Record], cells: Sequence[str]) -> StatementError:
    for record, cell in zip(records, cells, strict=True):
        if not is_day(cell):
            return refuse_line(record.line_no, f"has {cell[:40]!r} for D, which is no date")
    fault = "has dates that no one order of day and month explains"
    return refuse_column("unreadable_column", "The dates cannot be read", "D", fault, "")


def _amounts(records: Sequence[Record], mapping: ColumnMapping) -> list[Decimal]:
    amounts = read_signed(
        [record.field("T", "U") for record in records],
        "T",
        lambda index, fault: refuse_line(records[index].line_no, fault),
        mark=mapping.decimal,
    )
    return [-amount for amount in amounts] if mapping.sign == "reversed" else amounts


def _warnings(records: Sequence[Record]) -> list[str]:
    opening = [record.line_no for record in records if record.field("P").upper() == OPENING]
    return [f"Line {line_no} is an opening balance and was read as a transaction." for line_no in opening]
