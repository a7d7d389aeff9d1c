"""What dispatch costs does not grow with what a company has ever run: it holds SQLite's only write lock meanwhile."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis
from sqlalchemy import event

from tests.workers.jobs.conftest import Hand
from workers.database import Database
from workers.jobs.dispatch import Dispatcher
from workers.jobs.queue import Queue


async def test_only_unfinished_jobs_of_the_company_are_looked_at(sqlite_url: str, redis: Redis) -> None:
    database = Database(sqlite_url)
    await Hand(database).many("acme", 3)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    dispatcher = Dispatcher(database, Queue(redis), per_company=2, sweep_after=5)
    assert await dispatcher.dispatch(["acme"]) == 2
    plans = [await plan(database, *each) for each in list(asked) if "FROM jobs" in each[0]]
    await database.close()
    assert len(plans) == 2
    for steps in plans:
        assert "INDEX ix_jobs_dispatch (company_id=? AND status=?" in steps
        assert "SCAN jobs" not in steps
        assert "(company_id=?)" not in steps


async def plan(database: Database, statement: str, parameters: Any) -> str:
    async with database.reading() as connection:
        steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return " ".join(step.detail for step in steps)
