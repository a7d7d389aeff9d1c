"""Counting a company's jobs, its last hour, and the workers that are signed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from sqlalchemy import ColumnElement, String, and_, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.activity import Activity, JobCounts, Minute, Pace, WorkerSeen
from ledgerwire.jobs import Status
from workers.database import Database
from workers.jobs.tables import jobs, workers

HOUR = timedelta(hours=1)
#: The newest so many tell the pace.
PACED = 500
MOST_WORKERS = 100


async def activity(database: Database, company_id: str) -> Activity:
    now = datetime.now(UTC)
    async with database.reading() as sql:
        return Activity(
            at=now,
            counts=await _counts(sql, company_id),
            waiting_since=await _waiting_since(sql, company_id, now),
            minutes=await _minutes(sql, company_id, now - HOUR),
            pace=await _pace(sql, company_id, now - HOUR),
            workers=await _workers(sql, company_id),
        )


async def _counts(sql: AsyncConnection, company_id: str) -> JobCounts:
    statement = select(jobs.c.status, func.count()).where(jobs.c.company_id == company_id)
    rows = await sql.execute(statement.group_by(jobs.c.status))
    return JobCounts(**{row[0]: row[1] for row in rows})


async def _waiting_since(sql: AsyncConnection, company_id: str, now: datetime) -> datetime | None:
    """A job that is put back until later does not wait for a worker; while one waits nothing else changes its row."""
    waits = and_(
        jobs.c.company_id == company_id,
        jobs.c.status == Status.PENDING,
        or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= now),
    )
    found: datetime | None = (await sql.execute(select(func.min(jobs.c.updated_at)).where(waits))).scalar()
    return found


async def _minutes(sql: AsyncConnection, company_id: str, since: datetime) -> list[Minute]:
    minute = _minute_of(sql)
    statement = select(minute.label("minute"), jobs.c.status, func.count()).where(
        jobs.c.company_id == company_id, jobs.c.finished_at > since
    )
    found: dict[str, dict[str, int]] = {}
    for at, status, count in await sql.execute(statement.group_by(minute, jobs.c.status).order_by(minute)):
        found.setdefault(at, {})[status] = count
    return [Minute(at=datetime.fromisoformat(at).replace(tzinfo=UTC), **ended) for at, ended in found.items()]


def _minute_of(sql: AsyncConnection) -> ColumnElement[str]:
    """``2026-11-27T09:33``, in UTC: SQLite keeps moments as such text, PostgreSQL writes it."""
    if sql.dialect.name == "sqlite":
        return func.substr(type_coerce(jobs.c.finished_at, String), 1, 16)
    return func.to_char(func.timezone("UTC", jobs.c.finished_at), 'YYYY-MM-DD"T"HH24:MI')


async def _pace(sql: AsyncConnection, company_id: str, since: datetime) -> Pace:
    statement = (
        select(jobs.c.created_at, jobs.c.started_at, jobs.c.finished_at)
        .where(
            jobs.c.company_id == company_id,
            jobs.c.finished_at > since,
            jobs.c.status == Status.COMPLETE,
            # One that was retried waited for a person, too.
            jobs.c.attempt == 1,
            jobs.c.started_at.is_not(None),
        )
        .order_by(jobs.c.finished_at.desc())
        .limit(PACED)
    )
    rows = (await sql.execute(statement)).all()
    wait_p50, wait_p95 = _middle_and_most([(row[1] - row[0]).total_seconds() for row in rows])
    run_p50, run_p95 = _middle_and_most([(row[2] - row[1]).total_seconds() for row in rows])
    return Pace(wait_p50=wait_p50, wait_p95=wait_p95, run_p50=run_p50, run_p95=run_p95)


def _middle_and_most(seconds: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 95th percentile; one alone is both."""
    if not seconds:
        return None, None
    # A job's moments come from two machines, whose clocks may differ.
    known = [max(0.0, each) for each in seconds]
    cuts = quantiles(known, n=20, method="inclusive") if len(known) > 1 else known * 19
    return round(cuts[9], 3), round(cuts[18], 3)


async def _workers(sql: AsyncConnection, company_id: str) -> list[WorkerSeen]:
    """How busy others keep them is not this company's to know."""
    running = (
        select(jobs.c.worker_id, func.count().label("busy"))
        .where(jobs.c.company_id == company_id, jobs.c.status == Status.RUNNING)
        .group_by(jobs.c.worker_id)
        .subquery()
    )
    fields = [column for column in workers.c if column.name in WorkerSeen.__struct_fields__]
    statement = (
        select(*fields, func.coalesce(running.c.busy, 0).label("busy"))
        .outerjoin_from(workers, running, workers.c.worker_id == running.c.worker_id)
        .order_by(workers.c.started_at, workers.c.worker_id)
        .limit(MOST_WORKERS)
    )
    return [WorkerSeen(**row) for row in (await sql.execute(statement)).mappings()]
