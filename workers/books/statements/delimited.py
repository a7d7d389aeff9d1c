"""CSV in the shapes banks give it. What is not certain is asked, with a proposal; what is broken, refused."""

from __future__ import annotations

from collections.abc import Mapping

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.encoding import decode
from workers.books.statements.interpreting import Reading, interpret
from workers.books.statements.proposal import propose
from workers.books.statements.questions import Question
from workers.books.statements.statement import Statement
from workers.books.statements.tables import find_table

UNANSWERED = ColumnMapping()


def read_delimited(
    content: bytes, mapping: ColumnMapping, remembered: Mapping[str, ColumnMapping] | None = None
) -> Statement:
    """Raises StatementError, with a proposal where a person can answer what the file leaves open.

    ``remembered`` holds what people have answered before, by layout, for a file without a mapping of its own; one
    that it does not fit is read as if nobody had.
    """
    text = decode(content)
    if remembered and mapping == UNANSWERED and (statement := _as_remembered(text, remembered)):
        return statement
    try:
        return _read(text, mapping).statement
    except Question as question:
        raise propose(lambda trial: _read(text, trial), mapping, question) from None


def _as_remembered(text: str, remembered: Mapping[str, ColumnMapping]) -> Statement | None:
    try:
        table = find_table(text, UNANSWERED, remembered)
        answer = remembered.get(table.layout)
        return interpret(table, answer).statement if answer else None
    except (Question, StatementError):
        return None


def _read(text: str, mapping: ColumnMapping) -> Reading:
    """Raises StatementError for what is broken and Question for what is open."""
    return interpret(find_table(text, mapping, {}), mapping)
