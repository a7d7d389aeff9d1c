"""Watchers made of bare parts, so that no mistake of our SDK hides one of the server; and what each was shown."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2
import msgspec
import websockets

TERMINAL = {"complete", "failed", "cancelled"}


class Shown(msgspec.Struct, frozen=True):
    """One thing a watcher was shown; ``value`` is the event's JSON."""

    position: str
    kind: str
    value: dict[str, Any]

    @property
    def epoch(self) -> str:
        return self.position.rpartition(".")[0]

    @property
    def offset(self) -> int:
        return int(self.position.rpartition(".")[2])

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """The states of jobs in it."""
        match self.kind:
            case "job":
                return [self.value["job"]]
            case "snapshot":
                return list(self.value["jobs"])
        return []


class Watcher:
    """Watches ``company`` at ``url`` from its last position on, for as long as its caller iterates."""

    def __init__(self, url: str, key: str, company: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}"}
        self.company = company
        self.position: str | None = None
        self.shown: list[Shown] = []
        #: Connections made.
        self.visits = 0

    async def watch(self) -> AsyncGenerator[Shown, None]:
        """One connection; ends when the server ends it, raises OSError where it breaks."""
        raise NotImplementedError
        yield  # type: ignore[unreachable]

    def take(self, value: dict[str, Any]) -> Shown:
        found = Shown(value["position"], value["type"], value)
        self.position = found.position
        if found.kind != "ping":
            self.shown.append(found)
        return found

    @property
    def offset(self) -> int:
        return int(self.position.rpartition(".")[2]) if self.position else -1


class SocketWatcher(Watcher):
    async def watch(self) -> AsyncGenerator[Shown, None]:
        self.visits += 1
        where = f"{self.url.replace('http', 'ws', 1)}/api/ws"
        try:
            async with websockets.connect(
                where,
                additional_headers=self.headers,
                subprotocols=[websockets.Subprotocol("ledgerwire.v1")],
                max_size=2**26,
                close_timeout=0.1,
            ) as socket:
                wanted = {"type": "subscribe", "id": 1, "company_id": self.company, "since": self.position}
                await socket.send(json.dumps(wanted))
                async for message in socket:
                    value = json.loads(message)
                    assert value["type"] != "error", value
                    if "position" in value and value["type"] != "subscribed":
                        yield self.take(value)
        except websockets.WebSocketException as error:
            raise ConnectionError(str(error)) from error


class StreamWatcher(Watcher):
    """Server-Sent Events."""

    async def watch(self) -> AsyncGenerator[Shown, None]:
        self.visits += 1
        headers = self.headers | {"Accept": "text/event-stream"}
        if self.position:
            headers["Last-Event-ID"] = self.position
        where = f"{self.url}/api/jobs/company/{self.company}/events"
        try:
            async with (
                httpx2.AsyncClient(timeout=30) as client,
                client.stream("GET", where, headers=headers) as answer,
            ):
                assert answer.status_code == 200, await answer.aread()
                async for fields in _blocks(answer):
                    if "data" in fields:
                        value = json.loads(fields["data"])
                        assert (fields["event"], fields["id"]) == (value["type"], value["position"])
                        yield self.take(value)
                    elif "id" in fields:
                        self.position = fields["id"]
        except httpx2.HTTPError as error:
            raise ConnectionError(str(error)) from error


async def _blocks(answer: httpx2.Response) -> AsyncIterator[dict[str, str]]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            yield fields
            fields = {}


class PollingWatcher(Watcher):
    """JSON answers, each waited for."""

    async def watch(self) -> AsyncGenerator[Shown, None]:
        self.visits += 1
        where = f"{self.url}/api/jobs/company/{self.company}/events"
        headers = self.headers | {"Accept": "application/json"}
        async with httpx2.AsyncClient(timeout=30, headers=headers) as client:
            while True:
                asked = {"wait": "5"} | ({"since": self.position} if self.position else {})
                try:
                    answer = await client.get(where, params=asked)
                except httpx2.HTTPError as error:
                    raise ConnectionError(str(error)) from error
                assert answer.status_code == 200, answer.text
                found = answer.json()
                for value in [*filter(None, [found["snapshot"]]), *found["events"]]:
                    yield self.take(value)
                self.position = found["position"]


async def watching(watcher: Watcher) -> None:
    """Watch for ever, coming again by position whenever the connection ends."""
    while True:
        with contextlib.suppress(OSError):
            async with contextlib.aclosing(watcher.watch()) as shown:
                async for _each in shown:
                    pass
        await asyncio.sleep(0.05)
