"""A bank file of any length, and the claim that its books are exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.jobs import Status
from ledgerwire.submissions import UploadAndCategorize
from workers.books.companies import create_company
from workers.books.schema import journal_entries, journal_movements, transactions
from workers.database import Database
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.jobs.tables import job_logs

FIRST_DAY = date(2020, 1, 1)
#: The starter rules know the first three; the last two go to review.
MERCHANTS = ("UBER TRIP", "AMAZON WEB SERVICES", "STRIPE TRANSFER PAYOUT", "UNHEARD OF", "CARD FEE WAIVED")


def statement(count: int) -> str:
    """``count`` lines; each tenth is the line before it once more, as two identical coffees are."""
    rows = (_row(number - (number % 10 == 1)) for number in range(count))
    return "\n".join(["Date,Description,Amount", *rows, ""])


def _row(number: int) -> str:
    merchant = MERCHANTS[number % len(MERCHANTS)]
    amount = Decimal(0) if merchant == "CARD FEE WAIVED" else Decimal(number % 997 + 1) / 100
    sign = "" if "PAYOUT" in merchant or not amount else "-"
    return f"{FIRST_DAY + timedelta(days=number % 900)},{merchant} {number},{sign}{amount:.2f}"


async def found_company(kernel: Kernel, company: str) -> str:
    async with kernel.database.transaction() as tx:
        await create_company(tx, company, starter_rules=True)
    return company


async def submit_file(kernel: Kernel, company: str, count: int) -> str:
    """An upload of ``count`` lines; returns its job_id."""

    async def chunks() -> AsyncIterator[bytes]:
        yield statement(count).encode()

    file = await kernel.files.put("bank.csv", chunks(), limit=2**25)
    submitted = await kernel.submit(UploadAndCategorize(company_id=company, file=file), submitted_by="story")
    return submitted.record.job_id


async def assert_exact(database: Database, record: JobRecord, count: int) -> None:
    """Every line, every proposal and every log line once; the counts of the result are those of the books."""
    assert record.status is Status.COMPLETE, record.error
    async with database.reading() as connection:
        states = await _lines_by_state(connection, record, count)
        await _assert_proposals(connection, record)
        await _assert_logged(connection, record)
    assert record.result == {
        "read": count,
        "imported": count,
        "duplicates": 0,
        "categorized": states["proposed"],
        "needs_review": states["review"],
    }
    assert states["proposed"] > 0
    assert states["review"] > 0


async def _lines_by_state(connection: AsyncConnection, record: JobRecord, count: int) -> Counter[str]:
    mine = transactions.c.import_job_id == record.job_id
    rows = (await connection.execute(select(transactions.c.line_no, transactions.c.state).where(mine))).all()
    assert sorted(line_no for line_no, _state in rows) == list(range(2, count + 2))
    states = Counter(state for _line_no, state in rows)
    assert set(states) <= {"proposed", "review"}
    return states


async def _assert_proposals(connection: AsyncConnection, record: JobRecord) -> None:
    mine = transactions.c.company_id == record.company_id
    wanted = select(transactions.c.transaction_id).where(
        mine, transactions.c.category.is_not(None), transactions.c.sign != 0
    )
    made = select(journal_entries.c.transaction_id).where(journal_entries.c.company_id == record.company_id)
    entries = list((await connection.execute(made)).scalars())
    assert len(entries) == len(set(entries))
    assert set(entries) == set((await connection.execute(wanted)).scalars())
    moved = (
        await connection.execute(
            select(journal_movements.c.entry_id, func.count().label("movements"))
            .join(journal_entries, journal_entries.c.entry_id == journal_movements.c.entry_id)
            .where(journal_entries.c.company_id == record.company_id)
            .group_by(journal_movements.c.entry_id)
        )
    ).all()
    assert {each.movements for each in moved} == {1}
    assert len(moved) == len(entries)


async def _assert_logged(connection: AsyncConnection, record: JobRecord) -> None:
    """Each transaction stands in exactly one line of the job's log."""
    logged: Counter[str] = Counter()
    for lines in (
        await connection.execute(select(job_logs.c.lines).where(job_logs.c.job_id == record.job_id))
    ).scalars():
        logged.update(line["data"]["transaction_id"] for line in lines if line["data"])
    ids = await connection.execute(
        select(transactions.c.transaction_id).where(transactions.c.import_job_id == record.job_id)
    )
    assert logged == Counter(ids.scalars())


def checkpoints(count: int) -> int:
    """How many a file of ``count`` lines makes: a hundred lines each, once to import and once to categorize."""
    return 2 * -(-count // 100)
