"""The kernel's tables. SQL is the record: whatever must survive is here."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false, text

from workers.database import JSONBytes, UTCTime, metadata

jobs = Table(
    "jobs",
    metadata,
    #: UUIDv7: sorts by the time of submission.
    Column("job_id", String(36), primary_key=True),
    Column("company_id", String(64), nullable=False),
    Column("tenant_id", String(200)),
    Column("kind", String(64), nullable=False),
    #: What it works on, as a person calls it: the name of its file.
    Column("title", String(300)),
    #: What a person may look for it by, in one case: see naming.py.
    Column("words", Text, nullable=False, server_default=""),
    #: The same of its present error.
    Column("error_words", Text),
    #: The submission as JSON.
    Column("params", JSONBytes, nullable=False),
    Column("status", String(16), nullable=False),
    #: Rises by one with every change of status; whoever writes with an older one is refused.
    Column("fence", Integer, nullable=False, server_default=text("0")),
    #: Counts dispatches; only the newest may be claimed.
    Column("enqueue_no", Integer, nullable=False, server_default=text("0")),
    #: When it was handed to the queue; null while it waits for its turn.
    Column("queued_at", UTCTime),
    Column("worker_id", String(64)),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    #: The budgets: passing errors, timeouts, and consecutive claims that died without a new checkpoint.
    Column("errors", Integer, nullable=False, server_default=text("0")),
    Column("timeouts", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    #: Whatever the task needs to go on.
    Column("checkpoint", JSONBytes),
    Column("checkpoint_no", Integer, nullable=False, server_default=text("0")),
    #: The wire picture (step, units, progress …) at the last checkpoint.
    Column("live", JSONBytes),
    #: Whether the live side has heard of the present status.
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("result", JSONBytes),
    Column("error", JSONBytes),
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("cancel_requested", Boolean, nullable=False, server_default=false()),
    Column("cancelled_by", String(200)),
    Column("cancel_reason", Text),
    #: Who last gave it all its budgets again, and when.
    Column("retried_by", String(200)),
    Column("retried_at", UTCTime),
    #: Not before this moment.
    Column("retry_at", UTCTime),
    Column("created_at", UTCTime, nullable=False),
    Column("updated_at", UTCTime, nullable=False),
    Column("started_at", UTCTime),
    Column("finished_at", UTCTime),
    Column("submitted_by", String(200)),
    Column("parent_id", String(36)),
    Index("ix_jobs_company_id_job_id", "company_id", "job_id"),
    #: What dispatch asks of a company, without going through all that it ever ran.
    Index("ix_jobs_dispatch", "company_id", "status", "queued_at", "job_id"),
    Index("ix_jobs_status_queued_at", "status", "queued_at"),
    Index("ix_jobs_worker_id", "worker_id"),
    #: What an hour's activity is counted by.
    Index("ix_jobs_finished", "company_id", "finished_at"),
    Index("ix_jobs_untold", "updated_at", sqlite_where=text("told = 0"), postgresql_where=text("NOT told")),
    Index("uq_jobs_company_id_idempotency_key", "company_id", "idempotency_key", unique=True),
)

#: The bytes a job refers to, so that files nobody needs can be swept.
job_files = Table(
    "job_files",
    metadata,
    Column("job_id", ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Index("ix_job_files_sha256", "sha256"),
)

job_attempts = Table(
    "job_attempts",
    metadata,
    Column("job_id", ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker_id", String(64), nullable=False),
    Column("started_at", UTCTime, nullable=False),
    Column("ended_at", UTCTime),
    Column("outcome", String(16), nullable=False),
    Column("error", JSONBytes),
)

#: One row per checkpoint: its lines.
job_logs = Table(
    "job_logs",
    metadata,
    Column("job_id", ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("lines", JSONBytes, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("worker_id", String(64), primary_key=True),
    #: Moves while the worker lives; no clocks are compared.
    Column("beat", Integer, nullable=False, server_default=text("0")),
    #: When it last moved, by the worker's own clock: for people to read, decided by nobody.
    Column("beat_at", UTCTime),
    Column("slots", Integer, nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", UTCTime, nullable=False),
)

__all__ = ["job_attempts", "job_files", "job_logs", "jobs", "workers"]
