"""The awaited body: performs what flows ask for and decides nothing. ``body.py`` mirrors it line by line."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

import httpx2
import websockets.asyncio.client
import websockets.exceptions

from ledgerwire import attachment, transport
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

T = TypeVar("T")


class AsyncBody:
    def __init__(self, address: transport.Address) -> None:
        self.address = address
        self.http = httpx2.AsyncClient(**transport.http_settings(address))

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
            return transport.answer(await self.http.request(**transport.http_request(self.address, request)))
        except httpx2.RequestError as error:
            return transport.lost(error)

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
                http.build_request(**transport.http_request(self._body.address, request)), stream=True
            )
            if not transport.is_stream(response):
                await response.aread()
                return transport.answer(response)
        except httpx2.RequestError as error:
            return transport.lost(error)
        self._response, self._chunks = response, response.aiter_bytes()
        return Opened()

    async def _open_socket(self, request: Request) -> Opened | Answer | NoSocket | Lost:
        address = self._body.address
        try:
            # Awaited, never iterated: `async for` reconnects at once when a server accepts and then closes.
            self._socket = await websockets.asyncio.client.connect(
                address.socket_base + request.path, **transport.socket_settings(address)
            )
        except transport.NO_SOCKET as error:
            return transport.no_socket(error)
        return Opened()

    async def _next_chunk(self) -> bytes | Silent | Closed:
        assert self._chunks  # noqa: S101  (for the type checker)
        try:
            return await anext(self._chunks, Closed())
        except httpx2.RequestError as error:
            return transport.broken(error)

    async def _next_message(self) -> bytes | Silent | Closed:
        assert self._socket  # noqa: S101  (for the type checker)
        try:
            async with asyncio.timeout(self._silence):
                return await self._socket.recv(decode=False)
        except TimeoutError:
            return Silent()
        except websockets.exceptions.ConnectionClosed as error:
            return transport.closed(error)

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
