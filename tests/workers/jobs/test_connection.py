"""A task that talks to the broker ends when it is cancelled, whenever that comes."""

from __future__ import annotations

import asyncio

import pytest

from tests.brokers import Broker
from workers.jobs.live import Live, connect


async def ask_for_ever(live: Live) -> None:
    while True:
        await live.positions(["acme"])


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancel_is_never_swallowed(broker: Broker, turns: int) -> None:
    """Whatever the task was at, that many turns of the loop after it began."""
    redis = connect(broker.url)
    live = Live(redis, job_ttl=60)
    for extra in range(40):
        task = asyncio.create_task(ask_for_ever(live))
        for _ in range(turns + extra):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
    await redis.aclose()
