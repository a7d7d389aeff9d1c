"""How fast we may call a company of QuickBooks: one count for all workers, kept by the broker.

Intuit allows 500 calls a minute and 10 at once for each company, and 40 batches a minute among them
(developer.intuit.com, "Batch operations"; blogs.intuit.com, 2016-08-08). A batch carries ten objects, so forty batches
first and single calls for what is left of the 500 bring the most over: 400 + 460 objects a minute.
"""

from __future__ import annotations

import asyncio
import uuid
from importlib.resources import files
from typing import Final

import msgspec
from redis.asyncio import Redis

from workers.jobs.kernel import connect
from workers.jobs.live import BROKER_AWAY
from workers.settings import Settings

CALLS: Final = 500
BATCHES: Final = 40
AT_ONCE: Final = 10
#: A worker that died with calls open gives them back after so long: they have timed out over there, too.
OPEN_SECONDS: Final = 70
#: Without a broker to count, each worker calls so seldom that eight of them keep the limit.
SECONDS_ALONE: Final = 1.0


class Grant(msgspec.Struct, frozen=True):
    """Calls that may begin now. Give it back when they have ended; of no call at all, ``wait`` seconds first."""

    batches: int
    singles: int
    wait: float = 0.0
    prefix: str = ""

    @property
    def calls(self) -> int:
        return self.batches + self.singles


class Pacer:
    """Belongs to one event loop; ``Shared`` closes it."""

    def __init__(self, redis: Redis | None, *, minute: float) -> None:
        self._redis = redis
        self._window = round(minute * 1000)
        text = files("workers.tasks.quickbooks").joinpath("pacing.lua").read_text("utf-8")
        self._take = None if redis is None else redis.register_script(text)
        self._alone = asyncio.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Pacer:
        redis = None if settings.redis_url is None else connect(settings.redis_url)
        return cls(redis, minute=settings.tempo.minute)

    async def take(self, realm_id: str, *, batches: int = 0, singles: int = 0) -> Grant:
        """At most so many, at once and without waiting; batches first."""
        if self._take is None:
            return await self._take_alone(batches)
        prefix = f"{uuid.uuid4().hex}:"
        arguments = [prefix, batches, singles, self._window, CALLS, BATCHES, AT_ONCE, OPEN_SECONDS * 1000]
        try:
            granted = await self._take(keys=_keys(realm_id), args=arguments)
        except BROKER_AWAY:
            return await self._take_alone(batches)
        return Grant(granted[0], granted[1], granted[2] / 1000, prefix)

    async def give_back(self, realm_id: str, grant: Grant) -> None:
        """Its calls have ended; what they count towards the minute stays."""
        if self._redis is None or not grant.prefix or not grant.calls:
            return
        names = [f"{grant.prefix}{number}" for number in range(1, grant.calls + 1)]
        try:
            await self._redis.zrem(_keys(realm_id)[2], *names)
        except BROKER_AWAY:
            return  # they run out by themselves

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _take_alone(self, batches: int) -> Grant:
        async with self._alone:
            await asyncio.sleep(SECONDS_ALONE * self._window / 60_000)
        return Grant(1, 0) if batches else Grant(0, 1)


def _keys(realm_id: str) -> list[str]:
    """zsets by realm, each gone two minutes after the last call."""
    return [f"lw:qbo:{{{realm_id}}}:{name}" for name in ("calls", "batches", "open")]
