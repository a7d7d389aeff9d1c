"""Published → received by each of 100 WebSocket watchers, beside Litestar's ChannelsPlugin over Redis pub/sub.

    python -m tests.benchmarks.fanout [--watchers 100] [--events 200] [--rounds 3]

Both servers are real processes (uvicorn) on one broker. The clock starts before the publisher is called (for us
that includes its trip to advance.lua) and stops when the bytes reach the watcher's socket. ``all_received`` is the
last of the watchers. Both publish the same JSON, in turns, one event at a time.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from redis.asyncio import Redis

from ledgerwire.jobs import Status
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, percentile, say
from tests.benchmarks.ground import Ground, MissingPart, ground
from tests.benchmarks.kinds import Noop
from tests.benchmarks.marks import now
from tests.benchmarks.peers import channels_app
from tests.benchmarks.watchers import Crowd, tick
from workers.books import access
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel
from workers.jobs.live import head_of
from workers.jobs.record import JobRecord, Picture

PEER = "litestar ChannelsPlugin"
WITHIN = 20.0

#: Publishes tick ``number`` and returns what each watcher waited.
Publish = Callable[[int], Awaitable[list[float]]]


class Size(msgspec.Struct, frozen=True, kw_only=True):
    watchers: int = 100
    events: int = 200
    rounds: int = 3
    #: Seconds between events.
    pause: float = 0.02


async def measure(size: Size) -> Report:
    title = f"Published → received by {size.watchers} WebSocket watchers, milliseconds"
    report = Report(title=title, aims={"p99": "< 10 ms"})
    async with AsyncExitStack() as stack:
        found = stack.enter_context(ground())
        contenders = {
            OURS: await stack.enter_async_context(_ours(found, size.watchers)),
            PEER: await stack.enter_async_context(_peer(found, size.watchers)),
        }
        for number in range(size.rounds):
            await _round(number * size.events, contenders, size, report)
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def _round(first: int, contenders: dict[str, Publish], size: Size, report: Report) -> None:
    waits: dict[str, list[float]] = {contender: [] for contender in contenders}
    last: dict[str, list[float]] = {contender: [] for contender in contenders}
    for number in range(first, first + size.events):
        for contender, publish in contenders.items():
            await asyncio.sleep(size.pause)
            found = await publish(number)
            waits[contender] += found
            last[contender].append(max(found))
    for contender in contenders:
        report.add(
            contender,
            p50=percentile(waits[contender], 0.5),
            p99=percentile(waits[contender], 0.99),
            all_received_p50=percentile(last[contender], 0.5),
        )


@asynccontextmanager
async def _ours(found: Ground, watchers: int) -> AsyncIterator[Publish]:
    kernel = Kernel.open(found.settings)
    await kernel.start(ticks=False)
    job = await _running_job(kernel)
    async with kernel.database.transaction() as tx:
        key = await access.create_key(tx, job.company_id, name="benchmark", role=access.Role.VIEWER)
    api = found.fleet.start_api().await_ready()
    crowd = Crowd(watchers)
    says = msgspec.json.encode({"type": "subscribe", "id": 1, "company_id": job.company_id})
    await crowd.join(f"{api.url}/api/ws", says=says, key=key)

    async def publish(number: int) -> list[float]:
        heard = crowd.expect(number)
        began = now()
        kernel.publisher.report(job, picture(number), seq=number + 1)
        return [moment - began for moment in await asyncio.wait_for(heard, WITHIN)]

    yield publish
    await crowd.leave()
    await kernel.close()


async def _running_job(kernel: Kernel) -> JobRecord:
    async with kernel.database.transaction() as tx:
        await create_company(tx, "acme")
    submitted = await kernel.ledger.submit(Noop(company_id="acme"), submitted_by="benchmark")
    job = msgspec.structs.replace(submitted.record, status=Status.RUNNING, attempt=1)
    kernel.publisher.tell(job)
    return job


@asynccontextmanager
async def _peer(found: Ground, watchers: int) -> AsyncIterator[Publish]:
    port = free_port()
    found.run(*channels_app.ENTRY, found.broker.url, str(port))
    await listening(port)
    crowd = Crowd(watchers)
    await crowd.join(f"http://127.0.0.1:{port}{channels_app.PATH}")
    redis = Redis.from_url(found.broker.url)
    backend = channels_app.backend(redis)
    kernel = Kernel.open(found.settings)
    submitted = await kernel.ledger.submit(Noop(company_id="acme"), submitted_by="benchmark")
    await kernel.close()

    async def publish(number: int) -> list[float]:
        heard = crowd.expect(number)
        began = now()
        await backend.publish(head_of(submitted.record.wire(picture(number))), [channels_app.CHANNEL])
        return [moment - began for moment in await asyncio.wait_for(heard, WITHIN)]

    yield publish
    await crowd.leave()
    await redis.aclose()


def picture(number: int) -> Picture:
    return Picture(message=tick(number), progress=number % 99)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listening(port: int, *, within: float = 30.0) -> None:
    """Returns when somebody does; raises MissingPart."""
    deadline = now() + within * 1_000
    while now() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise MissingPart(f"nobody listens on port {port}")


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
