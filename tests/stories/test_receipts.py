"""A pile of receipts whose worker is killed again and again is read all the same, each file once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from ledgerwire.jobs import Status
from tests.stories.bank import found_company
from tests.stories.fleet import POISONED, Fleet
from tests.stories.jobs import assert_lost_then_complete, reach
from tests.stories.kills import kill_again_and_again
from tests.workers.tasks.orders import Order, submit_orders
from workers.books.receipts.schema import receipt_audit, receipts
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.jobs.tables import job_logs

FILES, KILLS = 10, 3


async def test_a_pile_survives_every_kill_of_its_worker(kernel: Kernel, fleet: Fleet, tmp_path: Path) -> None:
    for member in [fleet.start(POISONED), fleet.start(POISONED)]:
        member.await_ready()
    company = await found_company(kernel, "acme")
    pile = (Order(number, seconds=0.3) for number in range(1, FILES + 1))
    job_id = await submit_orders(kernel, company, *pile)
    await kill_again_and_again(kernel, fleet, job_id, kills=KILLS, checkpoints=FILES, entry=POISONED)
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    await assert_each_once(kernel, record)
    await assert_lost_then_complete(kernel, job_id, deaths=KILLS)
    assert list((tmp_path / "scratch").iterdir()) == []


async def assert_each_once(kernel: Kernel, record: JobRecord) -> None:
    """Every file is one receipt, one log line, one deed and one of the result's; and its pages are there."""
    assert record.status is Status.COMPLETE, record.error
    assert record.result is not None
    numbers = list(range(1, FILES + 1))
    told = record.result["files"]
    assert [(each["file_no"], each["outcome"]) for each in told] == [(number, "read") for number in numbers]
    async with kernel.database.reading() as connection:
        rows = (await connection.execute(select(receipts))).all()
        deeds = (await connection.execute(select(receipt_audit.c.receipt_id))).scalars().all()
        logs = (await connection.execute(select(job_logs.c.lines))).scalars().all()
    assert sorted(row.file_no for row in rows) == numbers
    assert sorted(deeds) == sorted(row.receipt_id for row in rows)
    assert {each["receipt_id"] for each in told} == set(deeds)
    logged = [line["data"]["file_no"] for lines in logs for line in lines if line["data"]]
    assert sorted(logged) == numbers
    kept: Callable[[str], Path] = kernel.files.path
    assert all(kept(page).exists() for row in rows for page in (row.sha256, *row.previews))
