"""Books with something in them, for what is asked of them over HTTP."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import msgspec
from sqlalchemy import select

from ledgerwire.books import BankAccount
from tests.server.serving import Api
from tests.workers.books.making import JUNE, categorize, import_all, statement
from workers.books.companies import list_bank_accounts
from workers.books.schema import transactions


class FilledBooks(msgspec.Struct, frozen=True):
    account: BankAccount
    job_id: str
    #: Of its transactions, in the order in which they were given.
    ids: list[str]


async def filled_books(
    api: Api, company_id: str, *rows: tuple[str, str], day: date = JUNE, decided: bool = True
) -> FilledBooks:
    """Lines of ``(description, amount)``; rules have had their say unless ``decided`` is false."""
    database = api.kernel.database
    async with database.reading() as sql:
        account = (await list_bank_accounts(sql, company_id))[0]
    job_id, _ = await import_all(database, company_id, account, statement(*rows, day=day), str(uuid4()))
    if decided:
        await categorize(database, company_id, job_id)
    mine = select(transactions.c.transaction_id).where(transactions.c.import_job_id == job_id)
    async with database.reading() as sql:
        ids = (await sql.execute(mine.order_by(transactions.c.line_no))).scalars().all()
    return FilledBooks(account, job_id, list(ids))
