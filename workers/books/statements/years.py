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
        return _from_newest(days, year)
    for found in (_near(days, beside), _within(days, stated)):
        if found:
            return found
    raise _ask(column, stated)


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


def _from_newest(days: Sequence[date], year: int) -> list[date]:
    """The newest line is of ``year``; where the file passes a new year, the lines beyond are of the one before."""
    steps = list(enumerate(pairwise(days), start=1))
    into_new = [place for place, (one, other) in steps if one - other > HALF_A_YEAR]
    into_old = [place for place, (one, other) in steps if other - one > HALF_A_YEAR]
    if len(into_new) == 1 and not into_old:
        return [_must(day, year - (place < into_new[0])) for place, day in enumerate(days)]
    if len(into_old) == 1 and not into_new:
        return [_must(day, year - (place >= into_old[0])) for place, day in enumerate(days)]
    return [_must(day, year) for day in days]


def _must(day: date, year: int) -> date:
    return _in(day, year) or date(year, 2, 28)


def _in(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _ask(column: str, stated: Sequence[date]) -> Question:
    error = refuse_column(
        "ambiguous_dates",
        "The dates have no year",
        column,
        "has days and months only, and nothing in the file says of which year",
        'Send a mapping with "year", that of the newest line.',
    )
    newest = max(stated).year if stated else datetime.now(UTC).year
    choices = [
        choice(f"The newest line is of {year}", year=year) for year in (newest, newest - 1, newest + 1)
    ]
    return Question("year", f"Of which year are the dates in column {column!r}?", error, choices)
