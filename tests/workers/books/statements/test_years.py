"""Dates without a year get the one that something in the file proves, or that a person told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from workers.books.errors import StatementError
from workers.books.statements.dates import NO_YEAR
from workers.books.statements.questions import Question
from workers.books.statements.years import with_years


def day(text: str) -> date:
    return date.fromisoformat(f"{NO_YEAR:04}-{text}")


def dated(
    *days: str, stated: Sequence[str] = (), beside: Sequence[str] = (), year: int | None = None
) -> list[str]:
    found = with_years(
        [day(each) for each in days],
        [date.fromisoformat(each) for each in stated],
        [date.fromisoformat(each) for each in beside],
        year,
        "Date",
    )
    return [each.isoformat() for each in found]


def test_a_stated_period_holds_each_day_once() -> None:
    assert dated("12-30", "01-02", stated=("2017-12-15", "2018-01-14")) == ["2017-12-30", "2018-01-02"]


def test_of_one_stated_date_the_lines_are_of_the_year_before_it() -> None:
    assert dated("12-30", "01-02", stated=("2018-01-14",)) == ["2017-12-30", "2018-01-02"]


def test_the_date_beside_is_the_closest() -> None:
    assert dated("12-30", "01-02", beside=("2018-01-01", "2018-01-03")) == ["2017-12-30", "2018-01-02"]


ORDERS = {
    "oldest first": (("12-30", "01-02", "06-01"), ["2017-12-30", "2018-01-02", "2018-06-01"]),
    "newest first": (("01-02", "12-30"), ["2018-01-02", "2017-12-30"]),
    "over two new years": (
        ("11-01", "03-01", "08-01", "12-01", "02-01"),
        ["2016-11-01", "2017-03-01", "2017-08-01", "2017-12-01", "2018-02-01"],
    ),
    "a line of the old year among those of the new": (
        ("12-29", "01-02", "12-30", "01-03"),
        ["2017-12-29", "2018-01-02", "2017-12-30", "2018-01-03"],
    ),
    "in no order": (("01-02", "11-20", "02-05"), ["2018-01-02", "2018-11-20", "2018-02-05"]),
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_a_told_year_is_that_of_the_newest_line(order: str) -> None:
    days, expected = ORDERS[order]
    assert dated(*days, year=2018) == expected


def test_a_told_year_without_that_day_is_refused() -> None:
    assert dated("02-29", "03-01", year=2020) == ["2020-02-29", "2020-03-01"]
    with pytest.raises(StatementError, match="29 February"):
        dated("02-29", "03-01", year=2019)


def test_without_any_sign_the_year_is_asked() -> None:
    """A period longer than a year says nothing either."""
    for stated in ((), ("2016-01-01", "2018-01-01")):
        with pytest.raises(Question) as asked:
            dated("03-01", stated=stated)
        assert asked.value.code == "year"


def proposed(*days: str) -> list[int | None]:
    with pytest.raises(Question) as asked:
        dated(*days)
    return [each.patch.year for each in asked.value.choices]


def test_the_likeliest_year_lies_not_ahead() -> None:
    today = datetime.now(UTC).date()
    ahead = date(today.year, 12, 31)
    back = date(today.year, 1, 1)
    assert proposed(f"{ahead:%m-%d}")[0] == today.year - (ahead - today > timedelta(days=10))
    assert proposed(f"{back:%m-%d}")[0] == today.year


def test_only_years_that_have_the_day_are_proposed() -> None:
    found = proposed("02-29")
    assert found
    assert all(year and year % 4 == 0 for year in found)
