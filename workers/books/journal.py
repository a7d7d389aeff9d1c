"""Journal entries proposed from categorized lines: two lines each, debits equal credits, in the line's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.categorizing import Decided
from workers.books.schema import journal_entries, journal_lines
from workers.database import insert_new

ZERO = Decimal(0)


class EntryLine(msgspec.Struct, frozen=True):
    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO


class Entry(msgspec.Struct, frozen=True):
    transaction_id: str
    date: date
    currency: str
    lines: tuple[EntryLine, ...]


def propose(decided: Decided) -> Entry | None:
    """Null for a line without a category or without money: there is nothing to book."""
    line, category = decided.line, decided.decision.category
    if category is None or not line.amount:
        return None
    bank, amount = line.bank_account, line.amount.copy_abs()
    debited, credited = (bank, category) if line.amount > 0 else (category, bank)
    lines = (EntryLine(debited, debit=amount), EntryLine(credited, credit=amount))
    return Entry(line.transaction_id, line.date, line.currency, lines)


async def replace_proposals(
    connection: AsyncConnection, company_id: str, decided: Sequence[Decided], *, now: datetime
) -> int:
    """One proposal per line that wants one, none for the others; how many were written. Safe to repeat."""
    ids = [each.line.transaction_id for each in decided]
    if not ids:
        return 0
    await connection.execute(_DELETE_PROPOSED, {"ids": ids})
    entries = {str(uuid_utils.uuid7()): entry for each in decided if (entry := propose(each))}
    if not entries:
        return 0
    rows = [_entry_row(entry_id, company_id, entry, now) for entry_id, entry in entries.items()]
    added = insert_new(connection.dialect, journal_entries)
    result = await connection.execute(added.returning(journal_entries.c.entry_id), rows)
    written = result.scalars().all()
    if written:
        await connection.execute(journal_lines.insert(), list(_line_rows(written, entries)))
    return len(written)


def _entry_row(entry_id: str, company_id: str, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "company_id": company_id,
        "transaction_id": entry.transaction_id,
        "date": entry.date,
        "currency": entry.currency,
        "state": "proposed",
        "created_at": now,
    }


def _line_rows(written: Iterable[str], entries: dict[str, Entry]) -> Iterable[dict[str, Any]]:
    for entry_id in written:
        for position, line in enumerate(entries[entry_id].lines, start=1):
            yield {"entry_id": entry_id, "position": position, **msgspec.structs.asdict(line)}


_DELETE_PROPOSED = delete(journal_entries).where(
    journal_entries.c.transaction_id.in_(bindparam("ids", expanding=True)),
    journal_entries.c.state == "proposed",
)
