"""The JSON twin of the event streams: one answer, from position to position, for scripts that poll."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from litestar import Request, Response

from ledgerwire.events import Events
from server.beginning import Answer
from server.channel import Channel
from server.hub import Hub
from server.session import Session, Wants
from server.waiting import LEAVES_WITHIN, Waiters
from workers.jobs.position import NOWHERE, Position
from workers.jobs.record import JobRecord

EVENT_STREAM: Final = "text/event-stream"
JSON: Final = "application/json"


class EventRequest:
    """One request for events: whose, since when, and how they are wanted."""

    def __init__(
        self,
        request: Request[Any, Any, Any],
        company_id: str,
        record: JobRecord | None,
        since: Position | None,
        wait: int,
    ) -> None:
        self.request = request
        self.company_id = company_id
        self.record = record
        self.since = since
        self.wait = wait
        self.wants: Wants = None if record is None else frozenset({record.job_id})
        self.as_json = request.accept.best_match([EVENT_STREAM, JSON], default=EVENT_STREAM) == JSON


async def poll(hub: Hub, asked: EventRequest) -> Response[bytes]:
    news = asyncio.Event()
    session = Session(news.set)
    channel = hub.join(asked.company_id)
    try:
        answer = await channel.subscribe(session, asked.wants, since=asked.since)
        waiters: Waiters = asked.request.app.state.waiters
        async with waiters.place() as free:
            if asked.wait and free:
                await _await_news(hub, asked, answer, news)
        return _events(session, channel)
    finally:
        channel.leave(session)
        hub.part(channel)


async def _await_news(hub: Hub, asked: EventRequest, answer: Answer, news: asyncio.Event) -> None:
    seconds = float(asked.wait)
    if answer.position == NOWHERE and asked.since == NOWHERE:
        # The broker is away and nobody can say what is new since then: not more often than SQL is looked at.
        seconds = min(seconds, hub.kernel.settings.tempo.away_poll)
    elif answer.frames:
        return
    news.clear()
    deadline = asyncio.get_running_loop().time() + seconds
    while not news.is_set() and not hub.is_draining:
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(left, LEAVES_WITHIN)):
                await news.wait()


def _events(session: Session, channel: Channel) -> Response[bytes]:
    snapshot: msgspec.Raw | None = None
    events: list[msgspec.Raw] = []
    while due := session.take():
        for frame in due:
            if frame.kind == "snapshot":
                snapshot, events = msgspec.Raw(frame.json), []
            else:
                events.append(msgspec.Raw(frame.json))
    session.pass_by(channel.position)
    found = Events(position=str(session.position), snapshot=snapshot, events=events)  # type: ignore[arg-type]
    headers = {"Cache-Control": "no-cache", "Vary": "Accept", "Ledgerwire-Position": found.position}
    return Response(msgspec.json.encode(found), media_type=JSON, headers=headers)
