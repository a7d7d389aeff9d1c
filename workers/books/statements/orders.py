"""Day before month or month before day: one answer for a whole file, by the surest evidence that decides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from workers.books.statements.dates import (
    NO_YEAR,
    ORDERS,
    DateStyle,
    Stamp,
    months_in,
    stamp_of,
    styles_of,
)

#: More days than one export covers, unless no other reading is shorter.
ABSURD_SPAN = timedelta(days=3 * 365)
#: Dates that must differ before their order says anything.
LEAST_FOR_ORDER = 3
#: A period has two ends.
LEAST_STATED = 2
#: Lines whose descriptions are searched for the day of a purchase, and how long before its booking that may be.
MOST_MENTIONS = 500
BEFORE_BOOKING = timedelta(days=9)
MENTION = re.compile(r"(?<![\d/.,-])(\d{1,2})[ -]?([A-Za-z]{3})(?![A-Za-z])")

UNPADDED = re.compile(r"^\d{1,2}/\d/")

#: What every line's date is, by the order it is read in.
Readings = dict[str, list[date]]
Narrowing = Callable[[Readings], Iterable[str]]


class AmbiguousDates(ValueError):
    """Several readings make sense; only a person can tell."""

    def __init__(self, readings: Readings, sample: str) -> None:
        #: The likeliest first.
        self.orders = sorted(readings, key=lambda order: _unlikelihood(order, readings[order], sample))
        self.sample = sample
        super().__init__(sample)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the order beside the dates themselves."""

    #: The cells of the file's other columns of dates.
    others: Sequence[Sequence[str]] = ()
    #: Dates outside of the table, as they are written: a period.
    stated: Sequence[str] = ()
    #: Of the lines, in their order.
    descriptions: Sequence[str] = ()
    #: The orders that are usual where the file comes from.
    usual: frozenset[str] = frozenset(ORDERS)


def decide_style(cells: Sequence[str]) -> DateStyle | None:
    """The one style in which every cell is a date; null where there is none. Raises AmbiguousDates."""
    readings = styles_of(cells)
    if not readings:
        return None
    order, _ = decide_order(cells, readings, Evidence())
    return DateStyle(order, months_in(map(stamp_of, cells)))


def decide_order(cells: Sequence[str], readings: Readings, evidence: Evidence) -> tuple[str, list[date]]:
    """The order that the evidence leaves of those in which the cells can be read; raises AmbiguousDates.

    Evidence that would leave none is of another matter, and is passed over.
    """
    for narrowing in _narrowings(cells, evidence):
        if not is_open(readings):
            break
        kept = set(narrowing(readings))
        readings = {order: dates for order, dates in readings.items() if order in kept} or readings
    if is_open(readings):
        sample = next(cell for cell in cells if len({DateStyle(order).read(cell) for order in readings}) > 1)
        raise AmbiguousDates(readings, sample)
    return next(iter(readings.items()))


def _unlikelihood(order: str, dates: Sequence[date], sample: str) -> tuple[timedelta, int]:
    """A file is seldom of more days than it need be; who writes the month first seldom fills it up with a zero."""
    usual = ("mdy", "dmy", "ymd") if UNPADDED.search(sample) else ORDERS
    return _span(dates), usual.index(order)


def is_open(readings: Readings) -> bool:
    return len({tuple(dates) for dates in readings.values()}) > 1


def tells_order(dates: Sequence[date]) -> bool:
    """Whether enough different dates stand in order, oldest or newest first."""
    if len(set(dates)) < LEAST_FOR_ORDER:
        return False
    return all(a <= b for a, b in pairwise(dates)) or all(a >= b for a, b in pairwise(dates))


def clear_dates(texts: Iterable[str]) -> list[date]:
    """Those that can be read in one way only, with their year."""
    found = [set(map(tuple, styles_of([text]).values())) for text in texts]
    return [day for each in found if len(each) == 1 for (day,) in each if day.year != NO_YEAR]


def _narrowings(cells: Sequence[str], evidence: Evidence) -> Iterator[Narrowing]:
    """The surest first."""
    yield _without_absurd_years
    yield lambda _readings: _as_others_read(evidence.others)
    yield lambda _readings: _as_stated(evidence.stated, stamp_of(cells[0]))
    yield lambda readings: _within_stated(readings, evidence.stated)
    yield lambda readings: [order for order, dates in readings.items() if tells_order(dates)]
    yield lambda readings: _as_mentioned(readings, evidence.descriptions)
    yield lambda _readings: evidence.usual


def _without_absurd_years(readings: Readings) -> Iterable[str]:
    """A month of 13-06-24, 14-06-24 … read year first would spread over decades: then the year stands last."""
    spans = {order: _span(dates) for order, dates in readings.items()}
    closest = min(spans.values())
    return [order for order, span in spans.items() if span < ABSURD_SPAN or span < 2 * closest]


def _span(dates: Sequence[date]) -> timedelta:
    return max(dates) - min(dates)


def _as_others_read(others: Sequence[Sequence[str]]) -> set[str]:
    """A bank writes all its date columns alike, so a value date may decide for the booking date."""
    orders = set(ORDERS)
    for cells in others:
        orders &= set(styles_of(cells)) or orders
    return orders


def _as_stated(stated: Sequence[str], sample: Stamp | None) -> Iterable[str]:
    """A period above the table that is written as the table's dates are."""
    if sample is None:
        return ORDERS
    alike = [
        text
        for text in stated
        if (stamp := stamp_of(text)) and (stamp.kind, stamp.separator) == (sample.kind, sample.separator)
    ]
    return styles_of(alike)


def _within_stated(readings: Readings, stated: Sequence[str]) -> Iterable[str]:
    """A period whose own dates are clear holds the lines in the right order only."""
    known = clear_dates(stated)
    if len(known) < LEAST_STATED:
        return ()
    first, last = min(known) - BEFORE_BOOKING, max(known) + BEFORE_BOOKING
    return [order for order, dates in readings.items() if first <= min(dates) and max(dates) <= last]


def _as_mentioned(readings: Readings, descriptions: Sequence[str]) -> Iterable[str]:
    """``POS 31AUG``: a purchase is booked within days of the day its description names."""
    mentions = [
        (place, day)
        for place, text in enumerate(descriptions[:MOST_MENTIONS])
        if (match := MENTION.search(text)) and (day := _mentioned(match))
    ]
    return [
        order
        for order, dates in readings.items()
        if mentions and all(_follows(dates[place], day) for place, day in mentions)
    ]


def _mentioned(match: re.Match[str]) -> date | None:
    stamp = stamp_of(f"{match[1]} {match[2]}")
    return DateStyle("dmy", months_in([stamp])).date(stamp) if stamp else None


def _follows(booked: date, day: date) -> bool:
    if (day.month, day.day) == (2, 29):
        return True
    return any(
        timedelta() <= booked - day.replace(year=year) <= BEFORE_BOOKING
        for year in (booked.year, booked.year - 1)
    )
