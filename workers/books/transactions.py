"""A company's transactions: one, page by page, or how many."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Transaction, TransactionFilter
from workers.books.cursor import Place, read_cursor, write_cursor
from workers.books.errors import Missing
from workers.books.schema import transactions
from workers.books.selecting import conditions

COLUMNS = [
    transactions.c.import_job_id.label("job_id") if name == "job_id" else transactions.c[name]
    for name in Transaction.__struct_fields__
]
#: Whoever has more lines than that is told so many: a list need not know it better, and an answer not wait for it.
MOST_COUNTED = 100_000
ALL = TransactionFilter()


async def list_transactions(
    connection: AsyncConnection,
    company_id: str,
    wanted: TransactionFilter = ALL,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[Transaction], str | None]:
    """Newest date first, with the cursor of the next page or null; raises BooksError ``bad_cursor``."""
    place = read_cursor(cursor) if cursor else None
    found = await connection.execute(_newest(company_id, wanted, place, limit + 1))
    page = [Transaction(**row) for row in found.mappings()]
    if len(page) <= limit:
        return page, None
    last = page[limit - 1]
    return page[:limit], write_cursor(Place(last.date, last.transaction_id))


async def count_transactions(
    connection: AsyncConnection, company_id: str, wanted: TransactionFilter = ALL
) -> int:
    """Up to MOST_COUNTED."""
    some = select(transactions.c.transaction_id).where(*conditions(company_id, wanted)).limit(MOST_COUNTED)
    if not (wanted.state or wanted.job_id or wanted.merchant_key):
        # SQLite would take any index that begins with the company, and those of merchants and jobs lead through the
        # table in no order.
        some = some.order_by(*_NEWEST_FIRST)
    counted = await connection.execute(select(func.count()).select_from(some.subquery()))
    return int(counted.scalar_one())


async def find_transaction(connection: AsyncConnection, company_id: str, transaction_id: str) -> Transaction:
    """Raises Missing, for another company's too."""
    found = await read_transactions(connection, company_id, [transaction_id])
    if transaction_id not in found:
        raise Missing("transaction")
    return found[transaction_id]


async def read_transactions(
    connection: AsyncConnection, company_id: str, ids: list[str]
) -> dict[str, Transaction]:
    """By their ids, without those that are not the company's; some hundreds at a time."""
    query = select(*COLUMNS).where(
        transactions.c.company_id == company_id, transactions.c.transaction_id.in_(ids)
    )
    found: Any = (await connection.execute(query)).mappings()
    return {row["transaction_id"]: Transaction(**row) for row in found}


def _newest(company_id: str, wanted: TransactionFilter, place: Place | None, limit: int) -> Select[Any]:
    """Of several states each is asked by itself: together no index has them in order of date.

    A planner would then go through all lines of the company by date, to find that nothing is left to review.
    """
    states = wanted.state or []
    if len(states) <= 1:
        return _listed(select(*COLUMNS), company_id, wanted, place, limit)
    ids = select(transactions.c.transaction_id)
    alone = (msgspec.structs.replace(wanted, state=[state]) for state in states)
    newest = [_listed(ids, company_id, each, place, limit).subquery() for each in alone]
    any_of_them = union_all(*(select(each.c.transaction_id) for each in newest))
    query = select(*COLUMNS).where(transactions.c.transaction_id.in_(any_of_them))
    return query.order_by(*_NEWEST_FIRST).limit(limit)


def _listed(
    query: Select[Any], company_id: str, wanted: TransactionFilter, place: Place | None, limit: int
) -> Select[Any]:
    query = query.where(*conditions(company_id, wanted))
    if place is not None:
        query = query.where(_before(place))
    return query.order_by(*_NEWEST_FIRST).limit(limit)


def _before(place: Place) -> ColumnElement[bool]:
    key = tuple_(transactions.c.date, transactions.c.transaction_id)
    return key < tuple_(place.date, place.row_id)


_NEWEST_FIRST = (transactions.c.date.desc(), transactions.c.transaction_id.desc())
