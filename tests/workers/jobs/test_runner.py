"""From submit to settled, with a real worker: what a task may do, and everything that may stop it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from ledgerwire.errors import Problem
from ledgerwire.events import JobEvent, LogEvent
from ledgerwire.jobs import Status
from ledgerwire.submissions import Categorize
from tests.waiting import until
from tests.workers.jobs.conftest import Workers, events_of, reach, submit, toy
from workers.jobs.attempt import Attempt
from workers.jobs.faults import BadInput, TryLater
from workers.jobs.kernel import Kernel
from workers.jobs.kinds import Kind
from workers.jobs.plan import Plan
from workers.jobs.record import MAX_TIMEOUTS
from workers.jobs.tables import job_attempts, jobs


async def test_a_job_runs_and_every_step_is_told_and_kept(kernel: Kernel, workers: Workers) -> None:
    async def work(attempt: Attempt, _submission: Any) -> dict[str, int]:
        attempt.begin("work", total=3)
        for number in range(1, 4):
            async with attempt.checkpoint() as batch:
                batch.log(f"line {number}")
                batch.done = number
        return {"lines": 3}

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.COMPLETE)
    assert record.result == {"lines": 3}
    assert record.attempt == 1
    assert [line.text for entry in await kernel.ledger.log_page(job.job_id) for line in entry.lines] == [
        "line 1",
        "line 2",
        "line 3",
    ]
    assert [a.outcome for a in await kernel.ledger.attempts_page(job.job_id)] == ["complete"]

    async def told() -> list[Any]:
        return await events_of(kernel)("acme")

    async with asyncio.timeout(5):
        while not any(isinstance(e, JobEvent) and e.job.status is Status.COMPLETE for e in await told()):
            await asyncio.sleep(0.01)
    events = await told()
    logs = [event for event in events if isinstance(event, LogEvent)]
    assert [log.number for log in logs] == [1, 2, 3]
    shown = [event.job.progress for event in events if isinstance(event, JobEvent)]
    assert shown == sorted(shown)
    assert shown[-1] == 100


async def test_bad_input_fails_at_once_with_its_problem(kernel: Kernel, workers: Workers) -> None:
    async def work(_attempt: Attempt, _submission: Any) -> None:
        raise BadInput.of("no_header", "The file has no header.", "Export it again with column names.")

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.FAILED)
    assert record.error is not None
    assert record.error.code == "no_header"
    assert record.attempt == 1


async def test_passing_trouble_is_tried_again_from_the_checkpoint(kernel: Kernel, workers: Workers) -> None:
    seen: list[Any] = []

    async def work(attempt: Attempt, _submission: Any) -> None:
        seen.append(attempt.state)
        if attempt.state is None:
            async with attempt.checkpoint() as batch:
                batch.state = {"page": 7}
            raise TryLater(Problem(title="The bank did not answer."), after=0.01)

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.COMPLETE)
    assert seen == [None, {"page": 7}]
    assert record.errors == 1
    assert [a.outcome for a in await kernel.ledger.attempts_page(job.job_id)] == ["retry", "complete"]


async def test_passing_trouble_without_end_fails_after_five(kernel: Kernel, workers: Workers) -> None:
    async def work(_attempt: Attempt, _submission: Any) -> None:
        raise ConnectionResetError

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.FAILED, within=60)
    assert record.errors == 5
    assert record.attempt == 5


async def test_a_bug_fails_without_telling_its_inside(
    kernel: Kernel, workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(_attempt: Attempt, _submission: Any) -> None:
        raise ZeroDivisionError("secret detail")

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.FAILED)
    assert record.error is not None
    assert record.error.code == "internal"
    assert "secret" not in str(record.error)
    assert "secret detail" in caplog.text


async def test_effects_and_checkpoint_commit_together_or_not_at_all(kernel: Kernel, workers: Workers) -> None:
    async def work(attempt: Attempt, _submission: Any) -> None:
        async with attempt.checkpoint() as batch:
            await batch.connection.execute(insert(job_attempts).values(_row(attempt, 100)))
        async with attempt.checkpoint() as batch:
            await batch.connection.execute(insert(job_attempts).values(_row(attempt, 101)))
            raise BadInput.of("half", "Stopped half-way.", "Nothing of this batch is kept.")

    def _row(attempt: Attempt, number: int) -> dict[str, Any]:
        row = attempt.record
        return {
            "job_id": row.job_id,
            "attempt": number,
            "worker_id": "effect",
            "started_at": row.created_at,
            "outcome": "running",
        }

    await workers.start(toy(work))
    job = await submit(kernel)
    record = await reach(kernel, job.job_id, Status.FAILED)
    assert record.checkpoint_no == 1
    async with kernel.database.reading() as connection:
        numbers = await connection.execute(
            select(job_attempts.c.attempt).where(job_attempts.c.worker_id == "effect")
        )
        assert list(numbers.scalars()) == [100]


async def test_a_running_job_is_cancelled_and_says_so_first(kernel: Kernel, workers: Workers) -> None:
    started = asyncio.Event()

    async def work(attempt: Attempt, _submission: Any) -> None:
        attempt.begin("work", total=1)
        started.set()
        await asyncio.Event().wait()

    await workers.start(toy(work))
    job = await submit(kernel)
    await started.wait()
    flagged = await kernel.cancel(job.job_id, by="Ann", reason="wrong file")
    assert flagged is not None
    assert flagged.cancel_requested
    record = await reach(kernel, job.job_id, Status.CANCELLED)
    assert (record.cancelled_by, record.cancel_reason) == ("Ann", "wrong file")
    await until(kernel.publisher._idle.is_set)
    events = [event for event in await events_of(kernel)("acme") if isinstance(event, JobEvent)]
    assert any(event.job.cancel_requested for event in events)
    assert events[-1].job.status is Status.CANCELLED
    assert not events[-1].job.cancel_requested


async def test_a_timeout_counts_from_the_last_checkpoint(settings: Any, workers: Workers) -> None:
    """In its last attempt: two steps that together take longer than one may."""
    hasty = msgspec.structs.replace(settings, job_timeout=4.0)
    workers.settings = hasty
    kernel = await workers.kernel(hasty)

    async def work(attempt: Attempt, _submission: Any) -> None:
        for _ in range(2):
            await asyncio.sleep(2.1)
            async with attempt.checkpoint():
                pass
        await asyncio.Event().wait()

    job = await submit(kernel)
    async with kernel.database.transaction() as tx:
        earlier = update(jobs).where(jobs.c.job_id == job.job_id).values(timeouts=MAX_TIMEOUTS - 1)
        await tx.execute(earlier)
    await workers.start(toy(work))
    record = await reach(kernel, job.job_id, Status.FAILED)
    assert record.error is not None
    assert record.error.code == "timeout"
    assert record.timeouts == MAX_TIMEOUTS
    assert record.checkpoint_no == 2


async def test_a_deploy_finishes_the_batch_and_counts_nothing(kernel: Kernel, workers: Workers) -> None:
    turn = asyncio.Event()

    async def work(attempt: Attempt, _submission: Any) -> None:
        while (attempt.state or 0) < 3:
            turn.set()
            async with attempt.checkpoint() as batch:
                batch.state = (attempt.state or 0) + 1
            await asyncio.sleep(0)

    job = await submit(kernel)
    for _ in range(3):
        turn.clear()
        worker = await workers.start(toy(work))
        await turn.wait()
        worker.stop()  # type: ignore[attr-defined]
        await worker.done  # type: ignore[attr-defined]
    await workers.start(toy(work))
    record = await reach(kernel, job.job_id, Status.COMPLETE)
    assert (record.errors, record.crashes, record.timeouts) == (0, 0, 0)
    assert record.checkpoint_no == 3


async def test_whoever_lost_the_fence_writes_nothing(kernel: Kernel, workers: Workers) -> None:
    held, go = asyncio.Event(), asyncio.Event()
    outcomes: list[str] = []

    async def work(attempt: Attempt, _submission: Any) -> None:
        if attempt.record.attempt > 1:
            return
        held.set()
        await go.wait()
        try:
            async with attempt.checkpoint() as batch:
                batch.log("from the dead")
        except BaseException as error:
            outcomes.append(type(error).__name__)
            raise

    first = await workers.start(toy(work))
    job = await submit(kernel)
    await held.wait()
    first.heartbeat.on_flags = lambda _flags: None
    await kernel.release_worker(first.runner.worker_id)
    record = await reach(kernel, job.job_id, Status.COMPLETE)
    go.set()
    await until(lambda: bool(outcomes))
    assert outcomes == ["Superseded"]
    assert await kernel.ledger.log_page(job.job_id) == []
    after = await kernel.ledger.find(job.job_id)
    assert after is not None
    assert (after.status, after.fence, after.attempt) == (record.status, record.fence, record.attempt)


async def test_a_kind_that_the_worker_does_not_know_waits_for_one_that_does(
    kernel: Kernel, workers: Workers
) -> None:
    async def work(_attempt: Attempt, _submission: Any) -> None:
        return None

    old = await workers.start(Kind(Categorize, work, Plan(work=1)))
    job = await submit(kernel)
    async with asyncio.timeout(10):
        while not (await kernel.ledger.find(job.job_id)).error:  # type: ignore[union-attr]
            await asyncio.sleep(0.01)
    old.stop()  # type: ignore[attr-defined]
    await old.done  # type: ignore[attr-defined]
    async with kernel.database.transaction() as tx:
        await tx.execute(jobs.update().values(retry_at=None))
    await workers.start(toy(work))
    record = await reach(kernel, job.job_id, Status.COMPLETE)
    assert record.errors == 0


async def test_a_company_has_no_more_in_flight_than_it_may(settings: Any, workers: Workers) -> None:
    narrow = msgspec.structs.replace(settings, company_concurrency=2, worker_threads=8)
    workers.settings = narrow
    kernel = await workers.kernel(narrow)
    running: dict[str, int] = {}
    most: dict[str, int] = {}

    async def work(attempt: Attempt, _submission: Any) -> None:
        company = attempt.company_id
        running[company] = running.get(company, 0) + 1
        most[company] = max(most.get(company, 0), running[company])
        await asyncio.sleep(0.01)
        running[company] -= 1

    ids = [(await submit(kernel, company)).job_id for company in ("big",) * 20 + ("small",)]
    await workers.start(toy(work))
    await workers.start(toy(work))
    for job_id in ids:
        await reach(kernel, job_id, Status.COMPLETE)
    assert most["big"] == 2
    assert most["small"] == 1
