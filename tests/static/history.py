"""Jobs of the past, written into the record of a Ledgerwire that runs: nothing here ever ran."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.jobs import Status
from ledgerwire.submissions import Upload, UploadAndCategorize
from tests.running import Running
from workers.database import Database
from workers.jobs.ledger import _new_row
from workers.jobs.tables import jobs
from workers.settings import read_settings


def past_job(
    company: str, name: str, status: Status, *, ago: timedelta = timedelta(), **values: Any
) -> dict[str, Any]:
    """The row of a bank file that was submitted ``ago`` and has ended ten seconds later as ``status``."""
    submission = UploadAndCategorize(company_id=company, file=Upload(name, "0" * 64, 1))
    created = datetime.now(UTC) - ago
    ended = created + timedelta(seconds=10)
    error = (
        {"title": "The file has no column of amounts.", "status": 422} if status is Status.FAILED else None
    )
    result = {"imported": 12, "categorized": 10} if status is Status.COMPLETE else None
    times = {"created_at": created, "started_at": created, "finished_at": ended, "updated_at": ended}
    # Told: the live side is not to speak of what is long over.
    ends = {
        "status": status,
        "fence": 2,
        "attempt": 1,
        "told": True,
        "error": error,
        "result": result,
        "retry_at": None,
    }
    return _new_row(submission, "Ada", None, None) | times | ends | values


def write(running: Running, rows: Sequence[dict[str, Any]]) -> None:
    async def insert_all(tx: AsyncConnection) -> None:
        await tx.execute(insert(jobs), list(rows))

    in_the_books(running, insert_all)


def in_the_books(running: Running, change: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """One transaction in its database; in a thread, for Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _changed(running, change)).result()


async def _changed(running: Running, change: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    database = Database(read_settings(running.environment).database_url)
    try:
        async with database.transaction() as tx:
            await change(tx)
    finally:
        await database.close()
