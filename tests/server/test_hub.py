"""The hub over a real broker and database: nothing is missed, nothing is stuck, whatever happens to the broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import hub as hubs
from server.beginning import Answer
from server.channel import Channel
from server.frames import Frame
from server.hub import Hub
from server.present import is_current
from server.session import Session, Wants
from tests.brokers import Broker
from tests.server.serving import api_settings
from tests.server.telling import Told, begin, begin_many
from tests.waiting import until
from workers.jobs import keys
from workers.jobs.kernel import Kernel
from workers.jobs.live import Write, head_of
from workers.jobs.position import NOWHERE, Position
from workers.jobs.record import JobRecord


class Watcher:
    """A session in a channel, read as fast as it can be."""

    def __init__(self, hub: Hub, company_id: str = "acme") -> None:
        self.hub = hub
        self.channel: Channel = hub.join(company_id)
        self.seen: list[Frame] = []
        self.session = Session(self._take)

    def _take(self) -> None:
        while due := self.session.take():
            self.seen += due

    async def watch(self, wants: Wants = None, since: Position | None = None, **more: Any) -> Answer:
        return await self.channel.subscribe(self.session, wants, since=since, **more)

    def leave(self) -> None:
        self.channel.leave(self.session)
        self.hub.part(self.channel)

    @property
    def kinds(self) -> list[str]:
        return [frame.kind for frame in self.seen]

    @property
    def offsets(self) -> list[int]:
        return [frame.position.offset for frame in self.seen]

    @property
    def last(self) -> dict[str, Any]:
        value: dict[str, Any] = msgspec.json.decode(self.seen[-1].json)
        return value

    def progress(self, told: Told) -> int:
        """Of the job as this watcher holds it; -1 where it holds none."""
        held: dict[str, Any] = {}
        for frame in self.seen:
            value = msgspec.json.decode(frame.json)
            if frame.kind == "snapshot":
                held = {job["job_id"]: job for job in value["jobs"]}
            elif frame.kind in {"job", "end"}:
                held[frame.job_id] = value["job"]
        return int(held.get(told.job_id, {"progress": -1})["progress"])


@pytest.fixture
async def kernel(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Kernel]:
    opened = Kernel.open(api_settings(tmp_path, database_url=sqlite_url, redis_url=broker.url))
    yield opened
    await opened.close()


@pytest.fixture
async def hub(kernel: Kernel) -> AsyncIterator[Hub]:
    opened = Hub(kernel)
    await opened.start()
    yield opened
    await opened.close()


async def test_a_first_watcher_gets_the_present_and_then_every_event(hub: Hub, kernel: Kernel) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    answer = await watcher.watch()
    assert not answer.recovered
    assert watcher.last["reason"] == "subscribed"
    assert [job["job_id"] for job in watcher.last["jobs"]] == [told.job_id]
    for progress in range(1, 51):
        await told.report(progress)
    await told.complete()
    await until(lambda: watcher.kinds[-1] == "end")
    assert watcher.kinds == ["snapshot", *["job"] * 50, "end"]
    assert watcher.offsets == list(range(1, 53))


async def test_who_comes_again_gets_exactly_what_was_missed(hub: Hub, kernel: Kernel) -> None:
    told = await begin(kernel)
    first = Watcher(hub)
    position = (await first.watch()).position
    first.leave()
    for progress in range(1, 11):
        await told.report(progress)
    again = Watcher(hub)
    answer = await again.watch(since=position)
    assert answer.recovered
    await told.report(11)
    await until(lambda: len(again.seen) == 11)
    assert again.offsets == list(range(position.offset + 1, position.offset + 12))


async def test_who_missed_nothing_is_sent_nothing(hub: Hub, kernel: Kernel) -> None:
    await begin(kernel)
    position = (await Watcher(hub).watch()).position
    again = Watcher(hub)
    answer = await again.watch(since=position)
    assert (answer.recovered, answer.position, again.seen) == (True, position, [])


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        (lambda _now: Position("dead", 1), "gap"),
        (lambda _now: NOWHERE, "gap"),
        (lambda now: Position(now.epoch, now.offset + 5), "gap"),
    ],
)
async def test_a_position_that_is_not_known_gets_a_snapshot(
    hub: Hub, kernel: Kernel, since: Callable[[Position], Position], reason: str
) -> None:
    await begin(kernel)
    now = (await Watcher(hub).watch()).position
    watcher = Watcher(hub)
    answer = await watcher.watch(since=since(now))
    assert not answer.recovered
    assert (watcher.kinds, watcher.last["reason"]) == (["snapshot"], reason)


async def test_who_is_too_far_behind_gets_a_snapshot(hub: Hub, kernel: Kernel) -> None:
    told = await begin(kernel)
    since = (await Watcher(hub).watch()).position
    wire = told.record.wire()
    for start in range(0, 2_100, 700):
        fence = told.record.fence
        writes = [
            Write("acme", told.job_id, "job", fence, seq, head_of(wire), 1)
            for seq in range(start + 1, start + 701)
        ]
        await kernel.live.advance(writes)
    watcher = Watcher(hub)
    assert not (await watcher.watch(since=since)).recovered
    assert watcher.last["reason"] == "too_far_behind"


async def test_a_watch_of_one_job_is_shown_that_job_only(hub: Hub, kernel: Kernel) -> None:
    mine, other = await begin_many(kernel, 2)
    watcher = Watcher(hub)
    await watcher.watch(frozenset({mine.job_id}))
    assert [job["job_id"] for job in watcher.last["jobs"]] == [mine.job_id]
    await other.report(5)
    await mine.report(6)
    await other.complete()
    await mine.complete()
    await until(lambda: watcher.kinds == ["snapshot", "job", "end"])
    watcher.session.pass_by(watcher.channel.position)
    assert watcher.session.position == watcher.channel.position


async def test_companies_are_kept_apart(hub: Hub, kernel: Kernel) -> None:
    ours, theirs = await begin(kernel, "acme"), await begin(kernel, "globex")
    watcher = Watcher(hub, "acme")
    await watcher.watch()
    await theirs.report(5)
    await ours.report(6)
    await until(lambda: len(watcher.seen) == 2)
    assert theirs.job_id not in "".join(frame.text for frame in watcher.seen)


async def test_a_later_subscription_is_shown_the_present_and_costs_the_earlier_nothing(
    hub: Hub, kernel: Kernel
) -> None:
    first, second = await begin_many(kernel, 2)
    watcher = Watcher(hub)
    await watcher.watch(frozenset({first.job_id}))
    stop = asyncio.Event()

    async def work() -> None:
        progress = 0
        while not stop.is_set() and progress < 99:
            progress += 1
            await first.report(progress)
            await second.report(progress)

    working = asyncio.create_task(work())
    await until(lambda: len(watcher.seen) > 5)
    both = frozenset({first.job_id, second.job_id})
    await watcher.watch(both, shows=frozenset({second.job_id}), answers=2)
    await until(lambda: any(frame.job_id == second.job_id for frame in watcher.seen))
    stop.set()
    await working
    await first.complete()
    await second.complete()
    await until(lambda: watcher.kinds.count("end") == 2)
    shown = [frame for frame in watcher.seen if frame.kind == "snapshot"][1]
    assert msgspec.json.decode(shown.json)["id"] == 2
    assert [job["job_id"] for job in msgspec.json.decode(shown.json)["jobs"]] == [second.job_id]
    # Of the first job no event is missing: its reports count up by one.
    events = [f for f in watcher.seen if f.kind == "job" and f.job_id == first.job_id]
    reports = [msgspec.json.decode(frame.json)["job"]["progress"] for frame in events]
    assert reports == list(range(1, len(reports) + 1))
    assert watcher.offsets == sorted(watcher.offsets)


async def test_a_narrowed_watch_is_sent_less(hub: Hub, kernel: Kernel) -> None:
    mine, other = await begin_many(kernel, 2)
    watcher = Watcher(hub)
    await watcher.watch()
    watcher.channel.narrow(watcher.session, frozenset({mine.job_id}))
    await other.report(1)
    await mine.report(2)
    await until(lambda: len(watcher.seen) == 2)
    assert watcher.seen[-1].job_id == mine.job_id


async def test_a_job_submitted_while_the_snapshot_is_read_is_in_it(
    hub: Hub, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(kernel)
    late: list[Told] = []
    current = kernel.ledger.current

    async def current_and_then_one_more(company_id: str) -> list[JobRecord]:
        found = await current(company_id)
        late.append(await begin(kernel))
        return found

    monkeypatch.setattr(kernel.ledger, "current", current_and_then_one_more)
    watcher = Watcher(hub)
    await watcher.watch()
    assert late[0].job_id in [job["job_id"] for job in watcher.last["jobs"]]


async def test_a_job_that_the_broker_was_not_told_of_yet_is_shown_as_sql_has_it(
    hub: Hub, kernel: Kernel
) -> None:
    told = await begin(kernel)
    ended = await kernel.lifecycle.complete(told.record, None)
    assert ended is not None
    watcher = Watcher(hub)
    await watcher.watch()
    assert watcher.last["jobs"][0]["status"] == "complete"
    picture = await kernel.live.picture("acme", [told.job_id])
    assert not is_current(ended, picture.jobs[told.job_id])


# --- the broker's troubles ----------------------------------------------------------------------------


async def test_a_cut_subscription_loses_nothing_and_doubles_nothing(
    hub: Hub, kernel: Kernel, broker: Broker
) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    for progress in range(1, 101):
        if progress % 10 == 0:
            await asyncio.to_thread(broker.kill_clients, "pubsub")
        await told.report(progress % 100)
    await told.complete()
    await until(lambda: watcher.kinds[-1] == "end")
    assert watcher.offsets == list(range(1, 103))


async def test_a_message_that_got_lost_alone_is_found_by_its_position(
    hub: Hub, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    with monkeypatch.context() as patch:
        patch.setattr(keys, "channel", lambda _company_id: "nobody listens here")
        await told.report(33)
    await until(lambda: watcher.progress(told) == 33)
    assert watcher.kinds == ["snapshot", "job"]


async def test_a_gap_that_is_seen_is_mended_before_what_follows(
    hub: Hub, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    with monkeypatch.context() as patch:
        patch.setattr(keys, "channel", lambda _company_id: "nobody listens here")
        await told.report(1)
    await told.report(2)
    await until(lambda: watcher.progress(told) == 2)
    assert watcher.offsets == [1, 2, 3]


async def test_a_wiped_broker_means_a_new_beginning(hub: Hub, kernel: Kernel, broker: Broker) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    await told.checkpoint(40)
    await told.report(40)
    await until(lambda: watcher.progress(told) == 40)
    broker.flush()
    await until(lambda: watcher.kinds.count("snapshot") == 2)
    assert watcher.progress(told) == 40
    assert watcher.last["reason"] == "gap"
    await told.report(50)
    await until(lambda: watcher.progress(told) == 50)


async def test_a_broker_restored_from_something_older_means_a_new_beginning(
    hub: Hub, kernel: Kernel, broker: Broker
) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    for progress in (10, 20, 30):
        await told.report(progress)
    await until(lambda: watcher.progress(told) == 30)
    with broker.client() as client:
        client.hset(keys.meta("acme"), mapping={"offset": 2, "run_id": "of another life"})
    await until(lambda: watcher.kinds.count("snapshot") == 2)
    assert watcher.progress(told) == 30


async def test_while_the_broker_is_away_watchers_are_fed_from_sql(
    hub: Hub, kernel: Kernel, broker: Broker
) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    await told.report(10)
    await until(lambda: watcher.progress(told) == 10)
    await asyncio.to_thread(broker.kill)
    await told.checkpoint(60)
    await until(lambda: watcher.progress(told) == 60)
    assert (watcher.last["reason"], watcher.last["position"]) == ("broker_away", "0.0")
    newcomer = Watcher(hub)
    answer = await newcomer.watch(since=NOWHERE)
    assert (answer.position, newcomer.progress(told)) == (NOWHERE, 60)
    await told.checkpoint(70)
    await until(lambda: watcher.progress(told) == newcomer.progress(told) == 70)

    broker.start()
    await until(lambda: watcher.last["reason"] == newcomer.last["reason"] == "broker_back")
    assert watcher.progress(told) == newcomer.progress(told) == 70
    await told.report(80)
    await told.complete()
    await until(lambda: watcher.kinds[-2:] == newcomer.kinds[-2:] == ["job", "end"])


async def test_nothing_is_said_while_nothing_changes_in_sql(hub: Hub, kernel: Kernel, broker: Broker) -> None:
    told, other = await begin_many(kernel, 2)
    await asyncio.to_thread(broker.kill)
    watcher, of_one = Watcher(hub), Watcher(hub)
    await watcher.watch()
    await of_one.watch(frozenset({told.job_id}))
    for progress in (20, 30, 40):
        await other.checkpoint(progress)
        await until(lambda: watcher.progress(other) == progress)  # noqa: B023
    # The other watcher's own snapshot, and the one that all got when the broker was missed.
    assert len(of_one.seen) <= 2
    assert len(watcher.seen) <= 5


async def test_a_broker_that_does_not_answer_is_away_too(hub: Hub, kernel: Kernel, broker: Broker) -> None:
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    broker.pause()
    try:
        await told.checkpoint(60)
        await until(lambda: watcher.progress(told) == 60)
        assert watcher.last["reason"] == "broker_away"
    finally:
        broker.resume()
    await until(lambda: watcher.last["reason"] == "broker_back")
    assert watcher.progress(told) == 60


async def test_an_end_that_came_while_nobody_heard_is_shown(hub: Hub, kernel: Kernel, broker: Broker) -> None:
    """More than 50 newer jobs push a finished one out of the list; who watched it is told all the same."""
    told = await begin(kernel)
    watcher = Watcher(hub)
    await watcher.watch()
    await begin_many(kernel, 51)
    await until(lambda: len(watcher.seen) == 52)
    broker.flush()
    ended = await kernel.lifecycle.complete(told.record, None)
    assert ended is not None
    await until(lambda: watcher.progress(told) == 100)


# --- opening and closing ------------------------------------------------------------------------------


async def test_a_channel_closes_after_its_last_watcher(
    hub: Hub, kernel: Kernel, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "GRACE", 0.01)
    first, second = Watcher(hub), Watcher(hub)
    await first.watch()
    await second.watch()
    first.leave()
    assert hub.watched == ["acme"]
    second.leave()
    await until(lambda: hub.watched == [])

    def nobody_listens() -> bool:
        with broker.client() as client:
            return not client.pubsub_channels()

    await until(nobody_listens)
    third = Watcher(hub)
    await third.watch()
    assert hub.watched == ["acme"]


async def test_a_crowd_that_comes_at_once_is_shown_all_there_is(hub: Hub, kernel: Kernel) -> None:
    told = await begin(kernel)
    crowd = [Watcher(hub) for _ in range(100)]
    _, *_ = await asyncio.gather(
        _count_up(told, 60), *(watcher.watch(frozenset({told.job_id})) for watcher in crowd)
    )
    await told.complete()
    await until(lambda: all(watcher.kinds[-1] == "end" for watcher in crowd))
    for watcher in crowd:
        assert watcher.kinds.count("snapshot") == 1
        assert watcher.offsets == list(range(watcher.offsets[0], watcher.offsets[-1] + 1))


async def _count_up(told: Told, to: int) -> None:
    for progress in range(1, to + 1):
        await told.report(progress)


async def test_a_long_poll_notices_a_change_and_only_a_change(hub: Hub, kernel: Kernel) -> None:
    told, other = await begin_many(kernel, 2)
    async with hub.watch_job("acme", told.job_id) as watch:
        await other.report(1)
        assert not await watch.next(0.1)
        await told.report(2)
        assert await watch.next(10)
        assert not await watch.next(0)
    assert hub.watched == ["acme"]


async def test_a_long_poll_notices_a_change_while_the_broker_is_away(
    hub: Hub, kernel: Kernel, broker: Broker
) -> None:
    told = await begin(kernel)
    await asyncio.to_thread(broker.kill)
    async with hub.watch_job("acme", told.job_id) as watch:
        while await watch.next(0.5):
            pass
        await told.checkpoint(9)
        assert await watch.next(10)


async def test_a_hub_started_without_a_broker_goes_live_when_it_comes(kernel: Kernel, broker: Broker) -> None:
    broker.kill()
    hub = Hub(kernel)
    await hub.start()
    watcher = Watcher(hub)
    await watcher.watch()
    assert watcher.last["reason"] == "broker_away"
    broker.start()
    told = await begin(kernel)
    await until(lambda: watcher.progress(told) == 0)
    await told.report(5)
    await until(lambda: watcher.progress(told) == 5)
    await hub.close()
