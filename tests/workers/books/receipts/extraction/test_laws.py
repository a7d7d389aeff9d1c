"""Each law of reading a receipt once, on the fewest rows that show it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.books.receipts.extraction.laying import TODAY, found_in, laid_out
from workers.books.receipts.extraction.amounts import amounts_in, read_amount
from workers.books.receipts.extraction.dates import dates_in
from workers.books.receipts.extraction.rows import rows_of
from workers.outside.ocr.words import Page, Word

FORMS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d.%m.%y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%Y%m%d",
    "%d%b%Y",
)


def amounts(row: str) -> list[str]:
    return [str(each.value) for each in amounts_in(rows_of([laid_out(row)])[0])]


def total(text: str) -> tuple[str, bool]:
    """What was paid, and whether that is sure."""
    found = found_in(text).total
    assert found is not None
    return str(found.value), found.confidence >= 0.9


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("Total 1,234.50", ["1234.50"]),
        ("Summe 1.234,50 EUR", ["1234.50"]),
        ("TOTAL RM 12", ["12.00"]),
        ("Tea 2 x 1.50 3.00", ["1.50", "3.00"]),
        ("Rebate -0.50", ["-0.50"]),
        ("Rebate (0.50)", ["-0.50"]),
        ("Total 1O.S0", ["10.50"]),
        ("Total 10 . 50", ["10.50"]),
        ("GST 6.00%", []),
        ("14.03.2019", []),
        ("Tel 03-5555.1234", []),
        ("Bananas 2.10 kg", []),
        ("v1.2.3", []),
    ],
)
def test_amounts_are_told_from_what_only_looks_like_them(row: str, values: list[str]) -> None:
    assert amounts(row) == values


@given(
    st.decimals(min_value="0.01", max_value="999999.99", places=2),
    st.sampled_from(["{:.2f}", "{:,.2f}", "${:,.2f}"]),
)
def test_an_amount_is_read_as_it_was_printed(value: Decimal, form: str) -> None:
    assert read_amount(form.format(value)) == value


@given(st.dates(min_value=date(2002, 1, 1), max_value=TODAY), st.sampled_from(FORMS))
def test_a_day_is_read_in_every_form(day: date, form: str) -> None:
    assert day in dates_in(day.strftime(form))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Dallas, TX 75201\n03/04/2024", date(2024, 3, 4)),
        ("London W1A 1AA\n03/04/2024", date(2024, 4, 3)),
        ("24 Mar 18 09:58:26 PM", date(2018, 3, 24)),
        ("Apr09'15 09:12AM", date(2015, 4, 9)),
        ("18-03-201811:23", date(2018, 3, 18)),
        ("DATE 2O/O5/2O18", date(2018, 5, 20)),
        ("Date: 01/05/2019\nVoucher valid until 30/06/2019", date(2019, 5, 1)),
    ],
)
def test_the_day_of_the_sale_is_found(text: str, day: date) -> None:
    found = found_in(f"THE SHOP\n{text}\nTotal 5.00").date
    assert found is not None
    assert found.value == day


def test_nothing_is_from_the_future() -> None:
    assert found_in("THE SHOP\n01/05/2031").date is None


def test_cash_less_change_proves_a_total_and_a_keyword_alone_does_not() -> None:
    assert total("Shop\nTotal 12.00\nCash 20.00\nChange 8.00") == ("12.00", True)
    assert total("Shop\nTotal 12.00") == ("12.00", False)


def test_parts_prove_it_and_a_suggested_tip_is_none() -> None:
    text = "Shop\nSubtotal 40.00\nTax 4.00\nTotal 44.00\n18% = 7.20\n20% = 8.00\nTip ____"
    assert total(text) == ("44.00", True)


def test_what_is_paid_is_rounded() -> None:
    text = "Shop\nTotal incl GST 24.61\nRounding -0.01\nTotal 24.60\nCash 25.00\nChange 0.40"
    assert total(text) == ("24.60", True)


def test_a_currency_mark_that_was_read_as_a_digit_makes_no_sum() -> None:
    assert total("Shop\nTotal 816.40\nCard 16.40")[0] == "16.40"


def test_of_a_card_the_last_four_digits_are_kept() -> None:
    found = found_in("Shop\nVISA **** **** **** 1234 20.00\n4111 1111 1111 1111\nTotal 20.00")
    assert found.card is not None
    assert found.card.value == "1234"
    assert found.payment_method is not None
    assert found.payment_method.value == "card"
    assert "4111" not in found.text
    assert "1111" in found.text


def test_tax_lines_have_rate_and_base() -> None:
    found = found_in("Laden GmbH\nSumme EUR 9,99\nMwSt Netto Steuer\nA 19% 8,39 1,60").taxes
    assert found is not None
    (line,) = found.value
    assert (line.rate, line.base, line.amount) == (Decimal(19), Decimal("8.39"), Decimal("1.60"))


def test_items_that_add_up_are_surer_than_those_that_do_not() -> None:
    good = found_in("Shop\nTea 2.00\nCake 3.50\nTotal 5.50").items
    bad = found_in("Shop\nTea 2.00\nCake 3.50\nTotal 7.50").items
    assert good is not None
    assert bad is not None
    assert [(each.description, str(each.amount)) for each in good.value] == [
        ("Tea", "2.00"),
        ("Cake", "3.50"),
    ]
    assert good.confidence > bad.confidence


@pytest.mark.parametrize(
    ("top", "name"),
    [
        ("SERI MELUR TRADING SDN BHD (884213-K)\n12, JALAN BUNGA", "SERI MELUR TRADING SDN BHD"),
        ("WESTERN GATE\nSTATIONERY SDN BHD\nTAX INVOICE", "WESTERN GATE STATIONERY SDN BHD"),
        ("TAX INVOICE\n^Copper Kettle\n12 Main Street", "Copper Kettle"),
        ("WELCOME TO\n^Harper Stop\nTel 555-0100", "Harper Stop"),
    ],
)
def test_the_name_of_a_shop_is_no_other_row_of_its_head(top: str, name: str) -> None:
    found = found_in(f"{top}\n03/04/2019\nTotal 5.00").vendor
    assert found is not None
    assert found.value == name


def test_a_vendor_that_is_known_is_recognized_though_misread() -> None:
    found = found_in("8LUE DOOR C0FFEE\nTotal 5.00", vendors=("Blue Door Coffee",)).vendor
    assert found is not None
    assert found.value in ("Blue Door Coffee", "8LUE DOOR C0FFEE")


def test_words_of_one_height_are_a_row_whatever_their_order() -> None:
    words = [Word("5.00", 400, 102, 40, 20), Word("Total", 10, 100, 50, 20), Word("Tea", 10, 60, 30, 20)]
    rows = rows_of([Page(width=500, height=200, words=words, engine="text")])
    assert [row.text for row in rows] == ["Tea", "Total 5.00"]


def test_a_receipt_of_nothing_says_nothing() -> None:
    found = found_in("....")
    assert (found.total, found.date, found.items, found.taxes) == (None, None, None, None)
