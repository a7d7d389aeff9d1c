"""MT940 (SWIFT customer statement), in the dialects of banks and of the programs that file it.

A reader of our own, after a trial of mt-940 5.1 against the dialects in the tests: it reads ``1.200,00`` as 1 and two
entries without a kind as one, both in silence; it stops at what a reference may not hold; it knows no line numbers.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.days import day_of
from workers.books.statements.description import MAX_DESCRIPTION, describe
from workers.books.statements.encoding import decode
from workers.books.statements.limits import MAX_ROWS
from workers.books.statements.line_ends import one_line_end
from workers.books.statements.purpose import read_purpose
from workers.books.statements.refusal import refuse_damaged, refuse_length, refuse_line
from workers.books.statements.stated import Balance, bounded, disagreement
from workers.books.statements.statement import Statement, StatementLine

#: Control characters that a transfer puts around a message.
TRANSFER = bytes((1, 2, 3))
TAG = re.compile(r"\s*(?:\{.*\{4:)?:([0-9]{2}[A-Za-z]?|NS):(.*)")
KNOWN = {
    *("12", "13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M"),
    *("61", "62F", "62M", "64", "65", "86", "90C", "90D", "NS"),
}
#: Account, number and opening balance of a statement: the first of them behind entries begins another.
BEGINNINGS = {"25", "25P", "28", "28C", "60F", "60M"}
#: Ends a message: what stands between it and the next tag belongs to no field.
TRAILER = re.compile(r"\s*(?:-(?:\}.*|X*)|\{[0-9]:.*)")
#: Value date, entry date, direction (R takes it back, E only expects it), third letter of the currency, amount,
#: and then the kind and the references.
ENTRY = re.compile(
    r"""\s*(?P<date>[0-9]{6}|[0-9]{8})(?:[0-9]{4}|\s{4})?+\ ?
        (?P<mark>[RE]?[CD])[A-Z]?+\ ?
        (?P<amount>[0-9.]*+,[0-9]*+|[0-9]++(?:\.[0-9]{1,2})?+)(?![0-9.,])
        (?P<rest>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
BALANCE = re.compile(
    r"\s*(?P<mark>[CD])R?(?:[0-9]{6,8})?\s*(?P<currency>[A-Z]{3})\s*(?P<amount>[0-9.]*+,?+[0-9]*+)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?P<whole>[0-9]*|[0-9]{1,3}(?:\.[0-9]{3})+),(?P<cents>[0-9]*)|(?P<plain>[0-9]+(?:\.[0-9]{1,2})?)"
)
MOST_DIGITS = 18
#: Lines of description; the format has six.
MOST_DETAILS = 100
SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
FEBRUARY = 2


class Field(msgspec.Struct, frozen=True):
    line_no: int
    tag: str
    #: Without its tag; bounded, since a field that goes on and on has long said what it is.
    lines: list[str]


class Entry(msgspec.Struct):
    line_no: int
    date: date
    amount: Decimal
    #: Kind and references.
    rest: str
    details: list[str] = []


class Message(msgspec.Struct):
    """One statement of one account; a file may hold many."""

    name: str = ""
    number: str = ""
    currency: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    entries: list[Entry] = []


def read_mt940(content: bytes, _mapping: ColumnMapping) -> Statement:
    """Raises StatementError. Every entry says itself whether it is credit or debit: there is nothing to map."""
    fields = list(_fields(_text(content)))
    messages = [message for message in _messages(fields) if message.entries]
    if not messages:
        raise StatementError("no_lines", "The file has no posted lines", "It holds no entry (field 61).")
    _check_end(content, fields[-1], messages[-1])
    several = len({_number(message) for message in messages}) > 1
    currencies = {message.currency for message in messages}
    return Statement(
        format="mt940",
        lines=[_line(entry, message, several=several) for message in messages for entry in message.entries],
        account_number=None if several else _number(messages[0]),
        currency=currencies.pop() if len(currencies) == 1 else None,
        warnings=bounded(map(_disagreement, messages)),
    )


def _line(entry: Entry, message: Message, *, several: bool) -> StatementLine:
    return StatementLine(
        line_no=entry.line_no,
        date=entry.date,
        amount=entry.amount,
        description=_description(entry),
        currency=message.currency,
        # The references of field 61 may be an order's or a mandate's and come again next month: no id.
        account_number=_number(message) if several else None,
    )


def _description(entry: Entry) -> str:
    reference = entry.rest[4:].partition("//")[0].strip()
    return read_purpose(entry.details) or describe(
        [reference if reference != "NONREF" else "", entry.rest[:4]]
    )


def _number(message: Message) -> str | None:
    """Some write the currency behind it."""
    return message.number.removesuffix(message.currency or "").strip() or None


def _disagreement(message: Message) -> str | None:
    if message.opening and not message.closing:
        return f"{message.name.capitalize()} has no closing balance: lines may be missing."
    total = sum((entry.amount for entry in message.entries), Decimal(0))
    return disagreement(message.name, message.opening, message.closing, total)


def _check_end(content: bytes, last: Field, message: Message) -> None:
    """A file that ends with an entry and without a line end may have lost digits of its amount."""
    if last.tag == "61" and message.closing is None and content.rstrip(b"\x1a\x00")[-1:] not in b"\r\n":
        raise refuse_damaged(f"It breaks off in line {last.line_no}.")


# --- fields -----------------------------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    wide = b"\x00" in content[:4]
    return decode(content if wide else content.translate(None, TRANSFER))


def _fields(text: str) -> Iterator[Field]:
    field: Field | None = None
    size = 0
    for line_no, line in _lines(text):
        match = TAG.match(line)
        if match and match[1].upper() in KNOWN:
            if field:
                yield field
            field, size = Field(line_no, match[1].upper(), [match[2]]), 0
        elif field and TRAILER.fullmatch(line):
            yield field
            field = None
        elif field and size < 2 * MAX_DESCRIPTION:
            field.lines.append(line)
            size += len(line)
    if field:
        yield field


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """A colon that was left behind on a line of its own goes before the next."""
    left = ""
    for line_no, line in enumerate(one_line_end(text).split("\n"), start=1):
        if line.strip() == ":":
            left = ":"
            continue
        yield line_no, left + line
        left = ""


def _messages(fields: list[Field]) -> list[Message]:
    assembly = Assembly()
    for field in fields:
        assembly.take(field)
    return assembly.messages


class Assembly:
    """Puts one field after the other where it belongs."""

    def __init__(self) -> None:
        self.messages = [Message(name="statement")]
        self._entry: Entry | None = None
        self._count = 0

    def take(self, field: Field) -> None:
        message = self._message(field)
        value = field.lines[0].strip()
        match field.tag:
            case "25" | "25P":
                message.number = value
            case "28" | "28C":
                message.name = f"statement {value[:20]}"
            case "60F" | "60M":
                message.opening = self._balance(message, field)
            case "62F" | "62M":
                message.closing = self._balance(message, field)
            case "64" | "65" if message.currency is None:
                self._balance(message, field)
            case "34F":
                message.currency = message.currency or value[:3].upper()
            case "61":
                self._entry = self._open(message, field)
            case "86" if self._entry and len(self._entry.details) < MOST_DETAILS:
                self._entry.details += field.lines
        if field.tag not in {"61", "86", "NS"}:
            self._entry = None

    def _message(self, field: Field) -> Message:
        """The one it is of. A reference alone begins none: some programs write one before each entry."""
        current = self.messages[-1]
        if field.tag in BEGINNINGS and (current.entries or current.closing):
            current = Message(name="statement", number=current.number, currency=current.currency)
            self.messages.append(current)
        return current

    def _balance(self, message: Message, field: Field) -> Balance | None:
        match = BALANCE.match(field.lines[0])
        amount = _amount(match["amount"]) if match else None
        if match is None or amount is None:
            return None
        message.currency = match["currency"].upper()
        return Balance(amount * SIGNS[match["mark"].upper()], message.currency)

    def _open(self, message: Message, field: Field) -> Entry | None:
        # Some break the line before the amount.
        match = ENTRY.fullmatch(field.lines[0].rstrip()) or ENTRY.fullmatch("".join(field.lines[:2]).rstrip())
        if match is None:
            fault = f"has {field.lines[0][:40]!r}, which is no entry with a date, C or D, and an amount"
            raise refuse_line(field.line_no, fault)
        mark, amount, day = match["mark"].upper(), _amount(match["amount"]), _date(match["date"])
        if amount is None or day is None:
            raise refuse_line(field.line_no, f"has {field.lines[0][:40]!r}, whose date or amount cannot be")
        if mark not in SIGNS:
            return None
        return self._booked(
            message, Entry(field.line_no, day, amount * SIGNS[mark], match["rest"], field.lines[1:])
        )

    def _booked(self, message: Message, entry: Entry) -> Entry:
        self._count += 1
        if self._count > MAX_ROWS:
            raise refuse_length()
        message.entries.append(entry)
        return entry


def _amount(text: str) -> Decimal | None:
    """The decimal mark is a comma, with or without digits behind it; a point with one or two stands for it."""
    match = NUMBER.fullmatch(text)
    if match is None or not 1 <= sum(map(str.isdigit, text)) <= MOST_DIGITS:
        return None
    if match["plain"]:
        return Decimal(match["plain"])
    return Decimal(f"{match['whole'].replace('.', '') or 0}.{match['cents'] or ''}".rstrip("."))


def _date(text: str) -> date | None:
    """Banks that reckon with months of thirty days value on the 30th of February."""
    year, month, day = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    year += 0 if len(text) > 6 else 2000 if year < 70 else 1900  # noqa: PLR2004
    if month == FEBRUARY and 28 < day <= 30:  # noqa: PLR2004
        day = calendar.monthrange(year, month)[1]
    return day_of(year, month, day)
