"""Lines that were booked from receipts, and so stand in for lines that no bank has told of yet.

The bank's line may come after all. It is imported as what it is, since it may be another payment of the same sum;
but nobody may approve it unseen: see ``twins``. Once the receipt is attached to it, the stand-in has done its duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.audit import Change, record_changes
from workers.books.receipts.schema import booked_lines
from workers.books.schema import transactions

#: A line of that account and sum is taken for the booked one's if it is at most so many days earlier or later.
EARLIER, LATER = timedelta(days=3), timedelta(days=10)
CLOSED = ("approved", "exported")


class StandIn(msgspec.Struct, frozen=True):
    """A booked line as it is."""

    transaction_id: str
    receipt_id: str
    account_id: str
    date: date
    amount: Decimal
    currency: str
    description: str
    category: str | None
    state: str
    source: str | None
    confidence: float | None
    reason: str | None


class BankLine(Protocol):
    """Of which ``twins`` are looked for."""

    @property
    def transaction_id(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def date(self) -> date: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


class Standing:
    """The stand-ins of some receipts, and which of them are replaced by a bank's own line."""

    def __init__(self, stand_ins: Sequence[StandIn]) -> None:
        self._by_receipt = {each.receipt_id: each for each in stand_ins}
        self.replaced: list[StandIn] = []

    @classmethod
    async def of(cls, connection: AsyncConnection, company_id: str, receipt_ids: Sequence[str]) -> Standing:
        wanted = set(receipt_ids)
        return cls([each for each in await stand_ins(connection, company_id) if each.receipt_id in wanted])

    def is_in_the_way(self, receipt_id: str, transaction_id: str) -> bool:
        """An approved one stays; to attach a bank's line beside it would have the money there twice."""
        found = self._by_receipt.get(receipt_id)
        return found is not None and found.state in CLOSED and found.transaction_id != transaction_id

    def line_of(self, receipt_id: str) -> str | None:
        found = self._by_receipt.get(receipt_id)
        return None if found is None else found.transaction_id

    def replace(self, receipt_id: str, transaction_id: str) -> None:
        found = self._by_receipt.get(receipt_id)
        if found is not None and found.transaction_id != transaction_id:
            self.replaced.append(self._by_receipt.pop(receipt_id))


async def stand_ins(connection: AsyncConnection, company_id: str) -> list[StandIn]:
    """All of a company: a few, of what was paid in cash or from an account whose file has not come yet."""
    found = await connection.execute(_STAND_INS, {"company": company_id})
    return [StandIn(*row) for row in found]


async def twins(
    connection: AsyncConnection, company_id: str, lines: Sequence[BankLine]
) -> dict[str, StandIn]:
    """By the line's id: what was booked from a receipt and is probably the same payment."""
    standing = await stand_ins(connection, company_id)
    booked = {each.transaction_id for each in standing}
    strangers = [line for line in lines if line.transaction_id not in booked]
    return {line.transaction_id: each for each in standing for line in strangers if _is_twin(each, line)}


def _is_twin(booked: StandIn, line: BankLine) -> bool:
    return (booked.account_id, booked.amount, booked.currency) == (
        line.account_id,
        line.amount,
        line.currency,
    ) and booked.date - EARLIER <= line.date <= booked.date + LATER


async def replace_standing(
    connection: AsyncConnection, company_id: str, replaced: Sequence[StandIn], *, actor: str, now: datetime
) -> None:
    """Remove them, with their proposals and attachments, by the cascades of their foreign keys."""
    if not replaced:
        return
    await connection.execute(_REMOVE, {"ids": [each.transaction_id for each in replaced]})
    changes = [_removal(each) for each in replaced]
    await record_changes(connection, company_id, changes, actor=actor, now=now)


def _removal(line: StandIn) -> Change:
    return Change(
        transaction_id=line.transaction_id,
        action="removed",
        from_state=line.state,
        to_state=None,
        from_category=line.category,
        to_category=None,
        source=line.source,
        confidence=line.confidence,
        reason="the bank's own line took its place",
    )


_STAND_INS = (
    select(
        *(
            booked_lines.c[name] if name in {"transaction_id", "receipt_id"} else transactions.c[name]
            for name in StandIn.__struct_fields__
        )
    )
    .join_from(booked_lines, transactions, transactions.c.transaction_id == booked_lines.c.transaction_id)
    .where(booked_lines.c.company_id == bindparam("company"))
    .order_by(booked_lines.c.transaction_id)
)
_REMOVE = delete(transactions).where(transactions.c.transaction_id.in_(bindparam("ids", expanding=True)))
