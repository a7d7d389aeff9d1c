"""Lines categorized a second by rules and memory: the pure decision, and a real job in a real worker process.

    python -m tests.benchmarks.categorize [--lines 20000] [--rounds 3]

``decide`` is the categorizer alone, without I/O. ``categorize step`` is an upload's second half as its log tells it:
read a batch, decide, store, propose journal entries, log, checkpoint and commit. ``whole job`` is from the submit to
the row's completion: reading the file and importing it too. The floor is bare sqlite3 writing what the categorize
step writes, with nothing decided and nothing read.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from ledgerwire.jobs import LogEntry, Status
from ledgerwire.submissions import UploadAndCategorize
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import Ground, ground, opened_kernel
from tests.benchmarks.kinds import ENTRY
from tests.benchmarks.marks import now
from tests.benchmarks.peers import bare_sqlite
from tests.benchmarks.statement import approve_all, put, statement
from tests.databases import find_postgres
from workers.books.categorizing import Line, decide, lines_of_job, load_categorizer
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord

FLOOR = "floor: bare sqlite3"
PAGE = 500


class Size(msgspec.Struct, frozen=True, kw_only=True):
    lines: int = 20_000
    rounds: int = 3
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    aims = {"decide": "and categorize step ≥ 5,000 lines a second"}
    report = Report(title=f"Lines a second by rules and memory ({size.lines:,} lines)", aims=aims)
    async with AsyncExitStack() as stack:
        companies: dict[str, Books] = {}
        for database in ("sqlite", "postgresql"):
            if database == "sqlite" or (size.postgresql and find_postgres() is not None):
                found = stack.enter_context(ground(database))
                kernel = await stack.enter_async_context(opened_kernel(found.settings))
                name = OURS if database == "sqlite" else f"{OURS} ({database})"
                companies[name] = Books(found, kernel)
        for number in range(size.rounds):
            for name, books in companies.items():
                report.add(name, **await books.categorize(size.lines))
            path = found.folder / f"floor-{number}.db"
            report.add(FLOOR, categorize_step=await _floor(path, size.lines))
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def _floor(path: Path, count: int) -> float:
    return await asyncio.to_thread(bare_sqlite.lines_a_second, path, count)


class Books:
    """A worker and, for each measurement, a company that has approved lines before."""

    def __init__(self, found: Ground, kernel: Kernel) -> None:
        self.kernel = kernel
        found.fleet.start(ENTRY).await_ready()

    async def categorize(self, count: int) -> dict[str, float]:
        company = await self._company()
        began = now()
        record = await self._upload(company, statement(count), "bank.csv")
        seconds = (now() - began) / 1_000
        return {
            "categorize_step": spoken_pace(await read_log(self.kernel, record.job_id)),
            "whole_job": count / seconds,
            "decide": await self._decide(record, count),
        }

    async def _company(self) -> str:
        company = f"company-{uuid4().hex[:8]}"
        async with self.kernel.database.transaction() as tx:
            await create_company(tx, company, starter_rules=True)
        await self._upload(company, statement(1_000, only_remembered=True), "last-year.csv")
        async with self.kernel.database.transaction() as tx:
            await approve_all(tx, company)
        return company

    async def _upload(self, company: str, text: str, name: str) -> JobRecord:
        file = await put(self.kernel.files, text, name)
        submission = UploadAndCategorize(company_id=company, file=file)
        submitted = await self.kernel.submit(submission, submitted_by="benchmark")
        while True:
            record = await self.kernel.ledger.find(submitted.record.job_id)
            assert record is not None
            if record.status.terminal:
                assert record.status is Status.COMPLETE, record.error
                return record
            await asyncio.sleep(0.02)

    async def _decide(self, record: JobRecord, count: int) -> float:
        async with self.kernel.database.reading() as connection:
            categorizer = await load_categorizer(connection, record.company_id)
            lines: list[Line] = await lines_of_job(connection, record.company_id, record.job_id, limit=count)
        began = now()
        decided = decide(categorizer, lines)
        seconds = (now() - began) / 1_000
        assert len({each.decision.source for each in decided}) > 1, "rules or memory were not asked"
        return len(decided) / seconds


async def read_log(kernel: Kernel, job_id: str) -> list[LogEntry]:
    entries: list[LogEntry] = []
    while page := await kernel.ledger.log_page(
        job_id, after=entries[-1].number if entries else 0, limit=PAGE
    ):
        entries += page
    return entries


def spoken_pace(entries: Sequence[LogEntry]) -> float:
    """Lines a second from the first batch's log to the last one's."""
    spoken = [entry for entry in entries if entry.lines]
    first, last = _moment(spoken[0]), _moment(spoken[-1])
    return sum(len(entry.lines) for entry in spoken[1:]) / (last - first).total_seconds()


def _moment(entry: LogEntry) -> datetime:
    return entry.lines[-1].at


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
