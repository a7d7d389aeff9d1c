"""Every change of a job's status, each one compare-and-set on the fence.

    pending ─claim→ running ─finish→ complete | failed | cancelled
    running ─put back→ pending          (a passing error, a lost worker, a deploy)
    failed | cancelled ─retry→ pending  (a person's)

A change raises the fence and leaves the row untold; whoever made it tells the live side after the commit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, case, func, insert, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from ledgerwire.errors import Problem
from ledgerwire.jobs import Status
from workers.database import Database, UTCTime
from workers.jobs.errors import WrongState
from workers.jobs.naming import error_words
from workers.jobs.record import MAX_CRASHES, JobRecord
from workers.jobs.tables import job_attempts, jobs, workers

#: Whoever waits for its turn again is not to be claimed by an id that an older turn left in the queue.
VOIDED = jobs.c.enqueue_no + 1

#: A job that kept losing its workers without ever being proven guilty alone.
MAX_LOST = 10

WORKER_LOST = Problem(
    type="/problems/worker_lost",
    title="The worker died while it ran this job, again and again.",
    detail="Other jobs were not harmed. Look at the worker's log, then retry it from its last checkpoint.",
)


class Lifecycle:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def claim(self, job_id: str, enqueue_no: int, worker_id: str) -> JobRecord | None:
        """Take a dispatched job; None where the id is late, doubled or repeated."""
        now = datetime.now(UTC)
        async with self.database.transaction() as tx:
            record = await _changed(tx, _CLAIM, id=job_id, no=enqueue_no, worker=worker_id, now=now)
            if record is not None:
                await tx.execute(_BEGIN_ATTEMPT, _attempt(record, worker_id, now))
        return record

    async def complete(self, record: JobRecord, result: dict[str, Any] | None) -> JobRecord | None:
        now = datetime.now(UTC)
        async with self.database.transaction() as tx:
            ended = await _changed(tx, _COMPLETE, id=record.job_id, mine=record.fence, gives=result, now=now)
            if ended is not None:
                await _end_attempt(tx, ended, Status.COMPLETE, None, now)
        return ended

    async def fail(
        self, record: JobRecord, problem: Problem, *, outcome: str = "failed", **counted: int
    ) -> JobRecord | None:
        return await self._end(record, Status.FAILED, outcome=outcome, error=problem, **counted)

    async def cancelled(self, record: JobRecord) -> JobRecord | None:
        return await self._end(record, Status.CANCELLED, error=None)

    async def _end(
        self, record: JobRecord, status: Status, *, outcome: str | None = None, **values: Any
    ) -> JobRecord | None:
        """End a running job; None where the fence has moved on."""
        now = datetime.now(UTC)
        async with self.database.transaction() as tx:
            ended = await _change(
                tx, _mine(record), status=status, worker_id=None, retry_at=None, finished_at=now, **values
            )
            if ended is not None:
                await _end_attempt(tx, ended, outcome or status, values.get("error"), now)
        return ended

    async def put_back(
        self,
        record: JobRecord,
        *,
        outcome: str,
        error: Problem | None = None,
        retry_at: datetime | None = None,
        **counted: int,
    ) -> JobRecord | None:
        """Let a running job wait for another claim; one that was asked to stop ends as cancelled instead.

        ``counted`` are the budgets it now stands at: ``errors``, ``timeouts``, ``crashes``.
        """
        async with self.database.transaction() as tx:
            return await _put_back(tx, record, outcome, error, retry_at, counted)

    async def release_worker(self, worker_id: str) -> list[JobRecord]:
        """Free every job of a dead worker, each a crash the dearer the less its worker did meanwhile."""
        async with self.database.transaction() as tx:
            # In one order everywhere: two that free the same jobs must not wait for each other.
            running = await tx.execute(
                select(jobs)
                .where(jobs.c.worker_id == worker_id, jobs.c.status == Status.RUNNING)
                .order_by(jobs.c.job_id)
            )
            freed = [await _lost(tx, JobRecord.of(row)) for row in running.mappings().all()]
            await tx.execute(workers.delete().where(workers.c.worker_id == worker_id))
        return [record for record in freed if record is not None]

    async def retire_worker(self, worker_id: str) -> None:
        """A worker that stopped in order takes its row along."""
        async with self.database.transaction() as tx:
            await tx.execute(workers.delete().where(workers.c.worker_id == worker_id))

    async def lose(self, record: JobRecord) -> JobRecord | None:
        """Nobody runs this job, though it is claimed: let go of it as if its worker had died."""
        async with self.database.transaction() as tx:
            return await _lost(tx, record)

    async def crashed_alone(self, record: JobRecord) -> JobRecord | None:
        """The job's own process died: nobody else can have done it."""
        async with self.database.transaction() as tx:
            current = await _current(tx, record)
            if current is None:
                return None
            crashes = current.crashes + 1
            if crashes >= MAX_CRASHES:
                return await _fail_lost(tx, current, crashes)
            return await _put_back(tx, current, "lost", None, None, {"crashes": crashes})

    async def request_cancel(self, job_id: str, *, by: str, reason: str | None) -> JobRecord | None:
        """Cancel a waiting job, or flag a running one; None where there is none, WrongState where it ended."""
        why = {"cancel_requested": True, "cancelled_by": by, "cancel_reason": reason}
        now = datetime.now(UTC)
        async with self.database.transaction() as tx:
            # Held, so that it cannot turn from running to pending between the two questions.
            await tx.execute(select(jobs.c.job_id).where(jobs.c.job_id == job_id).with_for_update())
            ended = await _change(
                tx,
                (jobs.c.job_id == job_id, jobs.c.status == Status.PENDING),
                status=Status.CANCELLED,
                finished_at=now,
                queued_at=None,
                retry_at=None,
                **why,
            )
            if ended is not None:
                return ended
            flagged = await tx.execute(
                update(jobs)
                .where(jobs.c.job_id == job_id, jobs.c.status == Status.RUNNING)
                .values(updated_at=now, **why)
                .returning(jobs)
            )
            if (row := flagged.mappings().first()) is not None:
                return JobRecord.of(row)
            await _refuse(tx, job_id, "cancelled")
            return None

    async def retry(self, job_id: str, *, by: str | None = None) -> JobRecord | None:
        """A person's retry: budgets and flags are cleared, the checkpoint stays."""
        async with self.database.transaction() as tx:
            again = await _change(
                tx,
                (jobs.c.job_id == job_id, jobs.c.status.in_([Status.FAILED, Status.CANCELLED])),
                status=Status.PENDING,
                errors=0,
                timeouts=0,
                crashes=0,
                error=None,
                result=None,
                cancel_requested=False,
                cancelled_by=None,
                cancel_reason=None,
                retried_by=by,
                retried_at=datetime.now(UTC),
                enqueue_no=VOIDED,
                queued_at=None,
                retry_at=None,
                # Its time begins anew: how long it took is not to count the days before.
                started_at=None,
                finished_at=None,
            )
            if again is None:
                await _refuse(tx, job_id, "retried")
            return again


