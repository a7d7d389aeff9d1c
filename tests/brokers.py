"""A real broker for tests: one server per test process on a unix socket, emptied before each test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from server import broker as brokers
from server import supervisor


class Broker:
    """A Valkey or Redis that a test may kill, pause and start again on the same data."""

    def __init__(self, program: brokers.Program, data_dir: Path) -> None:
        self.program = program
        self.data_dir = data_dir
        self.url = brokers.address(data_dir)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Returns when it answers, its append-only file loaded."""
        brokers.prepare(self.data_dir)
        command = supervisor.mortal(brokers.command(self.program, self.data_dir))
        with (self.data_dir / "log").open("ab") as log:
            self.process = process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if not wait_until_ready(self.url, lambda: process.poll() is None):
            pytest.fail(f"The broker did not start: {(self.data_dir / 'log').read_text()[-2_000:]}")

    def kill(self) -> None:
        """kill -9; returns when it is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()

    def kill_clients(self, kind: str = "normal") -> int:
        """Cut every connection of ``kind`` (``normal`` or ``pubsub``) but the asker's; returns how many."""
        with self.client() as client:
            return int(client.execute_command("CLIENT", "KILL", "TYPE", kind))

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5, decode_responses=True)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.is_running():
            self.resume()
            self.kill()
        shutil.rmtree(brokers.socket_path(self.data_dir).parent, ignore_errors=True)
        shutil.rmtree(self.data_dir, ignore_errors=True)


def wait_until_ready(url: str, is_running: Callable[[], bool], *, within: float = 15.0) -> bool:
    """Whether the broker at ``url`` answered (its file loaded) before it ended or time was up."""
    deadline = time.monotonic() + within
    while is_running() and time.monotonic() < deadline:
        if brokers.trouble(url, timeout=1.0) is None:
            return True
        time.sleep(0.01)
    return False


def found_program() -> brokers.Program:
    """Skips on a laptop without a broker; in CI that is a failure."""
    try:
        return brokers.find_program()
    except brokers.BrokerError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def broker_of_session() -> Iterator[Broker]:
    # Short: a unix socket's path has about 100 bytes.
    found = Broker(found_program(), Path(tempfile.mkdtemp(prefix="lw-")))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def broker(broker_of_session: Broker) -> Iterator[Broker]:
    """Running and empty, whatever the test before did to it."""
    if not broker_of_session.is_running():
        broker_of_session.start()
    broker_of_session.flush()
    yield broker_of_session
    if broker_of_session.is_running():
        broker_of_session.resume()
