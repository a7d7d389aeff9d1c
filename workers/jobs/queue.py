"""arq behind one small door: ids in, ids out, one function run.

What arq would do with an id (results, retries, aborts, its in-progress marks) means nothing here: the row decides.
The known faults of arq 0.28 that this avoids are listed in docs/architecture.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import msgspec
from arq.connections import ArqRedis
from arq.jobs import serialize_job
from arq.worker import Worker, func
from redis.asyncio import Redis

from workers.jobs import keys
from workers.jobs.live import BROKER_AWAY, Script

log = logging.getLogger(__name__)

FUNCTION = "run"
#: arq's own limits, set out of the way: ours are in SQL.
NEVER = 30 * 86_400
PAYLOAD_LIFE_MS = 86_400_000
#: Between looks when no wake-up came; a lost wake-up costs no more than this.
POLL_SECONDS = 0.5
#: Between attempts to reach a broker that is away.
FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0


class QueueId(msgspec.Struct, frozen=True):
    """``<job_id>:<enqueue_no>``: one dispatch of one job."""

    job_id: str
    enqueue_no: int

    def __str__(self) -> str:
        return f"{self.job_id}:{self.enqueue_no}"

    @classmethod
    def parse(cls, text: str) -> QueueId:
        job_id, _, number = text.rpartition(":")
        return cls(job_id, int(number))


class Queue:
    """The producers' side."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._put = Script(redis, "queue.lua")

    async def put(self, ids: Sequence[QueueId]) -> None:
        """Enqueue in order and wake the workers; repeating it is harmless."""
        args: list[Any] = [keys.WAKE, keys.ARQ_JOB_PREFIX, PAYLOAD_LIFE_MS]
        for queue_id in ids:
            args += [str(queue_id), _payload(queue_id)]
        await self._put([keys.QUEUE, keys.QUEUE_COUNTER], args)

    async def absent(self, ids: Sequence[QueueId]) -> list[QueueId]:
        """Those of ``ids`` that nobody can take from the queue any more."""
        if not ids:
            return []
        scores = await self.redis.zmscore(keys.QUEUE, [str(queue_id) for queue_id in ids])
        return [queue_id for queue_id, score in zip(ids, scores, strict=True) if score is None]

    async def wake(self, message: bytes = b"") -> None:
        await self.redis.publish(keys.WAKE, message)


def _payload(queue_id: QueueId) -> bytes:
    return serialize_job(FUNCTION, (str(queue_id),), {}, None, 0, serializer=msgspec.msgpack.encode)


class QueueWorker(Worker):
    """The consumers' side: pops ids when woken and runs ``run(id)`` for each, ``slots`` at a time.

    Three of arq's methods are replaced; 0.28 is its last line (maintenance only), so their names are safe.
    """

    def __init__(self, redis: Redis, run: Callable[[QueueId], Awaitable[None]], *, slots: int) -> None:
        async def call(_context: dict[str, Any], text: str) -> None:
            await run(QueueId.parse(text))

        pool = ArqRedis(
            pool_or_conn=redis.connection_pool,
            job_serializer=msgspec.msgpack.encode,
            job_deserializer=msgspec.msgpack.decode,
            default_queue_name=keys.QUEUE,
        )
        super().__init__(
            [func(cast("Any", call), name=FUNCTION, timeout=NEVER, max_tries=NEVER, keep_result=0)],
            queue_name=keys.QUEUE,
            redis_pool=pool,
            handle_signals=False,
            max_jobs=slots,
            poll_delay=0,
            keep_result=0,
            retry_jobs=False,
            job_serializer=msgspec.msgpack.encode,
            job_deserializer=msgspec.msgpack.decode,
            log_results=False,
        )
        self._woken = asyncio.Event()
        self._woken.set()
        #: Held between popping ids and having a task for each.
        self._taking = asyncio.Lock()

    def wake(self) -> None:
        self._woken.set()

    async def serve(self) -> None:
        """Take and run until cancelled. A broker's outage ends ``main``; it is called again, with backoff."""
        delay = FIRST_DELAY
        while True:
            began = self.loop.time()
            try:
                await self.main()
            except BROKER_AWAY as error:
                log.warning("The broker is away (%s); trying again.", type(error).__name__)
            except Exception:
                log.exception("Ids could not be taken; trying again.")
            if self.loop.time() - began > LONGEST_DELAY:
                delay = FIRST_DELAY
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
            self._woken.set()

    async def stop_taking(self) -> None:
        """From here on nothing is taken; what was being taken has its task, and ``finished`` waits for it."""
        self.allow_pick_jobs = False
        async with self._taking:
            return

    async def finished(self) -> None:
        """Wait until everything that was taken has ended."""
        if self.tasks:
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _poll_iteration(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        self._woken.clear()
        self._forget_finished()
        async with self._taking:
            free = self.max_jobs - self.job_counter
            if free > 0 and self.allow_pick_jobs:
                taken = await self.pool.zpopmin(self.queue_name, free)
                await self.start_jobs([queue_id for queue_id, _score in taken])

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        for raw in job_ids:
            await self.sem.acquire()
            self.job_counter += 1
            queue_id = raw.decode(errors="replace")
            task = self.loop.create_task(self.run_job(queue_id, 0))
            task.add_done_callback(lambda _task: self._release_sem_dec_counter_on_complete())
            self.tasks[queue_id] = task

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        # A freed slot is filled at once, not at the next poll.
        self._woken.set()

    def _forget_finished(self) -> None:
        for queue_id in [name for name, task in self.tasks.items() if task.done()]:
            task = self.tasks.pop(queue_id)
            if not task.cancelled() and (error := task.exception()) is not None:
                # arq's upkeep before or after our function failed; the sweep finds what was not claimed.
                log.warning("arq let go of %s: %s", queue_id, type(error).__name__)