async def _change(tx: AsyncConnection, where: tuple[Any, ...], **values: Any) -> JobRecord | None:
    return await _changed(tx, _changing(*where, **values), now=datetime.now(UTC))


async def _changed(tx: AsyncConnection, change: ReturningUpdate[Any], **parameters: Any) -> JobRecord | None:
    row = (await tx.execute(change, parameters)).mappings().first()
    return None if row is None else JobRecord.of(row)


def _changing(*where: Any, **values: Any) -> ReturningUpdate[Any]:
    if "error" in values:
        values["error_words"] = error_words(values["error"])
    cleared = {name: null() if value is None else value for name, value in values.items()}
    change = update(jobs).where(*where).values(fence=jobs.c.fence + 1, told=False, updated_at=_NOW, **cleared)
    return change.returning(jobs)


def _moment(now: datetime) -> Any:
    """Inside an expression a bare datetime would be written as SQLAlchemy's own type, without its zone."""
    return literal(now, UTCTime)


def _mine(record: JobRecord) -> tuple[Any, ...]:
    return (jobs.c.job_id == record.job_id, jobs.c.fence == record.fence, jobs.c.status == Status.RUNNING)


async def _put_back(
    tx: AsyncConnection,
    record: JobRecord,
    outcome: str,
    error: Problem | None,
    retry_at: datetime | None,
    counted: dict[str, int],
) -> JobRecord | None:
    now = datetime.now(UTC)
    flagged = jobs.c.cancel_requested
    back = await _change(
        tx,
        _mine(record),
        status=case((flagged, Status.CANCELLED), else_=Status.PENDING),
        finished_at=case((flagged, _moment(now)), else_=null()),
        worker_id=None,
        enqueue_no=VOIDED,
        queued_at=None,
        retry_at=retry_at,
        error=error,
        **counted,
    )
    if back is not None:
        ended = "cancelled" if back.status is Status.CANCELLED else outcome
        await _end_attempt(tx, back, ended, error, now)
    return back


