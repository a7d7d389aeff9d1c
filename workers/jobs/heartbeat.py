"""A worker's life sign in SQL, from a thread of its own: a busy event loop must not look like a dead worker.

But a loop that has stood still for ``tempo.stall`` is dead: the thread writes the stacks and kills the process.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url

from ledgerwire.jobs import Status
from workers.database import POSTGRES_PATIENCE, SQLITE_PRAGMAS, limit_idling
from workers.jobs.tables import jobs, workers
from workers.settings import Tempo

log = logging.getLogger(__name__)


class Flags(msgspec.Struct, frozen=True):
    """What SQL says of a job that this worker runs."""

    fence: int
    cancel_requested: bool


class Heartbeat:
    """``on_flags`` is called in the event loop with what SQL says of every job of this worker, on each beat."""

    def __init__(
        self,
        url: str,
        worker_id: str,
        *,
        slots: int,
        tempo: Tempo,
        on_flags: Callable[[Mapping[str, Flags]], None],
    ) -> None:
        self.worker_id = worker_id
        self.slots = slots
        self.tempo = tempo
        self.on_flags = on_flags
        self.engine = _sync_engine(url, idle_limit=tempo.idle_limit)
        self._loop = asyncio.get_running_loop()
        self._ticks = 0
        self._look = threading.Event()
        self._stopped = False
        self._seen_ticks = -1
        self._still = 0.0
        self._looked_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._ticker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._ticker = self._loop.create_task(self._tick())
        self._thread.start()

    def look(self) -> None:
        """Beat now: somebody may have asked for a cancel."""
        self._look.set()

    async def stop(self) -> None:
        self._stopped = True
        self._look.set()
        if self._ticker is not None:
            self._ticker.cancel()
        await asyncio.to_thread(self._thread.join)
        self.engine.dispose()

    async def _tick(self) -> None:
        while True:
            self._ticks += 1
            await asyncio.sleep(min(1.0, self.tempo.beat / 2))

    def _run(self) -> None:
        while not self._stopped:
            self._guard_loop()
            try:
                flags = self._beat()
            except Exception as error:  # noqa: BLE001 - whatever it was, a thread that ends is a worker that dies
                log.warning("The heartbeat could not be written: %s", type(error).__name__)
            else:
                self._hand_over(flags)
            self._look.wait(self.tempo.beat)
            self._look.clear()

    def _hand_over(self, flags: Mapping[str, Flags]) -> None:
        if not self._stopped:
            self._loop.call_soon_threadsafe(self.on_flags, flags)

    def _beat(self) -> dict[str, Flags]:
        with self.engine.begin() as tx:
            mine = update(workers).where(workers.c.worker_id == self.worker_id)
            beaten = tx.execute(mine.values(beat=workers.c.beat + 1, beat_at=datetime.now(UTC)))
            if beaten.rowcount == 0:
                # First beat, or a reaper took this worker for dead while it slept.
                tx.execute(insert(workers).values(self._introduction()))
            held = select(jobs.c.job_id, jobs.c.fence, jobs.c.cancel_requested).where(
                jobs.c.worker_id == self.worker_id, jobs.c.status == Status.RUNNING
            )
            return {job_id: Flags(fence, bool(cancel)) for job_id, fence, cancel in tx.execute(held)}

    def _introduction(self) -> dict[str, object]:
        now = datetime.now(UTC)
        return {
            "worker_id": self.worker_id,
            "beat": 1,
            "slots": self.slots,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": now,
            "beat_at": now,
        }

    def _guard_loop(self) -> None:
        """Time without a tick is added up look by look: a paused machine pauses both, and is no stall."""
        now = time.monotonic()
        if self._ticks != self._seen_ticks:
            self._seen_ticks, self._still = self._ticks, 0.0
        else:
            self._still += min(now - self._looked_at, 2 * self.tempo.beat)
        self._looked_at = now
        if self._still > self.tempo.stall:
            sys.stderr.write(
                f"The event loop has stood still for {self._still:.0f} s; this worker ends itself.\n"
            )
            faulthandler.dump_traceback()
            os.kill(os.getpid(), signal.SIGKILL)


def _sync_engine(url: str, *, idle_limit: float) -> Engine:
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        engine = create_engine(
            target, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=POSTGRES_PATIENCE
        )
        limit_idling(engine, idle_limit)
        return engine
    engine = create_engine(target.set(drivername="sqlite"), pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def configure(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine
