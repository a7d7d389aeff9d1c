"""The record of every job in SQL: submitting, and every way of reading.

What changes a job's status is in lifecycle.py; what hands it to the queue in dispatch.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.activity import JobCounts
from ledgerwire.jobs import TERMINAL, Attempt, LogEntry, LogLine, Status
from ledgerwire.submissions import Submission, Upload
from workers.database import Database, insert_new
from workers.jobs.errors import IdempotencyConflict
from workers.jobs.naming import folded, title, words
from workers.jobs.record import JobRecord
from workers.jobs.tables import job_attempts, job_files, job_logs, jobs
from workers.kept_files import files_kept

#: How long a key keeps its job after the job's end.
KEY_LIFE = timedelta(hours=24)
#: A job over 50,000 lines takes its outcomes with it, in a tenth of a second during which nobody else writes to SQLite.
FORGOTTEN_AT_ONCE = 50
#: A list is counted so far and no further.
COUNTED = 100_000
SNAPSHOT_UNFINISHED = 500
SNAPSHOT_NEWEST = 50


class Submitted(msgspec.Struct, frozen=True):
    """The job of a submission; ``replayed`` where its key had been used for the same request before."""

    record: JobRecord
    replayed: bool


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs of a company; an empty list means any."""

    statuses: Sequence[Status] = ()
    kinds: Sequence[str] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    #: Ended by then; where it is asked for, one that has not ended is none of them.
    finished_before: datetime | None = None
    #: Stands among the words of naming.py, or is how the id begins.
    text: str = ""
    #: Only these; None means any.
    job_ids: Sequence[str] | None = None


