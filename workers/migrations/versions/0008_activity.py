"""What jobs are called and looked for by, and when a worker was last heard of."""

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

AT_ONCE = 500


def upgrade() -> None:
    op.add_column("jobs", sa.Column("title", sa.String(300)))
    op.add_column("jobs", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.add_column("workers", sa.Column("beat_at", UTCTime))
    op.create_index("ix_jobs_finished", "jobs", ["company_id", "finished_at"])
    if not op.get_context().as_sql:
        _name_what_there_is(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_jobs_finished", "jobs")
    op.drop_column("workers", "beat_at")
    op.drop_column("jobs", "words")
    op.drop_column("jobs", "title")


def _name_what_there_is(bind: sa.Connection) -> None:
    """A page at a time: the submissions of a busy year are more than should stand in memory."""
    jobs = sa.table(
        "jobs", *(sa.column(name) for name in ("job_id", "submitted_by", "params", "title", "words"))
    )
    page = sa.select(jobs.c.job_id, jobs.c.submitted_by, jobs.c.params).order_by(jobs.c.job_id).limit(AT_ONCE)
    name = sa.update(jobs).where(jobs.c.job_id == sa.bindparam("id"))
    name = name.values(title=sa.bindparam("called"), words=sa.bindparam("said"))
    last = ""
    while found := bind.execute(page.where(jobs.c.job_id > last)).all():
        last = found[-1].job_id
        bind.execute(name, [_named(*row) for row in found])


def _named(job_id: str, submitted_by: str | None, params: str) -> dict[str, Any]:
    """As workers/jobs/naming.py named them on the day of this migration."""
    names = list(_file_names(json.loads(params)))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    said = "\n".join([job_id, submitted_by or "", *names])
    return {
        "id": job_id,
        "called": names[0][: 300 - len(more)] + more if names else None,
        "said": unicodedata.normalize("NFKC", said).lower().strip()[:4_000],
    }


def _file_names(params: dict[str, Any]) -> Iterator[str]:
    for value in params.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and "sha256" in each and "name" in each:
                yield str(each["name"])
