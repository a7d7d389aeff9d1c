"""Jobs and events as a server would send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ledgerwire.errors import Problem
from ledgerwire.events import JobEvent, LogEvent, Snapshot
from ledgerwire.jobs import Job, LogLine, Status

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_job(status: str = "running", version: int = 1, **fields: Any) -> Job:
    values: dict[str, Any] = {"job_id": "j1", "kind": "categorize", "company_id": "demo", **fields}
    return Job(status=Status(status), version=version, max_attempts=5, created_at=NOON, **values)


def failed(version: int = 9, title: str = "The worker was lost", **fields: Any) -> Job:
    return a_job("failed", version, error=Problem(type="/problems/worker_lost", title=title), **fields)


def told(job: Job, offset: int) -> JobEvent:
    return JobEvent(company_id="demo", position=f"e.{offset}", job=job)


def logged(number: int, offset: int, *texts: str) -> LogEvent:
    lines = [LogLine(NOON, "info", text) for text in texts or ("coffee",)]
    return LogEvent(company_id="demo", position=f"e.{offset}", job_id="j1", number=number, lines=lines)


def snapped(offset: int, *jobs: Job, reason: str = "gap") -> Snapshot:
    return Snapshot(company_id="demo", position=f"e.{offset}", jobs=list(jobs), reason=reason)
