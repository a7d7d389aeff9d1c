"""Amounts of formats without columns: each a number with its sign, under one decimal mark for the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from workers.books.errors import StatementError
from workers.books.statements.amounts import (
    AmbiguousAmounts,
    Figure,
    decide_decimal_mark,
    read_amount,
    read_figure,
)
from workers.books.statements.asked import ask_decimal

LONGEST = 100
#: Makes the refusal of the amount at an index, from what is wrong with it.
Refuse = Callable[[int, str], StatementError]


def read_signed(
    cells: Sequence[str],
    field: str,
    refuse: Refuse,
    *,
    mark: str | None = None,
    witnesses: Iterable[str] = (),
) -> list[Decimal]:
    """Raises StatementError and Question. ``witnesses``: other numbers, which show how the bank writes them."""
    figures = [_figure(index, cell, field, refuse) for index, cell in enumerate(cells)]
    others = [figure for witness in witnesses if (figure := read_figure(witness))]
    mark = mark or _decide_mark([*figures, *others], field)
    return [_amount(index, figure, mark, field, refuse) for index, figure in enumerate(figures)]


def _figure(index: int, cell: str, field: str, refuse: Refuse) -> Figure:
    figure = read_figure(cell) if len(cell) <= LONGEST else None
    if figure is None:
        raise refuse(index, f"has {cell[:40]!r} for {field}, which is no amount")
    return figure


def _decide_mark(figures: Sequence[Figure], field: str) -> str:
    try:
        return decide_decimal_mark(figures)
    except AmbiguousAmounts as error:
        raise ask_decimal(field, error.sample, error.likely) from None


def _amount(index: int, figure: Figure, mark: str, field: str, refuse: Refuse) -> Decimal:
    amount = read_amount(figure, mark)
    if amount is None:
        fault = f"has {figure.number!r} for {field}, which is no number with {mark!r} as the decimal mark"
        raise refuse(index, fault)
    return -amount if figure.sign == "-" else amount