async def _lost(tx: AsyncConnection, record: JobRecord) -> JobRecord | None:
    crashes = record.crashes + 1
    if crashes >= MAX_LOST:
        return await _fail_lost(tx, record, crashes)
    # Alone in a process that outlived nobody, it is not yet proven guilty: see crashed_alone.
    return await _put_back(tx, record, "lost", None, None, {"crashes": crashes})


async def _fail_lost(tx: AsyncConnection, record: JobRecord, crashes: int) -> JobRecord | None:
    now = datetime.now(UTC)
    failed = await _change(
        tx,
        _mine(record),
        status=Status.FAILED,
        finished_at=now,
        worker_id=None,
        error=WORKER_LOST,
        crashes=crashes,
    )
    if failed is not None:
        await _end_attempt(tx, failed, "lost", WORKER_LOST, now)
    return failed


async def _current(tx: AsyncConnection, record: JobRecord) -> JobRecord | None:
    row = (await tx.execute(select(jobs).where(*_mine(record)))).mappings().first()
    return None if row is None else JobRecord.of(row)


async def _refuse(tx: AsyncConnection, job_id: str, verb: str) -> None:
    row = (await tx.execute(select(jobs).where(jobs.c.job_id == job_id))).mappings().first()
    if row is not None:
        raise WrongState(JobRecord.of(row), verb)


def _attempt(record: JobRecord, worker_id: str, now: datetime) -> dict[str, Any]:
    return {
        "job_id": record.job_id,
        "attempt": record.attempt,
        "worker_id": worker_id,
        "started_at": now,
        "outcome": "running",
    }


async def _end_attempt(
    tx: AsyncConnection, record: JobRecord, outcome: str, error: Problem | None, now: datetime
) -> None:
    values = {"id": record.job_id, "no": record.attempt, "now": now, "how": str(outcome), "why": error}
    await tx.execute(_END_ATTEMPT, values)


_NOW = bindparam("now", type_=UTCTime())

# Built once: every job goes through these, and to build a statement costs more than to execute it.
_CLAIM = _changing(
    jobs.c.job_id == bindparam("id"),
    jobs.c.status == Status.PENDING,
    jobs.c.enqueue_no == bindparam("no"),
    status=Status.RUNNING,
    worker_id=bindparam("worker"),
    attempt=jobs.c.attempt + 1,
    queued_at=None,
    retry_at=None,
    started_at=func.coalesce(jobs.c.started_at, _NOW),
)
_COMPLETE = _changing(
    jobs.c.job_id == bindparam("id"),
    jobs.c.fence == bindparam("mine"),
    jobs.c.status == Status.RUNNING,
    status=Status.COMPLETE,
    worker_id=None,
    retry_at=None,
    finished_at=_NOW,
    result=bindparam("gives"),
    error=None,
)
_BEGIN_ATTEMPT = insert(job_attempts)
_END_ATTEMPT = (
    update(job_attempts)
    .where(job_attempts.c.job_id == bindparam("id"), job_attempts.c.attempt == bindparam("no"))
    .values(ended_at=_NOW, outcome=bindparam("how"), error=bindparam("why"))
)
