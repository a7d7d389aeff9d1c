"""One claim of a job, as its task sees it: where it stands, and how its work is committed."""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.jobs import LogEntry, LogLine, Status, Usage
from ledgerwire.submissions import Submission
from workers.database import Database, is_unknown_outcome
from workers.files import Files
from workers.jobs.errors import Superseded
from workers.jobs.ledger import Ledger
from workers.jobs.plan import Meter, Plan
from workers.jobs.progress import Publisher
from workers.jobs.record import JobRecord, Picture
from workers.jobs.shared import Shared
from workers.jobs.tables import job_logs, jobs

T = TypeVar("T")

#: Announced again by a resumed attempt; what watchers have seen is dropped on the way.
REANNOUNCED = 20


class Stop(enum.StrEnum):
    """Why an attempt has to end before its work has."""

    CANCEL = "cancelled"
    DRAIN = "deploy"
    TIMEOUT = "timeout"
    LOST = "superseded"


class Drained(Exception):
    """The worker is going down; the batch at hand is committed."""


class Batch:
    """A checkpoint in the making: its transaction, and the lines and state that are committed with it."""

    def __init__(self, connection: AsyncConnection, state: Any) -> None:
        #: Write the batch's effects here, and await nothing but SQL meanwhile.
        self.connection = connection
        #: What the task needs to go on from here; any JSON value or Struct.
        self.state = state
        #: Units of the present step that are done once this is committed; None leaves it.
        self.done: int | None = None
        self.lines: list[LogLine] = []

    def log(
        self, text: str, *, level: str = "info", data: dict[str, Any] | msgspec.Struct | None = None
    ) -> None:
        if not isinstance(data, dict | msgspec.Struct | None):
            # Written, it could not be read back, and each later attempt would stumble over it.
            raise TypeError(
                f"A log line's data is an object (a dict or a Struct), not {type(data).__name__}."
            )
        self.lines.append(LogLine(datetime.now(UTC), level, text, cast("dict[str, Any] | None", data)))


