"""A company with books, and a worker that knows the real kinds of work."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ledgerwire.submissions import Upload
from tests.workers.jobs.conftest import Workers, kernel, settings, workers
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel

__all__ = ["Workers", "kernel", "settings", "workers"]


@pytest.fixture
async def company(kernel: Kernel) -> str:
    async with kernel.database.transaction() as tx:
        await create_company(tx, "acme", starter_rules=True)
    return "acme"


async def put(kernel: Kernel, text: str, name: str = "june.csv") -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        yield text.encode()

    return await kernel.files.put(name, chunks(), limit=2**20 * 25)
