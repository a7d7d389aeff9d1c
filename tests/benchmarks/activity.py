"""What it takes to look at a company that has run many jobs: its work at large, and its list by every filter.

    python -m tests.benchmarks.activity [--jobs 100000] [--rounds 3]

Milliseconds in the median of ten calls of what the API's routes call, without HTTP: the whole answer of `activity`
(counts, the last hour, the pace, the workers), a page of the newest fifty, those that failed, those with a rare text,
and how many match. A tenth of the jobs ended within the last hour. The floor is bare sqlite3 counting them by status.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import insert, text

from ledgerwire.jobs import Status
from ledgerwire.submissions import Upload, UploadAndCategorize
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import ground
from tests.benchmarks.marks import now
from tests.databases import find_postgres
from workers.database import Database
from workers.jobs.activity import activity
from workers.jobs.ledger import JobQuery, Ledger, _new_row
from workers.jobs.tables import jobs

FLOOR = "floor: bare sqlite3"
CALLS = 10
COMPANY = "acme"
AT_ONCE = 5_000
COUNTING = "SELECT status, count(*) FROM jobs WHERE company_id = ? GROUP BY status"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    jobs: int = 100_000
    rounds: int = 3
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    report = Report(title=f"Milliseconds to look at {size.jobs:,} jobs", aims={"activity": "< 50 ms"})
    async with AsyncExitStack() as stack:
        found: dict[str, Database] = {}
        for kind in ("sqlite", "postgresql"):
            if kind == "sqlite" or (size.postgresql and find_postgres() is not None):
                database = Database(stack.enter_context(ground(kind)).settings.database_url)
                stack.push_async_callback(database.close)
                await _fill(database, size.jobs)
                found[OURS if kind == "sqlite" else f"{OURS} ({kind})"] = database
                say(f"The record on {kind} is filled.")
        for number in range(size.rounds):
            for name, database in found.items():
                report.add(name, **await _figures(database))
            report.add(FLOOR, activity=await asyncio.to_thread(_floor, found[OURS]))
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def _figures(database: Database) -> dict[str, float]:
    ledger = Ledger(database)
    rare = JobQuery(text="statement-000007")
    return {
        "activity": await _pace(lambda: activity(database, COMPANY)),
        "newest": await _pace(lambda: ledger.page(COMPANY, JobQuery())),
        "failed": await _pace(lambda: ledger.page(COMPANY, JobQuery(statuses=[Status.FAILED]))),
        "rare_text": await _pace(lambda: ledger.page(COMPANY, rare)),
        "counted": await _pace(lambda: ledger.count_by_status(COMPANY, JobQuery())),
    }


async def _pace(look: Callable[[], Awaitable[Any]]) -> float:
    taken = []
    for _ in range(CALLS):
        began = now()
        await look()
        taken.append(now() - began)
    return median(taken)


def _floor(database: Database) -> float:
    path = database.engine.url.database
    assert path
    connection = sqlite3.connect(Path(path))
    try:
        taken = []
        for _ in range(CALLS):
            began = now()
            assert connection.execute(COUNTING, (COMPANY,)).fetchall()
            taken.append(now() - began)
        return median(taken)
    finally:
        connection.close()


async def _fill(database: Database, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        async with database.transaction() as tx:
            await tx.execute(insert(jobs), list(_rows(start, min(start + AT_ONCE, count), count)))
    if not database.is_sqlite:
        # What autovacuum does within a minute of so many rows.
        async with database.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text("VACUUM ANALYZE jobs"))


def _rows(first: int, last: int, count: int) -> Iterator[dict[str, Any]]:
    """The newest tenth ended within the last hour, the others in the weeks before; one in twenty failed."""
    today = datetime.now(UTC)
    recent = count - count // 10
    for number in range(first, last):
        ago = (
            timedelta(minutes=number % 59) if number >= recent else timedelta(minutes=count - number, days=1)
        )
        created = today - ago - timedelta(seconds=20)
        work = UploadAndCategorize(company_id=COMPANY, file=Upload(f"statement-{number:06}.csv", "0" * 64, 1))
        status = Status.FAILED if number % 20 == 0 else Status.COMPLETE
        error = {"title": "The file has no column of amounts.", "status": 422} if number % 20 == 0 else None
        times = {"created_at": created, "started_at": created, "finished_at": created + timedelta(seconds=9)}
        yield _new_row(work, "Ann", None, None) | times | {"status": status, "told": True, "error": error}


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
