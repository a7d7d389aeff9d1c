"""A server of a few bytes by order, in the place of QuickBooks: it answers well, then drips, floods or stops."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

PAUSE = 0.05
#: From the server's own address and what it is asked for.
Answer = Callable[[str, str], "Script"]


class Script(msgspec.Struct, frozen=True):
    """What is sent for one request, then ``endless`` for as long as it is taken."""

    pieces: tuple[bytes, ...] = ()
    endless: bytes = b""
    #: Seconds between two endless pieces.
    pause: float = PAUSE
    keeps_open: bool = False


def head(status: int = 200, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} X", "Content-Type: application/json", *lines, "", ""]).encode()


def well(body: object, status: int = 200, *lines: str) -> Script:
    """A whole answer, after which the connection stays open."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    pieces = (head(status, f"Content-Length: {len(content)}", *lines), content)
    return Script(pieces, keeps_open=True)


@asynccontextmanager
async def rogue(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Its address."""

    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        # Cancelled only below; asyncio's streams ask a cancelled task for its exception, and complain.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _serve(answer, origin, reader, writer)
        writer.transport.abort()
        serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    # No certificate is made for a number.
    scheme, host = ("http", "127.0.0.1") if tls is None else ("https", "localhost")
    origin = f"{scheme}://{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield origin
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)


async def _serve(
    answer: Answer, origin: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while True:
        script = answer(origin, await _asked(reader))
        writer.writelines(script.pieces)
        await writer.drain()
        while script.endless:
            writer.write(script.endless)
            await writer.drain()
            await asyncio.sleep(script.pause)
        if not script.keeps_open:
            writer.close()
            await writer.wait_closed()
            return


async def _asked(reader: asyncio.StreamReader) -> str:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    length = next((line.split(":")[1] for line in lines if line.lower().startswith("content-length:")), "0")
    await reader.readexactly(int(length))
    return lines[0].split()[1]
