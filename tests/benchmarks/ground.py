"""Real parts to measure on: a broker and a database of their own, and processes that end with the measurement."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from server.broker import find_program
from server.supervisor import mortal
from tests.brokers import Broker
from tests.databases import PostgresServer, find_postgres
from tests.stories.fleet import Fleet
from workers.database import migrate
from workers.jobs.kernel import Kernel
from workers.settings import Settings

ROOT = Path(__file__).parents[2]
#: What a database for people keeps on: an answered submit survives a power cut.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
DATABASES = ("sqlite", "postgresql")


class MissingPart(Exception):
    """This machine lacks something that the measurement needs."""


class Ground:
    """Its ``settings`` are the defaults, but for where things are."""

    def __init__(self, folder: Path, broker: Broker, settings: Settings) -> None:
        self.folder = folder
        self.broker = broker
        self.settings = settings
        self.fleet = Fleet(settings)
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a process that ends with this one; what it writes goes to a file in the folder."""
        with (self.folder / f"process-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                mortal(list(command)),
                env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def close(self) -> None:
        self.fleet.close()
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def ground(database: str = "sqlite", **changes: Any) -> Iterator[Ground]:
    """``changes`` are made to the default settings."""
    # Short: a unix socket's path has about 100 bytes.
    folder = Path(tempfile.mkdtemp(prefix="lw-"))
    broker = Broker(find_program(), folder / "broker")
    try:
        broker.start()
        with _database(database, folder) as url:
            settings = Settings(data_dir=folder, database_url=url, redis_url=broker.url, **changes)
            found = Ground(folder, broker, settings)
            try:
                yield found
            finally:
                found.close()
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{folder / 'ledgerwire.db'}"
        migrate(url)
        yield url
        return
    binaries = find_postgres()
    if binaries is None:
        raise MissingPart("PostgreSQL is not installed")
    server = PostgresServer(binaries, DURABLE)
    try:
        server.start()
        yield server.url(server.create())
    finally:
        server.stop()


@asynccontextmanager
async def opened_kernel(settings: Settings) -> AsyncIterator[Kernel]:
    """As an API process holds it, ticks running."""
    kernel = Kernel.open(settings)
    await kernel.start()
    try:
        yield kernel
    finally:
        await kernel.close()
