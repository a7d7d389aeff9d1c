"""Dates as banks write them. The order of day and month is decided once for a whole file, never per cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

import msgspec

EARLIEST, LATEST = 1970, 2100
#: Two-digit years up to here are of this century.
CENTURY_PIVOT = 70
#: More days than one export covers, unless no other reading is shorter.
ABSURD_SPAN = 3 * 365
#: Dates that must differ before their order says anything.
LEAST_FOR_ORDER = 3

TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})\.?{TIME}")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})\.?{TIME}")
NAMED_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ]+([^\W\d_]{{3,10}})\.?[-/., ]+(\d{{4}}|\d{{2}}){TIME}")
NAMED_MONTH_FIRST = re.compile(rf"([^\W\d_]{{3,10}})\.?[- ]+(\d{{1,2}}),?[- ]+(\d{{4}}){TIME}")

#: English, German, French, Spanish, Italian, Dutch, Portuguese: a name is known by three or four letters.
MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        (
            "jan ene gen",
            "feb fev fév",
            "mar mär mrz maa mrt",
            "apr abr avr",
            "may mai mag maj mei",
            "jun juin giu",
            "jul juil lug",
            "aug ago aoû aou",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec dez dic déc",
        ),
        start=1,
    )
    for prefix in prefixes.split()
}

Parts = tuple[str, str, str]


class DateStyle(msgspec.Struct, frozen=True):
    """How one file writes its dates: ``dmy``, ``mdy`` or ``ymd`` for numbers that leave it open."""

    order: str

    def read(self, text: str) -> date | None:
        return read_date(text.strip(), self.order)


class AmbiguousDates(ValueError):
    """Both readings make sense; only a person can tell."""

    def __init__(self, orders: Sequence[str], sample: str) -> None:
        self.orders = orders
        self.sample = sample
        super().__init__(sample)


def decide_style(cells: Iterable[str]) -> DateStyle | None:
    """The one order in which every cell is a date, by the days above 12 and then by the file's own order.

    Null where there is none; raises AmbiguousDates where there are several.
    """
    texts = [cell.strip() for cell in cells if cell.strip()]
    readings = {order: _read_all(texts, order) for order in _orders(texts)}
    possible = _without_absurd_years({order: dates for order, dates in readings.items() if dates})
    if not possible:
        return None
    if len({tuple(dates) for dates in possible.values()}) == 1:
        return DateStyle(next(iter(possible)))
    sorted_ones = [order for order, dates in possible.items() if _tells_order(dates)]
    if len(sorted_ones) == 1:
        return DateStyle(sorted_ones[0])
    raise AmbiguousDates(sorted(possible), next(text for text in texts if NUMERIC.fullmatch(text)))


def read_date(text: str, order: str) -> date | None:
    if match := YEAR_FIRST.fullmatch(text):
        return _date(match[1], match[3], match[4])
    if match := COMPACT.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := NUMERIC.fullmatch(text):
        return _numeric((match[1], match[3], match[4]), order)
    if match := NAMED_DAY_FIRST.fullmatch(text):
        return _named(match[3], match[2], match[1])
    if match := NAMED_MONTH_FIRST.fullmatch(text):
        return _named(match[3], match[1], match[2])
    return None


def _orders(texts: Iterable[str]) -> Sequence[str]:
    separators = {match[2] for text in texts if (match := NUMERIC.fullmatch(text))}
    # Nobody writes month.day.year: with points the day comes first.
    return ("dmy",) if separators <= {"."} else ("dmy", "mdy", "ymd")


def _read_all(texts: Iterable[str], order: str) -> list[date]:
    """Empty unless every one is a date."""
    dates: list[date] = []
    known: dict[str, date | None] = {}
    for text in texts:
        found = known.get(text) or known.setdefault(text, read_date(text, order))
        if found is None:
            return []
        dates.append(found)
    return dates


def _without_absurd_years(readings: dict[str, list[date]]) -> dict[str, list[date]]:
    """A month of 13/06/24, 14/06/24 … read year first would spread over decades: then the year stands last."""
    spans = {order: (max(dates) - min(dates)).days for order, dates in readings.items()}
    closest = min(spans.values(), default=0)
    return {
        order: dates
        for order, dates in readings.items()
        if spans[order] < ABSURD_SPAN or spans[order] < 2 * closest
    }


def _tells_order(dates: Sequence[date]) -> bool:
    if len(set(dates)) < LEAST_FOR_ORDER:
        return False
    return all(a <= b for a, b in pairwise(dates)) or all(a >= b for a, b in pairwise(dates))


def _numeric(parts: Parts, order: str) -> date | None:
    first, second, third = parts
    match order:
        case "dmy":
            return _date(third, second, first)
        case "mdy":
            return _date(third, first, second)
    # Year first with two digits; four digits at the end cannot be a day.
    return _date(first, second, third) if len(first) == len(third) else None


def _named(year: str, name: str, day: str) -> date | None:
    lowered = name.lower()
    month = MONTHS.get(lowered[:4]) or MONTHS.get(lowered[:3])
    return _date(year, str(month), day) if month else None


def _date(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:  # noqa: PLR2004
        number += 2000 if number < CENTURY_PIVOT else 1900
    if not EARLIEST <= number <= LATEST:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
