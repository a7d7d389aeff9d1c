"""The fixture ``api``: the API with two companies, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.brokers import Broker
from tests.server.serving import Api, api_settings, serving


@pytest.fixture
async def api(database_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(api_settings(tmp_path, database_url=database_url, redis_url=broker.url)) as running:
        await running.create_companies()
        yield running


@pytest.fixture
async def sqlite_api(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    """Where the database makes no difference to what is tested."""
    async with serving(api_settings(tmp_path, database_url=sqlite_url, redis_url=broker.url)) as running:
        await running.create_companies()
        yield running
