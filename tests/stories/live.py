"""What is published, and what goes on beside a story."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from workers.books import access
from workers.jobs.kernel import Kernel
from workers.jobs.live import StreamEvent
from workers.jobs.position import Position


async def new_key(kernel: Kernel, company: str) -> str:
    async with kernel.database.transaction() as tx:
        return await access.create_key(tx, company)


@asynccontextmanager
async def recorded(kernel: Kernel, company: str) -> AsyncIterator[list[StreamEvent]]:
    """Grows with every event of the company, read where no subscription can be cut."""
    found: list[StreamEvent] = []

    async def read() -> None:
        while True:
            position = (await kernel.live.picture(company)).position
            since = found[-1].position.offset if found else 0
            replay = await kernel.live.replay(company, Position(position.epoch, since))
            assert replay is not None, "the stream was trimmed before it was read"
            found.extend(replay.events)
            await asyncio.sleep(0.05)

    async with beside(read()):
        yield found


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """``work`` goes on meanwhile; what it raises is raised here."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
