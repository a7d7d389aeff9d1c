"""The kernel: jobs, their attempts, logs and files, and the workers that run them."""

import sqlalchemy as sa
from alembic import op

from workers.database import JSONBytes, UTCTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ZERO = sa.text("0")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("company_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(200)),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("params", JSONBytes, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("fence", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("enqueue_no", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("queued_at", UTCTime),
        sa.Column("worker_id", sa.String(64)),
        sa.Column("attempt", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("errors", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("timeouts", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("crashes", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("checkpoint", JSONBytes),
        sa.Column("checkpoint_no", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("live", JSONBytes),
        sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("result", JSONBytes),
        sa.Column("error", JSONBytes),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("cancelled_by", sa.String(200)),
        sa.Column("cancel_reason", sa.Text),
        sa.Column("retry_at", UTCTime),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.Column("updated_at", UTCTime, nullable=False),
        sa.Column("started_at", UTCTime),
        sa.Column("finished_at", UTCTime),
        sa.Column("submitted_by", sa.String(200)),
        sa.Column("parent_id", sa.String(36)),
        sa.PrimaryKeyConstraint("job_id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_company_id_job_id", "jobs", ["company_id", "job_id"])
    op.create_index("ix_jobs_dispatch", "jobs", ["company_id", "status", "queued_at", "job_id"])
    op.create_index("ix_jobs_status_queued_at", "jobs", ["status", "queued_at"])
    op.create_index("ix_jobs_worker_id", "jobs", ["worker_id"])
    op.create_index(
        "ix_jobs_untold",
        "jobs",
        ["updated_at"],
        sqlite_where=sa.text("told = 0"),
        postgresql_where=sa.text("NOT told"),
    )
    op.create_index(
        "uq_jobs_company_id_idempotency_key", "jobs", ["company_id", "idempotency_key"], unique=True
    )
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "sha256", name="pk_job_files"),
        _of_job("job_files"),
    )
    op.create_index("ix_job_files_sha256", "job_files", ["sha256"])
    op.create_table(
        "job_attempts",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.String(64), nullable=False),
        sa.Column("started_at", UTCTime, nullable=False),
        sa.Column("ended_at", UTCTime),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("error", JSONBytes),
        sa.PrimaryKeyConstraint("job_id", "attempt", name="pk_job_attempts"),
        _of_job("job_attempts"),
    )
    op.create_table(
        "job_logs",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("lines", JSONBytes, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_job_logs"),
        _of_job("job_logs"),
    )
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.String(64), nullable=False),
        sa.Column("beat", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started_at", UTCTime, nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name="pk_workers"),
    )


def _of_job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["job_id"], ["jobs.job_id"], name=f"fk_{table}_job_id_jobs", ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("workers", "job_logs", "job_attempts", "job_files", "jobs"):
        op.drop_table(table)
