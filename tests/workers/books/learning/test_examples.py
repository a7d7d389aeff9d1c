"""Examples are the newest lines, without those that were plainly approved by mistake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from workers.books.learning.examples import Example, memories, newest, without_slips


def example(text: str, category: str, *, day: int = 1, company: str = "acme", amount: int = -5) -> Example:
    return Example(company, date(2026, 6, day), text, Decimal(amount), category)


def test_the_newest_are_kept_oldest_first() -> None:
    days = [example("X", "Rent", day=day) for day in (3, 1, 2)]
    assert [each.date.day for each in newest(days, 2)] == [2, 3]


@pytest.mark.parametrize(
    ("alike", "other", "kept"),
    [(4, 1, 4), (3, 1, 4), (38, 2, 38), (37, 3, 40), (3, 2, 5), (1, 1, 2)],
)
def test_a_line_that_its_merchant_s_others_contradict_is_a_slip(alike: int, other: int, kept: int) -> None:
    lines = [example("SQ *ACME", "Rent")] * alike + [example("ACME #12", "Meals")] * other
    assert len(without_slips(lines)) == kept


def test_another_company_or_direction_contradicts_nothing() -> None:
    others = [example("ACME", "Sales", amount=5), example("ACME", "Tools", company="bolt")]
    assert set(without_slips([example("ACME", "Rent")] * 9 + others)) >= set(others)


def test_short_and_long_forms_of_a_name_are_one_merchant() -> None:
    forms = ("KORVA PHARMACY BOSTON MA", "TST* KORVA PHARMA", "KRVPHRMCY #3", "The Korva Pharmacy")
    assert len({example(form, "Rent").merchant for form in forms}) == 1
    assert example("4711", "Rent").merchant != example("0815", "Rent").merchant


def test_each_company_remembers_its_own() -> None:
    found = memories(
        [example("ACME", "Rent"), example("ACME", "Rent"), example("ACME", "Tools", company="bolt")]
    )
    recollection = found["acme"].recall("ACME", -1)
    assert recollection is not None
    assert (recollection.category, recollection.count, found["acme"].approved) == ("Rent", 2, 2)
