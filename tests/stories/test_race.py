"""Dispatch in six processes at once: no job runs twice, none is forgotten, nobody stands in another's way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from ledgerwire.jobs import Status
from tests.stories.conftest import Length
from tests.stories.fleet import POISONED, Fleet
from tests.stories.kinds import Patience
from workers.jobs.kernel import Kernel
from workers.jobs.tables import job_attempts, job_logs, jobs
from workers.settings import Settings, Tempo

COMPANIES = 20
#: Of this company are most of the jobs.
BIG = "big"


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    """At full times, for the two seconds that are promised are those of a real Ledgerwire."""
    return msgspec.structs.replace(settings, database_url=database_url, tempo=Tempo())


async def test_every_job_runs_once_and_every_company_gets_its_turn(
    kernel: Kernel, fleet: Fleet, length: Length
) -> None:
    """Submits come from a third process that dispatches."""
    members = [fleet.start_api(), fleet.start_api(), *(fleet.start(POISONED) for _ in range(3))]
    for member in members:
        member.await_ready()
    await _submit_all(kernel, length.jobs)
    await _await_end(kernel, within=30 + length.jobs / 10)
    await _assert_once(kernel, length.jobs)
    await _assert_fair(kernel, within=2 if length.tempo == 1 else 10)


async def _submit_all(kernel: Kernel, count: int) -> None:
    """Those of the big company first, so that all others stand behind them."""
    small = [f"company-{number}" for number in range(1, COMPANIES)]
    each = max(1, count // (4 * len(small)))
    owners = [BIG] * (count - each * len(small)) + small * each
    for start in range(0, count, 20):
        await asyncio.gather(*(_submit(kernel, owner) for owner in owners[start : start + 20]))


async def _submit(kernel: Kernel, company: str) -> None:
    await kernel.submit(Patience(company_id=company, steps=1), submitted_by="story")


async def _await_end(kernel: Kernel, *, within: float) -> None:
    open_jobs = select(func.count()).where(jobs.c.status.in_([Status.PENDING, Status.RUNNING]))
    async with asyncio.timeout(within):
        while await _scalar(kernel, open_jobs):
            await asyncio.sleep(0.05)


async def _assert_once(kernel: Kernel, count: int) -> None:
    async with kernel.database.reading() as connection:
        found = (await connection.execute(select(jobs.c.status, jobs.c.attempt, jobs.c.result))).all()
    assert len(found) == count
    assert {(row.status, row.attempt, row.result["steps"]) for row in found} == {("complete", 1, 1)}
    assert await _scalar(kernel, select(func.count()).select_from(job_attempts)) == count
    assert await _scalar(kernel, select(func.count()).select_from(job_logs)) == count


async def _assert_fair(kernel: Kernel, *, within: int) -> None:
    """Two seconds are for a machine that does nothing else, so for the long form."""
    waited = select(jobs.c.company_id, jobs.c.created_at, jobs.c.started_at).order_by(jobs.c.job_id.desc())
    async with kernel.database.reading() as connection:
        first = {row.company_id: row for row in await connection.execute(waited)}
        last_of_big = (
            await connection.execute(select(func.max(jobs.c.started_at)).where(jobs.c.company_id == BIG))
        ).scalar_one()
    assert len(first) == COMPANIES
    for company, job in first.items():
        assert job.started_at - job.created_at < timedelta(seconds=within), company
        assert job.started_at < last_of_big, "the big company's jobs were all done before another's began"


async def _scalar(kernel: Kernel, statement: object) -> int:
    async with kernel.database.reading() as connection:
        return int((await connection.execute(statement)).scalar_one())  # type: ignore[call-overload]
