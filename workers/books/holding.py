"""Books and lines held for a change: until the transaction ends nobody else changes them.

One order everywhere, so that no two wait for each other: first the company, then its lines by id. Whoever works on
lines holds the company together with all others who do; whoever closes a period or renames an account updates the
company's row, and so waits for them and they for it. What is read after that stands still.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import accounts, bank_accounts, companies, transactions


class Books(msgspec.Struct, frozen=True):
    closed_through: date | None
    #: The names of its chart, without the archived ones.
    accounts: frozenset[str]

    def closed_on(self, day: date) -> bool:
        return self.closed_through is not None and day <= self.closed_through

    @property
    def closed_sentence(self) -> str:
        return f"The books are closed through {self.closed_through}. Open that period first."

    def objection(self, category: str, bank_account: str) -> str | None:
        """Why a line of ``bank_account`` cannot be booked as ``category``."""
        if category == bank_account:
            return f"{category} is the account the line itself is in. Choose what its money was for."
        if category not in self.accounts:
            return f"{category} is no account of the chart, or an archived one. Choose another category."
        return None


class HeldLine(msgspec.Struct, frozen=True):
    transaction_id: str
    #: The name of its bank account, which is an account of the chart too.
    bank_account: str
    date: date
    amount: Decimal
    currency: str
    description: str
    category: str | None
    state: str
    source: str | None
    confidence: float | None
    reason: str | None
    import_job_id: str | None
    revision: int
    updated_at: datetime
    approval_job_id: str | None


async def hold_books(connection: AsyncConnection, company_id: str) -> Books:
    """Those of an unknown company have neither accounts nor lines."""
    closed = (await connection.execute(_HOLD_COMPANY, {"company": company_id})).scalar_one_or_none()
    names = await connection.execute(_ACCOUNTS, {"company": company_id})
    return Books(closed, frozenset(names.scalars()))


async def hold_lines(connection: AsyncConnection, company_id: str, ids: Sequence[str]) -> dict[str, HeldLine]:
    """By their ids, without those that are not the company's; hold its books first."""
    found = await connection.execute(_HOLD_LINES, {"company": company_id, "ids": list(ids)})
    return {row.transaction_id: HeldLine(*row) for row in found}


_HOLD_COMPANY = (
    select(companies.c.closed_through)
    .where(companies.c.company_id == bindparam("company"))
    .with_for_update(read=True)
)
_ACCOUNTS = select(accounts.c.name).where(
    accounts.c.company_id == bindparam("company"), accounts.c.archived.is_(False)
)
_HOLD_LINES = (
    select(
        *(
            bank_accounts.c.name if name == "bank_account" else transactions.c[name]
            for name in HeldLine.__struct_fields__
        )
    )
    .join_from(transactions, bank_accounts, bank_accounts.c.account_id == transactions.c.account_id)
    .where(
        # Scoped by its bank account, as in categorizing.py: its planner's reasons hold here too.
        bank_accounts.c.company_id == bindparam("company"),
        transactions.c.transaction_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(transactions.c.transaction_id)
    .with_for_update(of=transactions)
)
