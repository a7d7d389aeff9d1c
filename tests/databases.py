"""The fixtures ``database`` and ``database_url``: a migrated, empty database of its own for every test.

Each test runs twice, on SQLite and on a PostgreSQL server that the test session starts for itself. Both are
migrated once a session into a template, and a test gets a copy of it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from workers.database import Database, migrate

TEMPLATE = "ledgerwire_template"
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "log_min_messages": "fatal",
}


class PostgresServer:
    """A throwaway server on a unix socket; ``create`` makes a fresh copy of the migrated template."""

    def __init__(self, binaries: Path, settings: Mapping[str, str] | None = None) -> None:
        """``settings`` replace those of SERVER_SETTINGS."""
        self._binaries = binaries
        self._settings = {**SERVER_SETTINGS, **(settings or {})}
        self._folder = Path(tempfile.mkdtemp(prefix="lw-pg-"))
        self._owner = pwd.getpwnam(_unprivileged()) if os.geteuid() == 0 else None
        if self._owner:
            os.chown(self._folder, self._owner.pw_uid, self._owner.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = [word for item in self._settings.items() for word in ("-c", "=".join(item))]
        command = self._command("postgres", "-D", str(data), "-k", str(self._folder), *settings)
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL)
        self._await_answer()
        self._execute(f'CREATE DATABASE "{TEMPLATE}"')
        migrate(self.url(TEMPLATE))

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def create(self) -> str:
        return self._create(f'TEMPLATE "{TEMPLATE}"')

    def create_empty(self) -> str:
        """Without any table."""
        return self._create("")

    def _create(self, how: str) -> str:
        name = f"test_{uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" {how}')
        return name

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                assert self._process
                assert self._process.poll() is None, "PostgreSQL ended while it was starting"
                assert time.monotonic() < deadline, "PostgreSQL did not answer within 30 s"
                time.sleep(0.02)
            else:
                return

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            self._command(name, *arguments), cwd=self._folder, check=True, stdout=subprocess.DEVNULL
        )

    def _command(self, name: str, *arguments: str) -> list[str]:
        return [*self._demote(), str(self._binaries / name), *arguments]

    def _demote(self) -> list[str]:
        # PostgreSQL refuses to run as root; the death signal stops it when a test session is killed.
        if not (setpriv := shutil.which("setpriv")):
            return []
        owner = self._owner
        identity = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"] if owner else []
        return [setpriv, *identity, "--pdeathsig", "INT", "--"]


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def find_postgres() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: on PATH, else where Debian puts the newest."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return homes[-1].parent if homes else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Missing: skipped on a laptop, a failure where CI=true."""
    binaries = find_postgres()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL (initdb, postgres) is not installed, and CI needs it")
        pytest.skip("PostgreSQL is not installed")
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "ledgerwire.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database: for whoever starts processes of its own."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()
