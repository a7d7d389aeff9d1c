"""The trial balance of what a job proposed: per currency, debits must equal credits."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import journal_entries, journal_lines, transactions

ZERO = Decimal(0)


class Totals(msgspec.Struct, frozen=True):
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balanced(self) -> bool:
        return self.debit == self.credit


class TrialBalance(msgspec.Struct, frozen=True):
    entries: int
    by_currency: dict[str, Totals]

    @property
    def balanced(self) -> bool:
        return all(totals.balanced for totals in self.by_currency.values())


async def trial_balance(connection: AsyncConnection, company_id: str, job_id: str) -> TrialBalance:
    """Adds up every proposal for the lines that the job imported, exactly: SQLite's own SUM is a float."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    entries: set[str] = set()
    async with connection.stream(_SIDES, {"company": company_id, "job": job_id}) as sides:
        async for entry_id, currency, debit, credit in sides:
            entries.add(entry_id)
            sums[currency][0] += debit
            sums[currency][1] += credit
    return TrialBalance(len(entries), {currency: Totals(*both) for currency, both in sums.items()})


_SIDES = (
    select(
        journal_lines.c.entry_id, journal_entries.c.currency, journal_lines.c.debit, journal_lines.c.credit
    )
    .join(journal_entries, journal_entries.c.entry_id == journal_lines.c.entry_id)
    .join(transactions, transactions.c.transaction_id == journal_entries.c.transaction_id)
    .where(
        transactions.c.company_id == bindparam("company"),
        transactions.c.import_job_id == bindparam("job"),
    )
)
