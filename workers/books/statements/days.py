"""A day in the one order that leaves nothing open: year, month, day."""

from __future__ import annotations

from datetime import date

#: No statement is older, and none is of a day that far off.
EARLIEST, LATEST = 1970, 2100


def day_of(year: int, month: int, day: int) -> date | None:
    """Null where there is no such day, or none that a bank could have booked on."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
