"""A row of ``jobs`` as a value, and the job on the wire that is made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from ledgerwire.errors import Problem
from ledgerwire.jobs import Job, Status, Step, Units, Usage

#: A job may meet this many passing errors (network, 429, 5xx) or timeouts; the last one fails it.
MAX_ERRORS = 5
MAX_TIMEOUTS = 3
#: After this many crashes in a row it runs in a process of its own …
SOLITARY_AFTER = 2
#: … and this many, the last of them alone, fail it.
MAX_CRASHES = 3


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a watcher sees of a running job beside its row."""

    message: str = ""
    step: Step | None = None
    units: Units | None = None
    eta_seconds: int | None = None
    progress: int = 0
    usage: Usage = Usage()

    @property
    def is_of_its_step(self) -> bool:
        """Its message only says how far the step is: of a job that is complete, that is no news."""
        return self.step is not None and self.message.startswith(sentence_begin(self.step))


def sentence_begin(step: Step) -> str:
    return f"{step.name.capitalize()}: "


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row, typed. ``params``, ``checkpoint`` and ``result`` are JSON values.

    A list of jobs has no ``params``: each may name fifty thousand lines, and a snapshot of them take a gigabyte.
    Nor has it the words that it is looked for by.
    """

    job_id: str
    company_id: str
    tenant_id: str | None
    kind: str
    title: str | None
    words: str = ""
    error_words: str | None = None
    params: dict[str, Any] = {}
    status: Status
    fence: int
    enqueue_no: int
    queued_at: datetime | None
    worker_id: str | None
    attempt: int
    errors: int
    timeouts: int
    crashes: int
    checkpoint: Any
    checkpoint_no: int
    live: Picture
    told: bool
    result: dict[str, Any] | None
    error: Problem | None
    idempotency_key: str | None
    request_hash: str
    cancel_requested: bool
    cancelled_by: str | None
    cancel_reason: str | None
    retried_by: str | None
    retried_at: datetime | None
    retry_at: datetime | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    submitted_by: str | None
    parent_id: str | None

    @classmethod
    def of(cls, row: RowMapping) -> JobRecord:
        values = dict(row)
        values["status"] = Status(values["status"])
        values["live"] = msgspec.convert(values["live"] or {}, Picture)
        values["error"] = None if values["error"] is None else msgspec.convert(values["error"], Problem)
        values["told"] = bool(values["told"])
        values["cancel_requested"] = bool(values["cancel_requested"])
        return cls(**values)

    def wire(self, picture: Picture | None = None) -> Job:
        """The job as watchers see it, from this row and ``picture`` (the row's own by default)."""
        seen = picture or self.live
        running = self.status is Status.RUNNING
        return Job(
            job_id=self.job_id,
            kind=self.kind,
            title=self.title,
            company_id=self.company_id,
            tenant_id=self.tenant_id,
            status=self.status,
            message="" if self.status is Status.COMPLETE and seen.is_of_its_step else seen.message,
            step=seen.step,
            units=seen.units,
            eta_seconds=seen.eta_seconds if running else None,
            attempt=self.attempt,
            max_attempts=MAX_ERRORS,
            retry_at=self.retry_at,
            created_at=self.created_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            submitted_by=self.submitted_by,
            parent_id=self.parent_id,
            cancelled_by=self.cancelled_by,
            cancel_reason=self.cancel_reason,
            retried_by=self.retried_by,
            retried_at=self.retried_at,
            result=self.result,
            error=self.error,
            usage=seen.usage,
            cancel_requested=self.cancel_requested and not self.status.terminal,
            progress=100 if self.status is Status.COMPLETE else seen.progress,
            version=int(self.updated_at.timestamp() * 1000),
        )
