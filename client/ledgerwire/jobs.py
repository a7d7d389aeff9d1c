"""The job as every watcher sees it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated, Any

import msgspec

from ledgerwire.activity import JobCounts
from ledgerwire.errors import Problem
from ledgerwire.text import PLAIN, PROSE, Label

JobId = Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)]


class Status(enum.StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        return self in TERMINAL


TERMINAL = frozenset({Status.COMPLETE, Status.FAILED, Status.CANCELLED})


class Step(msgspec.Struct, frozen=True):
    """Where the job stands: step ``index`` (from 1) of ``count``."""

    name: str
    index: int
    count: int


class Units(msgspec.Struct, frozen=True):
    """What the present step counts: ``done`` of ``total`` ``noun``; ``total`` is null until it is known."""

    done: int
    total: int | None
    noun: str


class Usage(msgspec.Struct, frozen=True):
    """What the job has spent on a language model."""

    llm_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A whole job. Its newest ``version`` replaces any older one a watcher holds."""

    job_id: str
    kind: str
    #: What it works on, as a person calls it: the name of its file, where it has one.
    title: str | None = None
    company_id: str
    tenant_id: str | None = None
    status: Status
    message: str = ""
    step: Step | None = None
    units: Units | None = None
    #: Seconds until the end as now guessed; null while nothing is known.
    eta_seconds: int | None = None
    #: How often a worker has claimed it, the present claim included.
    attempt: int = 0
    #: How many errors of a passing kind it may meet before it fails.
    max_attempts: int
    #: When a put-back job may run again.
    retry_at: datetime | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    #: Who submitted it: a key's or a person's name.
    submitted_by: str | None = None
    parent_id: str | None = None
    #: Who asked it to stop, and why.
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    #: Who last had it run again, and when.
    retried_by: str | None = None
    retried_at: datetime | None = None
    #: What a complete job found; counts, by kind.
    result: dict[str, Any] | None = None
    #: Why a failed job failed, or what the last passing error was while it waits for ``retry_at``.
    error: Problem | None = None
    usage: Usage = Usage()
    #: The kind's input, redacted; only with ``?include=params``.
    params: dict[str, Any] | None = None
    # advance.lua writes the last three itself, so they stand last: see workers/jobs/live.py.
    cancel_requested: bool = False
    #: 0-100, never backwards until a person retries.
    progress: int = 0
    #: Rises with every change.
    version: int = 0


class LogLine(msgspec.Struct, frozen=True):
    at: datetime
    #: ``info``, ``warning`` or ``error``.
    level: str
    text: str
    #: What a program wants to know of it, by kind; for ``categorize`` see books.CategorizedLine.
    data: dict[str, Any] | None = None


class LogEntry(msgspec.Struct, frozen=True):
    """The lines of one checkpoint; ``number`` counts checkpoints from 1 over all attempts."""

    number: int
    lines: list[LogLine]


class Attempt(msgspec.Struct, frozen=True):
    """One claim of a job: when, where, and how it ended."""

    attempt: int
    worker_id: str
    started_at: datetime
    ended_at: datetime | None
    #: ``running``, ``complete``, ``failed``, ``cancelled``, ``retry``, ``timeout``, ``lost`` or ``deploy``.
    outcome: str
    error: Problem | None = None


class Page(msgspec.Struct, frozen=True):
    """A page of a list of jobs; ``next_cursor`` is null on the last."""

    data: list[Job]
    next_cursor: str | None
    #: How many match in all, counted up to 100,000, where ``?count=true`` asked for it ...
    total: int | None = None
    #: ... and how many would, by status, whatever status was asked for.
    counts: JobCounts | None = None


class LogPage(msgspec.Struct, frozen=True):
    data: list[LogEntry]
    next_cursor: str | None


class AttemptPage(msgspec.Struct, frozen=True):
    data: list[Attempt]
    next_cursor: str | None


# --- what a person may ask of jobs --------------------------------------------------------------------


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(max_length=1_000, pattern=PROSE)] | None = None


class JobFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which jobs of a company to cancel or retry; what is left out means any that it can be done to.

    ``limit`` jobs at once, the oldest first; ``cursor`` (``next_cursor`` of the answer before) goes on from there, so
    that what a retry brought back to failing is not met again.
    """

    job_ids: Annotated[list[JobId], msgspec.Meta(max_length=1_000)] | None = None
    status: Status | list[Status] | None = None
    kind: Label | list[Label] | None = None
    #: Stands in the file names, submitter, tenant or error, in any case, or is how the id begins.
    text: Annotated[str, msgspec.Meta(max_length=200, pattern=PLAIN)] | None = None
    created_after: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    created_before: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    #: Ended by then: what has failed since somebody looked is not retried unseen.
    finished_before: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1_000
    cursor: Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)] | None = None


class Changed(msgspec.Struct, frozen=True):
    """How many jobs a filter matched, and how many of them it changed; ``next_cursor`` is null where none is left."""

    matched: int
    changed: int
    next_cursor: str | None = None
