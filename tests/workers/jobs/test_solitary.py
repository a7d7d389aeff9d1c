"""A job that has twice been there when its worker died runs in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ledgerwire.jobs import Status
from ledgerwire.submissions import Submission
from tests.processes import assert_gone, children
from tests.running import environment
from tests.workers.jobs import alone
from workers.jobs.attempt import Stop
from workers.jobs.kernel import Kernel
from workers.jobs.record import MAX_CRASHES, SOLITARY_AFTER, JobRecord
from workers.jobs.solitary import Solitary
from workers.settings import Settings

#: A child costs a second to start, and has its database from the same place as its parent.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Claimed = Callable[[Submission], Awaitable[JobRecord]]


@pytest.fixture(autouse=True)
def child_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child reads its settings from the environment, as its parent did."""
    for name, value in environment(
        settings.data_dir, DATABASE_URL=settings.database_url, REDIS_URL=str(settings.redis_url)
    ).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def kernel(settings: Settings) -> AsyncIterator[Kernel]:
    """Without ticks: nobody dispatches what is put back."""
    opened = Kernel.open(settings)
    await opened.start(ticks=False)
    yield opened
    await opened.close()


@pytest.fixture
def claimed(kernel: Kernel) -> Claimed:
    async def claim(submission: Submission, crashes: int = SOLITARY_AFTER) -> JobRecord:
        record = (await kernel.submit(submission, submitted_by="test")).record
        async with kernel.database.transaction() as tx:
            await tx.execute(alone.crashed(record.job_id, crashes))
        found = await kernel.lifecycle.claim(record.job_id, 0, "worker-1")
        assert found is not None
        return found

    return claim


def solitary(kernel: Kernel, record: JobRecord) -> Solitary:
    return Solitary(kernel, record, "worker-1", command=alone.COMMAND)


async def now(kernel: Kernel, record: JobRecord) -> JobRecord:
    found = await kernel.ledger.find(record.job_id)
    assert found is not None
    return found


async def started(kernel: Kernel, record: JobRecord) -> None:
    """Until its first checkpoint."""
    async with asyncio.timeout(30):
        while not (await now(kernel, record)).checkpoint_no:
            await asyncio.sleep(0.01)


async def test_an_innocent_job_completes_alone_in_a_process_of_its_own(
    kernel: Kernel, claimed: Claimed
) -> None:
    record = await claimed(alone.Tell(company_id="acme"))
    await solitary(kernel, record).run()
    ended = await now(kernel, record)
    assert (ended.status, ended.crashes, ended.fence) == (Status.COMPLETE, 0, record.fence + 1)
    assert ended.result is not None
    assert ended.result["pid"] != os.getpid()
    assert [entry.number for entry in await kernel.ledger.log_page(record.job_id)] == [1]


@ON_SQLITE
@pytest.mark.parametrize("how", alone.DEATHS)
async def test_a_death_alone_proves_it_guilty(kernel: Kernel, claimed: Claimed, how: str) -> None:
    record = await claimed(alone.Die(company_id="acme", how=how))
    await solitary(kernel, record).run()
    ended = await now(kernel, record)
    assert (ended.status, ended.crashes) == (Status.FAILED, MAX_CRASHES)
    assert ended.error is not None
    assert ended.error.code == "worker_lost"


@ON_SQLITE
async def test_a_cancel_reaches_the_child(kernel: Kernel, claimed: Claimed) -> None:
    record = await claimed(alone.Wait(company_id="acme"))
    held = solitary(kernel, record)
    running = asyncio.create_task(held.run())
    await started(kernel, record)
    await kernel.lifecycle.request_cancel(record.job_id, by="Ann", reason=None)
    held.halt(Stop.CANCEL)
    held.halt(Stop.CANCEL)
    await running
    assert (await now(kernel, record)).status is Status.CANCELLED


@ON_SQLITE
async def test_a_deploy_puts_it_back_uncounted(kernel: Kernel, claimed: Claimed) -> None:
    record = await claimed(alone.Wait(company_id="acme"))
    held = solitary(kernel, record)
    running = asyncio.create_task(held.run())
    await started(kernel, record)
    held.halt(Stop.DRAIN)
    held.halt(Stop.DRAIN)
    await running
    back = await now(kernel, record)
    assert (back.status, back.crashes) == (Status.PENDING, 0)
    assert [attempt.outcome for attempt in await kernel.ledger.attempts_page(record.job_id)] == ["deploy"]


@ON_SQLITE
async def test_a_stop_that_comes_before_the_child_is_not_forgotten(kernel: Kernel, claimed: Claimed) -> None:
    record = await claimed(alone.Wait(company_id="acme"))
    held = solitary(kernel, record)
    held.halt(Stop.CANCEL)
    async with asyncio.timeout(30):
        await held.run()
    assert (await now(kernel, record)).status is Status.CANCELLED


@ON_SQLITE
async def test_whoever_lost_the_job_kills_the_child_and_changes_nothing(
    kernel: Kernel, claimed: Claimed
) -> None:
    record = await claimed(alone.Wait(company_id="acme"))
    held = solitary(kernel, record)
    running = asyncio.create_task(held.run())
    await started(kernel, record)
    back = await kernel.lifecycle.put_back(await now(kernel, record), outcome="lost")
    held.halt(Stop.LOST)
    await running
    assert await now(kernel, record) == back


@ON_SQLITE
async def test_a_child_finds_that_the_job_has_moved_on(kernel: Kernel, claimed: Claimed) -> None:
    record = await claimed(alone.Tell(company_id="acme"))
    back = await kernel.lifecycle.put_back(record, outcome="lost")
    await solitary(kernel, record).run()
    assert await now(kernel, record) == back


@ON_SQLITE
@pytest.mark.parametrize("kind", [alone.Wait, alone.Hang])
async def test_a_child_does_not_outlive_its_parent(
    kernel: Kernel, claimed: Claimed, kind: type[Submission]
) -> None:
    """Not even one whose loop stands still."""
    record = await claimed(kind(company_id="acme"))
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workers.jobs.alone", "--parent", record.job_id, str(record.fence)
    )
    await started(kernel, record)
    (child,) = children(parent.pid)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(assert_gone, child.pid)
    assert (await now(kernel, record)).status is Status.RUNNING


@ON_SQLITE
async def test_signals_meant_for_the_whole_group_are_the_parents_to_answer(
    kernel: Kernel, claimed: Claimed
) -> None:
    record = await claimed(alone.Wait(company_id="acme"))
    held = solitary(kernel, record)
    running = asyncio.create_task(held.run())
    await started(kernel, record)
    assert held._process is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        held._process.send_signal(number)
    before = (await now(kernel, record)).checkpoint_no
    async with asyncio.timeout(10):
        while (await now(kernel, record)).checkpoint_no < before + 3:
            await asyncio.sleep(0.01)
    held.halt(Stop.LOST)
    await running


@ON_SQLITE
async def test_a_child_that_hangs_is_killed_and_blamed(kernel: Kernel, claimed: Claimed) -> None:
    record = await claimed(alone.Hang(company_id="acme"))
    kernel.settings = alone.impatient(kernel.settings)
    await solitary(kernel, record).run()
    assert (await now(kernel, record)).crashes == 1  # its checkpoint had cleared the others
