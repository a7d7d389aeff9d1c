"""The one statement that SQLite and PostgreSQL share and SQLAlchemy's core does not: INSERT … ON CONFLICT."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ``on_conflict_do_nothing``, for the database behind ``connection``."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
