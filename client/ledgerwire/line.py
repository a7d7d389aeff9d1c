"""One open connection that carries events: how it is asked for, and what its bytes mean."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ledgerwire.errors import Problem
from ledgerwire.events import (
    ClientPing,
    Event,
    JobEvent,
    LogEvent,
    Ping,
    Reply,
    Snapshot,
    SocketError,
    Subscribe,
)
from ledgerwire.exceptions import refusal
from ledgerwire.exchange import Request
from ledgerwire.flow import Open
from ledgerwire.sse import SSEParser

EVENT_STREAM = "text/event-stream"
SUBPROTOCOL = "ledgerwire.v1"
#: Seconds: of the server's signs of life every 15 s two may be missed on SSE, and none where no stream has got through
#: yet: what is collected on its way would stay silent for ever ...
SSE_SILENCE = 40.0
SSE_FIRST_SILENCE = 20.0
#: ... and on a socket that was heard we ask after this long, and hang up after as long again.
SOCKET_SILENCE = 20.0
#: A newer server may say more; what is not known here is passed over.
KNOWN = frozenset(shape.__struct_config__.tag for shape in (JobEvent, LogEvent, Snapshot, Ping, SocketError))


class Line(Protocol):
    def open(self) -> Open: ...

    def hello(self) -> bytes | None:
        """What to say once it is open."""

    def hear(self, data: bytes) -> list[Event]:
        """The events that these bytes complete; raises APIError where the server refuses."""

    def silence(self) -> bytes | None:
        """What to say when nothing is heard; None means: hang up."""

    @property
    def retry(self) -> float | None:
        """Seconds the server wants us to stay away after this line."""


class SSELine:
    def __init__(self, path: str, since: str | None, *, proven: bool = True) -> None:
        self._path = path
        self._since = since
        self._silence = SSE_SILENCE if proven else SSE_FIRST_SILENCE
        self._parser = SSEParser()
        self._decoder = msgspec.json.Decoder(Event)

    def open(self) -> Open:
        headers = {"accept": EVENT_STREAM, "cache-control": "no-store"}
        query: dict[str, str | list[str]] = {}
        if self._since and self._since.isascii() and self._since.isprintable():
            headers["last-event-id"] = self._since
        elif self._since:
            # No position, and no header either: the server says so.
            query["since"] = self._since
        request = Request(path=self._path, headers=headers, query=query, silence=self._silence)
        return Open(request, socket=False)

    def hello(self) -> None:
        return None

    def hear(self, data: bytes) -> list[Event]:
        heard: list[Event] = []
        for block in self._parser.feed(data):
            if not block.data:
                heard.append(Ping(company_id="", position=block.id))
            elif block.type in KNOWN:
                heard.append(self._decoder.decode(block.data))
        return heard

    def silence(self) -> None:
        return None

    @property
    def retry(self) -> float | None:
        return self._parser.retry


class Tagged(msgspec.Struct):
    """Any message, as far as its kind."""

    type: str


class SocketLine:
    def __init__(self, company: str, job_id: str | None, since: str | None) -> None:
        self._subscribe = Subscribe(id=1, company_id=company, job_id=job_id, since=since)
        self._decoder = msgspec.json.Decoder(Reply)
        #: Nothing was heard yet: a subscription is answered at once, so silence means that nothing gets through.
        self._is_mute = True
        self._asked = False

    def open(self) -> Open:
        return Open(Request(path="/api/ws", silence=SOCKET_SILENCE), socket=True)

    def hello(self) -> bytes:
        return msgspec.json.encode(self._subscribe)

    def hear(self, data: bytes) -> list[Event]:
        self._is_mute = self._asked = False
        if msgspec.json.decode(data, type=Tagged).type not in KNOWN:
            return []
        match self._decoder.decode(data):
            case JobEvent() | LogEvent() | Snapshot() | Ping() as event:
                return [event]
            case SocketError() as error:
                raise refusal(_problem(error))
        return []

    def silence(self) -> bytes | None:
        if self._is_mute or self._asked:
            return None
        self._asked = True
        return msgspec.json.encode(ClientPing())

    @property
    def retry(self) -> None:
        return None


def _problem(error: SocketError) -> Problem:
    return Problem(
        type=error.problem, title=error.title, status=error.status, detail=error.detail, errors=error.errors
    )
