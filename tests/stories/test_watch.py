"""Ten watchers that come and go, while the hub loses its own connection to the broker again and again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.brokers import Broker
from tests.stories.bank import found_company
from tests.stories.claims import assert_kept
from tests.stories.conftest import Length
from tests.stories.fleet import POISONED, Api, Fleet
from tests.stories.kinds import Patience
from tests.stories.live import beside, new_key, recorded
from tests.stories.watchers import TERMINAL, PollingWatcher, SocketWatcher, StreamWatcher, Watcher
from workers.jobs.kernel import Kernel
from workers.jobs.live import StreamEvent

STEPS = 25
#: Each step is a checkpoint: its job event and its log event.
EVENTS = 2 * STEPS
KINDS = [SocketWatcher] * 4 + [StreamWatcher] * 3 + [PollingWatcher] * 3


@pytest.fixture
def api(fleet: Fleet) -> Api:
    fleet.start(POISONED)
    return fleet.start_api().await_ready()


async def test_nobody_misses_anything(kernel: Kernel, api: Api, broker: Broker, length: Length) -> None:
    company = await found_company(kernel, "acme")
    key = await new_key(kernel, company)
    watchers = [kind(api.url, key, company) for kind in KINDS]
    count = -(-length.events // EVENTS)
    async with recorded(kernel, company) as published, _restless(watchers), _cut_off(broker) as cuts:
        for _ in range(count):
            await kernel.submit(Patience(company_id=company, steps=STEPS), submitted_by="story")
        await _await_ends(published, count, within=30 + length.events / 50)
        last = published[-1].position.offset
        async with asyncio.timeout(20):
            while any(watcher.offset < last for watcher in watchers):
                await asyncio.sleep(0.02)
    assert len(published) >= length.events
    assert len(cuts) > 5
    for watcher in watchers:
        assert watcher.visits > 2
        assert_kept(watcher, published)
        assert len(_ended(watcher)) == count


@asynccontextmanager
async def _restless(watchers: Sequence[Watcher]) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        for watcher in watchers:
            await stack.enter_async_context(beside(_come_and_go(watcher)))
        yield


async def _come_and_go(watcher: Watcher) -> None:
    """Leave in the middle of whatever is being said, and come again at once or a little later."""
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(random.uniform(0.05, 2.0)):
                async with contextlib.aclosing(watcher.watch()) as shown:
                    async for _each in shown:
                        pass
        if random.random() < 0.5:
            await asyncio.sleep(random.uniform(0, 0.5))


@asynccontextmanager
async def _cut_off(broker: Broker) -> AsyncIterator[list[int]]:
    """Every connection that listens is cut, again and again; yields how many each time."""
    cuts: list[int] = []

    async def cut() -> None:
        while True:
            await asyncio.sleep(random.uniform(0.1, 0.6))
            cuts.append(broker.kill_clients("pubsub"))

    async with beside(cut()):
        yield cuts


async def _await_ends(published: list[StreamEvent], count: int, *, within: float) -> None:
    async with asyncio.timeout(within):
        while sum(event.kind == "end" for event in published) < count:
            await asyncio.sleep(0.05)


def _ended(watcher: Watcher) -> set[str]:
    return {job["job_id"] for each in watcher.shown for job in each.jobs if job["status"] in TERMINAL}
