"""How fast we may call a company of QuickBooks: one count for all workers, kept by the broker.

Intuit allows 500 calls a minute and 10 at once for each company, and 40 batches a minute among them
(developer.intuit.com, "Batch operations"; blogs.intuit.com, 2016-08-08). A batch carries ten objects, so forty batches
first and single calls for what is left of the 500 bring the most over: 400 + 460 objects a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final

import msgspec
from redis.asyncio import Redis

from workers.jobs import keys
from workers.jobs.live import BROKER_AWAY, connect
from workers.settings import Settings

#: Ten fewer than Intuit has: a query of several pages is several calls on one permit.
CALLS: Final = 490
BATCHES: Final = 40
AT_ONCE: Final = 10
#: A call counts as open for so long at most. Few take longer, and one that does is worth a 429; but a worker that died
#: with ten of them must not keep the others waiting.
OPEN_SECONDS: Final = 15
#: Without a broker to count, each worker calls so seldom that eight of them keep the limit.
SECONDS_ALONE: Final = 1.0


class Permit(msgspec.Struct, frozen=True):
    """One call that may begin now. Give it back when the call has ended."""

    name: str
    is_batch: bool


class Granted(msgspec.Struct, frozen=True):
    """Of nothing at all: ask again in ``wait`` seconds."""

    permits: list[Permit]
    wait: float = 0.0


class Pacer:
    """Belongs to one event loop; ``Shared`` closes it."""

    def __init__(self, redis: Redis | None, *, minute: float) -> None:
        self._redis = redis
        self._window = round(minute * 1000)
        self._take = None if redis is None else redis.register_script(_script("pacing.lua"))
        self._end = None if redis is None else redis.register_script(_script("ending.lua"))
        self._alone = asyncio.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Pacer:
        redis = None if settings.redis_url is None else connect(settings.redis_url)
        return cls(redis, minute=settings.tempo.minute)

    async def take(self, realm_id: str, *, batches: int = 0, singles: int = 0) -> Granted:
        """At most so many, at once and without waiting; single calls only where the minute has no batch left."""
        if self._take is None:
            return await self._take_alone(batches)
        prefix = f"{uuid.uuid4().hex}:"
        arguments: list[str | int] = [
            prefix,
            batches,
            singles,
            self._window,
            CALLS,
            BATCHES,
            AT_ONCE,
            OPEN_SECONDS * 1000,
        ]
        try:
            of_batch, of_one, wait = await self._take(keys=_keys(realm_id), args=arguments)
        except BROKER_AWAY:
            return await self._take_alone(batches)
        numbers = range(1, of_batch + of_one + 1)
        return Granted([Permit(f"{prefix}{number}", number <= of_batch) for number in numbers], wait / 1000)

    async def give_back(self, realm_id: str, permits: Sequence[Permit]) -> None:
        """Their calls have ended. They count by now towards the minute: over there they arrived some time after
        they were granted here, so nothing that is counted from the grant would be safe.
        """
        await self._close(realm_id, permits, made=True)

    async def withdraw(self, realm_id: str, permits: Sequence[Permit]) -> None:
        """Nothing was called with them."""
        await self._close(realm_id, permits, made=False)

    async def _close(self, realm_id: str, permits: Sequence[Permit], *, made: bool) -> None:
        names = [permit.name for permit in permits if permit.name]
        if self._end is None or not names:
            return
        with contextlib.suppress(*BROKER_AWAY):  # they run out by themselves
            await self._end(keys=_keys(realm_id), args=[int(made), *names])

    @asynccontextmanager
    async def one(self, realm_id: str) -> AsyncIterator[None]:
        """A single call, as soon as the limits leave room for it."""
        while not (granted := await self.take(realm_id, singles=1)).permits:  # noqa: ASYNC110 - the broker knows
            await asyncio.sleep(granted.wait)
        try:
            yield
        finally:
            await self.give_back(realm_id, granted.permits)

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _take_alone(self, batches: int) -> Granted:
        async with self._alone:
            await asyncio.sleep(SECONDS_ALONE * self._window / 60_000)
        return Granted([Permit("", is_batch=batches > 0)])


def _script(name: str) -> str:
    return files("workers.tasks.quickbooks").joinpath(name).read_text("utf-8")


def _keys(realm_id: str) -> list[str]:
    return [keys.quickbooks(realm_id, name) for name in ("calls", "batches", "open")]
