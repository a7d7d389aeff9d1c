"""What a row says that it is, other than a line: a balance of the file, or a sum."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from workers.books.statements.grid import Row
from workers.books.statements.words import BALANCES, CLOSING, OPENING, TOTALS, TURNOVER, simplify

STATED = OPENING | CLOSING
#: Words that may as well be what a payment is for: only beside a stated balance they are balances of their own.
LOOSE = BALANCES | TURNOVER
FOOTERS = LOOSE | TOTALS
#: Longer cells are prose.
MOST_LETTERS = 80
#: Single letters beside each other that are still no spaced-out word.
MOST_SINGLES = 3


def balance_beside_a_date(row: Row) -> str | None:
    """Which balance a dated row is called: ``opening``, ``closing``, or ``loose`` if that may be its purpose."""
    return _stands_for(row, _beside_a_date)


def row_without_a_date(row: Row) -> str | None:
    """The same of a row without a date, where any word for a balance or a total will do."""
    return _stands_for(row, _without_a_date)


def _stands_for(row: Row, kind_of: Callable[[str], str | None]) -> str | None:
    """What the first cell that says so makes of the row."""
    return next((kind for cell in row.cells if cell and (kind := kind_of(cell))), None)


@lru_cache(maxsize=50_000)
def _beside_a_date(cell: str) -> str | None:
    text = _looked_up(cell)
    return _stated(text) if STATED.dated(text) else "loose" if LOOSE.dated(text) else None


@lru_cache(maxsize=2_000)
def _without_a_date(cell: str) -> str | None:
    text = _looked_up(cell)
    return _stated(text) if STATED.begin(text) else "loose" if FOOTERS.begin(text) else None


def _stated(text: str) -> str:
    return "opening" if OPENING.begin(text) else "closing"


def _looked_up(cell: str) -> str:
    """Empty for prose and for numbers; ``S A L D O`` is a word."""
    if len(cell) > MOST_LETTERS or cell[0].isdigit():
        return ""
    words = simplify(cell).split()
    spaced_out = len(words) > MOST_SINGLES and all(len(word) == 1 for word in words)
    return ("" if spaced_out else " ").join(words)
