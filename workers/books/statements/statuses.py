"""Which lines a status column says are posted."""

from __future__ import annotations

from collections.abc import Sequence

from ledgerwire.statements import ColumnMapping
from workers.books.statements.columns import Column, Columns, ref_of
from workers.books.statements.lines import Posted
from workers.books.statements.names import TIER
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column
from workers.books.statements.words import NEVER_POSTED, PENDING, POSTED, simplify

#: A column of more different words is no status.
MOST_WORDS = 6


def without_unposted(posted: list[Posted], columns: Columns, mapping: ColumnMapping) -> list[Posted]:
    """Raises Question where some lines are of a status that may or may not mean that they are posted."""
    status = columns.first("status")
    if status is None:
        return posted
    yes, no = _told(mapping.posted), _told(mapping.unposted)
    words = [simplify(each.cell(status)) for each in posted]
    unknown = {word for word in words if word and not _is_known(word)} - yes - no
    is_status = len(unknown) <= MOST_WORDS and status.rank < TIER
    if unknown and is_status and len(set(words)) > 1:
        raise _ask(status, columns, posted, unknown)
    return [
        each
        for each, word in zip(posted, words, strict=True)
        if word in yes or (word not in no and not _is_unposted(word))
    ]


def _told(words: Sequence[str] | None) -> set[str]:
    return {simplify(word) for word in words or ()}


def _is_known(word: str) -> bool:
    return word in PENDING or word in NEVER_POSTED or word in POSTED


def _is_unposted(word: str) -> bool:
    return word in PENDING or word in NEVER_POSTED


def _ask(status: Column, columns: Columns, posted: Sequence[Posted], unknown: set[str]) -> Question:
    cells = dict.fromkeys(each.cell(status) for each in posted)
    strange = [cell for cell in cells if simplify(cell) in unknown]
    said = ", ".join(map(repr, strange))
    error = refuse_column(
        "unreadable_column",
        "The status of the lines cannot be told",
        status.name,
        f"says {said}, which may or may not mean that a line is posted",
        'Send a mapping with "posted" or "unposted", or export posted lines only.',
    )
    ref = ref_of(columns.header, status.index)
    choices = [
        choice("Those lines are posted", status=ref, posted=strange, unposted=[]),
        choice("Those lines are not posted", status=ref, posted=[], unposted=strange),
    ]
    return Question("status", f"Column {status.name!r} says {said}. Are those lines posted?", error, choices)
