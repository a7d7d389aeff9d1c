"""Reading the journal: its entries page by page, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Account
from ledgerwire.journal import AccountBalance, JournalEntry, JournalFilter, TrialBalance
from workers.books.companies import list_chart
from workers.books.cursor import Place, read_cursor, write_cursor
from workers.books.journal import ZERO, Movement, lines_of
from workers.books.schema import journal_entries, journal_movements, transactions

ALL = JournalFilter()
#: Sums fetched between two turns of the event loop.
BATCH = 1_000

#: What each account and currency is debited and credited.
Sums = dict[tuple[str, str], list[Decimal]]


async def list_entries(
    connection: AsyncConnection,
    company_id: str,
    wanted: JournalFilter = ALL,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[JournalEntry], str | None]:
    """Newest date first, with the cursor of the next page or null; raises BooksError ``bad_cursor``."""
    newest = (journal_entries.c.date, journal_entries.c.entry_id)
    query = _ENTRIES.where(*_conditions(company_id, wanted))
    if cursor:
        place = read_cursor(cursor)
        query = query.where(tuple_(*newest) < tuple_(place.date, place.row_id))
    found = await connection.execute(query.order_by(*(each.desc() for each in newest)).limit(limit + 1))
    rows = found.all()
    page = await _with_lines(connection, rows[:limit])
    more = write_cursor(Place(page[-1].date, page[-1].entry_id)) if len(rows) > limit else None
    return page, more


async def trial_balance(
    connection: AsyncConnection, company_id: str, wanted: JournalFilter = ALL
) -> TrialBalance:
    """By code, then currency. Added up here, amount by amount: SQLite's own SUM is a float."""
    chart = {account.name: account for account in await list_chart(connection, company_id)}
    sums: Sums = defaultdict(lambda: [ZERO, ZERO])
    async with connection.stream(_AMOUNTS.where(*_conditions(company_id, wanted))) as rows:
        async for batch in rows.partitions(BATCH):
            _add(batch, sums)
    found = [_balance(chart.get(name), name, currency, *both) for (name, currency), both in sums.items()]
    return TrialBalance(data=sorted(found, key=lambda each: (each.code or "~", each.account, each.currency)))


def _add(batch: Iterable[Any], sums: Sums) -> None:
    for row in batch:
        moved = row.amount * row.times
        sums[row.debit_account, row.currency][0] += moved
        sums[row.credit_account, row.currency][1] += moved


def _balance(
    account: Account | None, name: str, currency: str, debit: Decimal, credit: Decimal
) -> AccountBalance:
    return AccountBalance(
        code=None if account is None else account.code,
        account=name,
        type=None if account is None else account.type,
        currency=currency,
        debit=debit,
        credit=credit,
    )


async def _with_lines(connection: AsyncConnection, rows: Sequence[Any]) -> list[JournalEntry]:
    movements: dict[str, list[Movement]] = {row.entry_id: [] for row in rows}
    if rows:
        for row in await connection.execute(_MOVEMENTS, {"ids": list(movements)}):
            movements[row.entry_id].append(Movement(row.debit_account, row.credit_account, row.amount))
    return [JournalEntry(**row._mapping, lines=lines_of(movements[row.entry_id])) for row in rows]  # noqa: SLF001


def _conditions(company_id: str, wanted: JournalFilter) -> list[ColumnElement[bool]]:
    """All must hold. The company is the first of them, so that no list can forget it."""
    found: list[ColumnElement[bool]] = [journal_entries.c.company_id == company_id]
    if wanted.state is not None:
        found.append(journal_entries.c.state == wanted.state)
    if wanted.date_from is not None:
        found.append(journal_entries.c.date >= wanted.date_from)
    if wanted.date_to is not None:
        found.append(journal_entries.c.date <= wanted.date_to)
    if wanted.account is not None:
        found.append(_moves(wanted.account))
    return found


def _moves(account: str) -> ColumnElement[bool]:
    moved = journal_movements.alias()
    either = or_(moved.c.debit_account == account, moved.c.credit_account == account)
    return exists().where(moved.c.entry_id == journal_entries.c.entry_id, either)


_ENTRIES = select(
    journal_entries.c.entry_id,
    journal_entries.c.transaction_id,
    journal_entries.c.date,
    journal_entries.c.currency,
    journal_entries.c.state,
    transactions.c.description,
).join(transactions, transactions.c.transaction_id == journal_entries.c.transaction_id)
_MOVEMENTS = (
    select(journal_movements)
    .where(journal_movements.c.entry_id.in_(bindparam("ids", expanding=True)))
    .order_by(journal_movements.c.entry_id, journal_movements.c.position)
)
# Equal amounts between the same accounts come as one row.
_SAME = (
    journal_movements.c.debit_account,
    journal_movements.c.credit_account,
    journal_entries.c.currency,
    journal_movements.c.amount,
)
_AMOUNTS = (
    select(*_SAME, func.count().label("times"))
    .join_from(journal_movements, journal_entries, journal_entries.c.entry_id == journal_movements.c.entry_id)
    .group_by(*_SAME)
)
