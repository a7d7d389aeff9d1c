"""A job watched over a socket: its events to the end, whatever becomes of the line they come on."""

from __future__ import annotations

import logging
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ledgerwire import (
    AsyncLedgerwire,
    AuthenticationError,
    InvalidRequest,
    JobHandle,
    Ledgerwire,
    NotFound,
    Persistence,
)
from ledgerwire.calls import Calls
from ledgerwire.events import SocketError, Subscribed
from ledgerwire.exchange import Lost
from ledgerwire.flow import Closed, NoSocket, Open, Opened, Pause, Silent
from ledgerwire.held import Held
from ledgerwire.ladder import CLIMB_AFTER
from ledgerwire.watches import JobWatch
from tests.client.jobs import NOON, a_job, failed, logged, snapped, told
from tests.client.server import (
    Server,
    Step,
    block,
    problem,
    refuse_socket,
    reply,
    socket,
    stream,
    told_plainly,
)
from tests.client.test_flow import World

JOB = "/api/jobs/j1"
EVENTS = f"{JOB}/events"
SOCKET = ("SOCKET", "/api/ws")

SUBSCRIBED = Subscribed(id=1, company_id="demo", job_id="j1", position="e.0", recovered=True)
ONE = told(a_job(version=1, progress=10), 1)
TWO = logged(1, 2)
THREE = told(a_job(version=3, progress=60), 3)
END = told(a_job("complete", 5, progress=100, result={"categorized": 4}), 5)


@pytest.fixture
def job(client: Ledgerwire, server: Server) -> JobHandle:
    server.on("GET", JOB, reply(a_job("pending", 0), ledgerwire_position="e.0"))
    handle = client.job("j1")
    server.calls.clear()
    return handle


def ways(server: Server) -> list[str]:
    return [call.method for call in server.calls]


def test_it_is_subscribed_to_alone_and_ends_with_its_job(job: JobHandle, server: Server) -> None:
    server.on(*SOCKET, socket(SUBSCRIBED, ONE, TWO, THREE, END, told(a_job(version=9), 9), code=None))
    assert [(event, job.progress) for event in job.events()] == [
        (ONE, 10),
        (TWO, 10),
        (THREE, 60),
        (END, 100),
    ]
    assert (job.position, job.result()) == ("e.5", {"categorized": 4})
    (call,) = server.calls
    assert call.headers["authorization"] == "Bearer secret"
    assert call.said == [{"type": "subscribe", "id": 1, "company_id": "demo", "job_id": "j1", "since": "e.0"}]


def test_a_key_is_not_written_into_anybodys_log(
    job: JobHandle, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on(*SOCKET, socket(SUBSCRIBED, END, code=None))
    assert list(job.events()) == [END]
    assert "secret" not in caplog.text


async def test_awaited_it_is_the_same(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job("pending", 0), ledgerwire_position="e.0"))
    job = await async_client.job("j1")
    server.on(*SOCKET, socket(SUBSCRIBED, ONE, code=1012), socket(SUBSCRIBED, ONE, TWO, END, code=None))
    async with aclosing(job.events()) as events:
        assert [event async for event in events] == [ONE, TWO, END]
    assert [call.said[0]["since"] for call in server.calls[1:]] == ["e.0", "e.1"]


def test_an_end_before_our_position_is_shown_as_the_server_tells_it(job: JobHandle, server: Server) -> None:
    server.on(*SOCKET, socket(SUBSCRIBED, snapped(7, END.job, reason="subscribed"), code=None))
    assert list(job.events("e.7")) == [snapped(7, END.job, reason="subscribed")]
    assert (job.status, job.position) == ("complete", "e.7")


def test_its_position_goes_along_from_one_kind_of_line_to_the_next(job: JobHandle, server: Server) -> None:
    server.on(*SOCKET, socket(SUBSCRIBED, ONE, code=1011), socket(code=1011))
    server.on("GET", EVENTS, stream(block(TWO)), stream())
    server.on("POLL", EVENTS, told_plainly("e.5", THREE, END))
    assert list(job.events()) == [ONE, TWO, THREE, END]
    assert ways(server) == [*["SOCKET"] * 3, "GET", *["SOCKET"] * 2, *["GET"] * 2, "POLL"]
    assert server.calls[3].headers["last-event-id"] == "e.1"
    assert server.calls[4].said[0]["since"] == "e.2"
    assert server.calls[-1].query["since"] == "e.2"


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (socket(code=4401, reason="No key"), AuthenticationError),
        (socket(SocketError(id=1, title="There is no such job", status=404), code=None), NotFound),
        (socket(SocketError(id=None, title="Who are you?", status=401), code=4401), AuthenticationError),
    ],
)
def test_what_waiting_cannot_mend_is_raised(
    job: JobHandle, server: Server, refusal: Step, error: type[Exception]
) -> None:
    server.on(*SOCKET, refusal)
    with pytest.raises(error):
        list(job.events())
    assert ways(server) == ["SOCKET"]


