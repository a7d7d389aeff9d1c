"""What a file without columns leaves open, asked with the likeliest answer laid over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ledgerwire.statements import ColumnMapping, MappingProposal, MappingQuestion, ProposedLine
from workers.books.errors import StatementError
from workers.books.statements.dating import LABELS
from workers.books.statements.questions import Question, choice, likeliest_first, patched
from workers.books.statements.refusal import refuse_column
from workers.books.statements.statement import Statement, StatementLine

MOST_LINES = 8
MOST_LETTERS = 160
#: More than such a file can leave open.
MOST_QUESTIONS = 4

Read = Callable[[ColumnMapping], Statement]


def answered(read: Read, mapping: ColumnMapping) -> Statement:
    """What ``read`` gives by the mapping; raises StatementError, with a proposal for each Question it raises."""
    try:
        return read(mapping)
    except Question as question:
        raise _propose(read, mapping, question) from None


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


def _propose(read: Read, mapping: ColumnMapping, question: Question) -> StatementError:
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
            return _asking(error, asked, mapping, lines)
    return error


def _asking(
    error: StatementError, asked: list[MappingQuestion], mapping: ColumnMapping, lines: list[StatementLine]
) -> StatementError:
    proposal = MappingProposal(
        mapping=mapping,
        questions=asked,
        columns=[],
        header_line=0,
        rows=[],
        lines=[_proposed(line) for line in lines[:MOST_LINES]],
    )
    return StatementError(error.code, error.title, error.detail, error.errors, proposal=proposal)


def _proposed(line: StatementLine) -> ProposedLine:
    return ProposedLine(
        line_no=line.line_no,
        date=line.date,
        amount=line.amount,
        description=line.description[:MOST_LETTERS],
    )
