"""A whole Ledgerwire, really started: ``ledgerwire-server up`` on a free port with its own broker, at a tenth
of all times.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.supervisor import mortal
from server.up import own_command
from tests.brokers import found_program
from tests.processes import Process, children, until

#: How the command line of each part reads.
PARTS = {
    "api": r"ledgerwire-server api",
    "worker": r"ledgerwire-server worker",
    "broker": r"^\S*(valkey|redis)-server",
}
#: What must not leak in from the shell of whoever runs the tests.
FOREIGN = ("REDIS_URL", "DATABASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "QBO_CLIENT_ID", "LOG_LEVEL")


class Running:
    """``up`` as a process, and what a person would read from its lines."""

    company = "demo"

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self.data_dir = data_dir
        self.environment = environment(data_dir, **variables)
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            mortal(own_command("up")),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    # --- what it says ---------------------------------------------------------------------------------

    def await_start(self) -> None:
        """Returns when it has said that it runs."""
        until(lambda: self.says("Ledgerwire runs at") or self.has_ended(), "the start", within=60)
        assert not self.has_ended(), "\n".join(self.lines)

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def _told(self, pattern: str) -> str:
        found = re.search(pattern, "\n".join(self.lines))
        assert found, "\n".join(self.lines)
        return found[1]

    @property
    def url(self) -> str:
        return self._told(r"Ledgerwire runs at (http://\S+)\. ")

    @property
    def api_key(self) -> str:
        return self._told(r"API key +(lw_\S+)")

    @property
    def sign_in_url(self) -> str:
        """The link that was printed; it signs in once."""
        return self._told(r"Dashboard +(http\S+)")

    def new_sign_in_url(self, company: str = company, role: str = "bookkeeper") -> str:
        port = str(urlsplit(self.url).port)
        made = subprocess.run(
            own_command("sign-in", company, "--role", role),
            env=self.environment | {"PORT": port},
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.strip()

    # --- what it runs ---------------------------------------------------------------------------------

    def children(self) -> list[Process]:
        return children(self.process.pid)

    def pids(self, part: str) -> list[int]:
        """The processes of ``api``, ``worker`` or ``broker`` that run now."""
        wanted = re.compile(PARTS[part])
        return [
            each.pid
            for each in self.children()
            if wanted.search(each.command) and "lifeline.py" not in each.command
        ]

    def pid(self, part: str) -> int:
        """The process of ``part``, waited for while it is being replaced."""
        until(lambda: len(self.pids(part)) == 1, f"one {part}")
        return self.pids(part)[0]

    def kill(self, part: str) -> int:
        """kill -9 of ``api``, ``worker`` or ``broker``; returns who it was."""
        pid = self.pid(part)
        os.kill(pid, signal.SIGKILL)
        return pid

    def replace(self, part: str) -> int:
        """kill -9, and wait until another one stands in its place and all is ready; returns the new one."""
        old = self.kill(part)
        until(lambda: self.pids(part) not in ([], [old]), f"another {part}")
        self.await_ready()
        return self.pid(part)

    def await_ready(self) -> None:
        """Returns when API, broker, database and a worker are there."""
        until(lambda: b'"status":"ready"' in self.get("/health/ready"), "/health/ready", within=30)

    def get(self, path: str) -> bytes:
        """What a GET answers; nothing where nobody does."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return b""
        finally:
            connection.close()

    def stop(self, *, within: float = 10.0) -> int:
        """SIGTERM, unless it has ended; returns its exit code."""
        if not self.has_ended():
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(within)
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """The environment of a Ledgerwire for tests."""
    ours = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    own = {"DATA_DIR": str(data_dir), "HOST": "127.0.0.1", "PORT": "0", "TEMPO": "0.1"}
    return ours | own | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """Shared by all tests of a process; whoever kills a part waits until it is back."""
    found_program()
    data_dir = Path(tempfile.mkdtemp(prefix="lw-"))
    found = Running(data_dir)
    try:
        found.await_start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(data_dir, ignore_errors=True)
