"""Every change of a status: what is legal, what it leaves behind, and who comes too late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from ledgerwire.errors import Problem
from ledgerwire.jobs import Status, Step
from tests.workers.jobs.conftest import Hand
from workers.database import Database
from workers.jobs.errors import WrongState
from workers.jobs.lifecycle import MAX_LOST, WORKER_LOST, Lifecycle
from workers.jobs.record import MAX_CRASHES, JobRecord, Picture
from workers.jobs.tables import workers

TROUBLE = Problem(title="The bank did not answer.")
Change = Callable[[Lifecycle, JobRecord], Awaitable[Any]]

CHANGES: dict[str, Change] = {
    "claim": lambda life, job: life.claim(job.job_id, job.enqueue_no, "worker-2"),
    "complete": lambda life, job: life.complete(job, {"lines": 1}),
    "fail": lambda life, job: life.fail(job, TROUBLE),
    "cancelled": lambda life, job: life.cancelled(job),
    "put_back": lambda life, job: life.put_back(job, outcome="retry", error=TROUBLE, errors=1),
    "crashed_alone": lambda life, job: life.crashed_alone(job),
    "request_cancel": lambda life, job: life.request_cancel(job.job_id, by="Ann", reason=None),
    "retry": lambda life, job: life.retry(job.job_id),
    "release_worker": lambda life, job: life.release_worker(job.worker_id or "worker-1"),
    "lose": lambda life, job: life.lose(job),
}
LEGAL = {
    ("claim", Status.PENDING): Status.RUNNING,
    ("complete", Status.RUNNING): Status.COMPLETE,
    ("fail", Status.RUNNING): Status.FAILED,
    ("cancelled", Status.RUNNING): Status.CANCELLED,
    ("put_back", Status.RUNNING): Status.PENDING,
    ("crashed_alone", Status.RUNNING): Status.PENDING,
    ("release_worker", Status.RUNNING): Status.PENDING,
    ("lose", Status.RUNNING): Status.PENDING,
    ("request_cancel", Status.PENDING): Status.CANCELLED,
    ("retry", Status.FAILED): Status.PENDING,
    ("retry", Status.CANCELLED): Status.PENDING,
}
#: Refused aloud, because a person asked for it.
REFUSED = {
    *(("request_cancel", status) for status in (Status.COMPLETE, Status.FAILED, Status.CANCELLED)),
    *(("retry", status) for status in (Status.PENDING, Status.RUNNING, Status.COMPLETE)),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_is_legal_from_its_own_states_only(hand: Hand, name: str) -> None:
    for status in Status:
        if (name, status) == ("request_cancel", Status.RUNNING):
            continue  # raises a flag, changes no status: below
        before = await hand.in_status(status)
        await hand.ledger.mark_told([(before.job_id, before.fence)])
        before = await hand.now(before)
        if (name, status) in REFUSED:
            with pytest.raises(WrongState) as refused:
                await CHANGES[name](hand.lifecycle, before)
            assert refused.value.record == before
        else:
            await CHANGES[name](hand.lifecycle, before)
        after = await hand.now(before)
        if (name, status) in LEGAL:
            assert after.status is LEGAL[name, status]
            assert after.fence == before.fence + 1
            assert not after.told
            assert after.updated_at >= before.updated_at
        else:
            assert after == before


@pytest.mark.parametrize("name", ["complete", "fail", "cancelled", "put_back", "crashed_alone", "lose"])
async def test_whoever_is_behind_the_fence_changes_nothing(hand: Hand, name: str) -> None:
    old = await hand.running()
    back = await hand.lifecycle.put_back(old, outcome="lost")
    assert back is not None
    await hand.lifecycle.claim(old.job_id, back.enqueue_no, "worker-2")
    before, attempts = await hand.now(old), await hand.ledger.attempts_page(old.job_id)
    assert await CHANGES[name](hand.lifecycle, old) is None
    assert await hand.now(old) == before
    assert await hand.ledger.attempts_page(old.job_id) == attempts


async def test_a_change_answers_with_the_row_as_it_now_stands(hand: Hand) -> None:
    running = await hand.running()
    assert await hand.now(running) == running
    ended = await hand.lifecycle.complete(running, {"lines": 3})
    assert ended is not None
    assert await hand.now(ended) == ended
    assert (ended.result, ended.worker_id) == ({"lines": 3}, None)


async def test_of_many_claims_of_one_id_one_succeeds(hand: Hand) -> None:
    job = await hand.pending()
    claims = [hand.lifecycle.claim(job.job_id, 0, f"worker-{number}") for number in range(10)]
    won = [claim for claim in await asyncio.gather(*claims) if claim is not None]
    assert len(won) == 1
    assert (await hand.now(job)).worker_id == won[0].worker_id
    assert len(await hand.ledger.attempts_page(job.job_id)) == 1


@pytest.mark.parametrize("number", [0, 2])
async def test_only_the_newest_number_can_be_claimed(hand: Hand, number: int) -> None:
    job = await hand.pending(enqueue_no=1)
    assert await hand.lifecycle.claim(job.job_id, number, "worker-1") is None
    assert await hand.lifecycle.claim(job.job_id, 1, "worker-1") is not None


async def test_moments_are_kept_with_their_zone(hand: Hand) -> None:
    first = await hand.running()
    assert first.started_at is not None
    assert first.started_at.tzinfo is not None
    assert msgspec.to_builtins(first.wire())["started_at"].endswith("Z")
    await hand.lifecycle.request_cancel(first.job_id, by="Ann", reason=None)
    ended = await hand.lifecycle.put_back(first, outcome="lost")
    assert ended is not None
    assert ended.finished_at is not None
    assert ended.finished_at.tzinfo is not None
    assert ended.finished_at >= ended.started_at  # type: ignore[operator]


async def test_a_job_keeps_the_moment_of_its_first_start(hand: Hand) -> None:
    first = await hand.running()
    back = await hand.lifecycle.put_back(first, outcome="deploy")
    assert back is not None
    again = await hand.lifecycle.claim(back.job_id, back.enqueue_no, "worker-2")
    assert again is not None
    assert (again.started_at, again.attempt, again.fence) == (first.started_at, 2, 3)


# --- put back ---------------------------------------------------------------------------------------------


async def test_what_is_put_back_waits_with_its_error_budget_and_time(hand: Hand) -> None:
    running = await hand.running()
    later = datetime.now(UTC) + timedelta(minutes=5)
    back = await hand.lifecycle.put_back(
        running, outcome="retry", error=TROUBLE, retry_at=later, errors=2, timeouts=1
    )
    assert back is not None
    assert (back.status, back.worker_id, back.queued_at, back.retry_at) == (Status.PENDING, None, None, later)
    assert (back.error, back.errors, back.timeouts, back.crashes) == (TROUBLE, 2, 1, 0)
    attempt = (await hand.ledger.attempts_page(running.job_id))[0]
    assert (attempt.outcome, attempt.error) == ("retry", TROUBLE)
    again = await hand.lifecycle.claim(back.job_id, back.enqueue_no, "worker-2")
    assert again is not None
    assert again.retry_at is None


@pytest.mark.parametrize("name", ["put_back", "release_worker", "crashed_alone", "lose"])
async def test_a_put_back_of_a_flagged_job_ends_it_as_cancelled(hand: Hand, name: str) -> None:
    running = await hand.running()
    await hand.lifecycle.request_cancel(running.job_id, by="Ann", reason="wrong file")
    await CHANGES[name](hand.lifecycle, running)
    ended = await hand.now(running)
    assert (ended.status, ended.fence, ended.told) == (Status.CANCELLED, running.fence + 1, False)
    assert ended.finished_at is not None
    assert (ended.cancelled_by, ended.cancel_reason) == ("Ann", "wrong file")
    assert [attempt.outcome for attempt in await hand.ledger.attempts_page(ended.job_id)] == ["cancelled"]


@pytest.mark.parametrize(
    ("message", "shown"), [("Ask: 5 of 5 lines", ""), ("3 read, 1 read before.", "3 read, 1 read before.")]
)
async def test_a_complete_job_says_no_more_how_far_a_step_of_it_was(
    hand: Hand, message: str, shown: str
) -> None:
    running = await hand.running()
    picture = Picture(message=message, step=Step("ask", 2, 2), progress=99)
    assert running.wire(picture).message == message
    ended = await hand.lifecycle.complete(running, None)
    assert ended is not None
    assert ended.wire(picture).message == shown


# --- cancel and retry -------------------------------------------------------------------------------------


async def test_a_cancel_flags_a_running_job_and_leaves_its_fence(hand: Hand) -> None:
    running = await hand.running()
    flagged = await hand.lifecycle.request_cancel(running.job_id, by="Ann", reason="wrong file")
    assert flagged is not None
    assert (flagged.status, flagged.fence, flagged.cancel_requested) == (Status.RUNNING, running.fence, True)
    assert (flagged.cancelled_by, flagged.cancel_reason) == ("Ann", "wrong file")
    assert flagged.wire().cancel_requested
    ended = await hand.lifecycle.cancelled(flagged)
    assert ended is not None
    assert not ended.wire().cancel_requested


async def test_nobody_can_cancel_or_retry_what_is_not_there(lifecycle: Lifecycle) -> None:
    assert await lifecycle.request_cancel("unknown", by="Ann", reason=None) is None
    assert await lifecycle.retry("unknown") is None


async def test_a_cancel_meets_a_job_on_the_move_in_one_state_or_the_other(hand: Hand) -> None:
    for _ in range(10):
        running = await hand.running()
        _back, seen = await asyncio.gather(
            hand.lifecycle.put_back(running, outcome="deploy"),
            hand.lifecycle.request_cancel(running.job_id, by="Ann", reason=None),
        )
        assert seen is not None
        assert (await hand.now(running)).status is Status.CANCELLED


async def test_a_persons_retry_clears_budgets_and_flags_and_keeps_the_checkpoint(hand: Hand) -> None:
    running = await hand.running(checkpoint={"page": 7}, checkpoint_no=3, timeouts=2, crashes=1)
    await hand.lifecycle.request_cancel(running.job_id, by="Ann", reason="wrong file")
    failed = await hand.lifecycle.fail(running, TROUBLE, errors=5)
    assert failed is not None
    again = await hand.lifecycle.retry(failed.job_id)
    assert again is not None
    assert (again.errors, again.timeouts, again.crashes) == (0, 0, 0)
    assert (again.cancel_requested, again.cancelled_by, again.cancel_reason) == (False, None, None)
    assert (again.error, again.result, again.finished_at, again.queued_at) == (None, None, None, None)
    assert (again.checkpoint, again.checkpoint_no, again.attempt) == ({"page": 7}, 3, 1)


# --- lost workers -----------------------------------------------------------------------------------------


async def _introduce(database: Database, *names: str) -> None:
    now = datetime.now(UTC)
    rows = [{"worker_id": name, "slots": 4, "host": "h", "pid": 1, "started_at": now} for name in names]
    async with database.transaction() as tx:
        await tx.execute(insert(workers), rows)


async def _known(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(workers.c.worker_id))).scalars())


async def test_a_dead_workers_jobs_are_freed_and_nobody_elses(hand: Hand, database: Database) -> None:
    await _introduce(database, "worker-1", "worker-2")
    mine = [await hand.running(), await hand.running("zeta")]
    other = await hand.running(worker="worker-2")
    freed = await hand.lifecycle.release_worker("worker-1")
    assert [job.job_id for job in freed] == [job.job_id for job in mine]
    assert {(job.status, job.crashes, job.worker_id) for job in freed} == {(Status.PENDING, 1, None)}
    assert await hand.now(other) == other
    assert await _known(database) == ["worker-2"]
    assert [attempt.outcome for attempt in await hand.ledger.attempts_page(mine[0].job_id)] == ["lost"]


async def test_two_who_see_the_same_death_free_each_job_once(hand: Hand) -> None:
    ids = {(await hand.running()).job_id for _ in range(5)}
    freed = await asyncio.gather(*(hand.lifecycle.release_worker("worker-1") for _ in range(4)))
    assert sorted(job.job_id for jobs in freed for job in jobs) == sorted(ids)
    assert {job.crashes for job in await hand.ledger.find_many(list(ids))} == {1}


async def test_deaths_among_others_prove_nothing_for_long(hand: Hand) -> None:
    running = await hand.running(crashes=MAX_LOST - 2)
    await hand.lifecycle.release_worker("worker-1")
    back = await hand.now(running)
    assert (back.status, back.crashes) == (Status.PENDING, MAX_LOST - 1)
    await hand.lifecycle.claim(back.job_id, back.enqueue_no, "worker-1")
    await hand.lifecycle.release_worker("worker-1")
    failed = await hand.now(running)
    assert (failed.status, failed.error) == (Status.FAILED, WORKER_LOST)


async def test_the_third_crash_alone_fails_it(hand: Hand) -> None:
    running = await hand.running(crashes=MAX_CRASHES - 1)
    failed = await hand.lifecycle.crashed_alone(running)
    assert failed is not None
    assert (failed.status, failed.error, failed.crashes) == (Status.FAILED, WORKER_LOST, MAX_CRASHES)
    assert failed.finished_at is not None
    attempt = (await hand.ledger.attempts_page(running.job_id))[0]
    assert (attempt.outcome, attempt.error) == ("lost", WORKER_LOST)


async def test_a_crash_alone_after_a_new_checkpoint_is_its_first(hand: Hand) -> None:
    claimed = await hand.running(crashes=MAX_CRASHES - 1)
    await hand.change(claimed, crashes=0, checkpoint_no=1)
    back = await hand.lifecycle.crashed_alone(claimed)
    assert back is not None
    assert (back.status, back.crashes) == (Status.PENDING, 1)


async def test_a_worker_that_stops_in_order_takes_its_row_along(hand: Hand, database: Database) -> None:
    await _introduce(database, "worker-1", "worker-2")
    await hand.lifecycle.retire_worker("worker-1")
    assert await _known(database) == ["worker-2"]
