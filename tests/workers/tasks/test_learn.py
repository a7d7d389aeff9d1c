"""A bulk approval teaches: it is followed by a training, and the next file is decided by what was learned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update

from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, Learn, UploadAndCategorize
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import Workers, company, kernel, put, settings, workers
from workers.books.companies import create_company
from workers.books.learning.models import newest_version
from workers.books.schema import models, rules, transactions
from workers.jobs.kernel import Kernel
from workers.jobs.ledger import JobQuery
from workers.jobs.record import JobRecord
from workers.tasks import KINDS

__all__ = ["company", "kernel", "settings", "workers"]

TOWNS = (
    "YARROW",
    "DUNMORE",
    "PELHAM",
    "KELSEY",
    "TILBURY",
    "MARLOW",
    "HESTER",
    "ORFORD",
    "WICKLOW",
    "LUDWORTH",
)
TRADES = (
    ("BAKERY", "Meals and entertainment"),
    ("MOTORS", "Vehicle repairs"),
    ("STATIONERS", "Office supplies and equipment"),
)
HEADER = "Date,Description,Amount"


def names(trade: str) -> list[str]:
    return [f"{town}{end} {trade}" for town in TOWNS for end in ("", "ON", "BY")]


def history() -> str:
    """Three lines of each of ninety invented merchants."""
    rows = [
        f"2026-0{month}-{day % 27 + 1:02},{name} #{day},-{day + month}.50"
        for trade, _ in TRADES
        for day, name in enumerate(names(trade), start=1)
        for month in (1, 2, 3)
    ]
    return "\n".join([HEADER, *rows])


async def upload(kernel: Kernel, company_id: str, text: str) -> JobRecord:
    submission = UploadAndCategorize(company_id=company_id, file=await put(kernel, text))
    submitted = await kernel.submit(submission, submitted_by="Ann")
    return await reach(kernel, submitted.record.job_id, Status.COMPLETE, within=60)


async def categorize_by_hand(kernel: Kernel, company_id: str) -> None:
    async with kernel.database.transaction() as tx:
        await tx.execute(delete(rules))
        for trade, category in TRADES:
            named = transactions.c.description.contains(trade) & (transactions.c.company_id == company_id)
            await tx.execute(
                update(transactions).where(named).values(state="proposed", category=category, source="person")
            )


async def approve_all(kernel: Kernel, company_id: str) -> JobRecord:
    async with kernel.database.reading() as connection:
        mine = transactions.c.company_id == company_id
        ids = list((await connection.execute(select(transactions.c.transaction_id).where(mine))).scalars())
    submitted = await kernel.submit(
        BulkApprove(company_id=company_id, transaction_ids=ids), submitted_by="Ann"
    )
    return await reach(kernel, submitted.record.job_id, Status.COMPLETE, within=60)


async def trainings(kernel: Kernel, company_id: str) -> list[JobRecord]:
    return await kernel.ledger.page(company_id, JobQuery(kinds=["learn"]))


async def test_an_approval_is_followed_by_one_training_and_the_model_decides_about_new_merchants(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    await upload(kernel, company, history())
    await categorize_by_hand(kernel, company)
    approval = await approve_all(kernel, company)
    (training,) = await trainings(kernel, company)
    assert (training.parent_id, training.submitted_by) == (approval.job_id, "Ann")
    learned = await reach(kernel, training.job_id, Status.COMPLETE, within=90)
    assert learned.result is not None
    assert (learned.result["examples"], learned.result["companies"]) == (270, 1)

    # Another company, to which none of this is memory, and merchants that nobody has seen.
    async with kernel.database.transaction() as tx:
        await create_company(tx, "newcomer")
    rows = [f"2026-06-0{number},GRENDON {trade},-8.00" for number, (trade, _) in enumerate(TRADES, start=1)]
    await upload(kernel, "newcomer", "\n".join([HEADER, *rows]))
    async with kernel.database.reading() as connection:
        columns = (
            transactions.c.description,
            transactions.c.category,
            transactions.c.source,
            transactions.c.reason,
        )
        found = (
            await connection.execute(select(*columns).where(transactions.c.company_id == "newcomer"))
        ).all()
    assert {row.description.split()[-1]: row.category for row in found} == dict(TRADES)
    assert {row.source for row in found} == {"model"}
    assert all(row.reason.startswith("model ") for row in found)


async def test_too_little_history_is_said_and_no_failure(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    submitted = await kernel.submit(Learn(company_id=company), submitted_by="Ann")
    record = await reach(kernel, submitted.record.job_id, Status.COMPLETE, within=60)
    assert record.result is not None
    assert record.result["version"] is None
    assert "too few to learn from" in record.result["reason"]
    async with kernel.database.reading() as connection:
        assert await newest_version(connection) is None


async def test_a_model_that_cannot_be_read_is_not_asked(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    async with kernel.database.transaction() as tx:
        row: dict[str, Any] = {
            "card": {},
            "content": b"no model",
            "job_id": None,
            "created_at": datetime.now(UTC),
        }
        await tx.execute(models.insert(), row)
    await workers.start(*KINDS.values())
    record = await upload(kernel, company, f"{HEADER}\n2026-06-01,NOBODY KNOWS,-8.00")
    assert record.result is not None
    assert record.result["needs_review"] == 1
