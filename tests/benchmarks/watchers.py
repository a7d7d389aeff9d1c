"""Lean WebSocket watchers: one bare protocol each, because a hundred clients of a library would measure themselves."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import struct
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from tests.benchmarks.marks import now

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
#: What a measured event carries somewhere in its JSON.
TICK = re.compile(rb"tick (\d+)!")


def tick(number: int) -> str:
    return f"tick {number}!"


class Watcher(asyncio.Protocol):
    """Joins with ``says``; calls ``heard(number, moment)`` for each tick."""

    def __init__(self, request: bytes, says: bytes, heard: Callable[[int, float], None]) -> None:
        self._request = request
        self._says = says
        self._heard = heard
        self._buffer = b""
        self._is_open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of a class of their own.
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def connection_lost(self, _error: Exception | None) -> None:
        self.gone.set()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("a watcher was turned away"))

    def data_received(self, data: bytes) -> None:
        moment = now()
        self._buffer += data
        if not self._is_open and not self._shake_hands():
            return
        while (frame := self._next_frame()) is not None:
            self._take(*frame, moment)

    def _shake_hands(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 101 " not in head:
            raise ConnectionError(head.decode())
        self._is_open, self._buffer = True, rest
        if self._says:
            self._send(TEXT, self._says)
        else:
            self.ready.set_result(None)
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Of a server: unmasked, unfragmented."""
        buffer, start = self._buffer, 2
        if len(buffer) < start:
            return None
        length = buffer[1] & 0x7F
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0] & 0x0F, buffer[start : start + length]

    def _take(self, opcode: int, payload: bytes, moment: float) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode == CLOSE:
            self.transport.close()
        elif found := TICK.search(payload):
            self._heard(int(found[1]), moment)
        if self._says and not self.ready.done() and b'"type":"snapshot"' in payload:
            self.ready.set_result(None)

    def _send(self, opcode: int, payload: bytes) -> None:
        # Masked with zeros: the frame must be marked as masked, and the mask may be any.
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else struct.pack("!BH", 0x80 | 126, length)
        self.transport.write(bytes([0x80 | opcode]) + size + bytes(4) + payload)


class Crowd:
    """Watchers of one server, and when each of them heard each tick."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.watchers: list[Watcher] = []
        self._moments: dict[int, list[float]] = {}
        self._complete: dict[int, asyncio.Future[list[float]]] = {}

    async def join(self, url: str, *, says: bytes = b"", key: str = "") -> None:
        where = urlsplit(url)
        request = _handshake(where.netloc, where.path, key)
        loop = asyncio.get_running_loop()
        for _ in range(self.count):
            _, watcher = await loop.create_connection(
                lambda: Watcher(request, says, self._hear), str(where.hostname), where.port or 80
            )
            self.watchers.append(watcher)
            await asyncio.wait_for(watcher.ready, 10)

    def expect(self, number: int) -> asyncio.Future[list[float]]:
        """Done with the moments at which all have heard tick ``number``."""
        self._moments[number] = []
        self._complete[number] = found = asyncio.get_running_loop().create_future()
        return found

    def _hear(self, number: int, moment: float) -> None:
        moments = self._moments.get(number)
        if moments is None:
            return
        moments.append(moment)
        if len(moments) == self.count:
            self._complete.pop(number).set_result(self._moments.pop(number))

    async def leave(self) -> None:
        for watcher in self.watchers:
            watcher.transport.close()
        for watcher in self.watchers:
            await watcher.gone.wait()


def _handshake(host: str, path: str, key: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    if key:
        lines += ["Sec-WebSocket-Protocol: ledgerwire.v1", f"Authorization: Bearer {key}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
