"""What jobs are called and looked for by, who retried them, and when a worker was last heard of."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from workers.database import UTCTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT_ONCE = 200
#: Of others the submission is not read: it may name fifty thousand lines.
WITH_FILES = ("upload-and-categorize", "ocr")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("title", sa.String(300)))
    op.add_column("jobs", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("error_words", sa.Text))
    op.add_column("jobs", sa.Column("retried_by", sa.String(200)))
    op.add_column("jobs", sa.Column("retried_at", UTCTime))
    op.add_column("workers", sa.Column("beat_at", UTCTime))
    op.create_index("ix_jobs_finished", "jobs", ["company_id", "finished_at"])
    if not op.get_context().as_sql:
        _name_what_there_is(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_jobs_finished", "jobs")
    op.drop_column("workers", "beat_at")
    for column in ("retried_at", "retried_by", "error_words"):
        op.drop_column("jobs", column)
    op.drop_column("jobs", "words")
    op.drop_column("jobs", "title")


def _name_what_there_is(bind: sa.Connection) -> None:
    """As workers/jobs/naming.py names them on the day of this migration."""
    fields = (
        "job_id",
        "kind",
        "submitted_by",
        "tenant_id",
        "params",
        "error",
        "title",
        "words",
        "error_words",
    )
    jobs = sa.table("jobs", *(sa.column(name, sa.Text) for name in fields))
    params = sa.case((jobs.c.kind.in_(WITH_FILES), jobs.c.params), else_=sa.null())
    page = sa.select(jobs.c.job_id, jobs.c.submitted_by, jobs.c.tenant_id, params, jobs.c.error)
    page = page.order_by(jobs.c.job_id).limit(AT_ONCE)
    name = sa.update(jobs).where(jobs.c.job_id == sa.bindparam("id"))
    name = name.values({each: sa.bindparam(f"new_{each}") for each in ("title", "words", "error_words")})
    last = ""
    while found := bind.execute(page.where(jobs.c.job_id > last)).all():
        last = found[-1].job_id
        bind.execute(name, [_named(*row) for row in found])


def _named(
    job_id: str, submitted_by: str | None, tenant_id: str | None, params: str | None, error: str | None
) -> dict[str, Any]:
    names = list(_file_names(json.loads(params))) if params else []
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    problem = json.loads(error) if error else None
    return {
        "id": job_id,
        "new_title": names[0][: 300 - len(more)] + more if names else None,
        "new_words": _folded("\n".join([submitted_by or "", tenant_id or "", *names])),
        "new_error_words": _folded(f"{problem['title']}\n{problem.get('detail') or ''}") if problem else None,
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()[:4_000]


def _file_names(params: dict[str, Any]) -> Iterator[str]:
    for value in params.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and "sha256" in each and "name" in each:
                yield str(each["name"])
