from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from click.testing import CliRunner, Result

from ledgerwire import AsyncLedgerwire, Ledgerwire, Persistence
from ledgerwire.cli import main
from ledgerwire.command import Session
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


class CliRun:
    def __init__(self, server: Server) -> None:
        self.session = Session(server.url, "secret", HASTY)

    def __call__(self, *words: str, **options: str | None) -> Result:
        return CliRunner().invoke(main, words, obj=self.session, env=dict(options))


@pytest.fixture
def run(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRun]:
    for name in ("LEDGERWIRE_URL", "LEDGERWIRE_API_KEY", "LEDGERWIRE_COMPANY"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRun(server)
    yield runner
    runner.session.client.close()
