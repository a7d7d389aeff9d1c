"""A process that falls asleep inside a transaction does not keep the others waiting for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from workers.books.companies import create_company
from workers.books.schema import companies
from workers.database import Database, is_unknown_outcome

RENAME = update(companies).where(companies.c.company_id == "acme")


async def test_its_locks_are_freed_and_it_learns_of_it(postgres_url: str) -> None:
    sleeper, other = Database(postgres_url, idle_limit=0.2), Database(postgres_url)
    async with other.transaction() as tx:
        await create_company(tx, "acme")
    with pytest.raises(DBAPIError) as caught:
        async with sleeper.transaction() as tx:
            await tx.execute(RENAME.values(name="asleep"))
            async with asyncio.timeout(10), other.transaction() as awake:
                await awake.execute(RENAME.values(name=f"awake at {datetime.now(UTC)}"))
            await tx.execute(RENAME.values(name="awake too late"))
    assert is_unknown_outcome(caught.value)
    await sleeper.close()
    await other.close()
