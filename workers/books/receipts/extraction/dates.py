"""The day of the sale: every date of the receipt is a candidate, and what stands beside it speaks for or against it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import msgspec

from ledgerwire.receipts import Alternative, Box
from workers.books.receipts.extraction.labels import plain
from workers.books.receipts.extraction.places import Place
from workers.books.receipts.extraction.rows import Row, box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

WORDS: dict[str, list[Any]] = tomllib.loads(
    files(__package__).joinpath("months.toml").read_text(encoding="utf-8")
)
MONTHS = {name: number for number, names in enumerate(WORDS["names"], start=1) for name in names}
#: Letters of a name that is cut short without saying so.
SHORTEST = 3
#: Letters an engine takes digits for, inside of what is otherwise a date.
DIGITLIKE = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "s": "5", "b": "8", "z": "2", "q": "0"})
#: So many letters may stand for digits in one date.
MOST_MISREAD = 3
D = r"[\doilzsbq|]"
SEPARATED = re.compile(
    rf"""(?<![\w.,/-]) (?P<a>{D}{{1,4}}) (?P<sep>\s?[/.,'\u2018\u2019-]\s?|\s) (?P<b>{D}{{1,2}}) (?P=sep)
    (?P<c>{D}{{4}}|{D}{{2}}) (?=$|[^\d]|\d\d:)""",
    re.VERBOSE,
)
NAMED_MONTH = re.compile(
    r"""(?<!\d) (?P<d>[\doil]{1,2}) (?:st|nd|rd|th)? \s?[-/.,'\ ]{0,2}\s? (?P<m>[a-z0]{2,8}[a-z]) \.? \s?
    [-/.,'\ ]{0,2}\s? (?P<y>[\dol]{4}|\d\d) (?=\D|$|\d\d:)""",
    re.VERBOSE,
)
MONTH_NAMED_FIRST = re.compile(
    r"""(?<![a-z]) (?P<m>[a-z0]{2,8}[a-z]) \.? \s?[-/\ .]?\s? (?P<d>\d{1,2}) (?:st|nd|rd|th)? \s?[-/.,'\ ]{1,3}\s?
    (?P<y>\d{4}|\d\d) (?=\D|$|\d\d:)""",
    re.VERBOSE,
)
DAY_BEFORE = re.compile(r"(?<!\d)\d{1,2}\s?[-/., ]?\s?$")
COMPACT = re.compile(r"(?<![\d.,])(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d\d(?:\s?[:.]\s?\d\d)?\s?(?:[ap]\.?m\b|uhr)?|\d{1,2}:\d\d")
FOR = re.compile("|".join(WORDS["sale"]))
AGAINST = re.compile("|".join(WORDS["other"]))
OLDEST = timedelta(days=25 * 366)
#: A clock of a till may run a little ahead.
AHEAD = timedelta(days=1)


class Reading(msgspec.Struct, frozen=True):
    """One way to read some letters as a date, and how natural that way is."""

    day: date
    likelihood: float
    text: str


def find_date(rows: Sequence[Row], pages: Sequence[Page], place: Place, today: date) -> Found[date] | None:
    best: dict[date, tuple[float, Row]] = {}
    for index, row in enumerate(rows):
        for reading in _readings(plain(row.text), place, today):
            score = _score(rows, index, reading)
            old, _row = best.get(reading.day, (0.0, row))
            # Printed again it is surer, by less each time.
            best[reading.day] = (max(score, old) + 0.35 * min(score, old), row if score >= old else _row)
    if not best:
        return None
    ranked = sorted(best.items(), key=lambda each: -each[1][0])
    day, (score, row) = ranked[0]
    rival = ranked[1][1][0] if len(ranked) > 1 else 0.0
    confidence = 1 / (1 + math.exp(-(-1.0 + 1.9 * min(score, 2.6) + 1.4 * min(1.5, score - rival) - 0.7)))
    others = [
        Alternative(each.isoformat(), round(max(0.05, 0.4 / rank), 3), _box(other, pages))
        for rank, (each, (_score_, other)) in enumerate(ranked[1:4], start=2)
    ]
    return Found(value=day, confidence=round(confidence, 3), box=_box(row, pages), alternatives=others)


def dates_in(text: str) -> set[date]:
    """Every day that ``text`` can be read as, in every order."""
    orders = (Place(None, None, 0.0, day_first=True), Place(None, None, 0.0, day_first=False))
    return {each.day for place in orders for each in _all_readings(plain(text), place)}


def _score(rows: Sequence[Row], index: int, reading: Reading) -> float:
    row = rows[index]
    text = plain(row.text)
    near = text + " " + (plain(rows[index - 1].text) if index else "")
    score = reading.likelihood
    score += 0.6 * bool(FOR.search(near)) + 0.5 * bool(CLOCK.search(text.replace(reading.text, " ")))
    score -= 0.9 * bool(AGAINST.search(text)) + 0.3 * bool(AGAINST.search(near))
    words = [word for word in row.words if any(each.isdigit() for each in word.text)]
    return score - 0.5 * (min((word.confidence for word in words), default=1.0) < 0.8)  # noqa: PLR2004


def _readings(text: str, place: Place, today: date) -> list[Reading]:
    return [each for each in _all_readings(text, place) if today - OLDEST <= each.day <= today + AHEAD]


def _all_readings(text: str, place: Place) -> Iterator[Reading]:
    for match in NAMED_MONTH.finditer(text):
        yield from _named(match, 1.3)
    for match in MONTH_NAMED_FIRST.finditer(text):
        # In "24 Mar 18 09:58" the day stands before the month, and behind it the year and the hour.
        if len(match["y"]) == 4 or not DAY_BEFORE.search(text[: match.start()]):  # noqa: PLR2004
            yield from _named(match, 1.2)
    for match in SEPARATED.finditer(text):
        yield from _numeric(match, place)
    for match in COMPACT.finditer(text):
        yield from _day(match["y"], match["m"], match["d"], 0.6, match.group())


def _named(match: re.Match[str], likelihood: float) -> Iterator[Reading]:
    month = _month(match["m"])
    if month:
        yield from _day(_digits(match["y"]), str(month), _digits(match["d"]), likelihood, match.group())


def _month(name: str) -> int | None:
    """In full, or cut short after three letters and more."""
    name = name.replace("0", "o")
    if name in MONTHS:
        return MONTHS[name]
    if len(name) < SHORTEST:
        return None
    return next((number for whole, number in MONTHS.items() if whole.startswith(name)), None)


def _numeric(match: re.Match[str], place: Place) -> Iterator[Reading]:
    raw = match.group("a") + match.group("b") + match.group("c")
    if sum(each.isdigit() for each in raw) < len(raw) - MOST_MISREAD:
        return
    a, b, c = (_digits(match[name]) for name in "abc")
    spaced = 0.5 if not match["sep"].strip() else 0.0
    comma = 0.4 if match["sep"].strip() == "," else 0.0
    text = match.group()
    if len(a) == 4:  # noqa: PLR2004
        yield from _day(a, b, c, 1.2 - spaced, text)
        return
    if len(a) > 2:  # noqa: PLR2004
        return
    whole_year = 0.25 if len(c) == 4 else 0.0  # noqa: PLR2004
    natural = 0.9 + whole_year - spaced - comma
    first, second = (a, b) if place.day_first else (b, a)
    yield from _day(c, second, first, natural, text)
    strange = natural - (0.75 if _is_day(c, second, first) else 0.1)
    yield from _day(c, first, second, strange, text)
    if len(c) == 2 and not whole_year:  # noqa: PLR2004
        yield from _day(a, b, c, natural - 0.85, text)


def _is_day(year: str, month: str, day: str) -> bool:
    return any(True for _each in _day(year, month, day, 1.0, ""))


def _day(year: str, month: str, day: str, likelihood: float, text: str) -> Iterator[Reading]:
    number = int(year) + (2000 if len(year) <= 2 else 0)  # noqa: PLR2004
    try:
        yield Reading(date(number, int(month), int(day)), likelihood, text)
    except ValueError:
        return


def _digits(text: str) -> str:
    return text.translate(DIGITLIKE)


def _box(row: Row, pages: Sequence[Page]) -> Box:
    words = [word for word in row.words if any(each.isdigit() for each in word.text)] or row.words
    return box_of(words, pages[row.page - 1], row.page)
