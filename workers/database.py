"""The engine and its one transaction helper, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Dialect, Engine, MetaData, String, Table, TypeDecorator, event
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from workers import sqlite_driver

if TYPE_CHECKING:
    from alembic.config import Config

#: One naming scheme, so that migrations can name what they change on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Errors after which nobody knows whether the statement ran.
LOST = (OperationalError, InterfaceError, ConnectionError, asyncio.TimeoutError)


class UTCTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite has no such type, so it is kept there as sortable RFC 3339 text."""

    impl = sqltypes.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sqltypes.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(sqltypes.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class JSONBytes(TypeDecorator[Any]):
    """A value as JSON text, written and read by msgspec: bytes in both databases, equal to the letter."""

    impl = sqltypes.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


class Database:
    """``transaction()`` to write, ``reading()`` to read; inside either, await nothing but SQL."""

    def __init__(self, url: str, *, idle_limit: float = 24.0) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine: AsyncEngine = (
            _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, idle_limit)
        )
        # SQLite's writers poll for their turn; queueing our own first keeps them in order and quick.
        self._turn = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed on leaving, rolled back on any error.

        On SQLite it takes the write lock at once: a deferred one that reads first and writes later fails
        with "database is locked", busy_timeout or not.
        """
        if self._turn is None:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._turn, self.engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read by; each statement sees what is committed when it starts."""
        async with self.engine.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def insert_new(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    """INSERT … ON CONFLICT DO NOTHING, which both databases know and SQLAlchemy's core does not."""
    statement = sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)
    return statement.on_conflict_do_nothing()


def _sqlite_engine(url: str) -> AsyncEngine:
    own_driver = {"async_creator_fn": sqlite_driver.connect}
    engine = create_async_engine(url, pool_size=8, max_overflow=24, connect_args=own_driver)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is off: transaction() says which kind it wants.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    return engine


#: FULL: an answered submit survives a power cut (0.3 ms a commit here against 0.01 ms with NORMAL).
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


#: libpq's: a server that has silently gone must be noticed before the reaper takes its clients for dead.
POSTGRES_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8_000,
}


def _postgres_engine(url: str, idle_limit: float) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=8, max_overflow=24, pool_pre_ping=True, connect_args=POSTGRES_PATIENCE
    )
    limit_idling(engine.sync_engine, idle_limit)
    return engine


def limit_idling(engine: Engine, seconds: float) -> None:
    """Let PostgreSQL end the session of a process that falls asleep inside a transaction.

    Its locks would keep the very reaper waiting that is to give its jobs to somebody else. Said by SET, since
    a pooler in between refuses it among the parameters of a connection.
    """

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # Without a transaction around it, which would cost two more round trips.
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = {round(seconds * 1000)}")
        cursor.close()
        connection.autocommit = False


def is_unknown_outcome(error: BaseException) -> bool:
    """Whether ``error`` leaves open if the database did what it was told."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, LOST) and not isinstance(getattr(error, "orig", None), sqlite3.ProgrammingError)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``; blocking, safe to call from several processes in turn."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite" and target.database:
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)
    from alembic import command  # half a second that only a migration should cost

    command.upgrade(alembic_config(url), revision)


def alembic_config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    # ConfigParser reads % as the start of a substitution.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
