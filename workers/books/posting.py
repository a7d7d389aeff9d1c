"""The journal's side of approval: the entry of an approved line is posted, and tells of its money and category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.holding import HeldLine
from workers.books.journal import Entry, Movement, movement_of, write_entries
from workers.books.schema import journal_entries, journal_movements


def entry_of(line: HeldLine, category: str | None) -> Entry | None:
    """What the line's entry says once it has ``category``; null where no money moves, or nobody knows where to."""
    if category is None:
        return None
    movement = movement_of(line.amount, bank_account=line.bank_account, category=category)
    return Entry(line.transaction_id, line.date, line.currency, (movement,)) if movement else None


async def post_entries(
    connection: AsyncConnection, company_id: str, lines: Iterable[HeldLine], *, now: datetime
) -> None:
    """An entry that fits its line is kept; one that is missing or tells of something else is written anew."""
    wanted = {line.transaction_id: entry_of(line, line.category) for line in lines}
    standing = await read_entries(connection, list(wanted))
    kept = {entry.transaction_id for entry in standing if entry == wanted[entry.transaction_id]}
    await _set_state(connection, sorted(kept), "posted")
    await _delete(connection, [each.transaction_id for each in standing if each.transaction_id not in kept])
    missing = [entry for entry in wanted.values() if entry and entry.transaction_id not in kept]
    await write_entries(connection, company_id, missing, state="posted", now=now)


async def unpost_entries(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Those of these transactions are proposals again."""
    await _set_state(connection, ids, "proposed")


async def replace_entry(
    connection: AsyncConnection, company_id: str, line: HeldLine, category: str | None, *, now: datetime
) -> None:
    """The proposal of an open line, after a change of its category."""
    await _delete(connection, [line.transaction_id])
    entries = [entry] if (entry := entry_of(line, category)) else []
    await write_entries(connection, company_id, entries, state="proposed", now=now)


async def read_entries(connection: AsyncConnection, ids: Sequence[str]) -> list[Entry]:
    """Those there are of these transactions, in no order."""
    found = (await connection.execute(_READ, {"ids": list(ids)})).all()
    entries = []
    for _key, rows in groupby(found, key=lambda row: row.transaction_id):
        head, *more = rows
        movements = [Movement(*row[3:]) for row in (head, *more) if row.amount is not None]
        entries.append(Entry(head.transaction_id, head.date, head.currency, tuple(movements)))
    return entries


async def _set_state(connection: AsyncConnection, ids: Sequence[str], state: str) -> None:
    if ids:
        await connection.execute(_SET_STATE, {"ids": list(ids), "to": state})


async def _delete(connection: AsyncConnection, ids: Sequence[str]) -> None:
    if ids:
        await connection.execute(_DELETE, {"ids": list(ids)})


_THEIRS = journal_entries.c.transaction_id.in_(bindparam("ids", expanding=True))
_READ = (
    select(
        journal_entries.c.transaction_id,
        journal_entries.c.date,
        journal_entries.c.currency,
        journal_movements.c.debit_account,
        journal_movements.c.credit_account,
        journal_movements.c.amount,
    )
    .outerjoin_from(
        journal_entries, journal_movements, journal_movements.c.entry_id == journal_entries.c.entry_id
    )
    .where(_THEIRS)
    .order_by(journal_entries.c.transaction_id, journal_movements.c.position)
)
_SET_STATE = update(journal_entries).where(_THEIRS).values(state=bindparam("to"))
_DELETE = delete(journal_entries).where(_THEIRS)
