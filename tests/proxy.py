"""A proxy between us and a database or a broker, whose connections a test cuts at the worst moment.

async with Proxy(url) as proxy:
    database = Database(proxy.url)
    cut = proxy.cut_on(b"COMMIT")       # it reaches the server, its answer never reaches us
    …
    await cut.wait()
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from sqlalchemy.engine import make_url


class Proxy:
    """``target`` is a URL of PostgreSQL or of a broker, over TCP or a unix socket; ``url`` the same through us."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.port = 0
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()
        self._trap: _Trap | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*(pair.closed.wait() for pair in self._pairs))

    @property
    def url(self) -> str:
        url = make_url(self.target)
        if url.get_backend_name() == "unix":
            return f"redis://127.0.0.1:{self.port}"
        through = url.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    def cut(self) -> int:
        """Cut every connection there is; new ones are served. Returns how many were cut."""
        pairs = list(self._pairs)
        for pair in pairs:
            pair.cut()
        return len(pairs)

    def cut_on(self, pattern: bytes, *, forward: bool = True) -> asyncio.Event:
        """Cut the next connection by which ``pattern`` is sent, and say so.

        The server gets it, and has done what it says before the cut, unless ``forward`` is false.
        """
        self._trap = _Trap(pattern, forward=forward)
        return self._trap.sprung

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair((reader, writer), server)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._forward_requests(pair), pair.forward_answers())
        finally:
            pair.cut()
            pair.closed.set()
            self._pairs.discard(pair)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        url = make_url(self.target)
        if url.get_backend_name() == "unix":
            return await asyncio.open_unix_connection(self.target.removeprefix("unix://").partition("?")[0])
        if "host" in url.query:
            return await asyncio.open_unix_connection(f"{url.query['host']}/.s.PGSQL.{url.port or 5432}")
        default = 6379 if url.get_backend_name().startswith("redis") else 5432
        return await asyncio.open_connection(url.host, url.port or default)

    async def _forward_requests(self, pair: _Pair) -> None:
        kept = b""
        async for chunk in pair.requests():
            trap = self._trap
            if trap is None or trap.pattern not in kept + chunk:
                pair.server[1].write(chunk)
                # A pattern may lie across two chunks.
                kept = (kept + chunk)[1 - len(trap.pattern) :] if trap and len(trap.pattern) > 1 else b""
                continue
            self._trap = None
            if trap.forward:
                await pair.ask_in_vain(chunk)
            pair.cut()
            trap.sprung.set()


class _Trap:
    def __init__(self, pattern: bytes, *, forward: bool) -> None:
        self.pattern = pattern
        self.forward = forward
        self.sprung = asyncio.Event()


class _Pair:
    """A client's connection to us and ours to the server."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self.client = client
        self.server = server
        self.closed = asyncio.Event()
        self._answered = asyncio.Event()
        self._is_in_vain = False

    async def requests(self) -> AsyncIterator[bytes]:
        async for chunk in _chunks(self.client[0]):
            yield chunk
        self.cut()

    async def forward_answers(self) -> None:
        async for chunk in _chunks(self.server[0]):
            self._answered.set()
            if not self._is_in_vain:
                self.client[1].write(chunk)
        self.cut()

    async def ask_in_vain(self, request: bytes) -> None:
        """Returns when the server has answered; nobody hears it."""
        self._is_in_vain = True
        self._answered.clear()
        self.server[1].write(request)
        await self._answered.wait()

    def cut(self) -> None:
        self._answered.set()
        for _reader, writer in (self.client, self.server):
            writer.transport.abort()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65_536):
            yield chunk
