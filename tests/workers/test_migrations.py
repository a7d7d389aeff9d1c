"""What Alembic makes is what the code describes, on both databases; and what is in the books survives it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from tests.databases import PostgresServer
from workers import schema
from workers.database import Database, alembic_config, migrate

BOOKS_OF_0003 = Path(__file__).with_name("books_of_0003.sql")
OLD_JOURNAL = """
    SELECT transaction_id, state, position, account, CAST(debit AS VARCHAR), CAST(credit AS VARCHAR)
    FROM journal_entries JOIN journal_lines USING (entry_id) ORDER BY entry_id, position
"""
NEW_JOURNAL = """
    SELECT transaction_id, state, position, debit_account, credit_account, CAST(amount AS VARCHAR)
    FROM journal_entries JOIN journal_movements USING (entry_id) ORDER BY entry_id, position
"""
LINES = """
    SELECT transaction_id, CAST(amount AS VARCHAR), category, state, source, fingerprint
    FROM transactions ORDER BY transaction_id
"""


async def test_migrations_make_exactly_the_described_tables(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database.url)
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return list(compare_metadata(context, schema.metadata))


# --- with books in it -----------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def old_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database at revision 0003 that has been worked with."""
    if request.param == "sqlite":
        yield _filled(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_empty()
    yield _filled(server.url(name))
    server.drop(name)


def _filled(url: str) -> str:
    migrate(url, "0003")
    asyncio.run(_fill(url))
    return url


def test_lines_and_their_journal_survive_the_review_and_the_way_back(old_books: str) -> None:
    """On SQLite a table made anew is dropped first, and a journal that cascades would go with its lines."""
    lines, journal = read(old_books, LINES), read(old_books, OLD_JOURNAL)
    assert (len(lines), len(journal)) == (3, 4)
    for _time in range(2):
        migrate(old_books)
        assert read(old_books, NEW_JOURNAL) == [
            ("t-1", "proposed", 1, "Meals", "Checking", "4.50"),
            ("t-2", "posted", 1, "Checking", "Sales", "812.40"),
        ]
        assert read(old_books, LINES) == lines
        command.downgrade(alembic_config(old_books), "0003")
        assert (read(old_books, LINES), read(old_books, OLD_JOURNAL)) == (lines, journal)


def test_what_was_there_before_the_review_begins_with_what_it_needs(old_books: str) -> None:
    migrate(old_books)
    unchanged = "SELECT count(*) FROM transactions WHERE updated_at = created_at AND revision = 1"
    assert read(old_books, unchanged) == [(3,)]
    assert read(old_books, "SELECT match, category, pattern, amount_min FROM rules") == [
        ("COFFEE", "Meals", None, None)
    ]
    assert read(old_books, "SELECT count(*) FROM accounts WHERE NOT archived") == [(3,)]
    assert read(old_books, "SELECT closed_through FROM companies") == [(None,)]


def test_jobs_of_before_are_called_by_their_files_and_found_by_them(old_books: str) -> None:
    migrate(old_books, "0007")
    asyncio.run(_submit_of_old(old_books))
    migrate(old_books)
    said = "SELECT job_id, title, words, error_words FROM jobs ORDER BY job_id"
    assert read(old_books, said) == [
        ("j-1", "Juni.CSV", "ann\nt-7\njuni.csv", None),
        ("j-2", "a.jpg and 1 more", "t-7\na.jpg\nb.jpg", None),
        ("j-3", None, "t-7", "spalte übertrag fehlt.\nzeile 3"),
    ]
    command.downgrade(alembic_config(old_books), "0007")
    assert read(old_books, "SELECT count(*) FROM jobs") == [(3,)]


async def _submit_of_old(url: str) -> None:
    a_file = {"name": "Juni.CSV", "sha256": "0" * 64, "size": 1}
    pile = [{**a_file, "name": name} for name in ("a.jpg", "b.jpg")]
    work = [
        ("j-1", "Ann", "upload-and-categorize", {"file": a_file}),
        ("j-2", None, "ocr", {"files": pile}),
        ("j-3", None, "categorize", {"transaction_ids": [{"name": "no file", "sha256": ""}]}),
    ]
    row = text(
        "INSERT INTO jobs"
        " (job_id, company_id, tenant_id, kind, params, status, request_hash, submitted_by, error, created_at,"
        " updated_at) VALUES (:id, 'demo', 'T-7', :kind, :params, 'complete', '0', :by, :error, :day, :day)"
    )
    day = {"day": datetime(2026, 1, 1, tzinfo=UTC) if "postgresql" in url else "2026-01-01T00:00:00+00:00"}
    async with opened(url) as database, database.transaction() as tx:
        for job_id, by, kind, params in work:
            error = (
                json.dumps({"title": "Spalte ÜBERTRAG fehlt.", "detail": "Zeile 3"})
                if kind == "categorize"
                else None
            )
            await tx.execute(
                row,
                {"id": job_id, "by": by, "kind": kind, "params": json.dumps(params), "error": error, **day},
            )


async def _fill(url: str) -> None:
    async with opened(url) as database, database.transaction() as tx:
        for statement in BOOKS_OF_0003.read_text().split(";\n"):
            await tx.execute(text(statement))


def read(url: str, query: str) -> list[tuple[Any, ...]]:
    async def rows() -> list[tuple[Any, ...]]:
        async with opened(url) as database, database.reading() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    return asyncio.run(rows())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
