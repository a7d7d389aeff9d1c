"""Who is dead: a beat that stands still on the reaper's own clock, and on nobody else's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from ledgerwire.jobs import Status
from tests.workers.jobs.conftest import Hand
from workers.jobs.reaper import Reaper
from workers.jobs.tables import workers


class Clock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Ward:
    """A reaper with a clock of its own, and the workers that it watches."""

    def __init__(self, hand: Hand) -> None:
        self.database = hand.database
        self.lifecycle = hand.lifecycle
        self.clock = Clock()
        self.reaper = self.another(self.clock)

    def another(self, clock: Clock) -> Reaper:
        return Reaper(self.database, self.lifecycle, dead_after=12.0, clock=clock)

    async def introduce(self, *names: str) -> None:
        # Whatever the worker's clock says, nobody looks at it.
        row = {"beat": 1, "slots": 4, "host": "h", "pid": 1, "started_at": datetime(1970, 1, 1, tzinfo=UTC)}
        async with self.database.transaction() as tx:
            await tx.execute(insert(workers), [row | {"worker_id": name} for name in names])

    async def beat(self, name: str) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(
                update(workers).where(workers.c.worker_id == name).values(beat=workers.c.beat + 1)
            )

    async def retire(self, name: str) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(delete(workers).where(workers.c.worker_id == name))

    async def watch(self, seconds: float, *, step: float = 2.0, beating: str = "") -> list[str]:
        """Look every ``step`` seconds; returns the ids that were freed."""
        freed: list[str] = []
        for _ in range(int(seconds / step)):
            self.clock.now += step
            if beating:
                await self.beat(beating)
            freed += [record.job_id for record in await self.reaper.reap()]
        return freed


@pytest.fixture
async def ward(hand: Hand) -> Ward:
    made = Ward(hand)
    await made.introduce("worker-1", "worker-2")
    return made


async def test_a_still_worker_dies_and_a_beating_one_does_not(ward: Ward, hand: Hand) -> None:
    lost, kept = await hand.running(worker="worker-1"), await hand.running(worker="worker-2")
    await ward.reaper.reap()
    assert await ward.watch(10, beating="worker-2") == []
    assert await ward.watch(4, beating="worker-2") == [lost.job_id]
    freed = await hand.now(lost)
    assert (freed.status, freed.crashes) == (Status.PENDING, 1)
    assert await ward.watch(60, beating="worker-2") == []
    assert await hand.now(kept) == kept


async def test_one_beat_in_time_is_enough(ward: Ward, hand: Hand) -> None:
    await hand.running(worker="worker-1")
    for _ in range(4):
        await ward.reaper.reap()
        assert await ward.watch(10) == []
        await ward.beat("worker-1")


async def test_a_worker_without_a_row_is_watched_for_as_long(ward: Ward, hand: Hand) -> None:
    job = await hand.running(worker="never-introduced")
    await ward.reaper.reap()
    assert await ward.watch(10) == []
    assert await ward.watch(2) == [job.job_id]


async def test_a_worker_that_comes_back_begins_anew(ward: Ward, hand: Hand) -> None:
    await ward.reaper.reap()
    await ward.watch(10)
    await ward.retire("worker-1")
    await ward.watch(2)
    await ward.introduce("worker-1")
    job = await hand.running(worker="worker-1")
    assert await ward.watch(10) == []
    assert await ward.watch(4) == [job.job_id]


async def test_a_reaper_that_slept_blames_nobody_for_it(ward: Ward, hand: Hand) -> None:
    """Nor for an outage of the database, in which nobody could beat and no look succeeded."""
    job = await hand.running(worker="worker-1")
    await ward.reaper.reap()
    ward.clock.now += 3_600
    assert await ward.reaper.reap() == []
    await ward.beat("worker-1")
    assert await ward.watch(10) == []
    assert await hand.now(job) == job


async def test_two_reapers_free_each_job_once(ward: Ward, hand: Hand) -> None:
    ids = {(await hand.running(worker="worker-1")).job_id for _ in range(5)}
    reapers = [ward.another(ward.clock) for _ in range(3)]
    freed: list[str] = []
    for _ in range(8):
        found = await asyncio.gather(*(reaper.reap() for reaper in reapers))
        freed += [record.job_id for records in found for record in records]
        ward.clock.now += 2.0
    assert sorted(freed) == sorted(ids)
    assert {record.crashes for record in await hand.ledger.find_many(list(ids))} == {1}


async def test_a_new_reaper_waits_its_own_time(ward: Ward, hand: Hand) -> None:
    """Whatever another one has seen, or when the worker says that it started."""
    await hand.running(worker="worker-1")
    await ward.reaper.reap()
    await ward.watch(10)
    fresh = ward.another(ward.clock)
    ward.clock.now += 2.0
    assert await fresh.reap() == []
