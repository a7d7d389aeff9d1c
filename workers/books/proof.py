"""The proof at the end of an import: every categorized line has its journal entry, over its amount and currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import bank_accounts, journal_entries, journal_movements, transactions


class Proof(msgspec.Struct, frozen=True):
    """How many entries were looked at, and the transactions whose entry is missing or tells of other money."""

    entries: int
    wrong: list[str]


async def prove_entries(connection: AsyncConnection, company_id: str, job_id: str) -> Proof:
    """Of the lines that the job imported. Sums are made here: SQLite's own SUM is a float."""
    entries, wrong = 0, []
    async with connection.stream(_MOVED, {"company": company_id, "job": job_id}) as lines:
        async for line in lines:
            if _moves_nothing(line):
                continue
            entries += 1
            if _moved(line) != line.amount or line.entry_currency != line.currency:
                wrong.append(line.transaction_id)
    return Proof(entries, wrong)


def _moves_nothing(line: Any) -> bool:
    """As journal.movement_of has it."""
    return not line.amount or line.category == line.bank_account


def _moved(line: Any) -> Decimal | None:
    """What the entry brings to the bank account; null where it does not touch it."""
    if line.debit_account == line.bank_account:
        return line.moved  # type: ignore[no-any-return]
    return -line.moved if line.credit_account == line.bank_account else None


# An entry proposed for a bank line has one movement.
_MOVED = (
    select(
        transactions.c.transaction_id,
        transactions.c.amount,
        transactions.c.currency,
        transactions.c.category,
        bank_accounts.c.name.label("bank_account"),
        journal_entries.c.currency.label("entry_currency"),
        journal_movements.c.debit_account,
        journal_movements.c.credit_account,
        journal_movements.c.amount.label("moved"),
    )
    .join(bank_accounts, bank_accounts.c.account_id == transactions.c.account_id)
    .outerjoin(journal_entries, journal_entries.c.transaction_id == transactions.c.transaction_id)
    .outerjoin(journal_movements, journal_movements.c.entry_id == journal_entries.c.entry_id)
    .where(
        transactions.c.company_id == bindparam("company"),
        transactions.c.import_job_id == bindparam("job"),
        transactions.c.category.is_not(None),
    )
)
