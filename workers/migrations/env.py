"""Alembic's door: sync drivers, one transaction, one lock for racing processes."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from workers import schema
from workers.database import SQLITE_PRAGMAS

MIGRATION_LOCK = 0x4C57  # "LW"


def run() -> None:
    url = make_url(context.config.get_main_option("sqlalchemy.url") or "")
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url.set(drivername="sqlite") if is_sqlite else url, poolclass=NullPool)
    with engine.connect() as connection:
        lock(connection, is_sqlite=is_sqlite)
        context.configure(connection=connection, target_metadata=schema.metadata, render_as_batch=is_sqlite)
        context.run_migrations()
        connection.commit()


def lock(connection: Connection, *, is_sqlite: bool) -> None:
    """Two processes that start together must not both create the tables."""
    if not is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        return
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101
    raw.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.exec_driver_sql(pragma)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
