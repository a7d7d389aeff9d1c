"""What invented receipts of many countries say, found whatever their layout."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.workers.books.receipts.extraction.laying import found_in
from tests.workers.books.receipts.extraction.shops import SHOPS


def letters(text: str) -> str:
    return "".join(each for each in text.upper() if each.isalnum())


@pytest.mark.parametrize("name", SHOPS)
def test_each_says_who_when_and_how_much(name: str) -> None:
    shop, found = SHOPS[name], found_in(SHOPS[name].text)
    assert found.total is not None
    assert found.total.value == Decimal(shop.total)
    assert found.date is not None
    assert found.date.value == date.fromisoformat(shop.date)
    assert found.vendor is not None
    assert letters(found.vendor.value) in letters(shop.vendor)
    assert (found.currency.value if found.currency else None) == shop.currency
