"""Books with something in them, for what is asked of them over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import select

from ledgerwire.books import BankAccount
from tests.server.serving import Api
from tests.workers.books.making import JUNE, categorize, import_all, statement
from tests.workers.books.receipts.filing import findings, new_receipt
from tests.workers.books.reviewing import LATER
from workers.books.companies import list_bank_accounts
from workers.books.receipts.recording import record_receipt
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


async def filed_receipt(api: Api, company_id: str, *read: Any, name: str = "lunch.jpg", **more: Any) -> str:
    """The id of a receipt of these findings, with bytes of its own and a picture of its page."""
    content = f"the bytes of {uuid4()}".encode()
    original = await kept(api, content)
    picture = await kept(api, b"a picture")
    new = new_receipt(
        findings(*read, **more), name=name, sha256=original, size=len(content), previews=[picture]
    )
    async with api.kernel.database.transaction() as tx:
        recorded = await record_receipt(tx, company_id, new, actor="Ann", now=LATER)
    return recorded.receipt.receipt_id


async def kept(api: Api, content: bytes) -> str:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return (await api.kernel.files.put("file", pieces(), limit=2**20)).sha256
