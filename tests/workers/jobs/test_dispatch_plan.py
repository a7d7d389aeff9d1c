"""What dispatch costs does not grow with what a company has ever run: it holds SQLite's only write lock meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from workers.database import Database
from workers.jobs import dispatch


@pytest.mark.parametrize("statement", [dispatch._COUNT, dispatch._OLDEST])
async def test_only_unfinished_jobs_of_the_company_are_looked_at(sqlite_url: str, statement: Any) -> None:
    asked = statement.params(company="acme", free=2, now=datetime.now(UTC))
    sql = str(asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    database = Database(sqlite_url)
    async with database.reading() as connection:
        plan = (await connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))).scalars("detail").all()
    await database.close()
    assert "INDEX ix_jobs_dispatch (company_id=? AND status=?" in " ".join(plan)
