"""One transaction helper, and values that come back as they went, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from workers.database import Database, JSONBytes, UTCTime, insert_new, is_unknown_outcome

THING = Table(
    "thing",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("at", UTCTime),
    Column("value", JSONBytes),
)


@pytest.fixture
async def things(database: Database) -> Database:
    async with database.engine.begin() as connection:
        await connection.run_sync(THING.create)
    return database


async def add(database: Database, number: int, **values: Any) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(THING).values(number=number, **values))


async def column(database: Database, name: str) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(select(THING.c[name]).order_by(THING.c.number))).scalars())


async def test_moments_come_back_in_utc_to_the_microsecond_and_sort_by_time(things: Database) -> None:
    noon = datetime(2026, 6, 1, 12, 0, 0, 1, tzinfo=UTC)
    moments = [noon, noon.astimezone(timezone(timedelta(hours=-9))), noon + timedelta(microseconds=1), None]
    for number, moment in enumerate(moments):
        await add(things, number, at=moment)
    assert await column(things, "at") == [noon, noon, noon + timedelta(microseconds=1), None]
    assert {moment.tzinfo for moment in await column(things, "at") if moment} == {UTC}
    async with things.reading() as connection:
        found = await connection.execute(select(THING.c.number).where(THING.c.at > noon))
        assert list(found.scalars()) == [2]


async def test_values_come_back_as_they_went(things: Database) -> None:
    values = [{"text": "größe € \x00 \U0001f9fe", "list": [1, None, True]}, [], "", 0, {"a": {"b": 1.5}}]
    for number, value in enumerate(values):
        await add(things, number, value=value)
    assert await column(things, "value") == values


async def test_what_raises_is_rolled_back(things: Database) -> None:
    async def broken() -> None:
        async with things.transaction() as tx:
            await tx.execute(insert(THING).values(number=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert await column(things, "number") == []
    await add(things, 1)


async def test_what_is_cancelled_is_rolled_back_and_holds_no_lock(things: Database) -> None:
    inside = asyncio.Event()

    async def stuck() -> None:
        async with things.transaction() as tx:
            await tx.execute(insert(THING).values(number=1))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await add(things, 1)


async def test_nobody_reads_what_is_not_committed(things: Database) -> None:
    async with things.transaction() as tx:
        await tx.execute(insert(THING).values(number=1))
        assert await column(things, "number") == []
    assert await column(things, "number") == [1]


async def test_writers_of_several_processes_all_get_their_turn(things: Database) -> None:
    """Each reads before it writes: on SQLite a deferred transaction would fail with "database is locked"."""
    await add(things, 1, value=0)
    others = [Database(things.url) for _ in range(3)]

    async def count_up(database: Database) -> None:
        async with database.transaction() as tx:
            held = select(THING.c.value).where(THING.c.number == 1).with_for_update()
            value = (await tx.execute(held)).scalar_one()
            await tx.execute(update(THING).values(value=value + 1))

    await asyncio.gather(*(count_up(database) for database in [things, *others] for _ in range(10)))
    assert await column(things, "value") == [40]
    for other in others:
        await other.close()


async def test_an_insert_may_find_that_it_is_there_already(things: Database) -> None:
    for _ in range(2):
        async with things.transaction() as tx:
            statement = insert_new(tx.dialect, THING).values(number=1)
            await tx.execute(statement)
    assert await column(things, "number") == [1]


async def test_sqlite_survives_a_power_cut_and_keeps_its_foreign_keys(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.reading() as connection:
        for pragma, value in (("foreign_keys", 1), ("synchronous", 2), ("journal_mode", "wal")):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value
    await database.close()


async def test_an_error_of_the_statement_leaves_no_doubt(things: Database) -> None:
    await add(things, 1)
    with pytest.raises(IntegrityError) as doubled:
        await add(things, 1)
    assert not is_unknown_outcome(doubled.value)


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (OperationalError("COMMIT", {}, sqlite3.OperationalError("database is locked")), True),
        (ProgrammingError("x", {}, Exception(), connection_invalidated=True), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (ProgrammingError("x", {}, Exception()), False),
        (ZeroDivisionError(), False),
        (asyncio.CancelledError(), False),
    ],
)
def test_which_errors_leave_open_what_was_done(error: BaseException, *, unknown: bool) -> None:
    assert is_unknown_outcome(error) is unknown
