"""A checkpoint: effects, lines and state together, whatever happens to its COMMIT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from ledgerwire.jobs import Status, Usage
from tests.proxy import Proxy
from tests.workers.jobs.conftest import Hand, Workers, reach, submit, toy
from workers.database import Database
from workers.files import Files
from workers.jobs.attempt import REANNOUNCED, Attempt, Batch, Drained, Stop
from workers.jobs.errors import Superseded
from workers.jobs.ledger import Ledger
from workers.jobs.live import Live
from workers.jobs.plan import Plan
from workers.jobs.progress import Publisher
from workers.jobs.record import JobRecord
from workers.jobs.shared import Shared
from workers.jobs.tables import job_files
from workers.settings import Settings

Began = Callable[[JobRecord], Attempt]


@pytest.fixture
def begin(database: Database, live: Live, tmp_path: Any) -> Began:
    def make(record: JobRecord) -> Attempt:
        return attempt_of(record, database, Publisher(live, Ledger(database)), tmp_path)

    return make


def attempt_of(record: JobRecord, database: Database, publisher: Publisher, folder: Any) -> Attempt:
    settings = Settings(data_dir=folder, database_url=database.url)
    return Attempt(
        record,
        database=database,
        files=Files(folder),
        publisher=publisher,
        plan=Plan(read=50, work=50),
        shared=Shared(settings),
    )


async def effect(batch: Batch, attempt: Attempt, name: str) -> None:
    """Something the batch does to the books; doing it twice would raise."""
    await batch.connection.execute(insert(job_files).values(job_id=attempt.job_id, sha256=name))


async def effects(database: Database, job_id: str) -> list[str]:
    async with database.reading() as connection:
        found = await connection.execute(select(job_files.c.sha256).where(job_files.c.job_id == job_id))
        return sorted(found.scalars())


async def texts(ledger: Ledger, job_id: str) -> list[str]:
    return [line.text for entry in await ledger.log_page(job_id) for line in entry.lines]


async def test_a_checkpoint_keeps_state_lines_picture_and_effects(begin: Began, hand: Hand) -> None:
    attempt = begin(await hand.running(crashes=1))
    attempt.begin("work", total=4)
    attempt.spend(Usage(1, 20, 3))
    async with attempt.checkpoint() as batch:
        assert batch.state is None
        await effect(batch, attempt, "first")
        batch.state = {"page": 1}
        batch.done = 2
        batch.log("two lines", data={"count": 2})
    row = await hand.now(attempt.record)
    assert (row.checkpoint, row.checkpoint_no, row.crashes) == ({"page": 1}, 1, 0)
    assert (row.fence, row.status) == (attempt.record.fence, Status.RUNNING)
    assert (row.live.progress, row.live.units and row.live.units.done) == (75, 2)
    assert row.live.usage == Usage(1, 20, 3)
    assert attempt.state == {"page": 1}
    assert await texts(hand.ledger, attempt.job_id) == ["two lines"]
    assert await effects(hand.database, attempt.job_id) == ["first"]


async def test_a_batch_that_fails_leaves_nothing_and_the_next_takes_its_number(
    begin: Began, hand: Hand
) -> None:
    attempt = begin(await hand.running())

    async def half() -> None:
        async with attempt.checkpoint() as batch:
            await effect(batch, attempt, "half")
            batch.log("half a batch")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    assert await hand.now(attempt.record) == attempt.record
    async with attempt.checkpoint() as batch:
        await effect(batch, attempt, "whole")
    assert (await hand.now(attempt.record)).checkpoint_no == 1
    assert await effects(hand.database, attempt.job_id) == ["whole"]


@pytest.mark.parametrize("how", ["put_back", "checkpoint of another", "end"])
async def test_whoever_has_lost_the_job_writes_nothing(begin: Began, hand: Hand, how: str) -> None:
    record = await hand.running()
    attempt, other = begin(record), begin(record)
    match how:
        case "put_back":
            await hand.lifecycle.put_back(record, outcome="lost")
        case "end":
            await hand.lifecycle.complete(record, None)
        case _:
            async with other.checkpoint():
                pass
    before = await hand.now(record)
    with pytest.raises(Superseded):
        async with attempt.checkpoint() as batch:
            await effect(batch, attempt, "from the dead")
    assert await hand.now(record) == before
    assert await effects(hand.database, record.job_id) == []


async def test_a_drain_lets_the_batch_be_committed_first(begin: Began, hand: Hand) -> None:
    attempt = begin(await hand.running())
    attempt.halt(Stop.DRAIN)
    with pytest.raises(Drained):
        async with attempt.checkpoint() as batch:
            batch.state = 1
    assert (await hand.now(attempt.record)).checkpoint == 1


async def test_whoever_waits_for_somebody_outside_hears_of_a_stop(begin: Began, hand: Hand) -> None:
    attempt = begin(await hand.running())
    assert not attempt.stopping.is_set()
    attempt.halt(Stop.DRAIN)
    async with asyncio.timeout(1):
        await attempt.stopping.wait()


async def test_a_cancelled_batch_is_rolled_back(begin: Began, hand: Hand) -> None:
    attempt = begin(await hand.running())
    inside = asyncio.Event()

    async def work() -> None:
        async with attempt.checkpoint() as batch:
            await effect(batch, attempt, "half")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await effects(hand.database, attempt.job_id) == []
    async with attempt.checkpoint():
        pass
    assert (await hand.now(attempt.record)).checkpoint_no == 1


async def test_a_resumed_attempt_announces_again_what_may_not_have_been_heard(
    begin: Began, hand: Hand
) -> None:
    first = begin(await hand.running())
    for number in range(REANNOUNCED + 5):
        async with first.checkpoint() as batch:
            batch.log(f"line {number}")
    again = begin(await hand.now(first.record))
    await again.announce_again()
    due = [due.write.a for due in again._publisher._due if due.write.what == "log"]
    assert due == list(range(6, REANNOUNCED + 6))


# --- COMMIT of unknown outcome ----------------------------------------------------------------------------


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(postgres_url) as made:
        yield made


@pytest.fixture
async def behind(proxy: Proxy) -> AsyncIterator[Database]:
    """The same database through the proxy."""
    opened = Database(proxy.url)
    yield opened
    await opened.close()


@pytest.fixture
async def straight(postgres_url: str) -> AsyncIterator[Hand]:
    opened = Database(postgres_url)
    yield Hand(opened)
    await opened.close()


@pytest.fixture
async def cut_off(behind: Database, straight: Hand, live: Live, tmp_path: Any) -> Attempt:
    """An attempt whose own connections run through the proxy, one batch behind it."""
    attempt = attempt_of(await straight.running(), behind, Publisher(live, straight.ledger), tmp_path)
    async with attempt.checkpoint() as batch:
        batch.log("before")
        await effect(batch, attempt, "before")
    return attempt


async def test_a_commit_whose_answer_was_lost_counts(cut_off: Attempt, proxy: Proxy, straight: Hand) -> None:
    async with cut_off.checkpoint() as batch:
        batch.log("the batch")
        batch.state = 2
        await effect(batch, cut_off, "the batch")
        cut = proxy.cut_on(b"COMMIT")
    assert cut.is_set()
    async with cut_off.checkpoint() as batch:
        batch.log("after")
    row = await straight.now(cut_off.record)
    assert (row.checkpoint_no, row.checkpoint, row.fence) == (3, 2, cut_off.record.fence)
    assert await texts(straight.ledger, row.job_id) == ["before", "the batch", "after"]
    assert await effects(straight.database, row.job_id) == ["before", "the batch"]


async def test_a_commit_that_never_arrived_did_not_happen(
    cut_off: Attempt, proxy: Proxy, straight: Hand
) -> None:
    cuts: list[asyncio.Event] = []

    async def lose() -> None:
        async with cut_off.checkpoint() as batch:
            await effect(batch, cut_off, "the batch")
            cuts.append(proxy.cut_on(b"COMMIT", forward=False))

    with pytest.raises(DBAPIError):
        await lose()
    assert cuts[0].is_set()
    row = await straight.now(cut_off.record)
    assert row.checkpoint_no == 1
    async with cut_off.checkpoint() as batch:
        await effect(batch, cut_off, "the batch")
    assert (await straight.now(row)).checkpoint_no == 2
    assert await effects(straight.database, row.job_id) == ["before", "the batch"]


async def test_a_connection_lost_in_the_middle_of_a_batch_loses_the_batch(
    cut_off: Attempt, proxy: Proxy, straight: Hand
) -> None:
    async def lose() -> None:
        async with cut_off.checkpoint() as batch:
            await effect(batch, cut_off, "half")
            assert proxy.cut() >= 1
            await effect(batch, cut_off, "the other half")

    with pytest.raises(DBAPIError):
        await lose()
    assert await effects(straight.database, cut_off.job_id) == ["before"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("forward", [True, False])
async def test_a_job_goes_through_lost_commits_without_a_doubled_effect(
    settings: Settings, proxy: Proxy, workers: Workers, *, forward: bool
) -> None:
    """The whole worker behind the proxy: three COMMITs of the job's batches are cut off."""
    kernel = await workers.kernel(settings)
    workers.settings = msgspec.structs.replace(
        settings, database_url=proxy.url, tempo=msgspec.structs.replace(settings.tempo, retry_base=0.01)
    )
    cuts: list[asyncio.Event] = []

    async def work(attempt: Attempt, _submission: Any) -> None:
        for number in range(attempt.state or 0, 6):
            async with attempt.checkpoint() as batch:
                await effect(batch, attempt, f"batch {number}")
                batch.log(f"line {number}")
                batch.state = number + 1
                if number % 2 and len(cuts) < 3:
                    cuts.append(proxy.cut_on(b"COMMIT", forward=forward))

    await workers.start(toy(work))
    record = await reach(kernel, (await submit(kernel)).job_id, Status.COMPLETE, within=60)
    assert all(cut.is_set() for cut in cuts)
    assert len(cuts) == 3
    assert record.crashes == 0
    assert record.checkpoint_no == 6
    assert await texts(kernel.ledger, record.job_id) == [f"line {number}" for number in range(6)]
    assert await effects(kernel.database, record.job_id) == [f"batch {number}" for number in range(6)]
