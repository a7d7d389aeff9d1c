"""A company's transactions: one, page by page, or how many."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, tuple_
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
    query = select(*COLUMNS).where(*conditions(company_id, wanted))
    newest = (transactions.c.date, transactions.c.transaction_id)
    if cursor:
        place = read_cursor(cursor)
        query = query.where(tuple_(*newest) < tuple_(place.date, place.row_id))
    found = await connection.execute(query.order_by(*(each.desc() for each in newest)).limit(limit + 1))
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
