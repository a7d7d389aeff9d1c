"""aiosqlite with one trip to a connection's thread per statement, where it makes four.

A trip wakes two threads and costs more than most statements do. aiosqlite makes one for the cursor, one to execute,
one to fetch and one to close; here the cursor is made and its first rows are fetched in the trip that executes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

#: Rows that come with the execution; a longer answer is fetched as it is asked for.
PAGE = 1_000


def connect(*args: Any, **options: Any) -> Connection:
    """What SQLAlchemy calls to open a connection; takes what ``sqlite3.connect`` takes."""
    connection = Connection(partial(sqlite3.connect, *args, **options), iter_chunk_size=PAGE)
    # A process must be able to end while a statement runs.
    connection._thread.daemon = True  # noqa: SLF001 (SQLAlchemy does the same)
    return connection


class Connection(aiosqlite.Connection):
    #: False from a call until its answer: a caller that was cancelled does not know what became of it.
    _settled = True

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    async def commit(self) -> None:
        if self._is_in_transaction():
            await super().commit()

    async def rollback(self) -> None:
        if self._is_in_transaction():
            await super().rollback()

    def _is_in_transaction(self) -> bool:
        """Whether there may be one: a BEGIN that nobody waits for any more may still be on its way."""
        return not self._settled or self.in_transaction

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        self._settled = False
        answer: T = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        self._settled = True
        return answer


class Cursor(aiosqlite.Cursor):
    _conn: Connection

    def __init__(self, connection: Connection) -> None:
        self._conn = connection
        self._cursor: Any = None
        self._rows: list[Any] = []
        #: Whether everything there is has been fetched.
        self._exhausted = True

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Cursor:
        self._exhausted = False
        await self._execute(self._run, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        await self._execute(self._run_many, sql, parameters)
        return self

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self._conn._execute(fn, *args, **kwargs)  # noqa: SLF001 (its connection's)

    def _run(self, sql: str, parameters: Any) -> None:
        self._cursor = cursor = self._sqlite.execute(sql, parameters)
        self._rows = cursor.fetchmany(PAGE) if cursor.description else []
        self._exhausted = len(self._rows) < PAGE

    def _run_many(self, sql: str, parameters: Any) -> None:
        self._cursor = self._sqlite.executemany(sql, parameters)

    @property
    def _sqlite(self) -> sqlite3.Connection:
        return self._conn._conn  # noqa: SLF001 (the connection behind the proxy; only its thread may use it)

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or PAGE
        if len(self._rows) < wanted and not self._exhausted:
            await self._fetch(PAGE)
        page, self._rows = self._rows[:wanted], self._rows[wanted:]
        return page

    async def fetchall(self) -> list[Any]:
        if not self._exhausted:
            await self._fetch(None)
        rows, self._rows = self._rows, []
        return rows

    async def _fetch(self, count: int | None) -> None:
        """The next ``count`` rows, or all."""
        fetch = self._cursor.fetchall if count is None else partial(self._cursor.fetchmany, count)
        more = await self._execute(fetch)
        self._rows += more
        self._exhausted = count is None or len(more) < count

    async def close(self) -> None:
        """An exhausted statement has let go of the database by itself."""
        if not self._exhausted:
            self._exhausted = True
            await self._execute(self._close)

    def _close(self) -> None:
        if self._cursor is not None:
            self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor and self._cursor.description
