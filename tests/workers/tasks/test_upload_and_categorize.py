"""A bank file from bytes to proposals, through a real worker."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from ledgerwire.jobs import Status
from ledgerwire.submissions import Categorize, UploadAndCategorize
from tests.workers.jobs.conftest import Workers, events_of, reach
from tests.workers.tasks.conftest import put
from workers.books.schema import journal_entries, journal_movements, transactions
from workers.jobs.kernel import Kernel
from workers.tasks import KINDS

JUNE = """Date,Description,Amount
2026-06-01,UBER TRIP 4711,-18.40
2026-06-01,UBER TRIP 4711,-18.40
2026-06-02,ACME WIDGETS UNHEARD OF,-120.00
2026-06-13,CARD FEE WAIVED,0.00
2026-06-15,STRIPE TRANSFER PAYOUT,2500.00
"""


async def run(kernel: Kernel, text: str, company: str = "acme") -> dict[str, int]:
    file = await put(kernel, text)
    submitted = await kernel.submit(UploadAndCategorize(company_id=company, file=file), submitted_by="test")
    record = await reach(kernel, submitted.record.job_id, Status.COMPLETE, Status.FAILED)
    assert record.status is Status.COMPLETE, record.error
    assert record.result is not None
    return record.result


async def test_a_file_becomes_lines_and_balanced_proposals(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    result = await run(kernel, JUNE)
    assert (result["read"], result["imported"], result["duplicates"]) == (5, 5, 0)
    assert result["imported"] == result["categorized"] + result["needs_review"]
    async with kernel.database.reading() as connection:
        rows = (await connection.execute(select(transactions))).mappings().all()
        entries = (await connection.execute(select(func.count()).select_from(journal_entries))).scalar_one()
        moved = (await connection.execute(select(journal_movements.c.amount))).scalars().all()
    assert len(rows) == 5
    assert entries == sum(1 for row in rows if row["category"] and row["amount"] != 0)
    assert entries >= 2
    assert sum(moved) == sum(abs(row["amount"]) for row in rows if row["category"])


async def test_each_line_stands_in_exactly_one_log_event(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    await run(kernel, JUNE)
    async with asyncio.timeout(5):
        while not (await events_of(kernel)("acme")):
            await asyncio.sleep(0.01)
    events = await events_of(kernel)("acme")
    logged = [
        line.data["transaction_id"]
        for event in events
        if hasattr(event, "lines")
        for line in event.lines
        if line.data
    ]
    async with kernel.database.reading() as connection:
        ids = list((await connection.execute(select(transactions.c.transaction_id))).scalars())
    assert sorted(logged) == sorted(ids)


async def test_the_same_file_again_and_an_overlapping_one_add_only_what_is_new(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    await run(kernel, JUNE)
    again = await run(kernel, JUNE)
    assert (again["read"], again["imported"], again["duplicates"]) == (5, 0, 5)
    longer = await run(kernel, JUNE + "2026-06-20,UBER TRIP 99,-7.00\n")
    assert (longer["imported"], longer["duplicates"]) == (1, 5)


async def test_the_same_file_twice_at_the_same_time_counts_exactly(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    lines = "".join(f"2026-06-{1 + n % 28:02d},SHOP {n},-{n}.00\n" for n in range(1, 400))
    results = await asyncio.gather(*(run(kernel, f"Date,Description,Amount\n{lines}") for _ in range(2)))
    assert sum(result["imported"] for result in results) == 399
    assert all(result["read"] == 399 == result["imported"] + result["duplicates"] for result in results)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty_file"), ("%PDF-1.7 \n", "not_a_statement"), ("Date,Description,Amount\n", "no_lines")],
)
async def test_what_cannot_be_read_fails_with_a_problem(
    kernel: Kernel, workers: Workers, company: str, text: str, code: str
) -> None:
    await workers.start(*KINDS.values())
    file = await put(kernel, text)
    submitted = await kernel.submit(UploadAndCategorize(company_id="acme", file=file), submitted_by="test")
    record = await reach(kernel, submitted.record.job_id, Status.FAILED)
    assert record.error is not None
    assert record.error.code == code
    assert record.error.detail


async def test_categorize_decides_what_waits_by_what_was_approved_since(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    first = await run(kernel, JUNE)
    assert first["needs_review"] >= 1
    await run(kernel, "Date,Description,Amount\n2026-05-02,ACME WIDGETS UNHEARD OF,-80.00\n")
    async with kernel.database.transaction() as tx:
        await tx.execute(
            transactions.update()
            .where(transactions.c.date == date(2026, 5, 2))
            .values(state="approved", category="Office supplies and equipment")
        )
    submitted = await kernel.submit(Categorize(company_id="acme"), submitted_by="test")
    record = await reach(kernel, submitted.record.job_id, Status.COMPLETE, Status.FAILED)
    assert record.result is not None
    assert record.result["categorized"] >= 1
    async with kernel.database.reading() as connection:
        found = await connection.execute(
            select(transactions.c.category, transactions.c.source, transactions.c.reason).where(
                transactions.c.date == date(2026, 6, 2)
            )
        )
        category, source, reason = found.one()
    assert (category, source) == ("Office supplies and equipment", "memory")
    assert reason.startswith("like 1 approved line of")
