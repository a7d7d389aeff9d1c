"""All that is watched in this process: one bus, a channel per watched company, and the streams of the watchers.

A channel is opened by its first watcher and closed a while after its last. Positions of all channels are compared
with the broker's now and then, because the last message before a silence may be the one that was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, Protocol

from server.channel import Channel
from server.session import Session
from workers.jobs.bus import Bus
from workers.jobs.kernel import Kernel
from workers.jobs.live import Breaker, BrokerAway, ended
from workers.jobs.position import Position

log = logging.getLogger(__name__)

#: How long a channel outlives its last watcher: a page that is reloaded finds it open.
GRACE: Final = 5.0
#: What was published a moment ago may still be on its way to us.
ON_ITS_WAY: Final = 0.05
#: How often streams are looked after.
TICK: Final = 0.5


class Stream(Protocol):
    """A watcher's connection, as the hub sees it."""

    def tick(self, now: float) -> None:
        """Look after yourself: keepalive, patience, credentials."""

    def end(self) -> None:
        """The process is going away: finish, the watcher will come again."""


class Hub:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        #: Seconds that a watcher may take without reading anything.
        self.patience = kernel.settings.tempo.patience
        self.is_draining = False
        self._on_air = asyncio.Event()
        self._bus = Bus(
            str(kernel.settings.redis_url),
            on_down=self._went_down,
            on_up=self._came_up,
            keepalive=max(0.5, kernel.settings.tempo.position_check),
        )
        #: After a restart all watchers come at once; more than this at a time would only wait for each other.
        self._turns = asyncio.Semaphore(8)
        self._channels: dict[str, Channel] = {}
        self._streams: set[Stream] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._patient = Breaker(within=2.0, rest=0.0)

    async def start(self) -> None:
        await self._bus.start()
        tempo = self.kernel.settings.tempo
        for seconds, work in ((tempo.position_check, self._check_positions), (TICK, self._tick)):
            self._tasks.append(asyncio.create_task(_every(seconds, work)))

    def drain(self) -> None:
        """End every stream; a server calls this before it waits for its connections to close."""
        self.is_draining = True
        for stream in list(self._streams):
            stream.end()

    async def close(self) -> None:
        self.drain()
        await ended(*self._tasks)
        await asyncio.gather(*self._tasks, *self._closing, return_exceptions=True)
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))
        self._channels.clear()
        await self._bus.close()

    @property
    def watched(self) -> list[str]:
        """The companies whose channels are open."""
        return list(self._channels)

    # --- for streams ----------------------------------------------------------------------------------

    @contextmanager
    def attended(self, stream: Stream) -> Iterator[None]:
        """While it lasts, ``stream`` is looked after and told to end."""
        self._streams.add(stream)
        try:
            if self.is_draining:
                stream.end()
            yield
        finally:
            self._streams.discard(stream)

    def join(self, company_id: str) -> Channel:
        """The company's channel, opened if need be; every ``join`` is followed by a ``part``."""
        channel = self._channels.get(company_id)
        if channel is None:
            channel = Channel(self.kernel, self._bus, company_id, on_air=self._on_air, turns=self._turns)
            self._channels[company_id] = channel
        channel.users += 1
        return channel

    def part(self, channel: Channel) -> None:
        channel.users -= 1
        if not channel.users:
            asyncio.get_running_loop().call_later(GRACE, self._close_unused, channel)

    @asynccontextmanager
    async def watch_job(self, company_id: str, job_id: str) -> AsyncIterator[JobWatch]:
        """Whatever happens to the job inside the block is noticed; read its state after entering."""
        channel = self.join(company_id)
        watch = JobWatch()
        try:
            await channel.follow(watch.session, frozenset({job_id}))
            yield watch
        finally:
            channel.leave(watch.session)
            self.part(channel)

    def _close_unused(self, channel: Channel) -> None:
        if channel.users or self._channels.get(channel.company_id) is not channel:
            return
        del self._channels[channel.company_id]
        task = asyncio.get_running_loop().create_task(channel.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # --- keeping true ---------------------------------------------------------------------------------

    def _came_up(self) -> None:
        self._on_air.set()
        self._doubt_all()

    def _went_down(self) -> None:
        self._on_air.clear()
        self._doubt_all()

    def _doubt_all(self) -> None:
        for channel in self._channels.values():
            channel.doubt()

    async def _check_positions(self) -> None:
        live = {name: channel for name, channel in self._channels.items() if channel.is_live}
        if not live:
            return
        before = {name: channel.position for name, channel in live.items()}
        try:
            positions = await self._patient(self.kernel.live.positions(list(live)))
        except BrokerAway:
            self._doubt_all()
            return
        if any(not channel.has_reached(positions[name]) for name, channel in live.items()):
            await asyncio.sleep(ON_ITS_WAY)
        for name, channel in live.items():
            if not (channel.has_reached(positions[name]) and _is_onward(before[name], positions[name])):
                channel.doubt()

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for stream in list(self._streams):
            stream.tick(now)


class JobWatch:
    """Notices that a job has changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.session = Session(self._changed.set)

    async def next(self, timeout: float) -> bool:  # noqa: ASYNC109 (the verb of a long poll)
        """Whether the job changed since the last call, waiting for it for at most ``timeout`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        changed = self._changed.is_set()
        self._changed.clear()
        while self.session.take():
            pass
        return changed


def _is_onward(before: Position, now: Position | None) -> bool:
    """A broker that is behind what it has said itself was restored from something older."""
    return now is not None and now.epoch == before.epoch and now.offset >= before.offset


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("Looking after the streams failed; it is tried again.")
