"""Submit → first line of the task, on an idle worker, beside stock arq and taskiq on the same broker.

    python -m tests.benchmarks.pickup [--samples 100] [--rounds 3]

Every contender has its own idle worker all the while and they are asked in turns. The clock starts before the
submit is called (for us that includes the commit) and stops at the task's first line in the worker's process.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, percentile, say
from tests.benchmarks.ground import Ground, MissingPart, ground, opened_kernel
from tests.benchmarks.kinds import ENTRY, Marked
from tests.benchmarks.marks import Marks, now
from tests.benchmarks.peers import arq_queue
from tests.benchmarks.peers.taskiq_peer import interpreter, taskiq
from tests.databases import find_postgres

Latency = Callable[[str], Awaitable[float]]

WITHIN = 20.0


class Size(msgspec.Struct, frozen=True, kw_only=True):
    samples: int = 100
    rounds: int = 3
    #: Seconds between samples: random, up to arq's poll delay, so that its polls are met at any moment.
    pause: float = 0.5
    #: 0 leaves taskiq out: it is installed when it is first needed.
    taskiq: int = 1
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    report = Report(title="Submit → first line of the task, milliseconds", aims={"p99": "< 25 ms"})
    async with AsyncExitStack() as stack:
        contenders = await _contenders(size, report, stack)
        for latency in contenders.values():
            await latency("warm-up")
        for number in range(size.rounds):
            await _round(f"{number}", contenders, size, report)
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def _contenders(size: Size, report: Report, stack: AsyncExitStack) -> dict[str, Latency]:
    found = stack.enter_context(ground())
    marks = Marks(found.folder)
    stack.callback(marks.close)
    contenders = {OURS: await stack.enter_async_context(_ours(found, marks))}
    if size.postgresql and find_postgres() is not None:
        other = stack.enter_context(ground("postgresql"))
        contenders[f"{OURS} (postgresql)"] = await stack.enter_async_context(_ours(other, marks))
    contenders["arq 0.28 (as it ships)"] = await stack.enter_async_context(_arq(found, marks))
    if size.taskiq:
        try:
            peer = await stack.enter_async_context(taskiq(found, interpreter()))
            contenders["taskiq (list broker)"] = peer.latency
        except MissingPart as reason:
            report.skip("taskiq (list broker)", str(reason))
    return contenders


async def _round(name: str, contenders: dict[str, Latency], size: Size, report: Report) -> None:
    samples: dict[str, list[float]] = {contender: [] for contender in contenders}
    for number in range(size.samples):
        for contender, latency in contenders.items():
            await asyncio.sleep(random.uniform(0.02, 0.02 + size.pause))
            samples[contender].append(await latency(f"{contender}-{name}-{number}"))
    for contender, found in samples.items():
        report.add(contender, p50=percentile(found, 0.5), p99=percentile(found, 0.99))


@asynccontextmanager
async def _ours(found: Ground, marks: Marks) -> AsyncIterator[Latency]:
    found.fleet.start(ENTRY).await_ready()
    async with opened_kernel(found.settings) as kernel:

        async def latency(token: str) -> float:
            started = marks.expect(token)
            began = now()
            await kernel.submit(Marked(company_id="acme", token=token), submitted_by="benchmark")
            return await asyncio.wait_for(started, WITHIN) - began

        yield latency


@asynccontextmanager
async def _arq(found: Ground, marks: Marks) -> AsyncIterator[Latency]:
    url = found.broker.url
    found.run(*arq_queue.ENTRY, url, str(arq_queue.POLL_DELAY))
    pool = await arq_queue.pool(url)

    async def latency(token: str) -> float:
        started = marks.expect(token)
        began = now()
        await pool.enqueue_job("marked", token)
        return await asyncio.wait_for(started, WITHIN) - began

    yield latency
    await pool.aclose()


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
