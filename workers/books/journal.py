"""Journal entries proposed from categorized lines: movements from account to account, in the line's currency.

A movement debits one account by what it credits another, so an entry of movements always balances; its debit and
credit lines are read off them (``lines_of``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.journal import JournalLine
from workers.books.categorizing import Decided
from workers.books.schema import journal_entries, journal_movements
from workers.database import insert_new

ZERO = Decimal(0)


class Movement(msgspec.Struct, frozen=True):
    """``amount``, above zero, from ``credit_account`` to ``debit_account``."""

    debit_account: str
    credit_account: str
    amount: Decimal


class Entry(msgspec.Struct, frozen=True):
    transaction_id: str
    date: date
    currency: str
    movements: tuple[Movement, ...]


def propose(decided: Decided) -> Entry | None:
    """Null for a line without a category or without money, or whose category is its own bank account."""
    line, category = decided.line, decided.decision.category
    if category is None:
        return None
    movement = movement_of(line.amount, bank_account=line.bank_account, category=category)
    if movement is None:
        return None
    return Entry(line.transaction_id, line.date, line.currency, (movement,))


def movement_of(amount: Decimal, *, bank_account: str, category: str) -> Movement | None:
    """Money in debits the bank account, money out credits it; null where nothing moves."""
    if not amount or category == bank_account:
        return None
    if amount > 0:
        return Movement(bank_account, category, amount)
    return Movement(category, bank_account, -amount)


def lines_of(movements: Iterable[Movement]) -> list[JournalLine]:
    """One line an account, debits first: what several movements bring to an account is one sum."""
    sums: dict[tuple[bool, str], Decimal] = {}
    for movement in movements:
        for side in ((True, movement.debit_account), (False, movement.credit_account)):
            sums[side] = sums.get(side, ZERO) + movement.amount
    ordered = sorted(sums.items(), key=lambda item: not item[0][0])
    return [
        JournalLine(account=account, debit=amount if debited else ZERO, credit=ZERO if debited else amount)
        for (debited, account), amount in ordered
    ]


async def replace_proposals(
    connection: AsyncConnection, company_id: str, decided: Sequence[Decided], *, now: datetime
) -> int:
    """One proposal per line that wants one, none for the others; how many were written. Safe to repeat."""
    ids = [each.line.transaction_id for each in decided]
    if not ids:
        return 0
    await connection.execute(_DELETE_PROPOSED, {"ids": ids})
    entries = [entry for each in decided if (entry := propose(each))]
    return await write_entries(connection, company_id, entries, state="proposed", now=now)


async def write_entries(
    connection: AsyncConnection, company_id: str, entries: Sequence[Entry], *, state: str, now: datetime
) -> int:
    """Those of transactions that have none yet; how many were written."""
    numbered = {str(uuid_utils.uuid7()): entry for entry in entries}
    if not numbered:
        return 0
    rows = [_entry_row(entry_id, company_id, entry, state, now) for entry_id, entry in numbered.items()]
    added = insert_new(connection.dialect, journal_entries)
    result = await connection.execute(added.returning(journal_entries.c.entry_id), rows)
    written = result.scalars().all()
    if written:
        await connection.execute(journal_movements.insert(), list(_movement_rows(written, numbered)))
    return len(written)


def _entry_row(entry_id: str, company_id: str, entry: Entry, state: str, now: datetime) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "company_id": company_id,
        "transaction_id": entry.transaction_id,
        "date": entry.date,
        "currency": entry.currency,
        "state": state,
        "created_at": now,
    }


def _movement_rows(written: Iterable[str], entries: dict[str, Entry]) -> Iterable[dict[str, Any]]:
    for entry_id in written:
        for position, movement in enumerate(entries[entry_id].movements, start=1):
            yield {"entry_id": entry_id, "position": position, **msgspec.structs.asdict(movement)}


_DELETE_PROPOSED = delete(journal_entries).where(
    journal_entries.c.transaction_id.in_(bindparam("ids", expanding=True)),
    journal_entries.c.state == "proposed",
)
