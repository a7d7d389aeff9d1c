"""An end to a whole call: a socket's own timeout starts anew with each byte, so one that drips would hold us for ever.

    with Deadline(120.0) as deadline:
        response = session.get(url)     # a session that ``watch_connections`` was called for
    deadline.check()

Once the time is up, every connection of the call is cut from another thread. What was being read then ends, with an
error or as if that had been all: ``check`` tells.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from workers.outside.quickbooks.faults import UnknownOutcome

#: Of the call that this thread makes.
_running: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """``seconds`` from when it is entered, in the thread that makes the call."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._outer = _running.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _running.reset(self._outer)
        with self._lock:
            # What is kept open serves other calls, which have their own time.
            self._sockets.clear()

    def check(self) -> None:
        """Raises UnknownOutcome where the time is up."""
        if self.is_over:
            raise UnknownOutcome

    def watch(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.append(connection)
            if self.is_over:
                _cut(connection)

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for connection in self._sockets:
                _cut(connection)


def watch_connections(session: requests.Session) -> None:
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter())


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        # Not SSLSocket's own, which would pull the TLS state from under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _watch(connection: HTTPConnection) -> None:
    deadline = _running.get()
    if deadline is not None and connection.sock is not None:
        deadline.watch(connection.sock)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)

    def request(self, *args: Any, **options: Any) -> None:
        # One that was kept open; a new one is watched as soon as it stands.
        _watch(self)
        super().request(*args, **options)


class _TLSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)

    def request(self, *args: Any, **options: Any) -> None:
        _watch(self)
        super().request(*args, **options)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Adapter(HTTPAdapter):
    """Of requests, with connections that are watched."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


__all__ = ["Deadline", "watch_connections"]
