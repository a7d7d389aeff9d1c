"""Watching over real connections that drop, repeat themselves, refuse and come back."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from ledgerwire import (
    AsyncLedgerwire,
    AuthenticationError,
    ConnectionFailed,
    JobHandle,
    Ledgerwire,
    NotFound,
    PermissionDenied,
    ServerError,
    UnexpectedAnswer,
)
from ledgerwire.events import Ping, SocketError, Subscribed
from ledgerwire.handles import WatchEvent
from tests.client.conftest import HASTY
from tests.client.jobs import a_job, logged, snapped, told
from tests.client.server import (
    Server,
    Step,
    block,
    lose,
    problem,
    refuse_socket,
    reply,
    socket,
    stream,
    told_plainly,
    unavailable,
)

JOB = "/api/jobs/j1"
EVENTS = f"{JOB}/events"
COMPANY = "/api/jobs/company/demo/events"
SOCKET = ("SOCKET", "/api/ws")

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


def positions_asked(server: Server) -> list[str | None]:
    return [call.headers.get("last-event-id") for call in server.calls_of("GET", EVENTS)]


def test_events_come_in_order_and_stop_at_the_end(job: JobHandle, server: Server) -> None:
    server.on(
        "GET", EVENTS, stream(*map(block, (ONE, TWO, THREE, END, told(a_job(version=9), 9))), stay=True)
    )
    shown = [(event, job.progress) for event in job.events()]
    assert shown == [(ONE, 10), (TWO, 10), (THREE, 60), (END, 100)]
    assert job.position == "e.5"
    assert job.result() == {"categorized": 4}
    assert positions_asked(server) == ["e.0"]


def test_a_drop_in_the_middle_is_resumed_by_position(job: JobHandle, server: Server) -> None:
    cut = block(TWO)[:20]
    server.on(
        "GET",
        EVENTS,
        stream(block(ONE), cut, drop=True),
        unavailable(),
        lose,
        stream(block(TWO), b"id: e.3\n\n"),
        stream(block(END)),
    )
    server.on("POLL", EVENTS, told_plainly("e.1"))
    assert list(job.events()) == [ONE, TWO, END]
    assert positions_asked(server) == ["e.0", "e.1", "e.1", "e.1", "e.3"]


def test_what_was_seen_is_not_shown_again(job: JobHandle, server: Server) -> None:
    stale = told(a_job(version=2), 4)
    again = logged(1, 4)
    server.on("GET", EVENTS, stream(*map(block, (ONE, TWO, THREE, stale, again, logged(2, 4), END))))
    assert list(job.events()) == [ONE, TWO, THREE, logged(2, 4), END]


def test_an_end_told_from_sql_counts_though_its_version_is_old(job: JobHandle, server: Server) -> None:
    server.on(
        "GET", EVENTS, stream(block(THREE), block(snapped(4, a_job("failed", 2), reason="broker_away")))
    )
    assert len(list(job.events())) == 2
    assert job.status == "failed"


def test_since_overrides_where_the_handle_stands(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream(block(END)))
    assert list(job.events(since="e.2")) == [END]
    assert positions_asked(server) == ["e.2"]


def test_a_stream_already_over_still_tells_the_end(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream(block(ONE)), reply(None, 204))
    server.on("GET", JOB, reply(END.job))
    first, last = job.events()
    assert first == ONE
    assert last == snapped(1, END.job)
    assert job.status == "complete"


def test_unknown_events_are_passed_over(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream(b'event: weather\nid: e.1\ndata: {"sun":true}\n\n', block(END)))
    assert list(job.events()) == [END]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (problem(401, "No key"), AuthenticationError),
        (problem(404, "Not found"), NotFound),
        (problem(500, "Broken"), ServerError),
        (stream(b"event: job\nid: e.1\ndata: {}\n\n"), UnexpectedAnswer),
    ],
)
def test_what_waiting_cannot_mend_is_raised(
    job: JobHandle, server: Server, refusal: Step, error: type[Exception]
) -> None:
    server.on("GET", EVENTS, stream(block(ONE)), refusal)
    shown: list[WatchEvent] = []
    with pytest.raises(error):
        shown.extend(job.events())
    assert len(server.calls_of("GET", EVENTS)) == 2


def test_a_server_that_never_speaks_is_given_up(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream())
    server.on("POLL", EVENTS, unavailable())
    with pytest.raises(ServerError, match="Away"):
        list(job.events())
    assert [call.method for call in server.calls] == ["SOCKET", "GET", "GET", "POLL", "POLL"]


def test_leaving_the_loop_hangs_up(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream(block(ONE), block(THREE), stay=True))
    for event in job.events():
        assert event == ONE
        break
    server.on("GET", EVENTS, stream(block(END)))
    assert list(job.events()) == [END]
    assert positions_asked(server) == ["e.0", "e.1"]


# --- a company, over a socket -----------------------------------------------------------------------


def take(client: Ledgerwire, count: int, since: str | None = None) -> list[WatchEvent]:
    watch = client.watch("demo", since)
    try:
        return [next(watch) for _ in range(count)]
    finally:
        watch.close()


def test_a_company_is_watched_over_one_socket(client: Ledgerwire, server: Server) -> None:
    subscribed = Subscribed(id=1, company_id="demo", job_id=None, position="e.9", recovered=True)
    ping = Ping(company_id="demo", position="e.2")
    strange = '{"type":"weather","sun":true}'
    server.on(*SOCKET, socket(subscribed, ONE, strange, ping, ONE, THREE, '{"type":"pong"}', END, code=None))
    assert take(client, 3, since="e.0") == [ONE, THREE, END]
    (call,) = server.calls
    assert call.headers["authorization"] == "Bearer secret"
    assert call.said[0] == {
        "type": "subscribe",
        "id": 1,
        "company_id": "demo",
        "job_id": None,
        "since": "e.0",
    }


@pytest.mark.parametrize("code", [1000, 1012, 1013])
def test_a_closed_socket_is_resumed_by_position(client: Ledgerwire, server: Server, code: int) -> None:
    server.on(
        *SOCKET, socket(ONE, code=code), socket(THREE, Ping(company_id="demo", position="e.4"), code=code)
    )
    server.on("GET", COMPANY, stream(stay=True))
    assert take(client, 2) == [ONE, THREE]
    assert [call.said[0]["since"] for call in server.calls] == [None, "e.1"]


@pytest.mark.parametrize(
    ("code", "error"), [(4401, AuthenticationError), (4403, PermissionDenied), (4404, NotFound)]
)
def test_codes_of_refusal_are_not_tried_again(
    client: Ledgerwire, server: Server, code: int, error: type[Exception]
) -> None:
    server.on(*SOCKET, socket(code=code, reason="Make a key with ledgerwire-server create-key demo"))
    with pytest.raises(error, match="create-key"):
        take(client, 1)
    assert len(server.calls) == 1


def test_a_refused_subscribe_is_raised(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, socket(SocketError(id=1, title="Not found", status=404), code=None))
    with pytest.raises(NotFound):
        take(client, 1)


def test_a_subscribe_refused_for_now_is_tried_again(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, socket(SocketError(id=1, title="Away", status=503), code=None), socket(ONE, code=None))
    assert take(client, 1) == [ONE]


def test_a_server_that_closes_at_once_is_not_stormed(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, socket())
    server.on("GET", COMPANY, stream())
    server.on("POLL", COMPANY, lose)
    with pytest.raises(ConnectionFailed):
        take(client, 1)
    assert [call.method for call in server.calls] == ["SOCKET", "SOCKET", "GET", "GET", "POLL"]


def test_where_sockets_do_not_get_through_sse_does(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, refuse_socket())
    server.on("GET", COMPANY, stream(block(ONE)), stream(block(THREE)))
    assert take(client, 2) == [ONE, THREE]
    assert [call.method for call in server.calls] == ["SOCKET", "GET", "GET"]


def test_dead_sockets_give_way_to_sse_and_back(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, refuse_socket(503), socket(code=1011), socket(THREE, code=None))
    server.on("GET", COMPANY, stream(block(ONE)), unavailable())
    assert take(client, 2) == [ONE, THREE]
    assert [call.method for call in server.calls] == ["SOCKET", "SOCKET", "GET", "SOCKET"]


# --- lines that fall silent -------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerwire.line.SSE_SILENCE", 0.1)
    monkeypatch.setattr("ledgerwire.line.SSE_FIRST_SILENCE", 0.1)
    monkeypatch.setattr("ledgerwire.line.SOCKET_SILENCE", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_silent_stream_is_left_and_resumed(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, stream(block(ONE), stay=True), stream(block(END)))
    assert list(job.events()) == [ONE, END]


@pytest.mark.usefixtures("impatient")
def test_a_silent_socket_is_asked_left_and_resumed(client: Ledgerwire, server: Server) -> None:
    server.on(*SOCKET, socket(ONE, code=None), socket(THREE, code=None))
    assert take(client, 2) == [ONE, THREE]
    assert [said["type"] for said in server.calls[0].said] == ["subscribe", "ping"]


@pytest.mark.usefixtures("impatient")
async def test_the_awaited_client_leaves_silent_lines_too(server: Server) -> None:
    server.on(*SOCKET, socket(ONE, code=None), refuse_socket())
    server.on("GET", COMPANY, stream(b"id: e.2\n\n", stay=True), stream(block(THREE), stay=True))
    async with (
        AsyncLedgerwire(server.url, persistence=HASTY) as client,
        aclosing(client.watch("demo")) as watch,
    ):
        assert [await anext(watch), await anext(watch)] == [ONE, THREE]
    assert [call.headers.get("last-event-id") for call in server.calls_of("GET", COMPANY)] == ["e.1", "e.2"]
