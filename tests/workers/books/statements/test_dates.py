"""One cell at a time, and what many cells of one column leave open."""

from __future__ import annotations

from datetime import date

import pytest

from workers.books.statements.dates import NO_YEAR, is_dated, is_day, styles_of

THE_DAY = date(2018, 2, 21)

CERTAIN = [
    *("2018-02-21", "2018.02.21.", "20180221", "20180221120000", "2018/2/21", "21.02.18", "21. 2. 2018", "2/21/18"),
    *("21-Feb-2018", "21 FEB 18", "Feb 21, 2018", "February 21st, 2018", "Wed, 21 Feb 2018", "21 de febrero de 2018"),
    *("21 Februarie 2018", "21. Februar 2018", "21 lutego 2018", "21 февраля 2018 г.", "2018年2月21日"),  # noqa: RUF001
    *("2018-02-21T23:59:59.123Z", "2018-02-21 12:00:00 +02:00", "21/02/2018 09.15", "02/21/2018 9:15 PM"),
]  # fmt: skip


@pytest.mark.parametrize("cell", CERTAIN)
def test_a_date_that_can_be_one_day_only(cell: str) -> None:
    assert {day for days in styles_of([cell]).values() for day in days} == {THE_DAY}
    assert is_dated(cell)


@pytest.mark.parametrize("cell", ["21/02", "21.02.", "21 Feb", "Feb 21", "21-Feb"])
def test_a_day_of_no_year(cell: str) -> None:
    assert is_day(cell)
    assert not is_dated(cell)
    assert {day for days in styles_of([cell]).values() for day in days} == {date(NO_YEAR, 2, 21)}


@pytest.mark.parametrize(
    "cell", ["", "Feb", "2018", "31.02.2018", "2018-13-01", "12.50", "21 Hello 2018", "1/2/3/4", "x" * 99]
)
def test_everything_else_is_no_date(cell: str) -> None:
    assert not is_day(cell)


def test_what_is_open_is_every_thinkable_order() -> None:
    assert set(styles_of(["03/04/2018"])) == {"dmy", "mdy"}
    assert set(styles_of(["03/04/2018", "13/04/2018"])) == {"dmy"}
    assert set(styles_of(["03/04/2018", "04/13/2018"])) == {"mdy"}


def test_nobody_puts_the_month_first_before_a_point() -> None:
    assert set(styles_of(["03.04.2018"])) == {"dmy"}


def test_one_cell_that_is_no_date_leaves_no_order() -> None:
    assert styles_of(["03/04/2018", "total"]) == {}
