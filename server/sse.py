"""Events over HTTP: a stream for browsers (Server-Sent Events), one JSON answer for scripts that poll.

retry: 2000

event: job
id: 5f0c3a9e21b7.412
data: {"type":"job",…}

id: 5f0c3a9e21b7.431        a keepalive: moves Last-Event-ID, fires nothing
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, Parameter
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from ledgerwire.events import Events
from server.auth import find_job, require
from server.beginning import Answer
from server.channel import Channel
from server.ended import is_behind_the_end
from server.frames import Frame
from server.hub import Hub
from server.parameters import Caller, CompanyId, JobId, TheHub
from server.polling import EVENT_STREAM, JSON, EventRequest, poll
from server.session import Session
from server.stream import DONE, TOO_SLOW, End, Stream
from server.waiting import LONGEST, asked_wait
from workers.books.access import Role
from workers.jobs.position import Position

#: Milliseconds until a browser comes again.
RETRY: Final = b"retry: 2000\n\n"
#: Seconds to take the end of a stream.
LAST_CHUNK: Final = 1.0
#: no-transform and X-Accel-Buffering: a proxy that compresses or collects would hold events back.
HEADERS: Final = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no", "Vary": "Accept"}

Since = Annotated[
    str | None,
    Parameter(
        max_length=64, required=False, description="The last position you saw; what you missed follows."
    ),
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        max_length=64,
        required=False,
        description="The same, as a browser sends it when it comes again; wins over `since`.",
    ),
]
Wait = Annotated[
    int | None,
    Parameter(
        ge=0,
        le=LONGEST,
        required=False,
        description="With `Accept: application/json`: seconds to wait for the first event.",
    ),
]
ANSWERS: Final = {
    200: ResponseSpec(
        Events,
        media_type=JSON,
        description="With `Accept: application/json`; else the same events as `text/event-stream`",
    ),
}
ENDED: Final = {
    204: ResponseSpec(None, description="The job has ended and you have seen it: do not come again")
}


@get(
    "/jobs/company/{company_id:str}/events",
    operation_id="getCompanyEvents",
    summary="Every step of all of a company's jobs, as it happens",
    tags=["Events"],
    responses=ANSWERS,
)
async def company_events(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    hub: TheHub,
    principal: Caller,
    since: Since = None,
    last_event_id: LastEventId = None,
    wait: Wait = None,
) -> Response[Any]:
    require(principal, company_id, Role.VIEWER)
    asked = EventRequest(
        request, company_id, None, _position(last_event_id or since), asked_wait(request, wait)
    )
    return await _answer(hub, asked)


@get(
    "/jobs/{job_id:str}/events",
    operation_id="getJobEvents",
    summary="Every step of one job, as it happens, to its end",
    tags=["Events"],
    responses=ANSWERS | ENDED,
)
async def job_events(
    request: Request[Any, Any, Any],
    job_id: JobId,
    hub: TheHub,
    principal: Caller,
    since: Since = None,
    last_event_id: LastEventId = None,
    wait: Wait = None,
) -> Response[Any]:
    record = await find_job(hub.kernel, principal, job_id, Role.VIEWER)
    position = _position(last_event_id or since)
    asked = EventRequest(request, record.company_id, record, position, asked_wait(request, wait))
    return await _answer(hub, asked)


async def _answer(hub: Hub, asked: EventRequest) -> Response[Any]:
    if asked.as_json:
        return await poll(hub, asked)
    stream = EventStream(hub, asked)
    try:
        answer = await stream.subscribe()
        if asked.record and await is_behind_the_end(hub.kernel, asked.record, answer):
            stream.leave()
            return Response(None, status_code=204, headers=HEADERS)
    except BaseException:
        stream.leave()
        raise
    return _Response(stream)


def _position(text: str | None) -> Position | None:
    return Position.parse(text) if text else None


# --- the stream ---------------------------------------------------------------------------------------


class EventStream(Stream):
    def __init__(self, hub: Hub, asked: EventRequest) -> None:
        super().__init__(hub, asked.request)
        self.principal = asked.request.user
        self._asked = asked
        self._channel: Channel = hub.join(asked.company_id)
        self._session = Session(self.wake)
        self._ends_with_job = asked.record is not None
        self._has_left = False
        self._send: Send
        self._receive: Receive

    async def subscribe(self) -> Answer:
        return await self._channel.subscribe(self._session, self._asked.wants, since=self._asked.since)

    def leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            self._channel.leave(self._session)
            self.hub.part(self._channel)

    async def serve(self, send: Send, receive: Receive) -> None:
        """The body of the answer."""
        self._send, self._receive = send, receive
        try:
            await self._chunk(RETRY)
            end = await self.run()
            await self._conclude(end)
        finally:
            self.leave()

    async def _conclude(self, end: End) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(LAST_CHUNK):
                if end is TOO_SLOW:
                    self.drop()
                    # Returning before the server below knows of it would look like a fault.
                    await self._read()
                    return
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def companies(self) -> list[str]:
        return [self._asked.company_id]

    def keepalive(self) -> None:
        if self._session.is_idle:
            self._session.pass_by(self._channel.position)
            self._session.reply(_IdOnly(self._session.position))

    def take(self) -> list[Frame]:
        if self._session.overrun:
            self.finish(TOO_SLOW)
            return []
        return self._session.take()

    async def send(self, due: list[Frame]) -> None:
        await self._chunk(b"".join([frame.sse for frame in due]))
        if self._ends_with_job and any(frame.final for frame in due):
            self.finish(DONE)

    async def _chunk(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def _read(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


class _IdOnly(Frame):
    """Moves a browser's Last-Event-ID and fires nothing."""

    __slots__ = ()

    def __init__(self, position: Position) -> None:
        super().__init__("reply", "", position, b"")

    @property
    def sse(self) -> bytes:
        return b"id: %s\n\n" % str(self.position).encode()


class _Response(Response[None]):
    """Hands the connection to the stream as soon as the headers are out."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__(None, headers=HEADERS, media_type=EVENT_STREAM)
        self._stream = stream

    def to_asgi_response(self, app: Any, request: Any, **given: Any) -> ASGIResponse:
        headers = {**(given.get("headers") or {}), **self.headers}
        return _ASGIResponse(
            self._stream,
            headers=headers,
            cookies=given.get("cookies"),
            encoded_headers=given.get("encoded_headers"),
        )


class _ASGIResponse(ASGIResponse):
    __slots__ = ("_stream",)

    _should_set_content_length = False

    def __init__(self, stream: EventStream, **given: Any) -> None:
        super().__init__(media_type=EVENT_STREAM, **given)
        self._stream = stream

    async def send_body(self, send: Send, receive: Receive) -> None:
        await self._stream.serve(send, receive)
