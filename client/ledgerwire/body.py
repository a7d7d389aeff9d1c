"""The blocking body: performs what flows ask for and decides nothing. ``async_body.py`` mirrors it line by line."""

from __future__ import annotations

import random
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any, TypeVar

import httpx2
import websockets.exceptions
import websockets.sync.client

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


class Body:
    def __init__(self, address: transport.Address) -> None:
        self.address = address
        self.http = httpx2.Client(**transport.http_settings(address))

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
            return transport.answer(self.http.request(**transport.http_request(self.address, request)))
        except httpx2.RequestError as error:
            return transport.lost(error)

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
                http.build_request(**transport.http_request(self._body.address, request)), stream=True
            )
            if not transport.is_stream(response):
                response.read()
                return transport.answer(response)
        except httpx2.RequestError as error:
            return transport.lost(error)
        self._response, self._chunks = response, response.iter_bytes()
        return Opened()

    def _open_socket(self, request: Request) -> Opened | Answer | NoSocket | Lost:
        address = self._body.address
        try:
            # Entered as websockets wants it: what connect() returns by itself is about to change.
            connection = websockets.sync.client.connect(
                address.socket_base + request.path, **transport.socket_settings(address)
            )
            self._socket = self._door.enter_context(connection)
        except transport.NO_SOCKET as error:
            return transport.no_socket(error)
        return Opened()

    def _next_chunk(self) -> bytes | Silent | Closed:
        try:
            return next(self._chunks, Closed())
        except httpx2.RequestError as error:
            return transport.broken(error)

    def _next_message(self) -> bytes | Silent | Closed:
        assert self._socket  # noqa: S101  (for the type checker)
        try:
            return self._socket.recv(self._silence, decode=False)
        except TimeoutError:
            return Silent()
        except websockets.exceptions.ConnectionClosed as error:
            return transport.closed(error)

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
