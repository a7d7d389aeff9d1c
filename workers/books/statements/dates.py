"""Dates as banks write them. What a cell leaves open, day before month or the year, is decided for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from workers.books.statements.months import is_month, months_of

ORDERS = ("dmy", "mdy", "ymd")
EARLIEST, LATEST = 1970, 2100
#: Two-digit years up to here are of this century.
CENTURY_PIVOT = 70
#: Stands for the year of a date that has none; it is a leap year, and no bank's.
NO_YEAR = 4
LONGEST = 48

TIME = (
    r"(?:[T ,-]{1,3}\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|[A-Z]{2,5}|[+-]\d{2}:?\d{2}))?)?"
)
MONTH = r"[^\W\d_]{3,12}"
#: "Of the year", behind it.
RUSSIAN_YEAR = "\u0433"
YEAR = r"'?(\d{4}|\d{2})"
YEAR_FIRST = re.compile(rf"(\d{{4}})([-/. ]) ?(\d{{1,2}})\2 ?(\d{{1,2}})[./]?{TIME}")
ASIAN = re.compile(rf"(\d{{4}}) ?[年년] ?(\d{{1,2}}) ?[月월] ?(\d{{1,2}}) ?[日일]{TIME}")
COMPACT = re.compile(r"(\d{8})(?:[T ]?\d{6}(?:\.\d{1,6})?)?")
NUMERIC = re.compile(rf"(\d{{1,2}})([-/. ]) ?(\d{{1,2}})\2 ?(\d{{4}}|\d{{2}})\.?{TIME}")
YEARLESS = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})\2?")
DAY_FIRST = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?[-/ ]?({MONTH})\.?[-/., ]{{0,2}}(?:{YEAR})?\.?(?: ?{RUSSIAN_YEAR}\.?)?{TIME}"
)
MONTH_FIRST = re.compile(rf"({MONTH})\.?[-/ ]?(\d{{1,2}})(?:st|nd|rd|th)?,?(?:[-/ ] ?{YEAR})?{TIME}")
YEAR_THEN_NAME = re.compile(rf"(\d{{4}})[-/. ]({MONTH})\.?[-/. ](\d{{1,2}})\.?{TIME}")
SPACES = re.compile(r"[\s\u00a0\u202f]+")
WEEKDAY = re.compile(rf"({MONTH}|[^\W\d_]{{2}})[.,]{{0,2}} (?=\w)")
OF = re.compile(r" (?:de|del|of) ", re.IGNORECASE)

Kind = Literal["fixed", "named", "numeric", "compact"]


class Stamp(msgspec.Struct, frozen=True):
    """A cell taken apart, before it is known what comes first and how a month is called.

    ``fixed``: year, month, day. ``named``: year, month's name, day. ``numeric``: three parts, or two without
    a year. ``compact``: eight digits. A year that is not there is empty.
    """

    kind: Kind
    parts: tuple[str, ...]
    #: Between numbers.
    separator: str = ""


class DateStyle(msgspec.Struct, frozen=True):
    """How one file writes its dates."""

    #: ``dmy``, ``mdy`` or ``ymd``, for numbers that leave it open.
    order: str
    #: What its names of months mean.
    months: Mapping[str, int] = {}

    def read(self, text: str) -> date | None:
        """Null where the text is no date; in the year ``NO_YEAR`` where it has none."""
        stamp = stamp_of(text)
        return None if stamp is None else self.date(stamp)

    def date(self, stamp: Stamp) -> date | None:
        match stamp.kind:
            case "fixed":
                year, month, day = stamp.parts
                return _date(year, month, day)
            case "named":
                year, name, day = stamp.parts
                return _date(year, str(self.months.get(name, 0)), day)
            case "compact":
                return _compact(stamp.parts[0], self.order)
        return _numeric(stamp.parts, self.order)


def stamp_of(cell: str) -> Stamp | None:
    """Null where the cell cannot be a date."""
    return _stamp(cell) if len(cell) <= LONGEST else None


def styles_of(cells: Iterable[str]) -> dict[str, list[date]]:
    """Every order in which each of the cells is a date, and those dates; blank cells are left out."""
    stamps = [stamp_of(cell) for cell in cells if cell]
    if not stamps or None in stamps:
        return {}
    known = [stamp for stamp in stamps if stamp]
    months = months_in(known)
    readings = {order: _all(DateStyle(order, months), known) for order in _orders(known)}
    found = {order: dates for order, dates in readings.items() if dates}
    if len(found) > 1 and all(stamp.separator == "/" for stamp in known if stamp.kind == "numeric"):
        # With slashes and two digits nobody writes the year first, unless nothing else makes sense.
        found.pop("ymd", None)
    return found


def months_in(stamps: Iterable[Stamp | None]) -> Mapping[str, int]:
    names = [stamp.parts[1] for stamp in stamps if stamp and stamp.kind == "named"]
    return months_of(names) or {}


def is_dated(cell: str) -> bool:
    """Whether a cell is a date with its year, in any order."""
    return _is(cell, with_year=True)


def is_day(cell: str) -> bool:
    """As ``is_dated``, or a day and month without a year."""
    return _is(cell, with_year=False)


@lru_cache(maxsize=20_000)
def _is(cell: str, *, with_year: bool) -> bool:
    stamp = stamp_of(cell)
    if stamp is None:
        return False
    months = months_in([stamp])
    found = [day for order in ORDERS if (day := DateStyle(order, months).date(stamp))]
    return any(day.year != NO_YEAR or not with_year for day in found)


@lru_cache(maxsize=60_000)
def _stamp(cell: str) -> Stamp | None:
    text = SPACES.sub(" ", cell).strip()
    if not any(map(str.isdigit, text)):
        return None
    weekday = WEEKDAY.match(text)
    if weekday and not is_month(weekday[1]):
        text = text[weekday.end() :]
    return _numbers(text) or _names(OF.sub(" ", text))


def _numbers(text: str) -> Stamp | None:
    if match := YEAR_FIRST.fullmatch(text) or ASIAN.fullmatch(text):
        year, *_, month, day = match.groups()
        return Stamp("fixed", (year, month, day))
    if match := COMPACT.fullmatch(text):
        return Stamp("compact", (match[1],))
    if match := NUMERIC.fullmatch(text):
        return Stamp("numeric", (match[1], match[3], match[4]), match[2])
    if match := YEARLESS.fullmatch(text):
        return Stamp("numeric", (match[1], match[3]), match[2])
    return None


def _names(text: str) -> Stamp | None:
    if (match := DAY_FIRST.fullmatch(text)) and is_month(match[2]):
        return Stamp("named", (match[3] or "", match[2].lower(), match[1]))
    if (match := MONTH_FIRST.fullmatch(text)) and is_month(match[1]):
        return Stamp("named", (match[3] or "", match[1].lower(), match[2]))
    if (match := YEAR_THEN_NAME.fullmatch(text)) and is_month(match[2]):
        return Stamp("named", (match[1], match[2].lower(), match[3]))
    return None


def _orders(stamps: Sequence[Stamp]) -> Sequence[str]:
    """Nobody writes month.day.year: with points the day comes first."""
    open_ones = [stamp for stamp in stamps if stamp.kind in ("numeric", "compact")]
    return ORDERS if any(stamp.separator != "." for stamp in open_ones) else ORDERS[:1]


def _all(style: DateStyle, stamps: Sequence[Stamp]) -> list[date]:
    """Empty unless every one is a date."""
    dates: list[date] = []
    known: dict[Stamp, date | None] = {}
    for stamp in stamps:
        if stamp not in known:
            known[stamp] = style.date(stamp)
        found = known[stamp]
        if found is None:
            return []
        dates.append(found)
    return dates


def _numeric(parts: Sequence[str], order: str) -> date | None:
    if len(parts) == 2:  # noqa: PLR2004
        first, second = parts
        return (
            _date("", second, first)
            if order == "dmy"
            else _date("", first, second)
            if order == "mdy"
            else None
        )
    first, second, third = parts
    match order:
        case "dmy":
            return _date(third, second, first)
        case "mdy":
            return _date(third, first, second)
    # Year first with two digits; four digits at the end cannot be a day.
    return _date(first, second, third) if len(first) == len(third) == 2 else None  # noqa: PLR2004


def _compact(digits: str, order: str) -> date | None:
    """Year first, unless that is no date: nobody writes eight digits in two ways."""
    if day := _date(digits[:4], digits[4:6], digits[6:]):
        return day
    first, second, year = digits[:2], digits[2:4], digits[4:]
    return (
        _date(year, second, first)
        if order == "dmy"
        else _date(year, first, second)
        if order == "mdy"
        else None
    )


def _date(year: str, month: str, day: str) -> date | None:
    number = int(year) if year else NO_YEAR
    if len(year) == 2:  # noqa: PLR2004
        number += 2000 if number < CENTURY_PIVOT else 1900
    if year and not EARLIEST <= number <= LATEST:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
