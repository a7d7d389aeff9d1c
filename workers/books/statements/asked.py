"""What a file without columns leaves open, asked with the likeliest answer laid over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from ledgerwire.errors import FieldError
from ledgerwire.statements import ColumnMapping, FileColumn, FileRow, MappingProposal, ProposedLine
from workers.books.errors import StatementError
from workers.books.statements.dating import LABELS
from workers.books.statements.questions import Question, choice, likeliest_first, patched
from workers.books.statements.refusal import refuse_column
from workers.books.statements.statement import Statement, StatementLine

MOST_LINES = 8
MOST_SAMPLES = 3
MOST_LETTERS = 80
#: More than such a file can leave open.
MOST_QUESTIONS = 4

Read = Callable[[ColumnMapping], Statement]


class Fields(msgspec.Struct, frozen=True):
    """The fields of a format that a person is shown, as if they were columns; a mapping calls them by these names."""

    date: str
    amount: str
    description: list[str]
    others: list[str] = []

    @property
    def names(self) -> list[str]:
        return [self.date, self.amount, *self.description, *self.others]


class Printed(msgspec.Struct, frozen=True):
    """An entry as the file has it."""

    line_no: int
    fields: dict[str, str]


def answered(read: Read, mapping: ColumnMapping, fields: Fields, printed: Sequence[Printed]) -> Statement:
    """What ``read`` gives by the mapping; raises StatementError, with a proposal for each Question it raises.

    ``printed``: its first MOST_LINES entries, for a person to look at.
    """
    _check(mapping, fields)
    try:
        return read(mapping)
    except Question as question:
        whole = msgspec.structs.replace(
            mapping, date=fields.date, amount=fields.amount, description=fields.description
        )
        raise _propose(read, whole, question, fields, printed) from None


def ask_decimal(field: str, sample: str, likely: str) -> Question:
    error = refuse_column(
        "ambiguous_amounts",
        "The amounts can be read in two ways",
        field,
        f"has {sample!r}: a thousand, or a decimal part",
        'Send a mapping with "decimal": "." or ",".',
    )
    choices = [choice("The point: 1,234.50", decimal="."), choice("The comma: 1.234,50", decimal=",")]
    text = f"{field} has {sample!r}. What is the decimal mark?"
    return Question("decimal", text, error, likeliest_first(choices, int(likely == ",")))


def ask_order(field: str, sample: str, orders: list[str]) -> Question:
    """``orders``: the likeliest first."""
    error = refuse_column(
        "ambiguous_dates",
        "The dates can be read in two ways",
        field,
        f"has {sample!r}, and no line tells the day from the month",
        'Send a mapping with "date_order": "dmy", "mdy" or "ymd".',
    )
    choices = [choice(LABELS[order], date_order=cast("Any", order)) for order in orders]
    return Question("date_order", f"{field} has {sample!r}. What comes first?", error, choices)


def _check(mapping: ColumnMapping, fields: Fields) -> None:
    """Columns of another file would be passed over in silence."""
    fixed = (("date", fields.date), ("amount", fields.amount), ("debit", ""), ("credit", ""))
    for name, field in fixed:
        if (chosen := getattr(mapping, name)) not in {None, field}:
            detail = f"This format has no columns: its date is {fields.date} and its amount {fields.amount}."
            raise StatementError(
                "bad_mapping",
                "The column mapping does not fit the file",
                f"{detail} It cannot be read by {chosen!r}.",
                [FieldError(f"/mapping/{name}", detail)],
            )


def _propose(
    read: Read, mapping: ColumnMapping, question: Question, fields: Fields, printed: Sequence[Printed]
) -> StatementError:
    """The likeliest answer to each question; where no answer makes sense of the file, what is wrong with it."""
    error, asked = question.error, [question.wire]
    for _ in range(MOST_QUESTIONS):
        mapping = patched(mapping, question.choices[0].patch)
        try:
            lines = read(mapping).lines
        except Question as another:
            question = another
            asked.append(another.wire)
        except StatementError as fault:
            return fault
        else:
            proposal = MappingProposal(
                mapping=mapping,
                questions=asked,
                columns=[_column(name, printed) for name in fields.names],
                header_line=0,
                rows=[_row(entry, fields) for entry in printed],
                lines=[_proposed(line) for line in lines[:MOST_LINES]],
            )
            return StatementError(error.code, error.title, error.detail, error.errors, proposal=proposal)
    return error


def _column(name: str, printed: Sequence[Printed]) -> FileColumn:
    samples = [cell[:MOST_LETTERS] for entry in printed if (cell := entry.fields.get(name))]
    return FileColumn(ref=name, name=name, samples=samples[:MOST_SAMPLES])


def _row(entry: Printed, fields: Fields) -> FileRow:
    cells = [entry.fields.get(name, "")[:MOST_LETTERS] for name in fields.names]
    return FileRow(line_no=entry.line_no, cells=cells)


def _proposed(line: StatementLine) -> ProposedLine:
    return ProposedLine(
        line_no=line.line_no,
        date=line.date,
        amount=line.amount,
        description=line.description[: 2 * MOST_LETTERS],
    )
