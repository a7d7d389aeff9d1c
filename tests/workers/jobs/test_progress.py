"""What is due to be told: coalesced, kept while the broker is away, marked told when it was answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ledgerwire.events import JobEvent, LogEvent
from ledgerwire.jobs import LogEntry, LogLine, Status
from tests.brokers import Broker
from tests.waiting import until
from tests.workers.jobs.conftest import Hand
from workers.jobs.ledger import Ledger
from workers.jobs.live import Live
from workers.jobs.position import Position
from workers.jobs.progress import MOST_LOGS, Publisher
from workers.jobs.record import JobRecord, Picture


class Told(Publisher):
    """Remembers who was said to be behind."""

    def __init__(self, live: Live, ledger: Ledger) -> None:
        self.behind: list[str] = []
        super().__init__(live, ledger, on_behind=self.behind.append)

    def say(self, record: JobRecord, seq: int, progress: int | None = None) -> None:
        self.report(record, Picture(progress=seq if progress is None else progress), seq=seq)

    def lines(self, record: JobRecord, number: int) -> None:
        self.announce(record, LogEntry(number, [LogLine(datetime.now(UTC), "info", f"line {number}")]))

    async def events(self, company: str = "acme") -> list[JobEvent | LogEvent]:
        """All there is in the stream once everything due was answered."""
        assert await self.flushed(within=15)
        epoch = (await self.live.picture(company)).position.epoch
        replay = await self.live.replay(company, Position(epoch, 0))
        assert replay is not None
        return [msgspec.json.decode(event.json, type=JobEvent | LogEvent) for event in replay.events]


@pytest.fixture
async def publisher(live: Live, ledger: Ledger) -> AsyncIterator[Told]:
    made = Told(live, ledger)
    running = asyncio.create_task(made.run())
    yield made
    made.stop()
    await running


def progress(events: list[Any]) -> list[int]:
    return [event.job.progress for event in events if isinstance(event, JobEvent)]


def numbers(events: list[Any]) -> list[int]:
    return [event.number for event in events if isinstance(event, LogEvent)]


async def until_told(hand: Hand, *records: JobRecord) -> None:
    async with asyncio.timeout(15):
        while not all(row.told for row in await hand.ledger.find_many([record.job_id for record in records])):
            await asyncio.sleep(0.005)


async def test_a_burst_costs_one_event_the_newest(publisher: Told, hand: Hand) -> None:
    job = await hand.running()
    publisher.tell(job)
    for seq in range(1, 90):
        publisher.say(job, seq)
    assert progress(await publisher.events()) == [0, 89]
    publisher.say(job, 90)
    assert progress(await publisher.events()) == [0, 89, 90]


async def test_bursts_of_several_jobs_and_claims_do_not_swallow_each_other(
    publisher: Told, hand: Hand
) -> None:
    first, second = await hand.running(), await hand.running()
    publisher.tell(first)
    publisher.tell(second)
    publisher.say(first, 1)
    publisher.say(second, 2)
    publisher.tell(msgspec.structs.replace(first, fence=9))
    publisher.say(msgspec.structs.replace(first, fence=9), 3)
    assert progress(await publisher.events()) == [0, 0, 1, 2, 1, 3]


async def test_lines_are_never_coalesced_and_keep_their_order(publisher: Told, hand: Hand) -> None:
    job = await hand.running()
    publisher.tell(job)
    for number in range(1, 30):
        publisher.lines(job, number)
        publisher.say(job, number)
    assert numbers(await publisher.events()) == list(range(1, 30))


async def test_a_status_is_marked_told_when_it_was_answered(publisher: Told, hand: Hand) -> None:
    pending = await hand.pending()
    publisher.tell(pending)
    await until_told(hand, pending)
    running = await hand.lifecycle.claim(pending.job_id, 0, "worker-1")
    assert running is not None
    publisher.tell(pending)
    assert await publisher.flushed(within=5)
    assert not (await hand.now(pending)).told
    publisher.tell(running)
    await until_told(hand, running)


async def test_a_status_that_came_too_late_is_told_nevertheless(publisher: Told, hand: Hand) -> None:
    """The other side knows something newer: there is nothing left to say."""
    pending = await hand.pending()
    publisher.tell(msgspec.structs.replace(pending, fence=5))
    publisher.tell(pending)
    await until_told(hand, pending)
    assert publisher.behind == []


async def test_whoever_is_behind_hears_of_it(publisher: Told, hand: Hand) -> None:
    job = await hand.running()
    publisher.tell(msgspec.structs.replace(job, fence=job.fence + 1))
    publisher.say(job, 1)
    assert progress(await publisher.events()) == [0]
    assert publisher.behind == [job.job_id]


# --- the broker forgets -----------------------------------------------------------------------------------


async def test_a_report_of_a_forgotten_job_brings_it_back_whole(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    job = await hand.running()
    publisher.tell(job)
    assert await publisher.flushed(within=5)
    broker.flush()
    publisher.say(job, 7)
    publisher.lines(job, 1)
    events = await publisher.events()
    assert progress(events) == [7]
    assert numbers(events) == [1]
    assert publisher.behind == []


async def test_lines_and_a_cancel_alone_bring_a_forgotten_job_back_from_its_row(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    job, other = await hand.running(), await hand.running()
    broker.flush()
    await hand.lifecycle.request_cancel(other.job_id, by="Ann", reason=None)
    publisher.lines(job, 1)
    publisher.note_cancel(other)
    events = await publisher.events()
    assert numbers(events) == [1]
    shown = {event.job.job_id: event.job for event in events if isinstance(event, JobEvent)}
    assert shown[job.job_id].status is Status.RUNNING
    assert shown[other.job_id].cancel_requested


async def test_a_zombies_report_of_a_forgotten_job_is_dropped(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    zombie = await hand.running()
    await hand.lifecycle.put_back(zombie, outcome="lost")
    broker.flush()
    publisher.say(zombie, 99)
    publisher.lines(zombie, 99)
    assert await publisher.events() == []
    assert set(publisher.behind) == {zombie.job_id}


# --- the broker is away -----------------------------------------------------------------------------------


async def test_while_the_broker_is_away_the_newest_waits_and_lines_are_bounded(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    job = await hand.running()
    publisher.tell(job)
    assert await publisher.flushed(within=5)
    broker.kill()
    last = 3 * MOST_LOGS
    for number in range(1, last + 1):
        publisher.lines(job, number)
        publisher.say(job, number, progress=number % 90)
        publisher.tell(job)
        if number % 500 == 0:
            assert not await publisher.flushed(within=0.02)
        assert len(publisher._due) <= 2 * MOST_LOGS + 1
    publisher.say(job, last + 1, progress=95)
    broker.start()
    events = await publisher.events()
    assert progress(events)[-1] == 95
    told = numbers(events)
    assert told == list(range(told[0], last + 1))
    assert len(told) >= MOST_LOGS


async def test_a_status_is_told_once_however_often_the_ticks_repeat_it(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    jobs = [await hand.pending() for _ in range(3)]
    broker.kill()
    for _ in range(50):
        for job in jobs:
            publisher.tell(job)
    assert not await publisher.flushed(within=0.2)
    assert len(publisher._due) == 3
    broker.start()
    assert len(await publisher.events()) == 3
    await until_told(hand, *jobs)
    publisher.tell(jobs[0])
    assert await publisher.flushed(within=5)
    assert publisher._telling == set()


async def test_dropping_lines_while_a_trip_is_under_way_drops_nothing_else(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    job = await hand.running()
    publisher.tell(job)
    assert await publisher.flushed(within=5)
    broker.pause()
    for number in range(1, 101):
        publisher.lines(job, number)
    await until(lambda: len(publisher._due) == 0)  # the trip is under way
    last = 100 + 2 * MOST_LOGS + 10
    for number in range(101, last + 1):
        publisher.lines(job, number)
    broker.resume()
    told = numbers(await publisher.events())
    assert told[:100] == list(range(1, 101))
    assert told[100:] == list(range(told[100], last + 1))


async def test_a_trip_whose_answer_was_lost_is_repeated_without_effect(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    job = await hand.running()
    publisher.tell(job)
    for number in range(1, 60):
        publisher.lines(job, number)
        publisher.say(job, number)
        broker.kill_clients()
        await asyncio.sleep(0)
    events = await publisher.events()
    assert numbers(events) == list(range(1, 60))
    assert progress(events) == sorted(progress(events))
    assert progress(events)[-1] == 59


async def test_nobody_waits_for_an_absent_broker_longer_than_he_wants(
    publisher: Told, hand: Hand, broker: Broker
) -> None:
    broker.kill()
    publisher.tell(await hand.pending())
    assert not await publisher.flushed(within=0.01)
