from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from ledgerwire import AsyncLedgerwire, Ledgerwire, Persistence
from tests.client.server import Server, serving

#: The same decisions at a tenth of the times and less.
HASTY = Persistence(tries=4, patience=5.0, least=0.005, base=0.005, most=0.02)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def server(shared_server: Server) -> Server:
    shared_server.calls.clear()
    shared_server._steps.clear()
    return shared_server


@pytest.fixture
def client(server: Server) -> Iterator[Ledgerwire]:
    with Ledgerwire(server.url, "secret", persistence=HASTY) as client:
        yield client


@pytest.fixture
async def async_client(server: Server) -> AsyncIterator[AsyncLedgerwire]:
    async with AsyncLedgerwire(server.url, "secret", persistence=HASTY) as client:
        yield client
