"""A bulk approval teaches: it is followed by a training, and the next file is decided by what was learned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, Categorize, Learn, UploadAndCategorize
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import Workers, company, kernel, put, settings, workers
from workers.books.companies import create_company
from workers.books.learning.card import ModelCard
from workers.books.learning.models import newest_version, save_model
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


def a_card(trained_at: datetime, examples: int) -> ModelCard:
    return ModelCard(
        format=1,
        trained_at=trained_at,
        examples=examples,
        companies=1,
        categories=3,
        tokens=9,
        threshold=0.9,
        cautious_threshold=None,
        auto_share=0.8,
        auto_precision=0.97,
        accuracy=0.9,
        held_back=50,
    )


async def keep_card(kernel: Kernel, trained_at: datetime, examples: int) -> None:
    async with kernel.database.transaction() as tx:
        await save_model(tx, b"no model", a_card(trained_at, examples), job_id="before", now=trained_at)


async def test_a_model_that_left_much_of_what_is_approved_out_is_not_trained_anew_for_one_line_more(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    await upload(kernel, company, history())
    await categorize_by_hand(kernel, company)
    long_ago, now = datetime.now(UTC) - timedelta(days=9), datetime.now(UTC)
    async with kernel.database.transaction() as tx:
        await tx.execute(update(transactions).values(state="approved", approved_at=long_ago))
        one = select(func.min(transactions.c.transaction_id)).scalar_subquery()
        again = update(transactions).where(transactions.c.transaction_id == one)
        await tx.execute(again.values(state="proposed", approved_at=None))
    await keep_card(kernel, now, examples=20)
    await approve_all(kernel, company)
    assert await trainings(kernel, company) == []

    async with kernel.database.transaction() as tx:
        await tx.execute(update(transactions).values(approved_at=datetime.now(UTC)))
    await approve_all(kernel, company)
    assert len(await trainings(kernel, company)) == 1


async def test_an_approval_succeeds_though_its_training_cannot_be_submitted(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    await upload(kernel, company, history())
    await categorize_by_hand(kernel, company)
    async with kernel.database.transaction() as tx:
        # Of a version of ours that says other things about its models.
        row = {"card": {"format": 9}, "content": b"", "job_id": "before", "created_at": datetime.now(UTC)}
        await tx.execute(models.insert(), row)
    taken = Categorize(company_id=company)
    await kernel.submit(taken, submitted_by="Ann", idempotency_key="learn-after-nothing")
    approval = await approve_all(kernel, company)
    assert approval.result is not None
    assert approval.result["approved"] == 270
    assert await trainings(kernel, company) == []


async def test_what_another_job_learned_meanwhile_is_not_learned_again(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    submitted = await kernel.submit(Learn(company_id=company), submitted_by="Ann")
    await keep_card(kernel, datetime.now(UTC), examples=400)
    await workers.start(*KINDS.values())
    record = await reach(kernel, submitted.record.job_id, Status.COMPLETE, within=60)
    assert record.result is not None
    assert (record.result["version"], record.result["examples"], record.result["reason"]) == (1, 400, None)
    async with kernel.database.reading() as connection:
        assert await newest_version(connection) == 1


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
