"""The year of dates that have none: from the period the file states, from a date beside them, or from a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from workers.books.statements.dates import NO_YEAR
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column

#: A line may be booked a little outside of the period it is printed for.
SLACK = timedelta(days=10)
#: The longest period in which a day and a month have one year only.
A_YEAR = timedelta(days=365) - 2 * SLACK
#: A step this far back, or ahead, leads from December to January, or the other way.
HALF_A_YEAR = timedelta(days=183)


def with_years(
    days: Sequence[date], stated: Sequence[date], beside: Sequence[date | None], year: int | None, column: str
) -> list[date]:
    """``days`` with the years that ``stated`` dates, a column ``beside`` or a person's ``year`` of the newest give.

    Raises Question.
    """
    if year is not None:
        return _told(days, year, column)
    for found in (_near(days, beside), _within(days, stated)):
        if found:
            return found
    raise _ask(days, column, stated)


def _near(days: Sequence[date], beside: Sequence[date | None]) -> list[date] | None:
    """The years in which each day lies next to the date beside it."""
    if not beside or any(other is None or other.year == NO_YEAR for other in beside):
        return None
    near = [_closest(day, other) for day, other in zip(days, beside, strict=True) if other]
    return [day for day in near if day] if all(near) else None


def _closest(day: date, other: date) -> date | None:
    found = [dated for year in (other.year - 1, other.year, other.year + 1) if (dated := _in(day, year))]
    return min(found, key=lambda dated: abs(dated - other), default=None)


def _within(days: Sequence[date], stated: Sequence[date]) -> list[date] | None:
    """The only year in which each day lies in the stated period; of one stated date, in the year before it."""
    if not stated:
        return None
    first, last = min(stated), max(stated)
    if first == last:
        first = last - A_YEAR
    if last - first > A_YEAR:
        return None
    found = [_only(day, first - SLACK, last + SLACK) for day in days]
    return [day for day in found if day] if all(found) else None


def _only(day: date, first: date, last: date) -> date | None:
    fitting = [
        dated
        for year in range(first.year, last.year + 1)
        if (dated := _in(day, year)) and first <= dated <= last
    ]
    return fitting[0] if len(fitting) == 1 else None


def _told(days: Sequence[date], year: int, column: str) -> list[date]:
    found = _from_newest(days, year)
    if found is None:
        raise refuse_column(
            "ambiguous_dates",
            "The dates are not of that year",
            column,
            f"has a 29 February, which is none in a file whose newest line is of {year}",
            'Send a mapping with another "year".',
        )
    return found


def _from_newest(days: Sequence[date], year: int) -> list[date] | None:
    """The newest line is of ``year``, and others of those before where the lines pass a new year, up or down.

    Null where one of the days is not in its year.
    """
    passed = [0]
    for one, other in pairwise(days):
        passed.append(passed[-1] + (one - other > HALF_A_YEAR) - (other - one > HALF_A_YEAR))
    years = [year - max(passed) + count for count in passed]
    dated = _all_in(days, years)
    in_one = _all_in(days, [year] * len(days))
    return dated if in_one is None or (dated and _in_order(dated)) else in_one


def _all_in(days: Sequence[date], years: Sequence[int]) -> list[date] | None:
    dated = [_in(day, year) for day, year in zip(days, years, strict=True)]
    found = [day for day in dated if day]
    return found if len(found) == len(days) else None


def _in_order(days: Sequence[date]) -> bool:
    """Oldest or newest first, but for days that lie close together."""
    steps = [other - one for one, other in pairwise(days)]
    return all(step >= -SLACK for step in steps) or all(step <= SLACK for step in steps)


def _in(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _ask(days: Sequence[date], column: str, stated: Sequence[date]) -> Question:
    error = refuse_column(
        "ambiguous_dates",
        "The dates have no year",
        column,
        "has days and months only, and nothing in the file says of which year",
        'Send a mapping with "year", that of the newest line.',
    )
    choices = [choice(f"The newest line is of {year}", year=year) for year in _likely(days, stated)]
    if not choices:
        raise error
    return Question("year", f"Of which year are the dates in column {column!r}?", error, choices)


def _likely(days: Sequence[date], stated: Sequence[date]) -> list[int]:
    """Years that every day may be of, the likeliest first: no line is of a day to come."""
    today = datetime.now(UTC).date()
    newest = max(stated, default=today)
    found = []
    for year in (newest.year, newest.year - 1, newest.year + 1, *range(newest.year - 2, newest.year - 9, -1)):
        dates = _from_newest(days, year)
        if dates and max(dates) <= max(today, newest) + SLACK:
            found.append(year)
    return found[:3]
