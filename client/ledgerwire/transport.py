"""The two bodies that perform what flows ask for: the only place of the SDK that does I/O.

``Body`` and ``AsyncBody`` mirror each other line by line and decide nothing; what both need stands
above them.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import httpx2
import msgspec
import websockets.asyncio.client
import websockets.exceptions
import websockets.sync.client
from websockets.typing import Subprotocol

from ledgerwire import attachment
from ledgerwire.exceptions import LedgerwireError
from ledgerwire.exchange import Answer, Lost, Request
from ledgerwire.flow import (
    Closed,
    Effect,
    Emit,
    Flow,
    HangUp,
    Load,
    NoSocket,
    Now,
    Open,
    Opened,
    Pause,
    Read,
    Say,
    Send,
    Silent,
)
from ledgerwire.line import EVENT_STREAM, SUBPROTOCOL
from ledgerwire.persistence import PASSING
from ledgerwire.sse import LONGEST

T = TypeVar("T")

#: Seconds to reach the server, and to part from it.
CONNECTING = 10.0
PARTING = 1.0


class Address(msgspec.Struct, frozen=True):
    """Where the server is, and who asks."""

    base: str
    api_key: str | None = None
    tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Address({self.base!r})"

    @property
    def headers(self) -> dict[str, str]:
        mine = {"user-agent": f"ledgerwire-python/{_version()}"}
        if self.api_key:
            mine["authorization"] = f"Bearer {self.api_key}"
        return mine

    @property
    def socket_base(self) -> str:
        return f"ws{self.base.removeprefix('http')}"


def _version() -> str:
    try:
        return version("ledgerwire")
    except PackageNotFoundError:
        return "0"


def _http_settings(address: Address) -> dict[str, Any]:
    return {"headers": address.headers, "verify": address.tls or True}


def _http_request(address: Address, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {}
    headers = dict(request.headers)
    if request.json is not None:
        body["content"] = request.json
        headers["content-type"] = "application/json"
    if request.files or request.form:
        body["data"] = request.form
        body["files"] = [(field, (sent.name, sent.content)) for field, sent in request.files]
    return {
        "method": request.method,
        "url": address.base + request.path,
        "params": request.query or None,
        "headers": headers,
        "timeout": httpx2.Timeout(request.silence, connect=CONNECTING),
        **body,
    }


def _socket_settings(address: Address) -> dict[str, Any]:
    headers = address.headers
    return {
        "user_agent_header": headers.pop("user-agent"),
        "additional_headers": headers,
        "subprotocols": [Subprotocol(SUBPROTOCOL)],
        "compression": None,
        "max_size": LONGEST,
        "open_timeout": CONNECTING,
        "close_timeout": PARTING,
        **({"ssl": address.tls} if address.tls and address.base.startswith("https") else {}),
    }


def _answer(response: httpx2.Response) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.content)


def _is_stream(response: httpx2.Response) -> bool:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.status_code == httpx2.codes.OK and media_type == EVENT_STREAM


def _lost(error: Exception) -> Lost:
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        raise LedgerwireError(f"The request cannot be sent ({error}): check LEDGERWIRE_URL and the API key.")
    return Lost(str(error) or type(error).__name__)


def _no_socket(error: Exception) -> Answer | NoSocket | Lost:
    match error:
        case websockets.exceptions.InvalidStatus(response=response) if response.status_code in PASSING:
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            return Answer(response.status_code, headers, bytes(response.body))
        case websockets.exceptions.InvalidMessage() | websockets.exceptions.ProxyError():
            return Lost(str(error))
        case websockets.exceptions.InvalidHandshake():
            return NoSocket(str(error))
    return Lost(str(error) or type(error).__name__)


def _closed(error: websockets.exceptions.ConnectionClosed) -> Closed:
    if error.rcvd is None:
        return Closed(None, str(error))
    return Closed(error.rcvd.code, error.rcvd.reason)


_NO_SOCKET = (OSError, EOFError, websockets.exceptions.WebSocketException)


class Body:
    def __init__(self, address: Address) -> None:
        self.address = address
        self.http = httpx2.Client(**_http_settings(address))

    def run(self, flow: Flow[T]) -> T:
        result: Any = None
        while True:
            try:
                effect = flow.send(result)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result = self.perform(effect)

    def stream(self, flow: Flow[None]) -> Generator[Any]:
        """What the flow emits; closing this closes the connection."""
        line = _Line(self)
        result: Any = None
        try:
            while True:
                effect = flow.send(result)
                result = (yield effect.value) if isinstance(effect, Emit) else line.perform(effect)
        except StopIteration:
            return
        finally:
            line.hang_up()
            flow.close()

    def perform(self, effect: Effect) -> Any:
        match effect:
            case Now():
                return time.monotonic()
            case Pause(least=least, most=most):
                return time.sleep(random.uniform(least, most))  # noqa: S311  (jitter)
            case Load(source=source):
                return attachment.load(source)
            case Send(request=request):
                return self._send(request)
        raise AssertionError(effect)

    def _send(self, request: Request) -> Answer | Lost:
        try:
            return _answer(self.http.request(**_http_request(self.address, request)))
        except httpx2.RequestError as error:
            return _lost(error)

    def close(self) -> None:
        self.http.close()


class _Line:
    """The one open connection of a stream."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._response: httpx2.Response | None = None
        self._chunks: Iterator[bytes] = iter(())
        self._door = ExitStack()
        self._socket: websockets.sync.client.ClientConnection | None = None
        self._silence = 0.0

    def perform(self, effect: Effect) -> Any:
        match effect:
            case Open(request=request, socket=socket):
                self.hang_up()
                self._silence = request.silence
                return self._open_socket(request) if socket else self._open_response(request)
            case Read():
                return self._next_message() if self._socket else self._next_chunk()
            case Say(message=message):
                return self._say(message)
            case HangUp():
                return self.hang_up()
        return self._body.perform(effect)

    def _open_response(self, request: Request) -> Opened | Answer | Lost:
        http = self._body.http
        try:
            response = http.send(
                http.build_request(**_http_request(self._body.address, request)), stream=True
            )
            if not _is_stream(response):
                response.read()
                return _answer(response)
        except httpx2.RequestError as error:
            return _lost(error)
        self._response, self._chunks = response, response.iter_bytes()
        return Opened()

    def _open_socket(self, request: Request) -> Opened | Answer | NoSocket | Lost:
        address = self._body.address
        try:
            # Entered as websockets wants it: what connect() returns by itself is about to change.
            connection = websockets.sync.client.connect(
                address.socket_base + request.path, **_socket_settings(address)
            )
            self._socket = self._door.enter_context(connection)
        except _NO_SOCKET as error:
            return _no_socket(error)
        return Opened()

    def _next_chunk(self) -> bytes | Closed:
        try:
            return next(self._chunks, Closed())
        except httpx2.RequestError as error:
            return Closed(None, str(error) or type(error).__name__)

    def _next_message(self) -> bytes | Silent | Closed:
        assert self._socket  # noqa: S101  (for the type checker)
        try:
            return self._socket.recv(self._silence, decode=False)
        except TimeoutError:
            return Silent()
        except websockets.exceptions.ConnectionClosed as error:
            return _closed(error)

    def _say(self, message: bytes) -> None:
        try:
            if self._socket:
                self._socket.send(message, text=True)
        except websockets.exceptions.ConnectionClosed:
            pass  # the next read tells why

    def hang_up(self) -> None:
        response, self._response = self._response, None
        self._socket = None
        self._door.close()
        if response:
            response.close()


