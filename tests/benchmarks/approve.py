"""Lines approved, reopened and removed a second, each as a real job in a real worker process.

    python -m tests.benchmarks.approve [--lines 20000] [--rounds 3]

``approve`` and its undo are over the lines that rules have decided, by filter and by the job's id; ``undo import`` is
over all lines, none of which is approved any more. Each is as the job's log tells it, from its first batch to its
last: hold the lines, change them and their entries, write audit, outcomes, log and checkpoint, and commit. ``whole
approval`` is from the submit to the row's completion. The floor is bare sqlite3 writing what an approval writes.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from uuid import uuid4

import msgspec

from ledgerwire.books import TransactionFilter
from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, Submission, UndoApprove, UndoImport, UploadAndCategorize
from tests.benchmarks import command
from tests.benchmarks.categorize import read_log, spoken_pace
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import Ground, ground, opened_kernel
from tests.benchmarks.kinds import ENTRY
from tests.benchmarks.marks import now
from tests.benchmarks.peers import bare_approval
from tests.benchmarks.statement import put, statement
from tests.databases import find_postgres
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord

FLOOR = "floor: bare sqlite3"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    lines: int = 20_000
    rounds: int = 3
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    aims = {"approve": "≥ 5,000 lines a second on SQLite"}
    report = Report(title=f"Lines a second, approved and taken back (of {size.lines:,} lines)", aims=aims)
    async with AsyncExitStack() as stack:
        offices: dict[str, Office] = {}
        for database in ("sqlite", "postgresql"):
            if database == "sqlite" or (size.postgresql and find_postgres() is not None):
                found = stack.enter_context(ground(database))
                kernel = await stack.enter_async_context(opened_kernel(found.settings))
                name = OURS if database == "sqlite" else f"{OURS} ({database})"
                offices[name] = Office(found, kernel)
        for number in range(size.rounds):
            for name, office in offices.items():
                report.add(name, **await office.there_and_back(size.lines))
            path = found.folder / f"floor-{number}.db"
            floor = await asyncio.to_thread(bare_approval.lines_a_second, path, size.lines)
            report.add(FLOOR, approve=floor)
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


class Office:
    """A worker and, for each measurement, a company with lines that nobody has approved."""

    def __init__(self, found: Ground, kernel: Kernel) -> None:
        self.kernel = kernel
        found.fleet.start(ENTRY).await_ready()

    async def there_and_back(self, count: int) -> dict[str, float]:
        company = f"company-{uuid4().hex[:8]}"
        async with self.kernel.database.transaction() as tx:
            await create_company(tx, company, starter_rules=True)
        file = await put(self.kernel.files, statement(count), "bank.csv")
        imported = await self._run(UploadAndCategorize(company_id=company, file=file))
        began = now()
        proposed = TransactionFilter(state=["proposed"])
        approved = await self._run(BulkApprove(company_id=company, filter=proposed))
        seconds = (now() - began) / 1_000
        reopened = await self._run(UndoApprove(company_id=company, approve_job_id=approved.job_id))
        removed = await self._run(UndoImport(company_id=company, import_job_id=imported.job_id))
        return {
            "approve": await self._pace(approved),
            "whole_approval": _count(approved, "approved") / seconds,
            "undo_approve": await self._pace(reopened),
            "undo_import": await self._pace(removed),
        }

    async def _run(self, submission: Submission) -> JobRecord:
        submitted = await self.kernel.submit(submission, submitted_by="benchmark")
        while True:
            record = await self.kernel.ledger.find(submitted.record.job_id)
            assert record is not None
            if record.status.terminal:
                assert record.status is Status.COMPLETE, record.error
                return record
            await asyncio.sleep(0.02)

    async def _pace(self, record: JobRecord) -> float:
        return spoken_pace(await read_log(self.kernel, record.job_id))


def _count(record: JobRecord, word: str) -> int:
    assert record.result is not None
    return int(record.result["outcomes"][word])


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
