"""A real server on a real port that says exactly what a test tells it to: the good, the late and the broken.

    server.on("GET", "/api/jobs/j1", unavailable(retry_after=0), reply(job(...)))

Each call takes the next step; the last one is taken for ever. A GET that wants events as JSON is called POLL.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import uvicorn

from ledgerwire.events import Events, Snapshot

Message = dict[str, Any]
PROBLEM = "application/problem+json"


@dataclass
class Call:
    """One request or socket as the server got it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    receive: Callable[[], Awaitable[Message]]
    send: Callable[[Message], Awaitable[None]]
    body: bytes = b""
    #: The query with what is said more than once.
    pairs: list[tuple[str, str]] = field(default_factory=list)
    #: What a socket's client said.
    said: list[Any] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Step = Callable[[Call], Awaitable[None]]


class Server:
    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self._steps: dict[tuple[str, str], list[Step]] = defaultdict(list)

    def on(self, method: str, path: str, *steps: Step) -> None:
        self._steps[method, path] = list(steps)

    def calls_of(self, method: str, path: str) -> list[Call]:
        return [call for call in self.calls if (call.method, call.path) == (method, path)]

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        call = _call(scope, receive, send)
        if call.method != "SOCKET":
            call.body = await _body(receive)
        self.calls.append(call)
        await self._next_step(call)(call)

    def _next_step(self, call: Call) -> Step:
        steps = self._steps.get((call.method, call.path), [])
        if not steps:
            return refuse_socket() if call.method == "SOCKET" else problem(404, "Not found")
        return steps.pop(0) if len(steps) > 1 else steps[0]


def _call(scope: Message, receive: Any, send: Any) -> Call:
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    polls = scope["path"].endswith("/events") and headers.get("accept") == "application/json"
    return Call(
        method="POLL" if polls else scope.get("method", "SOCKET"),
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode())),
        pairs=parse_qsl(scope["query_string"].decode()),
        headers=headers,
        receive=receive,
        send=send,
    )


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


# --- what a request may meet ------------------------------------------------------------------------


def reply(value: Any = None, status: int = 200, **headers: str) -> Step:
    body = b"" if value is None else msgspec.json.encode(value)
    return raw(body, status, "application/json", **headers)


def raw(body: bytes, status: int = 200, media_type: str = "text/plain", **headers: str) -> Step:
    async def step(call: Call) -> None:
        await call.send(_start(status, {"content-type": media_type, **headers}))
        await call.send({"type": "http.response.body", "body": body})

    return step


def problem(status: int, title: str, **rest: Any) -> Step:
    headers = {name: rest.pop(name) for name in ("retry_after",) if name in rest}
    body = msgspec.json.encode({"type": "about:blank", "title": title, "status": status, **rest})
    return raw(body, status, PROBLEM, **headers)


def unavailable(retry_after: int = 0) -> Step:
    return problem(503, "Away", retry_after=str(retry_after))


async def lose(call: Call) -> None:
    """The request was taken; its answer is cut in the middle."""
    await call.send(_start(200, {"content-type": "application/json", "content-length": "1000"}))
    await call.send({"type": "http.response.body", "body": b'{"job_id"', "more_body": True})


def stream(*chunks: bytes, stay: bool = False, drop: bool = False) -> Step:
    """Server-sent events; then the end, or a cut, or a wait for the client to leave."""

    async def step(call: Call) -> None:
        await call.send(_start(200, {"content-type": "text/event-stream"}))
        for chunk in chunks:
            await call.send({"type": "http.response.body", "body": chunk, "more_body": True})
        if stay:
            await _left(call)
        elif not drop:
            await call.send({"type": "http.response.body", "body": b""})

    return step


async def hold(call: Call) -> None:
    """Nothing, not even headers: what a proxy that collects makes of a stream."""
    await _left(call)


def told_plainly(position: str, *events: Any, snapshot: Snapshot | None = None) -> Step:
    """An answer to a POLL."""
    return reply(Events(position=position, snapshot=snapshot, events=list(events)))


def block(event: Any) -> bytes:
    tag = type(event).__struct_config__.tag
    return f"event: {tag}\nid: {event.position}\ndata: ".encode() + msgspec.json.encode(event) + b"\n\n"


def _start(status: int, headers: dict[str, str]) -> Message:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    pairs = [(name.encode(), value.encode()) for name, value in names.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}


async def _left(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


# --- what a socket may meet -------------------------------------------------------------------------


def socket(*frames: Any, code: int | None = 1000, reason: str = "") -> Step:
    """Accepts, hears the subscribe, says its frames, closes; with code None it stays until the client leaves."""

    async def step(call: Call) -> None:
        await _accept(call)
        await _hear(call)
        await _say(call, frames)
        if code is None:
            while await _hear(call):
                pass
        else:
            await call.send({"type": "websocket.close", "code": code, "reason": reason})

    return step


def refuse_socket(status: int = 403) -> Step:
    async def step(call: Call) -> None:
        await call.receive()
        start = _start(status, {"content-type": "text/plain"})
        await call.send({**start, "type": "websocket.http.response.start"})
        await call.send({"type": "websocket.http.response.body", "body": b"no sockets here"})

    return step


async def _accept(call: Call) -> None:
    await call.receive()
    await call.send({"type": "websocket.accept", "subprotocol": "ledgerwire.v1"})


async def _hear(call: Call) -> bool:
    message = await call.receive()
    if message["type"] == "websocket.disconnect":
        return False
    call.said.append(json.loads(message["text"]))
    return True


async def _say(call: Call, frames: Sequence[Any]) -> None:
    for frame in frames:
        text = frame if isinstance(frame, str) else msgspec.json.encode(frame).decode()
        await call.send({"type": "websocket.send", "text": text})


# --- running it -------------------------------------------------------------------------------------


@contextmanager
def serving() -> Iterator[Server]:
    app = Server()
    config = uvicorn.Config(
        app, port=0, lifespan="off", log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    started = threading.Event()

    async def run() -> None:
        config.load()
        running.lifespan = config.lifespan_class(config)
        await running.startup()
        started.set()
        await running.main_loop()
        await running.shutdown()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert started.wait(10)
    port = running.servers[0].sockets[0].getsockname()[1]
    app.url = f"http://127.0.0.1:{port}"
    try:
        yield app
    finally:
        running.should_exit = True
        thread.join()