class AsyncBody:
    def __init__(self, address: Address) -> None:
        self.address = address
        self.http = httpx2.AsyncClient(**_http_settings(address))

    async def run(self, flow: Flow[T]) -> T:
        result: Any = None
        while True:
            try:
                effect = flow.send(result)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result = await self.perform(effect)

    async def stream(self, flow: Flow[None]) -> AsyncGenerator[Any]:
        """What the flow emits; closing this closes the connection."""
        line = _AsyncLine(self)
        result: Any = None
        try:
            while True:
                effect = flow.send(result)
                result = (yield effect.value) if isinstance(effect, Emit) else await line.perform(effect)
        except StopIteration:
            return
        finally:
            await line.hang_up()
            flow.close()

    async def perform(self, effect: Effect) -> Any:
        match effect:
            case Now():
                return time.monotonic()
            case Pause(least=least, most=most):
                return await asyncio.sleep(random.uniform(least, most))  # noqa: S311  (jitter)
            case Load(source=source):
                return await asyncio.to_thread(attachment.load, source)
            case Send(request=request):
                return await self._send(request)
        raise AssertionError(effect)

    async def _send(self, request: Request) -> Answer | Lost:
        try:
            return _answer(await self.http.request(**_http_request(self.address, request)))
        except httpx2.RequestError as error:
            return _lost(error)

    async def close(self) -> None:
        await self.http.aclose()


class _AsyncLine:
    """The one open connection of a stream."""

    def __init__(self, body: AsyncBody) -> None:
        self._body = body
        self._response: httpx2.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self._socket: websockets.asyncio.client.ClientConnection | None = None
        self._silence = 0.0

    async def perform(self, effect: Effect) -> Any:
        match effect:
            case Open(request=request, socket=socket):
                await self.hang_up()
                self._silence = request.silence
                return await (self._open_socket(request) if socket else self._open_response(request))
            case Read():
                return await (self._next_message() if self._socket else self._next_chunk())
            case Say(message=message):
                return await self._say(message)
            case HangUp():
                return await self.hang_up()
        return await self._body.perform(effect)

    async def _open_response(self, request: Request) -> Opened | Answer | Lost:
        http = self._body.http
        try:
            response = await http.send(
                http.build_request(**_http_request(self._body.address, request)), stream=True
            )
            if not _is_stream(response):
                await response.aread()
                return _answer(response)
        except httpx2.RequestError as error:
            return _lost(error)
        self._response, self._chunks = response, response.aiter_bytes()
        return Opened()

    async def _open_socket(self, request: Request) -> Opened | Answer | NoSocket | Lost:
        address = self._body.address
        try:
            # Awaited, never iterated: `async for` reconnects at once when a server accepts and then closes.
            self._socket = await websockets.asyncio.client.connect(
                address.socket_base + request.path, **_socket_settings(address)
            )
        except _NO_SOCKET as error:
            return _no_socket(error)
        return Opened()

    async def _next_chunk(self) -> bytes | Closed:
        assert self._chunks  # noqa: S101  (for the type checker)
        try:
            return await anext(self._chunks, Closed())
        except httpx2.RequestError as error:
            return Closed(None, str(error) or type(error).__name__)

    async def _next_message(self) -> bytes | Silent | Closed:
        assert self._socket  # noqa: S101  (for the type checker)
        try:
            async with asyncio.timeout(self._silence):
                return await self._socket.recv(decode=False)
        except TimeoutError:
            return Silent()
        except websockets.exceptions.ConnectionClosed as error:
            return _closed(error)

    async def _say(self, message: bytes) -> None:
        try:
            if self._socket:
                await self._socket.send(message, text=True)
        except websockets.exceptions.ConnectionClosed:
            pass  # the next read tells why

    async def hang_up(self) -> None:
        response, self._response = self._response, None
        socket, self._socket = self._socket, None
        if response:
            await response.aclose()
        if socket:
            await socket.close()
