"""Finds dead workers: a beat that has not moved on the reaper's own clock. No two clocks are ever compared."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy import select

from ledgerwire.jobs import Status
from workers.database import Database
from workers.jobs.lifecycle import Lifecycle
from workers.jobs.record import JobRecord
from workers.jobs.tables import jobs, workers

log = logging.getLogger(__name__)

#: A worker is dead after at least this many looks at a beat that stands still.
LOOKS = 4


class Reaper:
    """Any process may run one; two that find the same death free its jobs once."""

    def __init__(
        self,
        database: Database,
        lifecycle: Lifecycle,
        *,
        dead_after: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.lifecycle = lifecycle
        self.dead_after = dead_after
        self.clock = clock
        #: worker_id → the beat last seen, and for how long we have seen it stand still.
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked_at = clock()

    async def reap(self) -> list[JobRecord]:
        """Look once; returns the jobs that were freed."""
        beats = await self._beats()
        elapsed = self._elapsed()
        self._seen = {
            worker_id: (beat, still + elapsed if beat == known else 0.0)
            for worker_id, beat in beats.items()
            for known, still in [self._seen.get(worker_id, (None, 0.0))]
        }
        dead = [worker_id for worker_id, (_beat, still) in self._seen.items() if still >= self.dead_after]
        freed: list[JobRecord] = []
        for worker_id in dead:
            released = await self.lifecycle.release_worker(worker_id)
            log.warning("Worker %s is dead; %d of its jobs go on elsewhere.", worker_id, len(released))
            freed += released
            self._seen.pop(worker_id, None)
        return freed

    def _elapsed(self) -> float:
        """Since the last look that succeeded, but no more than a part of ``dead_after``.

        While the database was away nobody could beat, and we may have been paused ourselves: neither is a death.
        """
        now = self.clock()
        elapsed, self._looked_at = now - self._looked_at, now
        return min(elapsed, self.dead_after / LOOKS)

    async def _beats(self) -> dict[str, int]:
        """Every worker's beat; one that holds jobs and has no row stands at 0 and so is watched too."""
        async with self.database.reading() as connection:
            held = select(jobs.c.worker_id).where(jobs.c.status == Status.RUNNING).distinct()
            beats = {name: 0 for name in (await connection.execute(held)).scalars() if name}
            known = await connection.execute(select(workers.c.worker_id, workers.c.beat))
            beats.update((name, beat) for name, beat in known)
        return beats
