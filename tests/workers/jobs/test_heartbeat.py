"""A worker's life sign: it beats from a thread, hears its flags, and kills a process whose loop stands still."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from tests.proxy import Proxy
from tests.waiting import until
from tests.workers.jobs.conftest import Hand
from workers.database import Database
from workers.jobs.heartbeat import Flags, Heartbeat
from workers.jobs.tables import workers
from workers.settings import Tempo

QUICK = Tempo(beat=0.02, stall=60)
#: Beats once, and then only when it is asked to look.
SLOW = Tempo(beat=600, stall=600)


class Heart:
    """A heartbeat and all that it handed over."""

    def __init__(self, url: str, tempo: Tempo) -> None:
        self.heard: list[Mapping[str, Flags]] = []
        self.threads: set[int] = set()
        self.heartbeat = Heartbeat(url, "worker-1", slots=4, tempo=tempo, on_flags=self._hear)

    def _hear(self, flags: Mapping[str, Flags]) -> None:
        self.heard.append(flags)
        self.threads.add(threading.get_ident())

    async def beats(self) -> None:
        """Until it has beaten another time."""
        count = len(self.heard)
        self.heartbeat.look()
        await until(lambda: len(self.heard) > count)


Started = Callable[..., Awaitable[Heart]]


@pytest.fixture
async def start(database_url: str) -> AsyncIterator[Started]:
    async with AsyncExitStack() as stack:

        async def made(tempo: Tempo = SLOW, url: str = database_url) -> Heart:
            heart = Heart(url, tempo)
            heart.heartbeat.start()
            stack.push_async_callback(heart.heartbeat.stop)
            await until(lambda: heart.heard)
            return heart

        yield made


async def beat_of(database: Database) -> int | None:
    async with database.reading() as connection:
        found = await connection.execute(select(workers.c.beat).where(workers.c.worker_id == "worker-1"))
        return found.scalar()


async def test_it_introduces_itself_and_goes_on_beating(start: Started, database: Database) -> None:
    heart = await start(QUICK)
    await until(lambda: len(heart.heard) >= 5)
    await heart.heartbeat.stop()
    assert await beat_of(database) == len(heart.heard)
    async with database.reading() as connection:
        row = (await connection.execute(select(workers))).one()
    assert (row.worker_id, row.slots) == ("worker-1", 4)
    assert abs((row.started_at - datetime.now(UTC)).total_seconds()) < 60


async def test_it_beats_while_the_loop_is_busy(start: Started, database: Database) -> None:
    heart = await start(QUICK)
    other = threading.Event()
    heart.heartbeat._hand_over = lambda flags: other.set()  # type: ignore[method-assign]  # noqa: ARG005
    # Nothing else runs in the loop until the thread has beaten again.
    assert other.wait(10)


async def test_it_introduces_itself_again_to_whoever_took_it_for_dead(
    start: Started, database: Database
) -> None:
    heart = await start()
    async with database.transaction() as tx:
        await tx.execute(delete(workers))
    await heart.beats()
    assert await beat_of(database) == 1


async def test_it_hears_of_its_own_running_jobs_only(start: Started, hand: Hand) -> None:
    heart = await start()
    mine = await hand.running(worker="worker-1")
    await hand.running(worker="worker-2")
    ended = await hand.running(worker="worker-1")
    await hand.lifecycle.complete(ended, None)
    await heart.beats()
    assert heart.heard[-1] == {mine.job_id: Flags(fence=1, cancel_requested=False)}
    await hand.lifecycle.request_cancel(mine.job_id, by="Ann", reason=None)
    await heart.beats()
    assert heart.heard[-1] == {mine.job_id: Flags(fence=1, cancel_requested=True)}
    assert heart.threads == {threading.get_ident()}


async def test_it_outlives_the_databases_absence(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Proxy(postgres_url) as proxy:
        heart = Heart(proxy.url, QUICK)
        heart.heartbeat.start()
        await until(lambda: heart.heard)
        for _ in range(3):
            assert proxy.cut()
            await heart.beats()
        await heart.heartbeat.stop()
    assert [record.levelname for record in caplog.records if record.name == "workers.jobs.heartbeat"] != [
        "ERROR"
    ]


STALLED = """
import asyncio, sys, time
from workers.jobs.heartbeat import Heartbeat
from workers.settings import Tempo

async def main():
    tempo = Tempo(beat=0.05, stall=0.5)
    heart = Heartbeat(sys.argv[1], "worker-1", slots=1, tempo=tempo, on_flags=lambda flags: None)
    heart.start()
    await asyncio.sleep(1.5)
    print("lively", flush=True)
    blocked_by_a_mistake()

def blocked_by_a_mistake():
    time.sleep(60)

asyncio.run(main())
"""


async def test_a_process_whose_loop_stands_still_is_killed_with_its_stacks_written(sqlite_url: str) -> None:
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", STALLED, sqlite_url],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.stdout == "lively\n"
    assert ended.returncode == -9
    assert "has stood still" in ended.stderr
    assert "blocked_by_a_mistake" in ended.stderr


async def test_a_paused_process_has_not_stood_still(start: Started) -> None:
    """One long gap between two looks counts for little: the machine slept, not the loop."""
    heart = (await start()).heartbeat
    heart.tempo = Tempo(beat=4, stall=60)
    heart._guard_loop()
    heart._seen_ticks = heart._ticks
    heart._looked_at -= 3_600
    heart._guard_loop()
    assert heart._still <= 8
