"""The file's own proof: a running balance moves by each amount, or the amounts were read wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

#: Balances that must be printed before they prove anything.
LEAST = 2


class BalanceDisagrees(ValueError):
    """``index`` is the first line whose balance does not follow from the one before."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__(index)


def prove(
    amounts: Sequence[Decimal], balances: Sequence[Decimal | None], dates: Sequence[date]
) -> int | None:
    """1 where the balances bear the amounts out, -1 where they bear out their opposite, null without a say.

    Raises BalanceDisagrees. A balance may be printed before or after its amount, and a file may begin with
    its oldest or its newest line. Where the dates do not say which, an opposite sign proves nothing: it looks
    like the other order.
    """
    if not _runs(amounts, balances):
        return None
    misses = []
    for sign in (1, -1) if _order(dates) else (1,):
        for trial in _trials(amounts, dates, sign):
            miss = _first_miss(trial, balances)
            if miss is None:
                return sign
            misses.append(miss)
    raise BalanceDisagrees(max(misses))


def _runs(amounts: Sequence[Decimal], balances: Sequence[Decimal | None]) -> bool:
    """Some banks print today's balance on every line."""
    printed = [balance for balance in balances if balance is not None]
    return len(printed) >= LEAST and (len(set(printed)) > 1 or not any(amounts))


def _trials(amounts: Sequence[Decimal], dates: Sequence[date], sign: int) -> list[list[Decimal]]:
    """What the balance column would read, up to a constant, in each order that the dates allow."""
    sums = [sign * each for each in accumulate(amounts, initial=Decimal(0))]
    after, before = sums[1:], sums[:-1]
    match _order(dates):
        case 1:
            return [after, before]
        case -1:
            return [[-each for each in before], [-each for each in after]]
    return [after, [-each for each in before]]


def _order(dates: Sequence[date]) -> int:
    """1 where the oldest line stands first, -1 where the newest does, 0 where one cannot tell."""
    oldest_first = all(a <= b for a, b in pairwise(dates))
    newest_first = all(a >= b for a, b in pairwise(dates))
    return oldest_first - newest_first


def _first_miss(trial: Sequence[Decimal], balances: Sequence[Decimal | None]) -> int | None:
    start = None
    for index, (expected, balance) in enumerate(zip(trial, balances, strict=True)):
        if balance is None:
            continue
        start = balance - expected if start is None else start
        if balance - expected != start:
            return index
    return None
