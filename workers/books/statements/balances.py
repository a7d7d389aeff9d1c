"""The file's own proof: a running balance moves by each amount, or the amounts were read wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

import msgspec

#: Below this many pages of lines every order is tried; a hostile file must not make proving expensive.
MOST_ORDERS = 4


class Proof(msgspec.Struct, frozen=True):
    """How far the printed balances follow from the amounts, in the order and with the sign that fits best."""

    #: 1 where the balances move by the amounts, -1 where they move by their opposite, 0 where they may do either.
    sign: int = 1
    #: Steps from one printed balance to the next that follow, and those that do not.
    follow: int = 0
    fail: int = 0
    #: The line at whose balance the first step fails.
    first_fault: int | None = None
    #: Steps that would follow if only the sign of their one amount were the other.
    turned: int = 0

    @property
    def holds(self) -> bool:
        return self.follow > 0 and self.fail == 0

    @property
    def contradicts(self) -> bool:
        """Steps fail in a way that a wrong sign explains; that lines are missing from the file explains the rest."""
        return self.turned > 0 and self.follow > 0


def prove(
    amounts: Sequence[Decimal], balances: Sequence[Decimal | None], dates: Sequence[date] | None = None
) -> Proof | None:
    """Null where the balances have no say: fewer than two are printed, or the same one on every line.

    A balance may be printed before or after its amount, and a file may begin with its oldest or its newest
    line. Where the dates do not say which, an opposite sign proves nothing: it looks like the other order.
    Without dates, only whether the two columns belong together is asked.
    """
    printed = [balance for balance in balances if balance is not None]
    if len(printed) < 2 or (len(set(printed)) == 1 and any(amounts)):  # noqa: PLR2004
        return None
    direction = direction_of(dates) if dates else 0
    best: Proof | None = None
    for order in _orders(dates, len(amounts), direction):
        for sign in (1, -1) if direction else (1,):
            for before in (False, True) if direction or dates is None else (False,):
                proof = _walk(order, amounts, balances, sign, before=before)
                if best is None or (proof.follow, -proof.fail) > (best.follow, -best.fail):
                    best = proof
                if proof.holds:
                    is_open = dates is not None and direction == 0 and _holds_turned(amounts, balances)
                    return msgspec.structs.replace(proof, sign=0) if is_open else proof
    return best


def _holds_turned(amounts: Sequence[Decimal], balances: Sequence[Decimal | None]) -> bool:
    """Read from the other end, equal amounts look like their opposite."""
    count = len(amounts)
    orders = (range(count), range(count - 1, -1, -1))
    return any(_walk(order, amounts, balances, -1, before=False).holds for order in orders)


def prove_span(total: Decimal, opening: Decimal | None, closing: Decimal | None) -> int | None:
    """The sign with which all amounts together lead from one stated balance to the other; null where neither does."""
    if opening is None or closing is None:
        return None
    return next((sign for sign in (1, -1) if opening + sign * total == closing), 0)


def prove_each(
    amounts: Sequence[Decimal], before: Sequence[Decimal | None], after: Sequence[Decimal | None]
) -> int | None:
    """As ``prove``, where each line has both balances: 1, -1, or null where they do not bear the amounts out."""
    steps = [
        (end - start, amount)
        for amount, start, end in zip(amounts, before, after, strict=True)
        if start is not None and end is not None
    ]
    if not any(step for step, _ in steps):
        return None
    return next((sign for sign in (1, -1) if all(step == sign * amount for step, amount in steps)), None)


def direction_of(dates: Sequence[date]) -> int:
    """1 where the oldest line stands first, -1 where the newest does, 0 where one cannot tell."""
    oldest_first = all(a <= b for a, b in pairwise(dates))
    newest_first = all(a >= b for a, b in pairwise(dates))
    return oldest_first - newest_first


def _orders(dates: Sequence[date] | None, count: int, direction: int) -> Iterator[Sequence[int]]:
    """From oldest to newest: as the dates say, and within a day either way; without them, as the file stands."""
    forward, backward = range(count), range(count - 1, -1, -1)
    if dates is None or direction == 0:
        yield forward
        yield backward
    if dates is not None:
        yield sorted(forward, key=lambda index: dates[index])
        yield sorted(backward, key=lambda index: dates[index])


def _walk(
    order: Sequence[int],
    amounts: Sequence[Decimal],
    balances: Sequence[Decimal | None],
    sign: int,
    *,
    before: bool,
) -> Proof:
    """From each printed balance to the next, in one order; ``before``: printed before its line's amount."""
    follow = fail = turned = 0
    first_fault = None
    last: Decimal | None = None
    moved = Decimal(0)
    since = 0
    for index in order:
        if not before:
            moved, since = moved + sign * amounts[index], since + 1
        balance = balances[index]
        if balance is not None:
            if last is not None and balance - last == moved:
                follow += 1
            elif last is not None:
                fail += 1
                turned += since == 1 and moved != 0 and balance - last == -moved
                first_fault = index if first_fault is None else first_fault
            last, moved, since = balance, Decimal(0), 0
        if before:
            moved, since = moved + sign * amounts[index], since + 1
    return Proof(sign, follow, fail, first_fault, turned)