def test_leaving_the_loop_hangs_up_and_coming_back_goes_on(job: JobHandle, server: Server) -> None:
    server.on(*SOCKET, socket(SUBSCRIBED, ONE, THREE, code=None), socket(SUBSCRIBED, END, code=None))
    events = job.events()
    assert next(events) == ONE
    events.close()
    assert list(job.events()) == [END]
    assert [call.said[0]["since"] for call in server.calls] == ["e.0", "e.1"]


def test_a_socket_on_which_nothing_comes_gives_way(
    job: JobHandle, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledgerwire.line.SOCKET_SILENCE", 0.1)
    server.on(*SOCKET, socket(code=None))
    server.on("GET", EVENTS, stream(block(ONE), block(END)))
    assert list(job.events()) == [ONE, END]
    assert ways(server) == ["SOCKET", "GET"]
    assert [said["type"] for said in server.calls[0].said] == ["subscribe"]


AGAIN = NOON + timedelta(minutes=5)


@pytest.mark.parametrize("kind", ["socket", "stream"])
def test_an_end_from_before_a_retry_ends_nothing(client: Ledgerwire, server: Server, kind: str) -> None:
    server.on("GET", JOB, reply(a_job("pending", 6, retried_at=AGAIN), ledgerwire_position="e.6"))
    job = client.job("j1")
    old, again = told(failed(4), 4), told(a_job("pending", 6, retried_at=AGAIN), 6)
    end = told(a_job("complete", 9, retried_at=AGAIN), 9)
    if kind == "socket":
        server.on(*SOCKET, socket(SUBSCRIBED, ONE, old, again, end, code=None))
    else:
        # The server ends a stream with an end, whenever that was.
        server.on("GET", EVENTS, stream(block(ONE), block(old)), stream(block(again), block(end)))
    shown = []
    for event in job.events("e.0"):
        shown.append(event)
        assert job.status == ("complete" if event == end else "pending")
    assert shown == [ONE, old, again, end]


def test_what_is_no_position_is_told_by_the_server_on_every_line(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, problem(400, "No position"))
    with pytest.raises(InvalidRequest, match="No position"):
        list(job.events("\u00e9\n"))
    assert server.calls[-1].query == {"since": "\u00e9\n"}


def test_a_socket_that_breaks_off_again_and_again_is_come_back_to_more_slowly() -> None:
    away = SocketError(id=1, title="Away", status=503)
    tries = [Opened(), msgspec.json.encode(SUBSCRIBED), msgspec.json.encode(away)] * 4
    world = World([*tries, Opened(), msgspec.json.encode(END)])
    world.run(JobWatch(Calls("http://x", Persistence()), Held(a_job()), None).run())
    assert [pause.most for pause in world.of(Pause)] == [1, 2, 4, 8]


# --- what one watch learns of sockets, the next one knows -------------------------------------------


def test_blocked_sockets_are_not_tried_by_every_watch_anew(job: JobHandle, server: Server) -> None:
    server.on(*SOCKET, refuse_socket())
    server.on("GET", EVENTS, stream(block(ONE), block(END)))
    assert list(job.events()) == list(job.events("e.0")) == [ONE, END]
    assert ways(server) == ["SOCKET", "GET", "GET"]


@pytest.mark.parametrize(
    "blocked", [[NoSocket("403")], [Lost("timed out", silent=True)], [Opened(), Silent()]]
)
def test_but_after_a_while_they_are(blocked: list[Any]) -> None:
    calls = Calls("http://x", Persistence())
    ended = [Opened(), block(END)]
    assert kinds(calls, 0, *blocked, *ended) == [True, False]
    assert kinds(calls, CLIMB_AFTER - 1, *ended) == [False]
    assert kinds(
        calls, CLIMB_AFTER - 1, Opened(), b"id: e.1\n\n", Closed(), Opened(), msgspec.json.encode(END)
    ) == [
        False,
        True,
    ], "where SSE was cut sockets have their turn"
    assert kinds(calls, CLIMB_AFTER + 30, Opened(), msgspec.json.encode(END)) == [True]


def kinds(calls: Calls, clock: float, *script: Any) -> list[bool]:
    """Whether the lines that a watch opened at that time were sockets."""
    world = World(script)
    world.clock = clock
    world.run(JobWatch(calls, Held(a_job()), None).run())
    assert world.shown == [END]
    return [opened.socket for opened in world.of(Open)]
