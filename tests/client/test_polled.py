"""Where no stream gets through: asking again and again, losing nothing, and back to a better line later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from ledgerwire import (
    AsyncLedgerwire,
    AuthenticationError,
    ConnectionFailed,
    JobHandle,
    Ledgerwire,
    Persistence,
    UnexpectedAnswer,
)
from ledgerwire.calls import Calls
from ledgerwire.events import Events, Snapshot
from ledgerwire.exchange import Answer, Lost
from ledgerwire.flow import Closed, NoSocket, Open, Opened, Send, Silent
from ledgerwire.held import Held
from ledgerwire.jobs import Job
from ledgerwire.watches import CompanyWatch, JobWatch
from tests.client.conftest import HASTY
from tests.client.jobs import a_job, logged, snapped, told
from tests.client.server import (
    Server,
    Step,
    block,
    hold,
    lose,
    problem,
    raw,
    refuse_socket,
    reply,
    stream,
    told_plainly,
    unavailable,
)
from tests.client.test_flow import World

JOB = "/api/jobs/j1"
EVENTS = f"{JOB}/events"
COMPANY = "/api/jobs/company/demo/events"
SOCKET = ("SOCKET", "/api/ws")

ONE = told(a_job(version=1, progress=10), 1)
TWO = logged(1, 2)
THREE = told(a_job(version=3, progress=60), 3)
END = told(a_job("complete", 5, progress=100, result={"categorized": 4}), 5)

# --- the decisions ------------------------------------------------------------------------------------

#: A socket that is refused and a stream that stays silent.
BLOCKED = [NoSocket("403"), Opened(), Silent()]
REFUSED = Answer(401, {"content-type": "application/problem+json"}, b'{"title":"No key","status":401}')


def answer(position: str, *events: Any, snapshot: Snapshot | None = None) -> Answer:
    body = msgspec.json.encode(Events(position=position, snapshot=snapshot, events=list(events)))
    return Answer(200, {"content-type": "application/json"}, body)


def found(job: Job) -> Answer:
    return Answer(200, {"ledgerwire-position": "e.9"}, msgspec.json.encode(job))


def a_watch(**persistence: Any) -> CompanyWatch:
    return CompanyWatch(Calls("http://x", Persistence(**persistence)), "demo", None)


def until_refused(*script: Any, watch: CompanyWatch | None = None) -> World:
    world = World([*script, REFUSED])
    with pytest.raises(AuthenticationError):
        world.run((watch or a_watch()).run())
    return world


def asked(world: World) -> list[dict[str, Any]]:
    """The queries of all polls."""
    return [send.request.query for send in world.of(Send) if send.request.path.endswith("/events")]


def test_a_silent_stream_gives_way_to_polls_which_wait_once_they_get_through() -> None:
    world = until_refused(*BLOCKED, answer("e.2", ONE), answer("e.4", TWO, THREE))
    assert world.shown == [ONE, TWO, THREE]
    assert asked(world) == [{}, {"since": "e.2", "wait": "20"}, {"since": "e.4", "wait": "20"}]
    assert [opened.socket for opened in world.of(Open)] == [True, False]
    assert world.clock <= 2


@pytest.mark.parametrize(
    "blocked", [Lost("timed out", silent=True), Answer(403, {"content-type": "text/html"}), Answer(200, {})]
)
def test_whatever_stands_in_the_way_of_a_stream_is_gone_around_at_once(blocked: Any) -> None:
    world = until_refused(NoSocket("403"), blocked, answer("e.1", ONE))
    assert world.shown == [ONE]


def test_after_an_absence_of_the_server_a_stream_is_opened_at_once() -> None:
    world = World([*[Lost("refused")] * 4, answer("e.1", ONE), Opened(), Closed(4401)])
    with pytest.raises(AuthenticationError):
        world.run(a_watch().run())
    assert world.shown == [ONE]
    assert [opened.socket for opened in world.of(Open)] == [True, True, False, False, True]


def test_where_waiting_is_cut_off_twice_every_answer_comes_at_once() -> None:
    cut = (Lost("cut"), answer("e.1"))
    world = until_refused(*BLOCKED, answer("e.1"), *cut, *cut, answer("e.2", TWO))
    assert world.shown == [TWO]
    held, plain = {"since": "e.1", "wait": "20"}, {"since": "e.1"}
    assert asked(world) == [{}, held, plain, held, plain, plain, {"since": "e.2"}]


def test_a_server_that_was_away_once_is_waited_for_again() -> None:
    cut, news = (Lost("cut"), answer("e.1")), answer("e.2", TWO)
    world = until_refused(*BLOCKED, answer("e.1"), *cut, news, Lost("cut"), answer("e.2"))
    held, plain = {"since": "e.1", "wait": "20"}, {"since": "e.1"}
    later = {"since": "e.2", "wait": "20"}
    assert asked(world) == [{}, held, plain, held, later, {"since": "e.2"}, later]


def test_after_minutes_of_polling_the_better_lines_are_tried_again() -> None:
    def script() -> Iterator[Any]:
        yield from (*BLOCKED, answer("e.1"))
        for _ in range(15):
            world.clock += 20
            yield answer("e.1")
        yield from (Opened(), Closed(4401))

    world = World(script())
    with pytest.raises(AuthenticationError):
        world.run(a_watch().run())
    assert 300 <= world.clock < 330
    assert world.of(Open)[-1].request.headers["last-event-id"] == "e.1"


def test_a_server_that_does_not_wait_is_not_stormed() -> None:
    def script() -> Iterator[Any]:
        yield from BLOCKED
        while world.clock < 60:
            yield answer("e.1")
        yield REFUSED

    world = World(script())
    with pytest.raises(AuthenticationError):
        world.run(a_watch().run())
    assert len(asked(world)) < 25


def test_the_same_picture_is_not_told_twice() -> None:
    first, other = (snapped(0, a_job(version=n), reason="broker_away") for n in (1, 2))
    pictures = (first, first, other, other, first)
    world = until_refused(*BLOCKED, *(answer("0.0", snapshot=each) for each in pictures))
    assert world.shown == [first, other, first]


def test_what_a_stream_told_already_is_not_told_again_by_a_poll() -> None:
    seen = [NoSocket("403"), Opened(), block(ONE), block(TWO), Closed()]
    again = answer("e.3", ONE, TWO, THREE)
    world = until_refused(*seen, Answer(403, {"content-type": "text/html"}), again)
    assert world.shown == [ONE, TWO, THREE]


def test_kinds_of_events_that_are_not_known_are_passed_over() -> None:
    body = b'{"position":"e.3","snapshot":null,"events":[{"type":"weather"},%s]}' % msgspec.json.encode(THREE)
    assert until_refused(*BLOCKED, Answer(200, {}, body)).shown == [THREE]


def test_nobody_is_given_up_before_plain_http_was_asked() -> None:
    world = until_refused(Lost("refused"), answer("e.1", ONE), Lost("x"), Lost("x"), watch=a_watch(tries=1))
    assert world.shown == [ONE]


def a_job_watch(held: Held) -> JobWatch:
    return JobWatch(Calls("http://x", Persistence()), held, None)


def test_an_end_before_our_position_is_looked_up() -> None:
    held = Held(a_job(), position="e.5")
    nothing, ended = answer("e.5"), found(END.job)
    world = World([*BLOCKED, nothing, found(a_job()), nothing, ended, nothing, ended])
    world.run(a_job_watch(held).run())
    assert world.shown == [snapped(5, END.job)]
    assert [query.get("wait") for query in asked(world)] == [None, "20", "2"]
    assert (held.job, held.position) == (END.job, "e.5")


def test_an_end_that_is_on_its_way_is_waited_for() -> None:
    held = Held(a_job(), position="e.1")
    world = World([*BLOCKED, answer("e.1"), found(END.job), answer("e.5", TWO, END)])
    world.run(a_job_watch(held).run())
    assert world.shown == [TWO, END]
    assert held.position == "e.5"


def test_looking_at_the_job_moves_no_position_beyond_what_was_shown() -> None:
    held = Held(a_job(), position="e.1")
    world = World([*BLOCKED, answer("e.1"), found(a_job(version=8)), REFUSED])
    with pytest.raises(AuthenticationError):
        world.run(a_job_watch(held).run())
    assert held.position == "e.1"


# --- over real connections ----------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerwire.line.SSE_FIRST_SILENCE", 0.1)


@pytest.fixture
def job(client: Ledgerwire, server: Server) -> JobHandle:
    server.on("GET", JOB, reply(a_job("pending", 0), ledgerwire_position="e.0"))
    return client.job("j1")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("blocked", [hold, stream(stay=True), raw(b"<html>", 403, "text/html")])
def test_a_job_is_polled_to_its_end(job: JobHandle, server: Server, blocked: Step) -> None:
    server.on("GET", EVENTS, blocked)
    server.on("POLL", EVENTS, told_plainly("e.2", ONE, TWO), lose, told_plainly("e.5", THREE, END))
    assert list(job.events()) == [ONE, TWO, THREE, END]
    assert job.result() == {"categorized": 4}
    assert job.position == "e.5"
    polls = server.calls_of("POLL", EVENTS)
    assert [call.query["since"] for call in polls] == ["e.0", "e.2", "e.2"]
    assert polls[0].headers["authorization"] == "Bearer secret"


@pytest.mark.usefixtures("impatient")
async def test_awaited_a_company_is_polled_and_climbs_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledgerwire.ladder.CLIMB_AFTER", 0.0)
    server.on(*SOCKET, refuse_socket())
    server.on("GET", COMPANY, hold, hold, stream(block(THREE), stay=True))
    server.on("POLL", COMPANY, told_plainly("e.1", ONE), unavailable(), told_plainly("e.2", TWO))
    async with (
        AsyncLedgerwire(server.url, persistence=HASTY) as client,
        aclosing(client.watch("demo")) as watch,
    ):
        assert [await anext(watch) for _ in range(3)] == [ONE, TWO, THREE]
    assert server.calls[-1].headers["last-event-id"] == "e.2"


def test_what_waiting_cannot_mend_is_raised(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, raw(b"<html>", media_type="text/html"))
    server.on("POLL", EVENTS, raw(b"<html>", media_type="text/html"))
    with pytest.raises(UnexpectedAnswer, match="text/html, not with events"):
        list(job.events())
    server.on("POLL", EVENTS, problem(401, "No key"))
    with pytest.raises(AuthenticationError):
        list(job.events())
    assert [call.method for call in server.calls] == ["GET", "SOCKET", *["GET", "POLL"] * 2]


def test_a_server_that_goes_away_is_given_up(job: JobHandle, server: Server) -> None:
    server.on("GET", EVENTS, raw(b"<html>", 403, "text/html"))
    server.on("POLL", EVENTS, lose)
    with pytest.raises(ConnectionFailed):
        list(job.events())
    assert len(server.calls_of("POLL", EVENTS)) == HASTY.tries
