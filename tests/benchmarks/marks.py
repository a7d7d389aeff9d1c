"""When a task's first line ran, told by datagram: a few microseconds, and the same for every queue.

Standard library only: a peer's worker imports it in an environment of its own. All processes of one machine read
the same monotonic clock.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path

#: Where a worker finds the listener.
VARIABLE = "LEDGERWIRE_BENCHMARK_MARKS"

_sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
_sender.setblocking(False)


def now() -> float:
    """Milliseconds of the machine's monotonic clock."""
    return time.monotonic_ns() / 1e6


def mark(token: str) -> None:
    """Called as a task's first line."""
    moment = now()
    _sender.sendto(f"{moment} {token}".encode(), os.environ[VARIABLE])


class Marks:
    """The listener's side; processes that this one starts from now on find it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "marks"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        os.environ[VARIABLE] = str(self.path)
        self._socket.setblocking(False)
        self._seen: dict[str, asyncio.Future[float]] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def expect(self, token: str) -> asyncio.Future[float]:
        """Done with the moment at which the task of ``token`` began."""
        self._seen[token] = found = self._loop.create_future()
        return found

    def _read(self) -> None:
        moment, _, token = self._socket.recv(256).decode().partition(" ")
        found = self._seen.pop(token, None)
        if found is not None and not found.done():
            found.set_result(float(moment))

    def close(self) -> None:
        del os.environ[VARIABLE]
        self._loop.remove_reader(self._socket)
        self._socket.close()
