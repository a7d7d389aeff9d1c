"""A whole kernel and worker in the test's own process, over a real broker and a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import insert, update

from ledgerwire.errors import Problem
from ledgerwire.events import JobEvent, LogEvent
from ledgerwire.jobs import Status
from ledgerwire.submissions import Submission
from tests.brokers import Broker
from workers.database import Database
from workers.jobs.kernel import Kernel
from workers.jobs.kinds import Kind, registry
from workers.jobs.ledger import Ledger, _new_row
from workers.jobs.lifecycle import Lifecycle
from workers.jobs.live import Live, connect
from workers.jobs.plan import Plan
from workers.jobs.position import Position
from workers.jobs.record import JobRecord
from workers.jobs.tables import jobs
from workers.settings import Settings, Tempo
from workers.worker import WorkerProcess


class Toy(Submission, frozen=True, kw_only=True, tag="toy"):
    """A kind whose work the test writes."""

    note: str = ""


def toy(task: Callable[..., Awaitable[Any]]) -> Kind:
    return Kind(Toy, task, Plan(work=100))


@pytest.fixture
def settings(broker: Broker, database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=broker.url,
        company_concurrency=4,
        tempo=Tempo().scaled(0.1),
    )


@pytest.fixture
async def kernel(settings: Settings) -> AsyncIterator[Kernel]:
    """One as an API process holds it, ticks running."""
    opened = Kernel.open(settings)
    await opened.start()
    yield opened
    await opened.close()


class Workers:
    """Starts workers in this process and stops them as SIGTERM would."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self.settings = settings
        self.stack = stack
        self.count = 0

    async def start(self, *kinds: Kind) -> WorkerProcess:
        self.count += 1
        worker = WorkerProcess(self.settings, registry(kinds), f"worker-{self.count}")
        await self.stack.enter_async_context(_running(worker))
        return worker

    async def kernel(self, settings: Settings) -> Kernel:
        """Another kernel, with settings of the test's own."""
        opened = Kernel.open(settings)
        await opened.start()
        self.stack.push_async_callback(opened.close)
        return opened


@asynccontextmanager
async def _running(worker: WorkerProcess) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    worker.stop = stop.set  # type: ignore[attr-defined]
    worker.done = task  # type: ignore[attr-defined]
    yield
    stop.set()
    await task


@pytest.fixture
async def workers(settings: Settings) -> AsyncIterator[Workers]:
    async with AsyncExitStack() as stack:
        yield Workers(settings, stack)


async def reach(kernel: Kernel, job_id: str, *statuses: Status, within: float = 15.0) -> JobRecord:
    """The job's record as soon as it has one of ``statuses``."""
    async with asyncio.timeout(within):
        while True:
            record = await kernel.ledger.find(job_id)
            assert record is not None
            if record.status in statuses:
                return record
            await asyncio.sleep(0.01)


async def submit(kernel: Kernel, company: str = "acme", note: str = "") -> JobRecord:
    return (await kernel.submit(Toy(company_id=company, note=note), submitted_by="test")).record


def events_of(kernel: Kernel) -> Callable[[str], Awaitable[list[Any]]]:
    async def read(company: str) -> list[Any]:
        picture = await kernel.live.picture(company)
        replay = await kernel.live.replay(company, Position(picture.position.epoch, 0))
        assert replay is not None
        return [msgspec.json.decode(event.json, type=JobEvent | LogEvent) for event in replay.events]

    return read


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def lifecycle(database: Database) -> Lifecycle:
    return Lifecycle(database)


@pytest.fixture
async def redis(broker: Broker) -> AsyncIterator[Redis]:
    client = connect(broker.url)
    yield client
    await client.aclose()


@pytest.fixture
def live(redis: Redis) -> Live:
    return Live(redis, job_ttl=60)


class Hand:
    """Leads jobs through their lives without a worker."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger = Ledger(database)
        self.lifecycle = Lifecycle(database)

    async def pending(self, company: str = "acme", **values: Any) -> JobRecord:
        record = (await self.ledger.submit(Toy(company_id=company), submitted_by="hand")).record
        return await self.change(record, **values) if values else record

    async def many(self, company: str, count: int, **values: Any) -> list[str]:
        """That many waiting jobs, written at once; returns their ids in order."""
        rows = [_new_row(Toy(company_id=company), "hand", None, None) | values for _ in range(count)]
        async with self.database.transaction() as tx:
            await tx.execute(insert(jobs), rows)
        return [row["job_id"] for row in rows]

    async def running(self, company: str = "acme", worker: str = "worker-1", **values: Any) -> JobRecord:
        record = await self.pending(company, **values)
        claimed = await self.lifecycle.claim(record.job_id, record.enqueue_no, worker)
        assert claimed is not None
        return claimed

    async def in_status(self, status: Status, company: str = "acme") -> JobRecord:
        if status is Status.PENDING:
            return await self.pending(company)
        running = await self.running(company)
        match status:
            case Status.COMPLETE:
                ended = await self.lifecycle.complete(running, {"lines": 1})
            case Status.FAILED:
                ended = await self.lifecycle.fail(running, Problem(title="It broke."))
            case Status.CANCELLED:
                ended = await self.lifecycle.cancelled(running)
            case _:
                return running
        assert ended is not None
        return ended

    async def change(self, record: JobRecord, **values: Any) -> JobRecord:
        """Write into the row itself what only time would bring."""
        async with self.database.transaction() as tx:
            await tx.execute(update(jobs).where(jobs.c.job_id == record.job_id).values(**values))
        return await self.now(record)

    async def now(self, record: JobRecord) -> JobRecord:
        found = await self.ledger.find(record.job_id)
        assert found is not None
        return found


@pytest.fixture
def hand(database: Database) -> Hand:
    return Hand(database)
