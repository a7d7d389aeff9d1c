"""What the tests of the books are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import select, update

from ledgerwire.books import BankAccount
from workers.books.categorizing import Decided, Line, decide, lines_of_job, load_categorizer, store_decisions
from workers.books.companies import create_company, list_bank_accounts
from workers.books.importing import insert_lines, prepare
from workers.books.journal import replace_proposals
from workers.books.merchants import merchant_key, normalise
from workers.books.schema import transactions
from workers.books.statements import Statement, StatementLine
from workers.database import Database

T = TypeVar("T")
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)
COFFEE = ("BLUE DOOR COFFEE #12 PORTLAND OR", "-4.50")


def statement(*rows: tuple[str, str], day: date = JUNE, currency: str | None = None) -> Statement:
    """Of ``(description, amount)``."""
    lines = [
        StatementLine(line_no=number, date=day, amount=Decimal(amount), description=text, currency=currency)
        for number, (text, amount) in enumerate(rows, start=2)
    ]
    return Statement(format="csv", lines=lines)


def a_line(description: str, amount: str = "-1", *, account_id: str = "a") -> Line:
    """To be decided about."""
    money = Decimal(amount)
    return Line(
        transaction_id="t",
        account_id=account_id,
        bank_account="Checking",
        date=JUNE,
        amount=money,
        sign=(money > 0) - (money < 0),
        currency="USD",
        description=description,
        normalised=normalise(description),
        merchant_key=merchant_key(description),
        line_no=2,
        state="imported",
    )


async def company(database: Database, *, starter_rules: bool = True) -> tuple[str, BankAccount]:
    """A fresh one with a random name, and its only bank account."""
    company_id = f"c-{uuid4().hex[:8]}"
    async with database.transaction() as connection:
        await create_company(connection, company_id, starter_rules=starter_rules)
        (account,) = await list_bank_accounts(connection, company_id)
    return company_id, account


async def import_all(
    database: Database, company_id: str, account: BankAccount, read: Statement, job_id: str | None = None
) -> tuple[str, int]:
    """The job's id and how many lines were new."""
    job_id = job_id or str(uuid4())
    inserted = 0
    for batch in batches(prepare(read, account), 100):
        async with database.transaction() as connection:
            inserted += await insert_lines(connection, company_id, batch, job_id=job_id, now=NOW)
    return job_id, inserted


async def categorize(database: Database, company_id: str, job_id: str) -> list[Decided]:
    """Everything the job imported, stored and proposed to the journal."""
    stored: list[Decided] = []
    after = 0
    async with database.reading() as connection:
        categorizer = await load_categorizer(connection, company_id)
    while lines := await job_lines(database, company_id, job_id, after=after):
        async with database.transaction() as connection:
            decided = decide(categorizer, lines)
            batch = await store_decisions(
                connection, company_id, decided, actor="Test", job_id=job_id, now=NOW
            )
            await replace_proposals(connection, company_id, batch, now=NOW)
        stored += batch
        after = lines[-1].line_no
    return stored


async def job_lines(database: Database, company_id: str, job_id: str, *, after: int = 0) -> list[Line]:
    async with database.reading() as connection:
        return await lines_of_job(connection, company_id, job_id, after=after)


async def approve(database: Database, ids: Iterable[str], category: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            update(transactions)
            .where(transactions.c.transaction_id.in_(list(ids)))
            .values(state="approved", category=category, source="person")
        )


async def states(database: Database, company_id: str) -> list[str]:
    async with database.reading() as connection:
        query = select(transactions.c.state).where(transactions.c.company_id == company_id)
        return list((await connection.execute(query.order_by(transactions.c.line_no))).scalars())


def batches(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
