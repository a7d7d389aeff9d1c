"""One cell at a time; the decimal mark is decided over many."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workers.books.statements.amounts import AmbiguousAmounts, decide_decimal_mark, read_amount, read_figure

SIGNED = {
    "4.50": ("", None),
    "- $220.00": ("-", None),
    "-,01": ("-", None),
    "+ £1,100.00 CR": ("+", "GBP"),
    "(4.50)": ("-", None),
    "$(4.50)": ("-", None),
    "1.234,56-": ("-", None),
    "\u2212 12,00 €": ("-", "EUR"),
    "EUR 12,00": ("", "EUR"),
    "R 1 234,00 Dr": ("-", "ZAR"),
    "1'234.50 CHF": ("", "CHF"),
    "12.00 D": ("-", None),
    "1\u202f234,50 zł": ("", "PLN"),
}


@pytest.mark.parametrize("cell", SIGNED)
def test_the_sign_and_the_currency_stand_beside_the_number(cell: str) -> None:
    figure = read_figure(cell)
    assert figure is not None
    assert (figure.sign, figure.currency) == SIGNED[cell]


@pytest.mark.parametrize(
    "cell", ["", "x", "4.50 CR DR", "-4.50-+", "+(4.50)", "1e9", "4.50 kg", "12:30", "9" * 19, "1" * 61]
)
def test_everything_else_is_no_amount(cell: str) -> None:
    assert read_figure(cell) is None


NUMBERS = {
    ("1,234.50", "."): "1234.50",
    ("1.234,50", ","): "1234.50",
    ("1'234", "."): "1234",
    ("1,23,456.00", "."): "123456.00",
    ("0.12345", "."): "0.12345",
    (",01", ","): "0.01",
    ("12,34.00", "."): None,
    ("1.23.456", ","): None,
}


@pytest.mark.parametrize("number", NUMBERS)
def test_thousands_are_grouped_as_people_do_or_it_is_no_number(number: tuple[str, str]) -> None:
    figure = read_figure(number[0])
    assert figure is not None
    expected = NUMBERS[number]
    assert read_amount(figure, number[1]) == (None if expected is None else Decimal(expected))


def mark(*cells: str, three_digits: bool | None = None) -> str:
    return decide_decimal_mark(filter(None, map(read_figure, cells)), three_digits=three_digits)


def test_one_number_decides_for_the_file() -> None:
    assert mark("1,234.50") == mark("12.5", "100") == mark("1,234,567") == mark("0.123") == "."
    assert mark("1.234,50") == mark("12,5", "100") == mark("1.234.567") == ","


def test_a_currency_without_three_decimals_groups_in_threes() -> None:
    assert mark("1,234", three_digits=False) == "."
    assert mark("1.234", three_digits=False) == ","


@pytest.mark.parametrize("cells", [("1,234",), ("1.234", "5.678"), ("12.50", "12,50"), ("1.234", "12.50")])
def test_what_the_numbers_leave_open_is_not_decided(cells: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousAmounts):
        mark(*cells)
