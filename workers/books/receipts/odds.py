"""How likely a bank line paid a receipt: odds from what speaks for it, shared among those that compete. No I/O.

Each candidate has odds against "it is none of these": an even chance has odds of one. So one line that fits in all
has 0.97, two that fit equally well share that, and a second one that only has the amount takes little away.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence

import msgspec

#: From which likeness on two names are one, or may well be.
SAME, SIMILAR = 0.85, 0.65
#: Odds of a line of the same amount, on a day that fits, by its name.
SAME_NAME, SIMILAR_NAME, NO_NAME, OTHER_NAME = 30.0, 12.0, 3.0, 1.5
#: What is left of them by how many days the line came later: a card takes up to three to be booked.
BY_DAYS = ((-6, 0.0), (-2, 0.2), (-1, 0.8), (3, 1.0), (7, 0.6), (14, 0.25), (30, 0.1))
NO_DATE = 0.15
#: By what the line's amount is on the receipt: its total, its total and tip together, or a sum that an unsure total
#: may be instead.
BY_SUM = {"total": 1.0, "with_tip": 0.5, "alternative": 0.2}
SUMS = {
    "total": "same amount",
    "with_tip": "same amount with the tip",
    "alternative": "same amount if the total is read otherwise",
}
NO_CURRENCY = 0.9


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How a line and a receipt go together."""

    #: The line's day less the receipt's; null where the receipt has none.
    days: int | None
    #: Of the names, 0-1; null where one has none.
    likeness: float | None
    #: A word of BY_SUM.
    sum: str = "total"
    #: Whether the receipt says its currency.
    currency: bool = True

    @property
    def odds(self) -> float:
        odds = self._name() * self._day() * BY_SUM[self.sum]
        return odds if self.currency else odds * NO_CURRENCY

    def _name(self) -> float:
        if self.likeness is None:
            return NO_NAME
        return (
            SAME_NAME if self.likeness >= SAME else SIMILAR_NAME if self.likeness >= SIMILAR else OTHER_NAME
        )

    def _day(self) -> float:
        if self.days is None:
            return NO_DATE
        return next((left for most, left in BY_DAYS if self.days <= most), 0.0)

    def reason(self, rivals: int) -> str:
        """For people; ``rivals`` is how many others fit about as well."""
        parts = [SUMS[self.sum], self._days(), self._named()]
        if rivals:
            parts.append(f"as {rivals} other{'s' if rivals > 1 else ''}")
        return ", ".join(parts)

    def _days(self) -> str:
        if self.days is None:
            return "no date on the receipt"
        if self.days == 0:
            return "same day"
        number = abs(self.days)
        return f"{number} day{'s' if number > 1 else ''} {'later' if self.days > 0 else 'earlier'}"

    def _named(self) -> str:
        if self.likeness is None:
            return "no name to compare"
        return (
            "same name"
            if self.likeness >= SAME
            else "similar name"
            if self.likeness >= SIMILAR
            else "other name"
        )


def shared(odds: Sequence[float]) -> list[float]:
    """The confidence of each of the lines that compete for one receipt, in their order."""
    whole = 1.0 + sum(odds)
    return [round(each / whole, 3) for each in odds]


def rivals(odds: Sequence[float]) -> list[int]:
    """Of each, how many others have at least half its odds."""
    ranked = sorted(odds)
    return [len(ranked) - bisect_left(ranked, each / 2) - 1 for each in odds]


def window(day: dt.date | None, seen: dt.date) -> tuple[dt.date, dt.date]:
    """The days a line may be of; where the receipt has none, the months before it was ``seen``."""
    if day is None:
        return seen - dt.timedelta(days=120), seen + dt.timedelta(days=14)
    return day + dt.timedelta(days=BY_DAYS[0][0] + 1), day + dt.timedelta(days=BY_DAYS[-1][0])