class Attempt:
    """Handed to the task with its submission. ``state`` is the last checkpoint's, None at the start."""

    def __init__(
        self,
        record: JobRecord,
        *,
        database: Database,
        files: Files,
        publisher: Publisher,
        plan: Plan,
        shared: Shared,
    ) -> None:
        self.record = record
        self.database = database
        self.files = files
        #: The settings, and what the tasks of this process have in common.
        self.shared = shared
        self.state: Any = record.checkpoint
        self.stop: Stop | None = None
        #: Set with ``stop``, for a task that waits for somebody outside.
        self.stopping = asyncio.Event()
        self.cancel_requested = record.cancel_requested
        #: When the last checkpoint was committed, on the monotonic clock.
        self.moved_at = time.monotonic()
        #: Time until which a vendor asked us to wait; it does not count towards JOB_TIMEOUT.
        self.excused_until = 0.0
        self._publisher = publisher
        self._meter = Meter(plan, record.live)
        self._number = record.checkpoint_no
        self._seq = 0

    @property
    def job_id(self) -> str:
        return self.record.job_id

    @property
    def company_id(self) -> str:
        return self.record.company_id

    @property
    def actor(self) -> str:
        """In whose name it works, for whoever keeps a record of changes."""
        return self.record.submitted_by or "Ledgerwire"

    def begin(self, step: str, *, total: int | None = None, noun: str = "lines", done: int = 0) -> None:
        """Enter a step of the plan; ``done`` of ``total`` ``noun`` are behind it already."""
        self._meter.begin(step, total=total, noun=noun, done=done)
        self._report()

    def say(self, message: str) -> None:
        """Show ``message`` in place of the step's own sentence, until the next step or checkpoint."""
        self._meter.message = message
        self._report()

    def spend(self, usage: Usage) -> None:
        self._meter.spend(usage)
        self._report()

    def halt(self, stop: Stop) -> None:
        """Asked to end; a cancel is shown before the end it leads to."""
        self.stop = stop
        self.stopping.set()
        if stop is Stop.CANCEL and not self.cancel_requested:
            self.cancel_requested = True
            self._report()

    def excuse(self, seconds: float) -> None:
        """A vendor asked us to wait that long: JOB_TIMEOUT does not run meanwhile."""
        self.excused_until = max(self.excused_until, time.monotonic() + seconds)

    async def follow_up(self, submission: Submission, *, key: str) -> None:
        """Submit a job that comes of this one; ``key`` makes it one, however often that is tried."""
        submitted = await Ledger(self.database).submit(
            submission, submitted_by=self.record.submitted_by, idempotency_key=key, parent_id=self.job_id
        )
        if not submitted.replayed:
            # Dispatch finds it at its next tick.
            self._publisher.tell(submitted.record)

    def _report(self) -> None:
        self._publish(self._meter.picture())

    def _publish(self, picture: Picture) -> None:
        self._seq += 1
        record = msgspec.structs.replace(self.record, cancel_requested=self.cancel_requested)
        self._publisher.report(record, picture, seq=self._seq)

    @asynccontextmanager
    async def checkpoint(self) -> AsyncIterator[Batch]:
        """Commit a batch's effects, its log lines and the new state together, or nothing of them.

        Raises Superseded where the job has moved on (the batch is rolled back), and Drained after the commit
        where the worker is going down: let both pass.
        """
        number = self._number + 1
        batch: Batch | None = None
        picture = self.record.live
        try:
            async with self.database.transaction() as tx:
                await self._take(tx, number)
                batch = Batch(tx, self.state)
                yield batch
                picture = await self._write(tx, batch, number)
        except Exception as error:
            if batch is None or not is_unknown_outcome(error) or not await self._was_committed(number):
                raise
        assert batch is not None  # noqa: S101
        self._committed(batch, number, picture)
        if self.stop is Stop.DRAIN:
            raise Drained

    async def _take(self, tx: AsyncConnection, number: int) -> None:
        """First the fence: whoever is behind it stops before it has written anything."""
        mine = {"id": self.job_id, "mine": self.record.fence, "old": number - 1, "new": number}
        taken = await tx.execute(_TAKE, mine)
        if taken.rowcount != 1:
            raise Superseded(self.job_id, self.record.fence)

    async def _write(self, tx: AsyncConnection, batch: Batch, number: int) -> Picture:
        if batch.done is not None:
            self._meter.message = ""
            self._meter.advance(batch.done)
        picture = self._meter.picture()
        now = datetime.now(UTC)
        await tx.execute(_WRITE, {"id": self.job_id, "state": batch.state, "seen": picture, "now": now})
        if batch.lines:
            await tx.execute(_LOG, {"job_id": self.job_id, "number": number, "lines": batch.lines})
        return picture

    async def _was_committed(self, number: int) -> bool:
        """After a COMMIT of unknown outcome: never repeat blindly, read the row again.

        FOR UPDATE waits until the lost transaction has ended one way or the other.
        """
        now = select(jobs.c.fence, jobs.c.checkpoint_no).where(jobs.c.job_id == self.job_id).with_for_update()

        async def read() -> tuple[int, int] | None:
            # Only read: a COMMIT here could be lost like the one that is asked about.
            async with self.database.reading() as connection:
                row = (await connection.execute(now)).first()
                return None if row is None else (row[0], row[1])

        return await patiently(read) == (self.record.fence, number)

    def _committed(self, batch: Batch, number: int, picture: Picture) -> None:
        self._number = number
        self.state = msgspec.to_builtins(batch.state)
        self.moved_at = time.monotonic()
        self._publish(picture)
        if batch.lines:
            self._publisher.announce(self.record, LogEntry(number, batch.lines))

    async def announce_again(self) -> None:
        """What a dead predecessor may have committed and not announced."""
        if self._number:
            after = max(0, self._number - REANNOUNCED)
            for entry in await Ledger(self.database).log_page(self.job_id, after=after, limit=REANNOUNCED):
                self._publisher.announce(self.record, entry)


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Await ``call()`` until the database answers: what comes next depends on it."""
    delay = 0.05
    while True:
        try:
            return await call()
        except Exception as error:
            if not is_unknown_outcome(error):
                raise
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)


# Built once: every batch of every job goes through these.
_TAKE = (
    update(jobs)
    .where(
        jobs.c.job_id == bindparam("id"),
        jobs.c.fence == bindparam("mine"),
        jobs.c.checkpoint_no == bindparam("old"),
        jobs.c.status == Status.RUNNING,
    )
    .values(checkpoint_no=bindparam("new"))
)
_WRITE = (
    update(jobs)
    .where(jobs.c.job_id == bindparam("id"))
    .values(checkpoint=bindparam("state"), live=bindparam("seen"), crashes=0, updated_at=bindparam("now"))
)
_LOG = insert(job_logs)
