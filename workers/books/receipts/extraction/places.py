"""Where a receipt comes from, as far as it shows: its currency, and whether its dates begin with the month."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from workers.books.receipts.extraction.amounts import normal
from workers.books.receipts.extraction.rows import Row


class Place(msgspec.Struct, frozen=True):
    """Null is not known."""

    #: ISO 3166-1, as far as the currency settles it.
    country: str | None
    #: ISO 4217, and how sure that is.
    currency: str | None
    confidence: float
    #: Whether 03/04 is the third of April.
    day_first: bool


COUNTRIES = {"MYR": "MY", "SGD": "SG", "AUD": "AU", "NZD": "NZ", "CAD": "CA", "GBP": "GB", "CHF": "CH", "SEK": "SE",
             "NOK": "NO", "DKK": "DK", "INR": "IN", "USD": "US"}  # fmt: skip
#: Dollars of other countries carry the same sign.
MONTH_FIRST = ("USD",)
ENOUGH = 1.2
SURE = 3.0
LEAST_MARGIN = 0.5


class Sign(msgspec.Struct, frozen=True):
    currency: str
    weight: float
    pattern: re.Pattern[str]


@cache
def signs() -> tuple[Sign, ...]:
    text = files(__package__).joinpath("signs.toml").read_text(encoding="utf-8")
    return tuple(
        Sign(each["currency"], each["weight"], re.compile("|".join(each["patterns"])))
        for each in tomllib.loads(text)["sign"]
    )


def place_of(rows: Sequence[Row]) -> Place:
    scores: dict[str, float] = defaultdict(float)
    text = "\n".join(normal(row.text).upper() for row in rows)
    for sign in signs():
        # What is said again says less each time.
        scores[sign.currency] += sign.weight * min(len(sign.pattern.findall(text)), 3) ** 0.5
    (first, score), (_second, runner_up) = (
        sorted(scores.items(), key=lambda each: -each[1]) + [("", 0.0)] * 2
    )[:2]
    if score < ENOUGH or score - runner_up < LEAST_MARGIN:
        return Place(None, None, 0.0, day_first=not scores["USD"])
    confidence = 0.95 if score - runner_up >= SURE else 0.8
    return Place(COUNTRIES.get(first), first, confidence, day_first=first not in MONTH_FIRST)
