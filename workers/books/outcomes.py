"""Doing one thing to many lines: each has exactly one outcome, whatever became of the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.review import ApprovedLine, LineFailure
from workers.books.holding import Books, HeldLine, hold_books, hold_lines

UNKNOWN = "There is no such transaction here (any more). Take ids from the company's list of transactions."


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line; what it was like is null where there is none."""

    transaction_id: str
    #: A word of review.ApprovedLine.outcome.
    outcome: str
    #: What to do about it; empty where what was asked for was done.
    detail: str = ""
    date: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    description: str | None = None
    category: str | None = None

    @property
    def wire(self) -> ApprovedLine:
        return ApprovedLine(**{name: getattr(self, name) for name in ApprovedLine.__struct_fields__})

    @property
    def failure(self) -> LineFailure:
        return LineFailure(self.transaction_id, self.outcome, self.detail)


class Objection(msgspec.Struct, frozen=True):
    """Why a line is left as it is: the outcome, and what to do about it."""

    outcome: str
    detail: str


async def act_on_lines(
    connection: AsyncConnection,
    company_id: str,
    ids: Sequence[str],
    *,
    word: str,
    objection: Callable[[HeldLine, Books], Objection | None],
    act: Callable[[list[HeldLine]], Awaitable[None]],
) -> list[Outcome]:
    """Hold the lines, and ``act`` on those without ``objection``: their outcome is ``word``.

    An outcome for each of ``ids``, some hundred at most, in their order; one of another company is as unknown as
    one that never was.
    """
    books = await hold_books(connection, company_id)
    lines = await hold_lines(connection, company_id, ids)
    objections = {key: objection(line, books) for key, line in lines.items()}
    if free := [line for key, line in lines.items() if objections[key] is None]:
        await act(free)
    done = Objection(word, "")
    return [
        _outcome(lines[key], objections[key] or done)
        if key in lines
        else Outcome(transaction_id=key, outcome="unknown", detail=UNKNOWN)
        for key in dict.fromkeys(ids)
    ]


def _outcome(line: HeldLine, found: Objection) -> Outcome:
    return Outcome(
        transaction_id=line.transaction_id,
        outcome=found.outcome,
        detail=found.detail,
        date=line.date,
        amount=line.amount,
        currency=line.currency,
        description=line.description,
        category=line.category,
    )
