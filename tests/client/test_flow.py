"""The decisions themselves, without I/O: a clock that costs nothing and answers that are values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from ledgerwire import ConnectionFailed, Persistence
from ledgerwire.calls import Calls
from ledgerwire.exchange import Answer, Lost, Request
from ledgerwire.flow import Closed, Emit, Flow, HangUp, Now, Open, Opened, Pause, Read, Say, Send, Silent
from ledgerwire.held import Held, Seen
from ledgerwire.persistence import send
from ledgerwire.watches import CompanyWatch
from tests.client.jobs import a_job, logged, snapped, told

PERSISTENCE = Persistence()


class World:
    """Answers effects from a script, on a clock that only pauses move."""

    def __init__(self, script: Iterable[Any], *, costs: float = 0.0) -> None:
        self.clock = 0.0
        self.effects: list[Any] = []
        self.shown: list[Any] = []
        self._script = iter(script)
        self._costs = costs

    def run(self, flow: Flow[Any]) -> Any:
        result: Any = None
        while True:
            try:
                effect = flow.send(result)
            except StopIteration as end:
                return end.value
            self.effects.append(effect)
            result = self._perform(effect)

    def _perform(self, effect: Any) -> Any:
        match effect:
            case Now():
                return self.clock
            case Pause(most=most):
                self.clock += most
            case Emit(value=value):
                self.shown.append(value)
            case Say() | HangUp():
                return None
            case _:
                self.clock += self._costs
                return next(self._script)
        return None

    def of(self, kind: type) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


def away(retry_after: str | None = None) -> Answer:
    return Answer(503, {"retry-after": retry_after} if retry_after else {})


def test_pauses_grow_with_jitter_and_are_bounded() -> None:
    pauses = [PERSISTENCE.pause(failures) for failures in range(1, 12)]
    assert all(pause.least == 0.25 for pause in pauses)
    assert [pause.most for pause in pauses] == [1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20]
    assert PERSISTENCE.pause(10**9).most == 20


def test_a_retry_after_is_waited_for_and_a_little_more() -> None:
    world = World([away("7"), Answer(200, {})])
    world.run(send(Request(path="/"), PERSISTENCE))
    (pause,) = world.of(Pause)
    assert pause.least == 7
    assert 7 < pause.most < 9


def test_a_retry_after_may_be_a_date() -> None:
    headers = {"date": "Mon, 01 Jun 2026 12:00:00 GMT", "retry-after": "Mon, 01 Jun 2026 12:00:30 GMT"}
    assert Answer(503, headers).retry_after == 30
    assert Answer(503, {"retry-after": "soon"}).retry_after is None
    assert Answer(503, {"retry-after": headers["retry-after"]}).retry_after is None


def test_patience_is_time_not_tries() -> None:
    world = World(iter(lambda: Lost("refused"), None))
    with pytest.raises(ConnectionFailed) as caught:
        world.run(send(Request(path="/"), PERSISTENCE, base="http://x", patience=100))
    assert 100 <= world.clock < 125
    assert caught.value.tries > PERSISTENCE.tries


def test_a_job_that_changes_all_the_time_is_asked_for_once_a_second() -> None:
    answers = (
        Answer(200, {"etag": f'"{n}"'}, msgspec.json.encode(a_job(version=n, progress=n % 100)))
        for n in range(10**6)
    )
    held = Held(a_job("pending", 0))
    with pytest.raises(TimeoutError):
        World(answers).run(Calls("http://x", PERSISTENCE).wait(held, 60))
    assert held.job.version < 80


def test_a_server_that_ignores_wait_is_not_stormed() -> None:
    world = World(iter(lambda: Answer(304, {}), None))
    with pytest.raises(TimeoutError):
        world.run(Calls("http://x", PERSISTENCE).wait(Held(a_job(), etag='"1"'), 60))
    assert len(world.of(Send)) < 80


def test_a_silent_socket_is_asked_and_then_left() -> None:
    watch = CompanyWatch(Calls("http://x", PERSISTENCE), "demo", None)
    event = told(a_job(), 1)
    script = [
        *(Opened(), msgspec.json.encode(event), Silent(), b'{"type":"pong"}', Silent(), Silent()),
        *(Opened(), Closed(4401, "no key")),
    ]
    world = World(script)
    with pytest.raises(Exception, match="no key"):
        world.run(watch.run())
    assert [msgspec.json.decode(say.message)["type"] for say in world.of(Say)] == [
        *("subscribe", "ping", "ping", "subscribe")
    ]
    assert world.shown == [event]


def test_being_dropped_as_too_slow_again_and_again_slows_the_return() -> None:
    line = [Opened(), msgspec.json.encode(told(a_job(), 1)), Closed(1013)]
    world = World([*line * 6, Opened(), Closed(4401)])
    with pytest.raises(Exception, match="401"):
        world.run(CompanyWatch(Calls("http://x", PERSISTENCE), "demo", None).run())
    assert [pause.most for pause in world.of(Pause)] == [1, 2, 4, 8, 16, 20]


def test_an_absence_longer_than_patience_ends_a_watch_that_had_begun() -> None:
    def script() -> Iterable[Any]:
        yield from (Opened(), msgspec.json.encode(told(a_job(), 1)), Closed(1006))
        while True:
            yield Lost("refused")

    world = World(script())
    with pytest.raises(ConnectionFailed, match="refused"):
        world.run(CompanyWatch(Calls("http://x", PERSISTENCE), "demo", None).run())
    assert 300 < world.clock < 345
    opened = [effect.socket for effect in world.of(Open)]
    assert opened[:7] == [True, True, True, False, False, True, True]


def test_the_server_says_when_to_come_back() -> None:
    script = [Lost("x"), Lost("x"), Opened(), b"retry: 9000\nid: e.1\n\n", Closed(), Opened(), Closed(4404)]
    world = World(script)
    with pytest.raises(Exception, match="404"):
        world.run(CompanyWatch(Calls("http://x", PERSISTENCE), "demo", None).run())
    assert world.of(Pause)[2].least == 9
    assert world.of(Open)[2].request.headers["accept"] == "text/event-stream"
    assert Read() in world.effects


def test_seen_forgets_the_longest_unheard_of_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerwire.held.REMEMBERED", 2)
    seen = Seen()
    for name in ("a", "b", "a", "c"):
        seen.fresh(told(a_job(version=len(name), job_id=name), 1))
    assert not seen.fresh(told(a_job(version=1, job_id="a"), 2))
    assert seen.fresh(told(a_job(version=1, job_id="b"), 2))


def test_a_snapshot_marks_what_it_shows_as_seen() -> None:
    seen = Seen()
    assert seen.fresh(snapped(1, a_job(version=4)))
    assert not seen.fresh(told(a_job(version=4), 2))
    assert seen.fresh(logged(7, 3))
    assert seen.fresh(logged(6, 4))
    assert not seen.fresh(logged(7, 5))


def test_a_retried_job_is_shown_running_again() -> None:
    seen = Seen()
    assert seen.fresh(told(a_job("failed", 5), 1))
    assert not seen.fresh(told(a_job("failed", 5), 2))
    assert seen.fresh(told(a_job("pending", 6), 3))
    assert seen.fresh(told(a_job("complete", 6), 4))
