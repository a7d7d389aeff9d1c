"""What the cells of a column look like, whatever stands above them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workers.books.statements.amounts import is_blank, read_figure
from workers.books.statements.currencies import currency_of
from workers.books.statements.dates import is_dated, is_day
from workers.books.statements.grid import Row
from workers.books.statements.words import CARD_CHARGE, CARD_PAYMENT, IN, OUT, simplify

DIRECTIONS = OUT | IN | CARD_CHARGE | CARD_PAYMENT
#: A whole number this long is a reference.
REFERENCE_DIGITS = 9
#: What is looked at of a column; the rest of a file is like its beginning.
SAMPLE = 400


class Content(msgspec.Struct, frozen=True):
    """How many cells of a column are filled, and how many of those are what."""

    filled: int = 0
    #: Dates with a year.
    dated: int = 0
    #: Those, and days and months without one.
    days: int = 0
    #: Amounts, bare whole numbers among them.
    figures: int = 0
    #: Amounts with a sign, a currency or a decimal part.
    money: int = 0
    currencies: int = 0
    directions: int = 0

    def mostly(self, count: int) -> bool:
        return self.filled > 0 and 2 * count >= self.filled

    def nearly_all(self, count: int) -> bool:
        """Nine in ten, or all but one: a line may be pending, or a sum."""
        return self.filled > 0 and (10 * count >= 9 * self.filled or (count > 1 and count == self.filled - 1))


def contents_of(rows: Sequence[Row], width: int) -> list[Content]:
    sample = rows[:SAMPLE]
    return [content_of([row.cell(index) for row in sample]) for index in range(width)]


def content_of(cells: Sequence[str]) -> Content:
    texts = [cell for cell in cells if not is_blank(cell)]
    figures = [figure for cell in texts if not is_dated(cell) and (figure := read_figure(cell))]
    return Content(
        filled=len(texts),
        dated=sum(map(is_dated, texts)),
        days=sum(map(is_day, texts)),
        figures=sum(not _is_reference(figure.number) for figure in figures),
        money=sum(figure.looks_like_money for figure in figures),
        currencies=sum(currency_of(cell) is not None for cell in texts),
        directions=sum(simplify(cell) in DIRECTIONS for cell in texts),
    )


def _is_reference(number: str) -> bool:
    return number.isdigit() and (
        len(number) >= REFERENCE_DIGITS or (number.startswith("0") and len(number) > 1)
    )


def is_line(row: Row) -> bool:
    """Whether it has a date and an amount, wherever."""
    return any(map(is_dated, row.cells)) and any(
        (figure := read_figure(cell)) and figure.looks_like_money and not is_dated(cell) for cell in row.cells
    )
