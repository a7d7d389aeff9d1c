"""A worker process: the runner, arq behind its door, the heartbeat and the kernel's ticks, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from io import FileIO

from workers.database import is_unknown_outcome
from workers.jobs import keys
from workers.jobs.attempt import Stop, patiently
from workers.jobs.bus import Bus
from workers.jobs.heartbeat import Heartbeat
from workers.jobs.kernel import CANCEL, Kernel
from workers.jobs.kinds import Kind
from workers.jobs.live import connect, ended
from workers.jobs.queue import QueueWorker
from workers.jobs.runner import Performance, Runner
from workers.jobs.solitary import COMMAND, TICK_SECONDS
from workers.settings import Settings

log = logging.getLogger(__name__)


class WorkerProcess:
    def __init__(
        self,
        settings: Settings,
        kinds: Mapping[str, Kind],
        worker_id: str,
        *,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.settings = settings
        self.kernel = Kernel.open(settings)
        self.runner = Runner(self.kernel, kinds, worker_id, command=command)
        self.kernel.on_behind = self.runner.suspect
        # arq's calls have a pool of their own: a burst of reports must not keep an id from being taken.
        self.redis = connect(str(settings.redis_url))
        self.queue = QueueWorker(self.redis, self.runner.run, slots=settings.worker_threads)
        self.bus = Bus(str(settings.redis_url), on_up=self.queue.wake)
        self.heartbeat = Heartbeat(
            settings.database_url,
            worker_id,
            slots=settings.worker_threads,
            tempo=settings.tempo,
            on_flags=self.runner.heed,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the batches at hand and put the jobs back."""
        self.heartbeat.start()
        await self.kernel.start()
        await self.bus.start()
        self.bus.subscribe(keys.WAKE, self._woken)
        serving = asyncio.create_task(self.queue.serve())
        log.info("Worker %s takes %d jobs at a time.", self.runner.worker_id, self.settings.worker_threads)
        await stop.wait()
        await self._drain()
        await ended(serving)
        await self._close()

    def _woken(self, message: bytes) -> None:
        if message == CANCEL:
            self.heartbeat.look()
        else:
            self.queue.wake()

    async def _drain(self) -> None:
        self.runner.drain()
        await self.queue.stop_taking()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.tempo.drain):
                await asyncio.shield(self.queue.finished())
                return
        self.runner.abandon()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.tempo.drain):
                await self.queue.finished()

    async def _close(self) -> None:
        await self.kernel.publisher.flushed(within=1.0)
        await self.heartbeat.stop()
        await self._retire()
        await self.bus.close()
        await self.redis.aclose()
        await self.kernel.close()

    async def _retire(self) -> None:
        try:
            await self.kernel.lifecycle.retire_worker(self.runner.worker_id)
        except Exception as error:
            if not is_unknown_outcome(error):
                raise
            log.warning("The database is away; a reaper will free what this worker held.")


async def run_worker(
    settings: Settings, kinds: Mapping[str, Kind], worker_id: str, *, command: Sequence[str] = COMMAND
) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await WorkerProcess(settings, kinds, worker_id, command=command).run(stop)


async def run_solitary(settings: Settings, kinds: Mapping[str, Kind], job_id: str, fence: int) -> int:
    """The child's side of solitary.py; 0 when the job has been settled or was no longer ours."""
    # A Ctrl-C in the terminal, or a service manager's SIGTERM to all of a group, reaches this process too;
    # its parent decides what becomes of the job.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    loop = asyncio.get_running_loop()
    performing: asyncio.Future[Performance] = loop.create_future()
    # First of all: a parent may die while the database is away, and then nobody else would end this process.
    threading.Thread(target=_obey, args=(performing, loop), name="orders", daemon=True).start()
    kernel = Kernel.open(settings)
    await kernel.start(ticks=False)
    # A database that is away for a moment must not look like a crash of the job.
    record = await patiently(lambda: kernel.ledger.find(job_id))
    if record is None or record.fence != fence:
        return 0
    performance = Performance(kernel, kinds.get(record.kind), record)
    performing.set_result(performance)
    ticker = loop.create_task(_tick())
    await performance.run()
    await kernel.publisher.flushed(within=1.0)
    ticker.cancel()
    await kernel.close()
    return 0


def _obey(performing: asyncio.Future[Performance], loop: asyncio.AbstractEventLoop) -> None:
    """In a thread: a job that holds the loop must not outlive its parent."""
    with FileIO(sys.stdin.fileno(), closefd=False) as orders:
        while line := orders.readline():
            with contextlib.suppress(RuntimeError):  # the loop has closed: it is over
                loop.call_soon_threadsafe(_halt, performing, Stop(line.decode().strip()))
    # The parent is gone, and with it the claim: whatever is not committed is not ours to commit.
    os._exit(1)


def _halt(performing: asyncio.Future[Performance], stop: Stop) -> None:
    performing.add_done_callback(lambda found: found.result().halt(stop))


async def _tick() -> None:
    while True:
        sys.stdout.buffer.write(b".")
        sys.stdout.buffer.flush()
        await asyncio.sleep(TICK_SECONDS)
