"""Watchers of every kind that drop at random, while the hub's own connection and the broker are ill-treated."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from tests.brokers import Broker
from tests.server.serving import Api
from tests.server.telling import Told, begin_many
from tests.server.watching import event_source, gateway, poll, socket
from workers.jobs import keys

COMPANY = "/api/jobs/company/acme/events"
JOBS = 4
#: Reports of each job; with logs, starts and ends just under what the stream keeps.
REPORTS = 435
LOG_EVERY = 10
TERMINAL = {"complete", "failed", "cancelled"}


class Memory:
    """What a watcher has been shown, over all its connections."""

    def __init__(self, jobs: Sequence[str]) -> None:
        self.jobs = jobs
        self.position: str | None = None
        self.events: list[dict[str, Any]] = []
        self.snapshots: list[str] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.ends: dict[str, int] = {}

    def take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind not in {"job", "log", "snapshot"}:
            return
        self.position = message["position"]
        if kind == "snapshot":
            self.snapshots.append(message["position"])
            for job in message["jobs"]:
                self._show(job)
            return
        self.events.append(message)
        if kind == "job":
            self._show(message["job"])
            if message["job"]["status"] in TERMINAL:
                self.ends[message["job"]["job_id"]] = self.ends.get(message["job"]["job_id"], 0) + 1

    def _show(self, job: dict[str, Any]) -> None:
        before = self.held.get(job["job_id"])
        if before is not None:
            assert job["progress"] >= before["progress"], "progress fell"
            assert before["status"] not in TERMINAL or job["status"] in TERMINAL, "an end was taken back"
        self.held[job["job_id"]] = job

    @property
    def is_done(self) -> bool:
        return all(self.held.get(job_id, {"status": ""})["status"] in TERMINAL for job_id in self.jobs)

    # --- what must be true of it ----------------------------------------------------------------------

    def assert_none_twice(self) -> None:
        positions = [event["position"] for event in self.events]
        assert len(positions) == len(set(positions))
        assert all(count == 1 for count in self.ends.values())

    def assert_none_lost(self, stream: dict[str, tuple[str, str]]) -> None:
        """``stream``: kind and job of every position there was."""
        seen = {event["position"] for event in self.events}
        covered = max([_offset(position) for position in self.snapshots], default=0)
        lost = [
            position
            for position, (kind, job_id) in stream.items()
            if position not in seen
            and _offset(position) > covered
            and not (kind == "job" and self._is_superseded(job_id, _offset(position)))
        ]
        assert not lost

    def _is_superseded(self, job_id: str, offset: int) -> bool:
        return any(
            event["type"] == "job"
            and event["job"]["job_id"] == job_id
            and _offset(event["position"]) > offset
            for event in self.events
        )


def _offset(position: str) -> int:
    return int(position.split(".")[1])


# --- three ways to watch ------------------------------------------------------------------------------


async def by_socket(api: Api, client: httpx2.AsyncClient, memory: Memory, events: int) -> None:
    async with socket(api, await api.key()) as line:
        await line.subscribe(since=memory.position)
        while events and not memory.is_done:
            memory.take(await line.hear())
            events -= 1
        line.connection.transport.abort()


async def by_event_source(api: Api, client: httpx2.AsyncClient, memory: Memory, events: int) -> None:
    async with event_source(client, COMPANY, memory.position) as source:
        while events and not memory.is_done and (block := await source.block()) is not None:
            if block.event:
                memory.take(block.data)
                events -= 1


async def by_polling(api: Api, client: httpx2.AsyncClient, memory: Memory, events: int) -> None:
    since = {"since": memory.position} if memory.position else {}
    found = await poll(client, COMPANY, wait=1, **since)
    for message in [found["snapshot"], *found["events"]]:
        if message is not None:
            memory.take(message)
    memory.position = found["position"]


WAYS = (
    by_socket,
    by_socket,
    by_socket,
    by_event_source,
    by_event_source,
    by_event_source,
    by_polling,
    by_polling,
)
Way = Callable[[Api, httpx2.AsyncClient, Memory, int], Awaitable[None]]


async def watch(api: Api, way: Way, memory: Memory, chance: random.Random) -> None:
    """Again and again, each time for a while, until every job has been shown to have ended."""
    async with api.member() as client:
        while not memory.is_done:
            try:
                await way(api, client, memory, chance.randint(1, 200))
            except (ConnectionClosed, httpx2.TransportError):
                continue


# --- the work and the trouble -------------------------------------------------------------------------


async def work(told: Told) -> None:
    for number in range(1, REPORTS + 1):
        progress = number * 99 // REPORTS
        if number % LOG_EVERY == 0:
            await told.checkpoint(progress)
            await told.log(f"line {number}")
        await told.report(progress)
    await told.complete()


async def trouble(ill_treat: Callable[[], None], times: int, total: int, told: Sequence[Told]) -> int:
    """So often, evenly spread over the work; returns how often it came in time."""
    for number in range(1, times + 1):
        while sum(each.seq for each in told) < number * total // (times + 1):
            await asyncio.sleep(0.001)
        ill_treat()
    return times


@pytest.fixture
async def api(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    async with gateway(sqlite_url, broker, tmp_path) as running:
        yield running


async def watched_through(api: Api, ill_treat: Callable[[], None], *, times: int) -> list[Memory]:
    chance = random.Random(7)
    told = await begin_many(api.kernel, JOBS)
    memories = [Memory([each.job_id for each in told]) for _ in WAYS]
    async with asyncio.TaskGroup() as group:
        for way, memory in zip(WAYS, memories, strict=True):
            group.create_task(watch(api, way, memory, random.Random(chance.random())))
        for each in told:
            group.create_task(work(each))
        group.create_task(trouble(ill_treat, times, JOBS * REPORTS, told))
    return memories


def stream_of(broker: Broker) -> dict[str, tuple[str, str]]:
    with broker.client() as client:
        epoch = client.hget(keys.meta("acme"), "epoch")
        entries: Any = client.xrange(keys.events("acme"))
    return {f"{epoch}.{name.split('-')[0]}": (fields["k"], fields["j"]) for name, fields in entries}


@pytest.mark.timeout(240)
async def test_whatever_drops_every_position_reaches_everybody_once(api: Api, broker: Broker) -> None:
    memories = await watched_through(api, lambda: _cut(broker), times=50)
    stream = stream_of(broker)
    assert len(stream) > 1_900
    for memory in memories:
        memory.assert_none_twice()
        memory.assert_none_lost(stream)
        # Mended from the stream, not papered over with snapshots.
        assert len(memory.events) > len(stream) // 2
        assert {job["progress"] for job in memory.held.values()} == {100}


def _cut(broker: Broker) -> None:
    broker.kill_clients("pubsub")


@pytest.mark.timeout(240)
async def test_a_broker_that_forgets_or_dies_leaves_nobody_before_a_stuck_bar(
    api: Api, broker: Broker
) -> None:
    turn = iter(range(100))

    def ill_treat() -> None:
        if next(turn) % 2:
            broker.restart()
        else:
            broker.flush()

    memories = await watched_through(api, ill_treat, times=4)
    for memory in memories:
        memory.assert_none_twice()
        assert {job["progress"] for job in memory.held.values()} == {100}
