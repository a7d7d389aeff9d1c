"""A worker that sleeps until it is replaced (a paused machine, a closed lid) and then wakes changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import msgspec
import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.engine import make_url

from ledgerwire.jobs import Status
from tests.brokers import Broker
from tests.stories.bank import assert_exact, found_company, submit_file
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet, Member, Worker
from tests.stories.jobs import assert_lost_then_complete, reach, row_when
from workers.database import Database
from workers.jobs import keys
from workers.jobs.kernel import Kernel
from workers.jobs.tables import jobs, workers
from workers.schema import metadata
from workers.settings import Settings


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    return msgspec.structs.replace(settings, database_url=database_url)


@pytest.mark.parametrize("forgotten", [False, True], ids=["live", "forgotten"])
async def test_the_sleeper_finds_everything_done_and_leaves_it_so(
    kernel: Kernel, fleet: Fleet, broker: Broker, length: Length, *, forgotten: bool
) -> None:
    sleeper = fleet.start().await_ready()
    company = await found_company(kernel, "acme")
    job_id = await submit_file(kernel, company, length.lines // 2)
    claimed = await row_when(kernel, job_id, lambda row: row.checkpoint_no > 3)
    await _put_to_sleep(sleeper, kernel.database)
    fleet.start().await_ready()
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=60)
    await assert_exact(kernel.database, record, length.lines // 2)
    await assert_lost_then_complete(kernel, job_id, deaths=1)
    await row_when(kernel, job_id, lambda row: row.told)
    if forgotten:
        broker.client().delete(keys.job(company, job_id))
    before = await _all_there_is(kernel, broker, company, job_id)
    sleeper.resume()
    await _beats(kernel, sleeper)
    sleeper.terminate()
    assert await sleeper.ended() == 0, sleeper.log.read_text()
    assert await _all_there_is(kernel, broker, company, job_id) == before
    assert claimed.worker_id == sleeper.worker_id


async def _put_to_sleep(member: Member, database: Database) -> None:
    """Anywhere; but whoever sleeps with SQLite's write lock in its hands keeps everybody waiting, so not there."""
    member.pause()
    while database.is_sqlite and _is_locked(database):
        member.resume()
        await asyncio.sleep(0.003)
        member.pause()


def _is_locked(database: Database) -> bool:
    connection = sqlite3.connect(str(make_url(database.url).database), timeout=0.1, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


async def _beats(kernel: Kernel, member: Worker) -> None:
    """Returns when it has heard what SQL says: its row was taken away, so a new one shows a new beat."""
    async with asyncio.timeout(30):
        while True:
            async with kernel.database.reading() as connection:
                wanted = select(workers.c.beat).where(workers.c.worker_id == member.worker_id)
                if ((await connection.execute(wanted)).scalar() or 0) >= 2:
                    return
            await asyncio.sleep(0.02)


async def _all_there_is(kernel: Kernel, broker: Broker, company: str, job_id: str) -> dict[str, Any]:
    """Every row of SQL but the workers', and all that is live."""
    found: dict[str, Any] = {}
    async with kernel.database.reading() as connection:
        for table in _tables(metadata):
            rows = (await connection.execute(select(table).order_by(*table.primary_key))).all()
            found[table.name] = [tuple(row) for row in rows]
    with broker.client() as client:
        found["live job"] = client.hgetall(keys.job(company, job_id))
        found["stream"] = client.xrevrange(keys.events(company), count=1)
        found["meta"] = client.hgetall(keys.meta(company))
    return found


def _tables(schema: MetaData) -> list[Any]:
    assert jobs in schema.sorted_tables
    return [table for table in schema.sorted_tables if table is not workers]
