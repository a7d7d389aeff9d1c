"""Jobs, events and transactions as a server would send them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ledgerwire.books import Transaction
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


def a_line(transaction_id: str = "t1", **fields: Any) -> Transaction:
    values: dict[str, Any] = {"category": "Rent", "state": "proposed", "description": "CITY RENT", **fields}
    return Transaction(
        transaction_id=transaction_id,
        account_id="a1",
        date=date(2026, 6, 1),
        amount=Decimal("-4.50"),
        currency="USD",
        source="rule",
        confidence=1.0,
        reason="rule: contains RENT",
        job_id="j1",
        revision=2,
        merchant_key="CITY RENT",
        approved_at=None,
        approved_by=None,
        **values,
    )
