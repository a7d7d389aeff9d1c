"""Columns of numbers that no word tells apart: which of them is the amount is proven by which is its balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise, permutations

import msgspec

from workers.books.statements.amounts import (
    AmbiguousAmounts,
    Figure,
    decide_decimal_mark,
    is_blank,
    read_amount,
    read_figure,
)
from workers.books.statements.balances import direction_of, prove, prove_each
from workers.books.statements.columns import Column, Columns
from workers.books.statements.dates import is_dated, styles_of
from workers.books.statements.grid import Row
from workers.books.statements.words import IN, OUT, simplify

#: Of more columns of numbers than this, and of more lines, the first are tried.
MOST_COLUMNS, MOST_LINES = 6, 1_000

Values = list[Decimal | None]
Parts = dict[str, int]


class _Sample(msgspec.Struct, frozen=True):
    """The numbers of the first lines, by column."""

    values: dict[int, Values]
    #: Null where the lines have no order.
    days: list[date] | None
    #: For each line 1 or -1, where a word beside the numbers says so.
    ways: list[int] | None

    def amounts(self, index: int) -> list[Decimal]:
        """As what moves the balance: a line without an amount states a balance and moves nothing."""
        amounts = [value or Decimal(0) for value in self.values[index]]
        if self.ways is None or any(amount < 0 for amount in amounts):
            return amounts
        return [way * amount for way, amount in zip(self.ways, amounts, strict=True)]

    @property
    def one_day(self) -> list[date]:
        return [date.min] * len(next(iter(self.values.values()), []))


def cast_by_balance(columns: Columns, rows: Sequence[Row], decimal_mark: str | None) -> Columns:
    """With an amount, or debit and credit, and the balance that proves them; as they are where nothing is proven."""
    candidates = columns.of("amount")[:MOST_COLUMNS]
    dates = columns.of("date")
    if "amount" not in columns.unnamed or len(candidates) < 2 or not dates:  # noqa: PLR2004
        return columns
    lines = [row for row in rows if any(is_dated(row.cell(column.index)) for column in dates)][:MOST_LINES]
    values = _values(lines, candidates, decimal_mark)
    sample = _Sample(values, _days(lines, dates[0]), _ways(lines, columns))
    for proven in (_between_two(sample), _beside_one(sample), _two_sided(sample)):
        found = list(proven)
        if len(found) == 1:
            roles = {role: [columns.column(index)] for role, index in found[0].items()}
            changed = {**columns.roles, "amount": [], **roles}
            return msgspec.structs.replace(columns, roles=changed, unnamed=columns.unnamed - {"amount"})
    return columns


# --- what may be proven


def _between_two(sample: _Sample) -> Iterator[Parts]:
    """The balance before the line, behind it the balance after it, and the amount between them.

    Of one line, balance and amount could change places; of two that follow each other, they could not.
    """
    values = sample.values
    found = [
        (before, amount, after)
        for before, amount, after in permutations(values, 3)
        if before < after and prove_each(sample.amounts(amount), values[before], values[after]) == 1
    ]
    chained = [each for each in found if _are_chained(values[each[0]], values[each[2]])]
    for _, amount, after in chained if len(chained) == 1 else found:
        yield {"amount": amount, "balance": after}


def _are_chained(before: Values, after: Values) -> bool:
    """Each line begins where the one above, or the one below, ends."""
    pairs = list(pairwise(zip(before, after, strict=True)))
    return all(end == start for (_, end), (start, _) in pairs) or all(
        start == end for (start, _), (_, end) in pairs
    )


def _beside_one(sample: _Sample) -> Iterator[Parts]:
    """Where a line has no amount, it has no other either. Unsigned, an amount read backwards looks like another."""
    values = sample.values
    for amount, balance in permutations(values, 2):
        others = [values[index] for index in values if index not in (amount, balance)]
        if not _is_mostly_filled(values[amount]) or _has_instead(values[amount], others):
            continue
        amounts = sample.amounts(amount)
        is_signed = any(value < 0 for value in amounts)
        if _holds(amounts, values[balance], sample.days or (None if is_signed else sample.one_day)):
            yield {"amount": amount, "balance": balance}


def _two_sided(sample: _Sample) -> Iterator[Parts]:
    """Two columns of which each line fills one at most, and a third that moves by them.

    Read backwards, money out looks like money in: without an order the balance must stand behind its line.
    """
    values = sample.values
    for debit, credit, balance in permutations(values, 3):
        pairs = list(zip(values[debit], values[credit], strict=True))
        if any(out and into for out, into in pairs) or _is_empty(values[debit]) or _is_empty(values[credit]):
            continue
        amounts = [(into or Decimal(0)) - abs(out or Decimal(0)) for out, into in pairs]
        if _holds(amounts, values[balance], sample.days or sample.one_day, least_sign=1):
            yield {"debit": debit, "credit": credit, "balance": balance}


def _holds(
    amounts: Sequence[Decimal], balances: Values, days: list[date] | None, *, least_sign: int = 0
) -> bool:
    """A sign of 0, that may be either, still tells that the columns belong together."""
    proof = prove(amounts, balances, days)
    return proof is not None and proof.holds and proof.sign >= least_sign and any(amounts)


def _has_instead(values: Values, others: Sequence[Values]) -> bool:
    return any(
        value is None and any(other[place] is not None for other in others)
        for place, value in enumerate(values)
    )


def _is_empty(values: Values) -> bool:
    return all(value is None for value in values)


def _is_mostly_filled(values: Values) -> bool:
    return 2 * sum(value is not None for value in values) >= len(values)


# --- what stands in the lines


def _values(rows: Sequence[Row], columns: Sequence[Column], mark: str | None) -> dict[int, Values]:
    """The signed numbers of each column; empty where their decimal mark is open."""
    figures = {column.index: [_figure(row.cell(column.index)) for row in rows] for column in columns}
    try:
        mark = mark or decide_decimal_mark(figure for each in figures.values() for figure in each if figure)
    except AmbiguousAmounts:
        return {}
    return {index: [_signed(figure, mark) for figure in each] for index, each in figures.items()}


def _figure(cell: str) -> Figure | None:
    return None if is_blank(cell) else read_figure(cell)


def _signed(figure: Figure | None, mark: str) -> Decimal | None:
    value = read_amount(figure, mark) if figure else None
    return -value if figure and value is not None and figure.sign == "-" else value


def _days(rows: Sequence[Row], column: Column) -> list[date] | None:
    """The dates in any order of day and month, if each puts the same line first."""
    readings = list(styles_of([row.cell(column.index) for row in rows]).values())
    directions = {direction_of(days) for days in readings}
    return readings[0] if len(directions) == 1 and directions & {1, -1} else None


def _ways(rows: Sequence[Row], columns: Columns) -> list[int] | None:
    for column in columns.of("direction"):
        words = [simplify(row.cell(column.index)) for row in rows]
        if all(word in OUT or word in IN for word in words):
            return [-1 if word in OUT else 1 for word in words]
    return None
