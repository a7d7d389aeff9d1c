"""Ids in, ids out: each popped once, slots respected, and a worker that outlives its broker."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from tests.brokers import Broker
from tests.waiting import until
from workers.jobs import keys
from workers.jobs.live import connect, ended
from workers.jobs.queue import Queue, QueueId, QueueWorker

Run = Callable[[QueueId], Awaitable[None]]
Started = Callable[..., Awaitable[QueueWorker]]


def ids(count: int, number: int = 1) -> list[QueueId]:
    return [QueueId(f"job-{index}", number) for index in range(count)]


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue(redis)


@pytest.fixture
async def start(broker: Broker) -> AsyncIterator[Started]:
    async with AsyncExitStack() as stack:

        async def made(run: Run, slots: int = 4) -> QueueWorker:
            redis = connect(broker.url)
            stack.push_async_callback(redis.aclose)
            worker = QueueWorker(redis, run, slots=slots)
            serving = asyncio.create_task(worker.serve())
            stack.push_async_callback(_end, worker, serving)
            return worker

        yield made


async def _end(worker: QueueWorker, serving: asyncio.Task[None]) -> None:
    await ended(serving)
    for task in worker.tasks.values():
        task.cancel()
    await worker.finished()


async def test_several_workers_take_each_id_once(queue: Queue, start: Started) -> None:
    ran: Counter[str] = Counter()

    async def run(queue_id: QueueId) -> None:
        ran[str(queue_id)] += 1
        await asyncio.sleep(0)

    for _ in range(4):
        await start(run, slots=3)
    for at in range(0, 200, 20):
        await queue.put(ids(200)[at : at + 20])
    await until(lambda: len(ran) == 200)
    assert set(ran.values()) == {1}
    assert await queue.absent(ids(200)) == ids(200)


async def test_a_worker_fills_its_slots_and_no_more_and_a_freed_one_at_once(
    queue: Queue, start: Started
) -> None:
    running, most, done = 0, 0, 0
    gate = asyncio.Semaphore(0)

    async def run(_queue_id: QueueId) -> None:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await gate.acquire()
        running -= 1
        done += 1

    await queue.put(ids(9))
    await start(run, slots=3)
    await until(lambda: running == 3)
    assert len(await queue.absent(ids(9))) == 3
    for count in range(1, 10):
        gate.release()
        await until(lambda: done == count and running == min(3, 9 - count))  # noqa: B023
    assert most == 3


async def test_an_id_that_is_put_twice_is_taken_once(queue: Queue, redis: Redis) -> None:
    await queue.put(ids(1))
    await queue.put(ids(1))
    assert await redis.zcard(keys.QUEUE) == 1


async def test_a_run_that_raises_costs_neither_its_slot_nor_the_worker(
    queue: Queue, start: Started, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    async def run(queue_id: QueueId) -> None:
        ran.append(str(queue_id))
        if queue_id.enqueue_no == 1:
            raise ZeroDivisionError

    await start(run, slots=2)
    await queue.put(ids(5, number=1))
    await queue.put(ids(5, number=2))
    await until(lambda: len(ran) == 10)


async def test_nothing_of_arqs_is_left_behind(
    queue: Queue, start: Started, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[QueueId] = []

    async def run(queue_id: QueueId) -> None:
        ran.append(queue_id)
        if len(ran) == 2:
            raise ZeroDivisionError

    worker = await start(run)
    await queue.put(ids(3))
    await until(lambda: len(ran) == 3)
    await worker.stop_taking()
    await worker.finished()
    assert await redis.keys() == [keys.QUEUE_COUNTER.encode()]


async def test_an_id_without_its_payload_and_a_foreign_one_cost_nothing(
    queue: Queue, start: Started, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """A payload lives a day; the sweep gives its job another number."""
    ran: list[QueueId] = []

    async def run(queue_id: QueueId) -> None:
        ran.append(queue_id)

    await queue.put(ids(1))
    await redis.delete(f"{keys.ARQ_JOB_PREFIX}{ids(1)[0]}")
    await redis.zadd(keys.QUEUE, {b"\xff\xfe": 1, b"no number": 2})
    await start(run, slots=1)
    await queue.put(ids(1, number=2))
    await until(lambda: ran == ids(1, number=2))


async def test_a_worker_outlives_its_broker_again_and_again(
    queue: Queue, start: Started, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[QueueId] = []

    async def run(queue_id: QueueId) -> None:
        ran.append(queue_id)

    worker = await start(run)
    for number in range(1, 4):
        broker.kill()
        worker.wake()
        await until(lambda: "The broker is away" in caplog.text)
        caplog.clear()
        broker.start()
        await queue.redis.connection_pool.disconnect()
        await queue.put(ids(2, number))
        await until(lambda: set(ran) >= set(ids(2, number)))  # noqa: B023
    # A broker that is killed may forget that an id was taken; the claim refuses it then.
    assert set(ran) == {queue_id for number in range(1, 4) for queue_id in ids(2, number)}


async def test_a_run_goes_on_while_the_broker_is_away(
    queue: Queue, start: Started, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    running, go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run(_queue_id: QueueId) -> None:
        running.set()
        await go.wait()
        done.set()

    await start(run)
    await queue.put(ids(1))
    await running.wait()
    broker.kill()
    go.set()
    async with asyncio.timeout(5):
        await done.wait()
    broker.start()


async def test_whoever_stops_taking_leaves_the_rest_to_others_and_waits_for_what_was_taken(
    queue: Queue, start: Started, broker: Broker
) -> None:
    started: list[QueueId] = []
    go = asyncio.Event()

    async def run(queue_id: QueueId) -> None:
        started.append(queue_id)
        await go.wait()

    worker = await start(run, slots=2)
    await until(lambda: not worker._woken.is_set())
    # A pop is under way, its answer not yet here, when the worker is told to stop.
    broker.pause()
    worker.wake()
    await until(worker._taking.locked)
    stopping = asyncio.create_task(worker.stop_taking())
    await asyncio.sleep(0)
    assert not stopping.done()
    broker.resume()
    await stopping
    await queue.put(ids(3))
    worker.wake()
    finished = asyncio.create_task(worker.finished())
    go.set()
    await finished
    assert len(await queue.absent(ids(3))) == len(started)
    assert started == []


async def test_what_was_popped_when_the_stop_came_is_run_to_its_end(
    queue: Queue, start: Started, broker: Broker, redis: Redis
) -> None:
    done: list[QueueId] = []

    async def run(queue_id: QueueId) -> None:
        await asyncio.sleep(0)
        done.append(queue_id)

    worker = await start(run, slots=2)
    await until(lambda: worker._woken.is_set() is False)
    broker.pause()
    put = asyncio.create_task(queue.put(ids(1)))  # served first: it was asked first
    await until(lambda: bool(redis.connection_pool._in_use_connections))
    await asyncio.sleep(0)
    worker.wake()
    await until(worker._taking.locked)
    stopping = asyncio.create_task(worker.stop_taking())
    broker.resume()
    await put
    await stopping
    await worker.finished()
    assert len(done) == len(await queue.absent(ids(1)))


def test_an_id_reads_as_it_is_written() -> None:
    assert QueueId.parse(str(QueueId("0190-abc", 12))) == QueueId("0190-abc", 12)
    with pytest.raises(ValueError, match="no number"):
        QueueId.parse("no number")
