"""dispatch: move what may run from the ledger to the queue.

The outbox, the recovery, the fairness and the delayed retry in one: it runs after a submit, after a job's end, on
every tick of every process, and any number of them may race. SQL decides, by compare-and-set on ``enqueue_no``;
an id that was enqueued twice, late or for nothing cannot be claimed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest
from typing import Any
from zlib import crc32

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.jobs import Status
from workers.database import Database
from workers.jobs.queue import Queue, QueueId
from workers.jobs.tables import jobs

SWEPT_AT_ONCE = 1_000


class Dispatcher:
    def __init__(self, database: Database, queue: Queue, *, per_company: int, sweep_after: float) -> None:
        self.database = database
        self.queue = queue
        self.per_company = per_company
        self.sweep_after = timedelta(seconds=sweep_after)

    async def dispatch(self, companies: Iterable[str] | None = None) -> int:
        """Enqueue what may run of these companies (of all, by default), in turns; returns how many."""
        names = await self._waiting() if companies is None else sorted(set(companies))
        turns = in_turns([await self._mark(company) for company in names])
        if turns:
            await self.queue.put(turns)
        return len(turns)

    async def sweep(self) -> int:
        """Enqueue again what was queued a while ago and is in nobody's hands; returns how many."""
        before, after, swept = datetime.now(UTC) - self.sweep_after, "", 0
        while queued := await self._queued_before(before, after=after):
            lost = await self.queue.absent(queued)
            again = [found for queue_id in lost if (found := await self._renumber(queue_id)) is not None]
            if again:
                await self.queue.put(again)
            after, swept = queued[-1].job_id, swept + len(again)
        return swept

    async def _waiting(self) -> list[str]:
        """The companies of which something may run, and which have not as much in flight as they may."""
        statement = (
            select(jobs.c.company_id)
            .where(jobs.c.status.in_([Status.PENDING, Status.RUNNING]))
            .group_by(jobs.c.company_id)
            .having(_count(_may_run()) > 0, _count(_in_flight()) < self.per_company)
        )
        async with self.database.reading() as connection:
            return list((await connection.execute(statement, {"now": datetime.now(UTC)})).scalars())

    async def _mark(self, company: str) -> list[QueueId]:
        """Count what is in flight and mark what may follow, in one transaction under the company's lock."""
        async with self.database.transaction() as tx:
            await self._lock(tx, company)
            free = self.per_company - await self._in_flight(tx, company)
            if free <= 0:
                return []
            numbered = await self._number(tx, _NUMBER_OLDEST, company=company, free=free)
        return sorted(numbered, key=lambda queue_id: queue_id.job_id)

    async def _renumber(self, queue_id: QueueId) -> QueueId | None:
        async with self.database.transaction() as tx:
            found = await self._number(tx, _RENUMBER, id=queue_id.job_id, no=queue_id.enqueue_no)
        return found[0] if found else None

    async def _number(self, tx: AsyncConnection, number: Any, **which: Any) -> list[QueueId]:
        numbered = await tx.execute(number, {**which, "now": datetime.now(UTC)})
        return [QueueId(job_id, number) for job_id, number in numbered]

    async def _lock(self, tx: AsyncConnection, company: str) -> None:
        """SQLite's writers are one at a time already."""
        if not self.database.is_sqlite:
            key = crc32(company.encode())
            await tx.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), _lock_key(key))

    async def _in_flight(self, tx: AsyncConnection, company: str) -> int:
        return int((await tx.execute(_COUNT, {"company": company})).scalar_one())

    async def _queued_before(self, moment: datetime, *, after: str) -> list[QueueId]:
        """The next ones after job ``after``: most of them may well be in the queue, waiting for a free slot."""
        statement = (
            select(jobs.c.job_id, jobs.c.enqueue_no)
            .where(jobs.c.status == Status.PENDING, jobs.c.queued_at < moment, jobs.c.job_id > after)
            .order_by(jobs.c.job_id)
            .limit(SWEPT_AT_ONCE)
        )
        async with self.database.reading() as connection:
            return [QueueId(job_id, number) for job_id, number in await connection.execute(statement)]


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _may_run() -> Any:
    due = or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= bindparam("now"))
    return and_(jobs.c.status == Status.PENDING, jobs.c.queued_at.is_(None), due)


def _in_flight() -> Any:
    queued = and_(jobs.c.status == Status.PENDING, jobs.c.queued_at.is_not(None))
    return or_(jobs.c.status == Status.RUNNING, queued)


def _lock_key(key: int) -> dict[str, int]:
    """Two signed 32-bit numbers: our space, and the company."""
    return {"space": 0x4C57, "key": key - 2**32 if key >= 2**31 else key}


def in_turns(groups: Iterable[list[QueueId]]) -> list[QueueId]:
    """One of each, then the next of each."""
    return [queue_id for queue_id in chain.from_iterable(zip_longest(*groups)) if queue_id is not None]


# Also where another condition says it already: by this one an index finds the few among all that ever ran.
_UNFINISHED = jobs.c.status.in_([Status.PENDING, Status.RUNNING])
# Built once: every job goes through these, and to build a statement costs more than to execute it.
_COUNT = select(func.count()).where(jobs.c.company_id == bindparam("company"), _UNFINISHED, _in_flight())
# Rows are locked in the order in which everybody locks them. A CTE, because PostgreSQL may run a locking subquery of
# an UPDATE more than once, and then its LIMIT means nothing.
_OLDEST = (
    select(jobs.c.job_id)
    .where(jobs.c.company_id == bindparam("company"), _may_run())
    .order_by(jobs.c.job_id)
    .limit(bindparam("free", type_=Integer))
    .with_for_update()
    .cte("oldest")
)
_NUMBER = (
    update(jobs)
    .where(jobs.c.status == Status.PENDING)
    .values(enqueue_no=jobs.c.enqueue_no + 1, queued_at=bindparam("now"))
    .returning(jobs.c.job_id, jobs.c.enqueue_no)
)
_NUMBER_OLDEST = _NUMBER.where(jobs.c.job_id == _OLDEST.c.job_id)
_RENUMBER = _NUMBER.where(jobs.c.job_id == bindparam("id"), jobs.c.enqueue_no == bindparam("no"))
