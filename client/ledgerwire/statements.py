"""What a person is asked about a bank file that cannot be read with certainty, and what they answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from ledgerwire.text import PLAIN

#: A column by the name in its header, or by its place: ``#3`` is the third. Of equal names, the first is meant.
ColumnRef = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)]
Word = Annotated[str, msgspec.Meta(max_length=80, pattern=PLAIN)]
Words = Annotated[list[Word], msgspec.Meta(max_length=20)]
Year = Annotated[int, msgspec.Meta(ge=1970, le=2100)]


class ColumnMapping(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How a bank file is to be read; what is left out is found as usual."""

    #: The line of the file that names the columns, from 1; 0 where no line does.
    header_line: Annotated[int, msgspec.Meta(ge=0, le=50_000)] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    date: ColumnRef | None = None
    amount: ColumnRef | None = None
    debit: ColumnRef | None = None
    credit: ColumnRef | None = None
    #: The column that says money in or money out in words.
    direction: ColumnRef | None = None
    #: Its words for money out, where they are not among those that every bank uses.
    money_out: Words | None = None
    balance: ColumnRef | None = None
    currency_column: ColumnRef | None = None
    bank_id: ColumnRef | None = None
    #: The column that says whether a line is posted, and its words for those that are and for those that are not,
    #: where they are not among those that every bank uses.
    status: ColumnRef | None = None
    posted: Words | None = None
    unposted: Words | None = None
    description: Annotated[list[ColumnRef], msgspec.Meta(max_length=20)] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    #: Of the newest line, where the dates have none.
    year: Year | None = None
    decimal: Literal[".", ","] | None = None
    #: ``as_printed`` where minus is money out, ``reversed`` where charges are printed positive, ``unsigned_out``
    #: where only money in carries a sign.
    sign: Literal["as_printed", "reversed", "unsigned_out"] | None = None
    #: Whether a column of fees is part of the amount already, or comes on top of it.
    fees: Literal["included", "added"] | None = None
    #: Of the amounts, where the file does not say.
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] | None = None
    #: Read the file although its balances contradict it.
    ignore_balance: bool = False


class MappingChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to a question: ``patch`` has the fields of the mapping that it sets, and no others."""

    label: str
    patch: ColumnMapping


class MappingQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the file leaves open. The proposed mapping holds the likeliest answer."""

    code: Literal["sign", "date_order", "year", "decimal", "columns", "status", "fees", "balance"]
    #: For people.
    text: str
    choices: list[MappingChoice] = []


class FileColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the file, for a person to choose."""

    #: What a mapping calls it.
    ref: str
    #: As the header has it; empty without one.
    name: str
    #: Some of its cells.
    samples: list[str]


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the file has it, long cells cut."""

    line_no: int
    cells: list[str]


class ProposedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the proposed mapping reads it: money into the account is positive."""

    line_no: int
    date: date
    amount: Decimal
    description: str


class MappingProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Send ``mapping`` back as it is, or with a choice's patch laid over it, and the file is read that way."""

    mapping: ColumnMapping
    #: At least one.
    questions: list[MappingQuestion]
    columns: list[FileColumn]
    #: 0 where no line names the columns.
    header_line: int
    #: From the header on.
    rows: list[FileRow]
    lines: list[ProposedLine]
