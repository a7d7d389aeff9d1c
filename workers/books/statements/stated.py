"""What a statement says of itself: the balances before and after its lines."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

#: More would bury the rest of a job's log.
MOST_WARNINGS = 5


class Balance(msgspec.Struct, frozen=True):
    #: Negative where it is owed.
    amount: Decimal
    currency: str


def disagreement(name: str, opening: Balance | None, closing: Balance | None, total: Decimal) -> str | None:
    """A sentence where the lines do not lead from one balance to the other, although each line's sign is explicit.

    Balances in two currencies prove nothing.
    """
    if opening is None or closing is None or opening.currency != closing.currency:
        return None
    gap = closing.amount - opening.amount - total
    if not gap:
        return None
    return (
        f"The stated balances of {name} differ from the sum of its lines by {abs(gap):f} {closing.currency}: "
        "lines may be missing."
    )


def bounded(warnings: Iterable[str | None]) -> list[str]:
    """The first few, and how many more there are."""
    found = [warning for warning in warnings if warning]
    more = len(found) - MOST_WARNINGS
    return [*found[:MOST_WARNINGS], *([f"{more} more statements of the file differ so."] if more > 0 else [])]
