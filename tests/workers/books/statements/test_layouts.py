"""Layouts as banks all over the world export them: each is read exactly, without a question, whole or in part."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.workers.books.statements.exports import read
from tests.workers.books.statements.layouts import LAYOUTS, Layout
from workers.books.errors import StatementError
from workers.books.statements import Statement


def figures(statement: Statement) -> list[tuple[date, Decimal]]:
    return [(line.date, line.amount) for line in statement.lines]


def wanted(layout: Layout) -> list[tuple[date, Decimal]]:
    pairs = map(str.split, layout.lines.split("; "))
    return [(date.fromisoformat(day), Decimal(amount)) for day, amount in pairs]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_exactly(name: str) -> None:
    layout = LAYOUTS[name]
    statement = read(layout.encoded)
    assert figures(statement) == wanted(layout)
    assert statement.currency == layout.currency


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_is_read_alike_with_the_line_ends_of_other_systems(name: str) -> None:
    layout = LAYOUTS[name]
    for end in ("\r\n", "\r", "\r\r\n"):
        assert figures(read(layout.content.replace("\n", end).encode(layout.encoding))) == wanted(layout)


@pytest.mark.parametrize("name", LAYOUTS)
def test_with_one_line_only_it_is_read_exactly_or_asked_about(name: str) -> None:
    """Less to go by: what the other lines told must be asked then, and is never read as something else."""
    layout = LAYOUTS[name]
    lines = read(layout.encoded).lines
    for kept in lines:
        others = {line.line_no for line in lines} - {kept.line_no}
        text = "\n".join(_without(layout.content.split("\n"), others, kept.line_no))
        try:
            statement = read(text.encode(layout.encoding))
        except StatementError:
            continue
        assert figures(statement) == [(kept.date, kept.amount)]


def _without(rows: list[str], others: set[int], kept: int) -> list[str]:
    """The text without some of its lines, and what goes on below them."""
    found: list[str] = []
    dropping = False
    for number, row in enumerate(rows, start=1):
        dropping = number in others or (dropping and number != kept and _goes_on(row))
        if not dropping:
            found.append(row)
    return found


def _goes_on(row: str) -> bool:
    """More of a line: its first cells are empty, or it stands within quotation marks."""
    return row.startswith((",,", ";;", '"";', '"",')) or row.count('"') % 2 == 1
