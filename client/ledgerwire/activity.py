"""How a company's work stands at large: what waits, what went through, and who works."""

from __future__ import annotations

from datetime import datetime

import msgspec


class JobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs there are, by status."""

    pending: int = 0
    running: int = 0
    complete: int = 0
    failed: int = 0
    cancelled: int = 0


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs ended within one minute, by how they ended; minutes without any are left out."""

    #: Its beginning.
    at: datetime
    complete: int = 0
    failed: int = 0
    cancelled: int = 0


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of the jobs that completed at their first attempt within the last hour, of the newest 500 of them.

    Null where there are none.
    """

    #: From submission to the first claim.
    wait_p50: float | None = None
    wait_p95: float | None = None
    #: From the first claim to the end.
    run_p50: float | None = None
    run_p95: float | None = None


class WorkerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that is signed on. Workers serve every company; ``busy`` counts the jobs of this one."""

    worker_id: str
    #: How many jobs it runs at once.
    slots: int
    busy: int
    started_at: datetime
    #: When it was last heard of, by its own clock; null for one of an older version.
    beat_at: datetime | None


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """As of ``at``, by the server's clock."""

    at: datetime
    counts: JobCounts
    #: Since when the oldest of the pending jobs has been waiting for a worker; null where none waits.
    waiting_since: datetime | None
    #: The last hour, oldest first.
    minutes: list[Minute]
    pace: Pace
    workers: list[WorkerSeen]
