"""Watchers as programs are: a socket client, an EventSource, and what a page remembers of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.brokers import Broker
from tests.server.serving import Api, api_settings, serving

PROTOCOL = "ledgerwire.v1"
WITHIN = 10.0


@asynccontextmanager
async def gateway(url: str, broker: Broker, tmp_path: Path, **tempo: float) -> AsyncIterator[Api]:
    """The API at a tenth of all times; but nobody is held dead, because tests play the worker."""
    settings = api_settings(tmp_path, database_url=url, redis_url=broker.url)
    times = msgspec.structs.replace(settings.tempo, **{"dead_after": 600.0, **tempo})
    async with serving(msgspec.structs.replace(settings, tempo=times)) as running:
        await running.create_companies()
        yield running


class Socket:
    """One socket; ``heard`` is all that came, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.connection.send(msgspec.json.encode(message).decode())

    async def hear(self) -> dict[str, Any]:
        """The next message that is no ping: those come whenever nothing else did for a while."""
        while (message := await self.hear_any())["type"] == "ping":
            pass
        return message

    async def hear_any(self) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN):
            message: dict[str, Any] = msgspec.json.decode(await self.connection.recv())
        self.heard.append(message)
        return message

    async def hear_until(self, kind: str) -> dict[str, Any]:
        """The next message of that type."""
        while (message := await self.hear_any())["type"] != kind:
            pass
        return message

    async def subscribe(self, company_id: str = "acme", **more: Any) -> dict[str, Any]:
        """Returns the ``subscribed`` or ``error`` that answers it."""
        number = more.pop("id", 1)
        await self.say(type="subscribe", id=number, company_id=company_id, **more)
        while True:
            message = await self.hear()
            if message["type"] in {"subscribed", "error"} and message["id"] == number:
                return message

    async def closing(self) -> tuple[int, str]:
        """Why the server closes it."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.hear_until("nothing of that type")
        frame = closed.value.rcvd
        assert frame is not None, "the connection was lost"
        return frame.code, frame.reason


@asynccontextmanager
async def socket(
    api: Api,
    key: str | None = None,
    *,
    ticket: str | None = None,
    protocols: list[str] | None = None,
    **headers: str,
) -> AsyncIterator[Socket]:
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    sent = {name: value for name, value in headers.items() if value}
    url = api.url.replace("http", "ws") + "/api/ws" + (f"?ticket={ticket}" if ticket else "")
    offered: Any = [PROTOCOL] if protocols is None else protocols
    async with connect(
        url, subprotocols=offered or None, additional_headers={**bearer, **sent}, open_timeout=WITHIN
    ) as opened:
        yield Socket(opened)


class Block:
    """One block of an event stream."""

    def __init__(self, text: str) -> None:
        fields = dict(line.split(": ", 1) for line in text.split("\n") if line)
        self.event = fields.get("event")
        self.id = fields.get("id")
        self.retry = fields.get("retry")
        self.data: dict[str, Any] = msgspec.json.decode(fields["data"]) if "data" in fields else {}


class EventSource:
    """What a browser would make of the stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.blocks: list[Block] = []
        self._pieces = response.aiter_text()
        self._rest = ""

    async def block(self) -> Block | None:
        """The next block; None at the end of the stream."""
        async with asyncio.timeout(WITHIN):
            while "\n\n" not in self._rest:
                piece = await anext(self._pieces, None)
                if piece is None:
                    return None
                self._rest += piece
        text, _, self._rest = self._rest.partition("\n\n")
        self.blocks.append(Block(text))
        return self.blocks[-1]

    async def event(self) -> Block:
        """The next block that fires something."""
        while (block := await self.block()) is None or block.event is None:
            assert block is not None, "the stream ended"
        return block

    async def to_end(self) -> list[Block]:
        while await self.block() is not None:
            pass
        return self.blocks

    @property
    def last_event_id(self) -> str:
        return [block.id for block in self.blocks if block.id][-1]


@asynccontextmanager
async def event_source(
    client: httpx2.AsyncClient, path: str, last_event_id: str | None = None, **params: str
) -> AsyncIterator[EventSource]:
    headers = {"Accept": "text/event-stream"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    async with client.stream("GET", path, headers=headers, params=params) as response:
        source = EventSource(response)
        try:
            yield source
        finally:
            with contextlib.suppress(RuntimeError):
                await source._pieces.aclose()  # type: ignore[attr-defined]


async def poll(client: httpx2.AsyncClient, path: str, **params: str | int) -> dict[str, Any]:
    answer = await client.get(path, headers={"Accept": "application/json"}, params=params)
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value
