"""A row may say that it is a balance or a sum; a payment may mention one."""

from __future__ import annotations

import pytest

from workers.books.statements.grid import Row
from workers.books.statements.namings import balance_beside_a_date, row_without_a_date


def row(*cells: str) -> Row:
    return Row(1, list(cells))


DATED = {
    "Opening balance": "opening",
    "SALDO INICIAL": "opening",
    "Closing Balance": "closing",
    "Anfangssaldo 01.01.2018": "opening",
    "Balance transfer to savings": None,
    "Opening balance paid for the new office": None,
    "Coffee": None,
}


@pytest.mark.parametrize("text", DATED)
def test_beside_a_date_only_the_name_of_a_balance_counts(text: str) -> None:
    assert balance_beside_a_date(row("2018-01-01", text, "12.00")) == DATED[text]


UNDATED = {
    "Closing balance as of today": "closing",
    "Total of all withdrawals": "loose",
    "S A L D O": "loose",
    "Coffee": None,
    "12.00": None,
    "total " * 40: None,
}


@pytest.mark.parametrize("text", UNDATED)
def test_without_a_date_any_word_for_one_will_do(text: str) -> None:
    assert row_without_a_date(row("", text, "12.00")) == UNDATED[text]
