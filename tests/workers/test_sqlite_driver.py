"""The SQLite driver: the answers of aiosqlite in fewer trips, and no transaction that nobody ends."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from workers import sqlite_driver
from workers.database import Database

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n"
PAGES = [0, 1, sqlite_driver.PAGE - 1, sqlite_driver.PAGE, sqlite_driver.PAGE + 1, 3 * sqlite_driver.PAGE]


@pytest.fixture
async def sqlite(sqlite_url: str) -> Database:
    return Database(sqlite_url)


@pytest.mark.parametrize("count", PAGES)
async def test_every_row_comes_once_and_in_order(sqlite: Database, count: int) -> None:
    async with sqlite.reading() as connection:
        found = await connection.execute(
            text(f"SELECT i FROM ({NUMBERS}) WHERE i <= :count"), {"count": count}
        )
        assert list(found.scalars()) == list(range(1, count + 1))
    await sqlite.close()


@pytest.mark.parametrize("count", PAGES[1:])
async def test_a_stream_gives_the_same_rows(sqlite: Database, count: int) -> None:
    async with sqlite.reading() as connection, connection.stream(text(NUMBERS), {"count": count}) as rows:
        assert [i async for (i,) in rows] == list(range(1, count + 1))
    await sqlite.close()


async def test_a_stream_left_half_read_holds_nothing(sqlite: Database) -> None:
    async with (
        sqlite.reading() as connection,
        connection.stream(text(NUMBERS), {"count": PAGES[-1]}) as rows,
    ):
        assert await anext(aiter(rows)) == (1,)
    async with sqlite.transaction() as tx:
        await tx.execute(text("CREATE TABLE t (i INTEGER PRIMARY KEY)"))
    await sqlite.close()


async def test_an_error_is_the_drivers_own_and_rolls_back(sqlite: Database) -> None:
    async with sqlite.transaction() as tx:
        await tx.execute(text("CREATE TABLE t (i INTEGER PRIMARY KEY)"))
    with pytest.raises(IntegrityError):
        async with sqlite.transaction() as tx:
            await tx.execute(text("INSERT INTO t VALUES (1)"))
            await tx.execute(text("INSERT INTO t VALUES (1)"))
    async with sqlite.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
    await sqlite.close()


async def test_a_cancelled_writer_leaves_no_lock(sqlite: Database) -> None:
    """Its BEGIN may still be waiting for the lock when it is cancelled, and get it later."""
    other = Database(sqlite.url)
    for turns in range(30):
        async with other.transaction():
            waiting = asyncio.create_task(write(sqlite))
            for _ in range(turns):
                await asyncio.sleep(0)
            waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(5):
            await write(other)
    await sqlite.close()
    await other.close()


async def write(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE workers SET beat = beat + 1"))
