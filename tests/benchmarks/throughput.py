"""No-op jobs a second, from the first submit to the last completion, one worker, beside stock arq.

    python -m tests.benchmarks.throughput [--jobs 1000] [--rounds 3]

Jobs are submitted by 50 coroutines while the worker is already running. Ours are complete when their rows say so
(a commit each, and the events on the wire); arq's when they have left its queue. ``arq (poll 10 ms)`` is arq with
its poll delay tuned, because as it ships no worker starts more than 200 short jobs a second.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
from arq.connections import ArqRedis
from sqlalchemy import func, select

from ledgerwire.jobs import Status
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import Ground, ground, opened_kernel
from tests.benchmarks.kinds import ENTRY, Noop
from tests.benchmarks.marks import now
from tests.benchmarks.peers import arq_queue
from tests.databases import find_postgres
from workers.jobs.kernel import Kernel
from workers.jobs.tables import jobs

SUBMITTERS = 50
LOOK_SECONDS = 0.05

Submit = Callable[[int], Awaitable[object]]
Finished = Callable[[int], Awaitable[bool]]
Work = Callable[[int], Awaitable[dict[str, float]]]


class Size(msgspec.Struct, frozen=True, kw_only=True):
    jobs: int = 1_000
    rounds: int = 3
    companies: int = 8
    #: Jobs at once in our worker, and of one company, in the raised run; arq takes ten.
    slots: int = 16
    #: 0 leaves our runs on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    report = Report(title=f"No-op jobs a second, submit to complete ({size.companies} companies)")
    async with AsyncExitStack() as stack:
        contenders = await _contenders(size, stack)
        for work in contenders.values():
            await work(max(1, size.jobs // 20))
        for number in range(size.rounds):
            for contender, work in contenders.items():
                report.add(contender, **await work(size.jobs))
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def _contenders(size: Size, stack: AsyncExitStack) -> dict[str, Work]:
    raised: dict[str, Any] = {"worker_threads": size.slots, "company_concurrency": size.slots}
    standard = stack.enter_context(ground())
    work: dict[str, Work] = {
        OURS: await stack.enter_async_context(_ours(standard, size)),
        f"{OURS} (raised)": await stack.enter_async_context(
            _ours(stack.enter_context(ground(**raised)), size)
        ),
    }
    if size.postgresql and find_postgres() is not None:
        standard_too: dict[str, dict[str, Any]] = {"postgresql": {}, "postgresql, raised": raised}
        for name, changes in standard_too.items():
            found = stack.enter_context(ground("postgresql", **changes))
            work[f"{OURS} ({name})"] = await stack.enter_async_context(_ours(found, size))
    for name, delay in (("as it ships", arq_queue.POLL_DELAY), ("poll 10 ms", 0.01)):
        found = stack.enter_context(ground())
        work[f"arq 0.28 ({name})"] = await stack.enter_async_context(_arq(found, delay))
    return work


@asynccontextmanager
async def _ours(found: Ground, size: Size) -> AsyncIterator[Work]:
    found.fleet.start(ENTRY).await_ready()
    async with opened_kernel(found.settings) as kernel:

        async def submit(number: int) -> None:
            company = f"company-{number % size.companies}"
            await kernel.submit(Noop(company_id=company), submitted_by="benchmark")

        async def work(count: int) -> dict[str, float]:
            before = await _completed(kernel)

            async def finished(wanted: int) -> bool:
                return await _completed(kernel) - before >= wanted

            return await _timed(count, submit, finished)

        yield work


async def _completed(kernel: Kernel) -> int:
    statement = select(func.count()).where(jobs.c.status == Status.COMPLETE)
    async with kernel.database.reading() as connection:
        return int((await connection.execute(statement)).scalar_one())


@asynccontextmanager
async def _arq(found: Ground, poll_delay: float) -> AsyncIterator[Work]:
    found.run(*arq_queue.ENTRY, found.broker.url, str(poll_delay))
    pool: ArqRedis = await arq_queue.pool(found.broker.url)

    async def submit(_number: int) -> None:
        await pool.enqueue_job("noop")

    async def finished(_count: int) -> bool:
        return not await pool.zcard(arq_queue.QUEUE)

    yield lambda count: _timed(count, submit, finished)
    await pool.aclose()


async def _timed(count: int, submit: Submit, finished: Finished) -> dict[str, float]:
    began = now()
    numbers = iter(range(count))

    async def submitter() -> None:
        for number in numbers:
            await submit(number)

    await asyncio.gather(*(submitter() for _ in range(min(count, SUBMITTERS))))
    submitted = now()
    while not await finished(count):
        await asyncio.sleep(LOOK_SECONDS)
    return {
        "jobs_a_second": 1_000 * count / (now() - began),
        "submits_a_second": 1_000 * count / (submitted - began),
    }


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
