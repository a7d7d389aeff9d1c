from __future__ import annotations

import pytest

from tests.workers.books.receipts.filing import Filed
from workers.books.companies import create_company, list_bank_accounts
from workers.database import Database


@pytest.fixture
async def filed(database: Database) -> Filed:
    async with database.transaction() as tx:
        await create_company(tx, "acme", starter_rules=True)
        (account,) = await list_bank_accounts(tx, "acme")
    return Filed(database, "acme", account)


@pytest.fixture
async def other(database: Database) -> Filed:
    """Another company."""
    async with database.transaction() as tx:
        await create_company(tx, "other", starter_rules=True)
        (account,) = await list_bank_accounts(tx, "other")
    return Filed(database, "other", account)
