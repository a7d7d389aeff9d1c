"""Layouts as banks all over the world export them: each is read exactly, without a question, whole or in part."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from ledgerwire.statements import ColumnMapping
from tests.workers.books.statements.exports import read
from tests.workers.books.statements.layouts import LAYOUTS, Layout
from workers.books.errors import StatementError
from workers.books.statements import Statement
from workers.books.statements.tables import find_table


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


@pytest.mark.parametrize("name", LAYOUTS)
def test_with_a_header_in_words_nobody_knows_no_amount_is_read_as_another(name: str) -> None:
    """Where the strange column was that of the booking dates, another one's are taken, and that is said."""
    layout = LAYOUTS[name]
    for content in _with_strange_headers(layout):
        try:
            statement = read(content)
        except StatementError:
            continue
        assert [line.amount for line in statement.lines] == [amount for _, amount in wanted(layout)]
        assert figures(statement) == wanted(layout) or "The dates are those of" in " ".join(
            statement.warnings
        )


def _with_strange_headers(layout: Layout) -> Iterator[str]:
    """The table with each of its headers in turn replaced."""
    table = find_table(layout.encoded.decode(layout.encoding), ColumnMapping(), {})
    header = table.columns.header
    for place in range(len(header) if table.columns.line_no else 0):
        strange = [*header[:place], "Zqqx", *header[place + 1 :]]
        target = io.StringIO()
        writer = csv.writer(target, delimiter=table.delimiter)
        writer.writerows([row.cells for row in table.above])
        writer.writerow(strange)
        writer.writerows([row.cells for row in table.rows])
        yield target.getvalue()
