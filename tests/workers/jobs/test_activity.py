"""What is counted of a company's work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from ledgerwire.activity import Minute, Pace
from ledgerwire.jobs import TERMINAL, Status
from tests.workers.jobs.conftest import Hand
from workers.database import Database
from workers.jobs.activity import activity
from workers.jobs.tables import workers


async def test_a_new_company_has_done_nothing(database: Database) -> None:
    found = await activity(database, "acme")
    assert (found.minutes, found.workers, found.waiting_since, found.pace) == ([], [], None, Pace())
    assert found.counts.pending == found.counts.complete == 0


async def test_jobs_are_counted_by_status_and_by_company(database: Database, hand: Hand) -> None:
    for status in (*Status, Status.FAILED):
        await hand.in_status(status)
    await hand.in_status(Status.FAILED, "globex")
    counts = (await activity(database, "acme")).counts
    assert (counts.pending, counts.running, counts.complete, counts.failed, counts.cancelled) == (
        1,
        1,
        1,
        2,
        1,
    )


async def test_the_last_hour_is_told_minute_by_minute(database: Database, hand: Hand) -> None:
    now = datetime.now(UTC)
    minute = (now - timedelta(minutes=20)).replace(second=0, microsecond=0)
    for status in (*TERMINAL, Status.COMPLETE):
        await hand.change(await hand.in_status(status), finished_at=minute + timedelta(seconds=59))
    for long_ago in (timedelta(hours=2), timedelta(days=2)):
        await hand.change(await hand.in_status(Status.FAILED), finished_at=now - long_ago)
    later = await hand.change(await hand.in_status(Status.FAILED), finished_at=minute + timedelta(minutes=3))
    assert later.finished_at is not None
    found = await activity(database, "acme")
    assert found.minutes == [
        Minute(at=minute, complete=2, failed=1, cancelled=1),
        Minute(at=later.finished_at, failed=1),
    ]


async def test_the_pace_is_of_what_completed_lately(database: Database, hand: Hand) -> None:
    now = datetime.now(UTC)
    for seconds in range(1, 21):
        created = now - timedelta(minutes=10)
        started = created + timedelta(seconds=2)
        job = await hand.in_status(Status.COMPLETE)
        finished = started + timedelta(seconds=seconds)
        await hand.change(job, created_at=created, started_at=started, finished_at=finished)
    await hand.in_status(Status.FAILED)
    assert (await activity(database, "acme")).pace == Pace(
        wait_p50=2.0, wait_p95=2.0, run_p50=10.5, run_p95=19.05
    )


async def test_what_is_put_back_until_later_waits_for_no_worker(database: Database, hand: Hand) -> None:
    now = datetime.now(UTC)
    await hand.pending(updated_at=now - timedelta(hours=3), retry_at=now + timedelta(minutes=5))
    waiting = await hand.pending(updated_at=now - timedelta(minutes=2), retry_at=now - timedelta(seconds=1))
    await hand.pending()
    found = await activity(database, "acme")
    assert (found.counts.pending, found.waiting_since) == (3, waiting.updated_at)


async def test_a_job_of_last_week_that_is_retried_has_waited_only_since(
    database: Database, hand: Hand
) -> None:
    week = datetime.now(UTC) - timedelta(days=7)
    failed = await hand.change(await hand.in_status(Status.FAILED), created_at=week, started_at=week)
    again = await hand.lifecycle.retry(failed.job_id)
    assert again is not None
    assert (await activity(database, "acme")).waiting_since == again.updated_at
    claimed = await hand.lifecycle.claim(again.job_id, again.enqueue_no, "worker-1")
    assert claimed is not None
    assert claimed.started_at == claimed.updated_at
    await hand.lifecycle.complete(claimed, {})
    assert (await activity(database, "acme")).pace == Pace()


async def test_workers_are_told_with_what_they_run_of_this_company(database: Database, hand: Hand) -> None:
    now = datetime.now(UTC)
    sign_on = [
        {"worker_id": name, "slots": 4, "host": "here", "pid": 1, "started_at": now, "beat_at": beat}
        for name, beat in (("worker-1", now), ("worker-2", None))
    ]
    async with database.transaction() as tx:
        await tx.execute(insert(workers), sign_on)
    await hand.running("acme")
    await hand.running("globex")
    await hand.in_status(Status.COMPLETE)
    one, two = (await activity(database, "acme")).workers
    assert (one.worker_id, one.busy, one.slots, one.beat_at) == ("worker-1", 1, 4, now)
    assert (two.worker_id, two.busy, two.beat_at) == ("worker-2", 0, None)
