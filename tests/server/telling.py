"""Jobs whose life a test tells step by step, through the kernel's own verbs: what watchers watch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import update

from ledgerwire.jobs import LogEntry, LogLine
from ledgerwire.submissions import Categorize
from workers.jobs.kernel import Kernel
from workers.jobs.live import BROKER_AWAY, Write, job_write
from workers.jobs.record import JobRecord, Picture
from workers.jobs.tables import jobs


class Told:
    """A running job; each verb is one event of the stream, repeated until the broker has taken it."""

    def __init__(self, kernel: Kernel, record: JobRecord) -> None:
        self.kernel = kernel
        self.record = record
        self.picture = Picture()
        self.seq = 0
        self.number = 0

    @property
    def job_id(self) -> str:
        return self.record.job_id

    @property
    def company_id(self) -> str:
        return self.record.company_id

    async def report(self, progress: int) -> None:
        self.seq += 1
        self.picture = Picture(progress=progress, message=f"at {progress}")
        await self._write(self._report())

    async def checkpoint(self, progress: int) -> None:
        """The same in SQL; no event."""
        self.picture = Picture(progress=progress, message=f"at {progress}")
        async with self.kernel.database.transaction() as tx:
            mine = update(jobs).where(jobs.c.job_id == self.job_id, jobs.c.fence == self.record.fence)
            await tx.execute(mine.values(live=self.picture, updated_at=datetime.now(UTC)))
        self.record = msgspec.structs.replace(self.record, live=self.picture)

    async def log(self, *lines: str) -> None:
        self.number += 1
        at = datetime.now(UTC)
        entry = LogEntry(self.number, [LogLine(at, "info", line) for line in lines])
        body = msgspec.json.encode(entry.lines)
        fence = self.record.fence
        await self._write(Write(self.company_id, self.job_id, "log", fence, 0, self.number, body, 0))

    async def complete(self) -> None:
        ended = await self.kernel.lifecycle.complete(self.record, {"lines": 1})
        assert ended is not None
        self.record = ended
        await self.tell()

    async def tell(self) -> None:
        """The status as SQL has it."""
        record = self.record
        await self._write(job_write(record.wire(), fence=record.fence, seq=0, full=True))
        await self.kernel.ledger.mark_told([(record.job_id, record.fence)])

    def _report(self) -> Write:
        wire = self.record.wire(self.picture)
        return job_write(wire, fence=self.record.fence, seq=self.seq)

    async def _write(self, write: Write) -> None:
        answer = await advance(self.kernel, write)
        if answer == "unknown":
            full = job_write(self.record.wire(self.picture), fence=self.record.fence, seq=self.seq, full=True)
            await advance(self.kernel, full)
            if write.what == "log":
                await advance(self.kernel, write)


async def advance(kernel: Kernel, write: Write) -> str:
    while True:
        try:
            (answer,) = await kernel.live.advance([write])
        except BROKER_AWAY:
            await asyncio.sleep(0.01)
        else:
            return answer


async def begin(kernel: Kernel, company_id: str = "acme") -> Told:
    """A job that runs and was told to be running."""
    submitted = await kernel.ledger.submit(Categorize(company_id=company_id), submitted_by="test")
    told = Told(kernel, await _claimed(kernel, submitted.record))
    await told.tell()
    return told


async def begin_many(kernel: Kernel, count: int, company_id: str = "acme") -> Sequence[Told]:
    return [await begin(kernel, company_id) for _ in range(count)]


async def _claimed(kernel: Kernel, record: JobRecord) -> JobRecord:
    """Whatever dispatch does to it meanwhile."""
    while True:
        found = await kernel.ledger.find(record.job_id)
        assert found is not None
        claimed = await kernel.lifecycle.claim(found.job_id, found.enqueue_no, "teller")
        if claimed is not None:
            return claimed
