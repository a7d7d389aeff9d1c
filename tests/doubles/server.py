"""A small HTTP/1.1 server for doubles of vendors: one that can also do what no decent server does.

A handler answers a request with a Response, or with a Misdeed: never, half an answer, or a cut connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httptools
import msgspec

PHRASES = {
    200: "OK",
    303: "See Other",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
}


class Request(msgspec.Struct, frozen=True):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = {}

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Response(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    #: Cut the connection after half of the body.
    broken: bool = False


class Misdeed(enum.Enum):
    #: No answer; ends when the client goes.
    HANG = enum.auto()
    #: The connection is cut without a word.
    DROP = enum.auto()


Handler = Callable[[Request], Awaitable[Response | Misdeed]]


def json_response(status: int, value: Any, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, msgspec.json.encode(value), {"content-type": "application/json", **named})


class Server:
    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.port = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cuts whatever is connected."""
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            # Cancelled only by stop; asyncio's streams ask a cancelled task for its exception, and complain.
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await _Connection(self.handler, reader, writer).serve()
        finally:
            self._serving.discard(task)
            writer.transport.abort()


class _Connection:
    """Speaks to one client, request after request; httptools calls the ``on_`` methods."""

    def __init__(self, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.handler = handler
        self.reader = reader
        self.writer = writer
        self.complete = False

    async def serve(self) -> None:
        while (request := await self._request()) is not None:
            response = await self._response(request)
            if not isinstance(response, Response):
                return
            head = [f"HTTP/1.1 {response.status} {PHRASES.get(response.status, 'Whatever')}"]
            headers = {"content-length": str(len(response.body)), **response.headers}
            head += [f"{name}: {value}" for name, value in headers.items()]
            body = response.body[: len(response.body) // 2] if response.broken else response.body
            self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
            await self.writer.drain()
            if response.broken:
                self.writer.close()
                return

    async def _response(self, request: Request) -> Response | None:
        found = await self.handler(request)
        if found is Misdeed.HANG:
            await self.reader.read()
        return found if isinstance(found, Response) else None

    async def _request(self) -> Request | None:
        """Null where the client has gone."""
        self.url, self.headers, self.body, self.complete = b"", dict[str, str](), b"", False
        parser = httptools.HttpRequestParser(self)
        while not self.complete:
            chunk = await self.reader.read(65_536)
            if not chunk:
                return None
            parser.feed_data(chunk)
        url = urlsplit(self.url.decode())
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return Request(parser.get_method().decode(), url.path, self.headers, self.body, query)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True