class Ledger:
    def __init__(self, database: Database) -> None:
        self.database = database
        # Built once: to build a statement costs more than to execute it.
        self._new = insert_new(database.engine.dialect, jobs).returning(jobs)

    async def submit(
        self,
        submission: Submission,
        *,
        submitted_by: str | None,
        idempotency_key: str | None = None,
        parent_id: str | None = None,
    ) -> Submitted:
        """Write a new job down, or find the one its key stands for; raises IdempotencyConflict."""
        row = _new_row(submission, submitted_by, idempotency_key, parent_id)
        async with self.database.transaction() as tx:
            inserted = await self._insert(tx, row)
            if inserted is None:
                await self._free_key(tx, submission.company_id, str(idempotency_key))
                inserted = await self._insert(tx, row)
            if inserted is None:
                return await self._replay(tx, row)
            hashes = sorted({upload.sha256 for upload in submission.uploads})
            if files := [{"job_id": row["job_id"], "sha256": sha256} for sha256 in hashes]:
                await tx.execute(insert(job_files), files)
        return Submitted(inserted, replayed=False)

    async def _insert(self, tx: AsyncConnection, row: dict[str, Any]) -> JobRecord | None:
        found = (await tx.execute(self._new, row)).mappings().first()
        return None if found is None else JobRecord.of(found)

    async def _free_key(self, tx: AsyncConnection, company_id: str, key: str) -> None:
        await tx.execute(
            update(jobs)
            .where(jobs.c.company_id == company_id, jobs.c.idempotency_key == key, _key_expired())
            .values(idempotency_key=None)
        )

    async def _replay(self, tx: AsyncConnection, row: dict[str, Any]) -> Submitted:
        holder = await _one(
            tx,
            select(jobs).where(
                jobs.c.company_id == row["company_id"], jobs.c.idempotency_key == row["idempotency_key"]
            ),
        )
        if holder is None:
            raise LookupError(row["job_id"])
        if holder.request_hash != row["request_hash"]:
            raise IdempotencyConflict(row["idempotency_key"], holder.job_id)
        return Submitted(holder, replayed=True)

    async def find(self, job_id: str) -> JobRecord | None:
        async with self.database.reading() as connection:
            return await _one(connection, select(jobs).where(jobs.c.job_id == job_id))

    async def find_many(self, job_ids: Sequence[str]) -> list[JobRecord]:
        return await self._read(_LISTED.where(jobs.c.job_id.in_(job_ids)))

    async def page(
        self, company_id: str, query: JobQuery, *, before: str | None = None, limit: int = 50
    ) -> list[JobRecord]:
        """Newest first; ``before`` is the job_id that the last page ended with."""
        wanted = _matching(company_id, query)
        if before is not None:
            wanted = wanted.where(jobs.c.job_id < before)
        return await self._read(wanted.order_by(jobs.c.job_id.desc()).limit(limit))

    async def matching(
        self, company_id: str, query: JobQuery, *, limit: int, after: str | None = None
    ) -> list[str]:
        """The ids that ``query`` means, oldest first; ``after`` is the one that was last handed out."""
        statement = _matching(company_id, query).with_only_columns(jobs.c.job_id)
        if after is not None:
            statement = statement.where(jobs.c.job_id > after)
        async with self.database.reading() as connection:
            found = await connection.execute(statement.order_by(jobs.c.job_id).limit(limit))
            return list(found.scalars())

    async def count_by_status(self, company_id: str, query: JobQuery) -> JobCounts:
        """How many of each status ``query`` means, its own statuses left aside; counted up to COUNTED in all."""
        some = _matching(company_id, msgspec.structs.replace(query, statuses=()))
        each = some.with_only_columns(jobs.c.status).limit(COUNTED).subquery()
        async with self.database.reading() as connection:
            rows = await connection.execute(select(each.c.status, func.count()).group_by(each.c.status))
            return JobCounts(**{row[0]: row[1] for row in rows})

    async def current(self, company_id: str) -> list[JobRecord]:
        """What a snapshot of a company holds: all unfinished (500 at most) and the newest 50."""
        mine = _LISTED.where(jobs.c.company_id == company_id)
        unfinished = mine.where(jobs.c.status.not_in(TERMINAL)).order_by(jobs.c.job_id)
        newest = mine.order_by(jobs.c.job_id.desc())
        async with self.database.reading() as connection:
            both = [
                *(await connection.execute(unfinished.limit(SNAPSHOT_UNFINISHED))).mappings(),
                *(await connection.execute(newest.limit(SNAPSHOT_NEWEST))).mappings(),
            ]
        unique = {row["job_id"]: row for row in both}
        return [JobRecord.of(unique[job_id]) for job_id in sorted(unique, reverse=True)]

    async def newest_change(self, company_id: str) -> datetime | None:
        """When anything of the company's jobs last changed."""
        async with self.database.reading() as connection:
            found = await connection.execute(
                select(func.max(jobs.c.updated_at)).where(jobs.c.company_id == company_id)
            )
            value: datetime | None = found.scalar()
            return value

    async def log_page(self, job_id: str, *, after: int = 0, limit: int = 50) -> list[LogEntry]:
        """Checkpoints after number ``after``, in order."""
        statement = (
            select(job_logs.c.number, job_logs.c.lines)
            .where(job_logs.c.job_id == job_id, job_logs.c.number > after)
            .order_by(job_logs.c.number)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            rows = await connection.execute(statement)
            return [LogEntry(number, msgspec.convert(lines, list[LogLine])) for number, lines in rows]

    async def attempts_page(self, job_id: str, *, after: int = 0, limit: int = 50) -> list[Attempt]:
        """Claims after number ``after``, in order."""
        statement = (
            select(job_attempts)
            .where(job_attempts.c.job_id == job_id, job_attempts.c.attempt > after)
            .order_by(job_attempts.c.attempt)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            rows = (await connection.execute(statement)).mappings()
            return [msgspec.convert({k: row[k] for k in Attempt.__struct_fields__}, Attempt) for row in rows]

    async def untold(self, *, before: datetime, limit: int = 500) -> list[JobRecord]:
        """Jobs whose present status the live side has not heard of since ``before``."""
        statement = _LISTED.where(not_(jobs.c.told), jobs.c.updated_at < before)
        return await self._read(statement.order_by(jobs.c.updated_at).limit(limit))

    async def mark_told(self, fences: Sequence[tuple[str, int]]) -> None:
        """The live side has answered for these ``(job_id, fence)``."""
        # In one order everywhere: two that mark the same rows must not wait for each other.
        rows = [{"id": job_id, "at": fence} for job_id, fence in sorted(fences)]
        async with self.database.transaction() as tx:
            await tx.execute(_MARK_TOLD, rows)

    async def start_over(self, job_id: str) -> bool:
        """Forget how far an ended job came: retried, it begins anew. False where it has not ended."""
        ended = update(jobs).where(jobs.c.job_id == job_id, jobs.c.status.in_(TERMINAL))
        async with self.database.transaction() as tx:
            changed = await tx.execute(ended.values(checkpoint=null()))
            return changed.rowcount == 1

    async def forget(self, *, finished_before: datetime, limit: int = FORGOTTEN_AT_ONCE) -> int:
        """Delete jobs that ended before that moment, with all that hangs on them; returns how many."""
        old = select(jobs.c.job_id).where(jobs.c.finished_at < finished_before, jobs.c.status.in_(TERMINAL))
        async with self.database.transaction() as tx:
            gone = await tx.execute(delete(jobs).where(jobs.c.job_id.in_(old.limit(limit))))
            return gone.rowcount

    async def files_in_use(self) -> frozenset[str]:
        """Those of jobs, and those that something else keeps."""
        async with self.database.reading() as connection:
            of_jobs = (await connection.execute(select(job_files.c.sha256).distinct())).scalars()
            return frozenset(of_jobs) | await files_kept(connection)

    async def _read(self, statement: Select[Any]) -> list[JobRecord]:
        async with self.database.reading() as connection:
            return [JobRecord.of(row) for row in (await connection.execute(statement)).mappings()]


def request_hash(submission: Submission) -> str:
    """One request, one hash: its kind and fields, and of a file its bytes only, whatever it was called."""
    fields = msgspec.to_builtins(submission)
    for name in submission.__struct_fields__:
        value = getattr(submission, name)
        if isinstance(value, Upload):
            fields[name] = value.sha256
        elif isinstance(value, list) and any(isinstance(each, Upload) for each in value):
            fields[name] = [each.sha256 for each in value]
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


def _new_row(
    submission: Submission, submitted_by: str | None, key: str | None, parent_id: str | None
) -> dict[str, Any]:
    now = datetime.now(UTC)
    job_id = str(uuid_utils.uuid7())
    params = msgspec.to_builtins(submission)
    return {
        "job_id": job_id,
        "company_id": submission.company_id,
        "tenant_id": submission.tenant_id,
        "kind": params["kind"],
        "title": title(submission),
        "words": words(submission, submitted_by),
        "params": params,
        "status": Status.PENDING,
        "request_hash": request_hash(submission),
        "idempotency_key": key,
        "submitted_by": submitted_by,
        "parent_id": parent_id,
        "created_at": now,
        "updated_at": now,
    }


def _matching(company_id: str, query: JobQuery) -> Select[Any]:
    wanted = _LISTED.where(jobs.c.company_id == company_id)
    if query.statuses:
        wanted = wanted.where(jobs.c.status.in_(query.statuses))
    if query.kinds:
        wanted = wanted.where(jobs.c.kind.in_(query.kinds))
    if query.created_after is not None:
        wanted = wanted.where(jobs.c.created_at > query.created_after)
    if query.created_before is not None:
        wanted = wanted.where(jobs.c.created_at <= query.created_before)
    if query.finished_before is not None:
        wanted = wanted.where(jobs.c.finished_at <= query.finished_before)
    if query.job_ids is not None:
        wanted = wanted.where(jobs.c.job_id.in_(query.job_ids))
    if text := folded(query.text):
        wanted = wanted.where(_says(text))
    return wanted


def _says(text: str) -> ColumnElement[bool]:
    """An id is a long row of letters and digits, in which a short word stands by chance: only its beginning tells."""
    said = (words.contains(text, autoescape=True) for words in (jobs.c.words, jobs.c.error_words))
    return or_(jobs.c.job_id.startswith(text, autoescape=True), *said)


def _key_expired() -> Any:
    return and_(
        jobs.c.status.in_(TERMINAL),
        or_(jobs.c.finished_at.is_(None), jobs.c.finished_at < datetime.now(UTC) - KEY_LIFE),
    )


_LISTED = select(*(column for column in jobs.c if column.name not in {"params", "words", "error_words"}))
_MARK_TOLD = (
    update(jobs).where(jobs.c.job_id == bindparam("id"), jobs.c.fence == bindparam("at")).values(told=True)
)


async def _one(connection: AsyncConnection, statement: Select[Any]) -> JobRecord | None:
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else JobRecord.of(row)
