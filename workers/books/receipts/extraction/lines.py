"""The rows of a receipt with their amounts and what these are called: what every sum is looked for in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from workers.books.receipts.extraction.amounts import Amount, amounts_in
from workers.books.receipts.extraction.labels import kind_of, label_of
from workers.books.receipts.extraction.rows import Row

#: A label may stand so many rows above or below its amount.
REACH = 1
SUMS = ("total", "due", "cash", "card", "subtotal")


class Line(msgspec.Struct, frozen=True):
    row: Row
    label: str
    #: A kind of labels.toml; null where no words say.
    kind: str | None
    amounts: tuple[Amount, ...]
    #: Whether its kind was taken from the row above, which has no amount.
    borrowed: bool = False

    @property
    def last(self) -> Decimal | None:
        return self.amounts[-1].value if self.amounts else None


def lines_of(rows: Sequence[Row]) -> list[Line]:
    lines: list[Line] = []
    for row in rows:
        label = label_of(row)
        kind = kind_of(label)
        lines.append(Line(row, label, kind, tuple(amounts_in(row, broken=kind in SUMS))))
    return [_lent(lines, index) for index in range(len(lines))]


def _lent(lines: Sequence[Line], index: int) -> Line:
    """A row of nothing but an amount belongs to the label above it, if that has none of its own."""
    line = lines[index]
    if not line.amounts or line.kind or _letters(line.label) > 3 or index == 0:  # noqa: PLR2004 - a currency's mark
        return line
    above = lines[index - 1]
    if above.kind and not above.amounts and above.row.page == line.row.page:
        return Line(line.row, above.label, above.kind, line.amounts, borrowed=True)
    return line


def _letters(label: str) -> int:
    return sum(each.isalpha() for each in label)
