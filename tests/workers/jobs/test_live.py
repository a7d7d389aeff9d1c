"""advance.lua and the reads beside it, on a real broker: what is taken, what is refused, and what is replayed."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from ledgerwire.events import JobEvent, LogEvent
from ledgerwire.jobs import Job, LogLine, Status, Step, Units
from tests.brokers import Broker
from workers.jobs import keys
from workers.jobs.live import (
    BROKER_AWAY,
    REPLAY_BYTES,
    STREAM_LENGTH,
    Breaker,
    BrokerAway,
    Live,
    StreamEvent,
    Write,
    connect,
    head_of,
    job_write,
    parse_message,
)
from workers.jobs.position import NOWHERE, Position, PositionError

THEN = datetime(2026, 6, 1, 12, tzinfo=UTC)


def job(
    status: Status = Status.RUNNING, *, job_id: str = "job-1", company: str = "acme", **values: Any
) -> Job:
    bare = Job(job_id=job_id, kind="toy", company_id=company, status=status, max_attempts=5, created_at=THEN)
    return msgspec.structs.replace(bare, **values)


def write(
    fence: int, seq: int, progress: int = 0, *, full: bool = False, fresh: bool = False, **values: Any
) -> Write:
    return job_write(job(progress=progress, **values), fence=fence, seq=seq, full=full, fresh=fresh)


def log(fence: int, number: int, *, job_id: str = "job-1", text: str = "coffee") -> Write:
    lines = msgspec.json.encode([LogLine(THEN, "info", text)])
    return Write("acme", job_id, "log", fence, 0, number, lines, 0)


def note(fence: int) -> Write:
    return Write("acme", "job-1", "note", fence, 0)


async def take(live: Live, *writes: Write) -> None:
    assert await live.advance(writes) == ["taken"] * len(writes)


async def stream(live: Live, company: str = "acme") -> list[StreamEvent]:
    position = (await live.picture(company)).position
    replay = await live.replay(company, Position(position.epoch, 0))
    assert replay is not None
    return replay.events


async def events(live: Live, company: str = "acme") -> list[JobEvent | LogEvent]:
    return [
        msgspec.json.decode(event.json, type=JobEvent | LogEvent) for event in await stream(live, company)
    ]


async def shown(live: Live) -> Job:
    """The job as the newest event has it, which is also how the picture has it."""
    newest = [event.job for event in await events(live) if isinstance(event, JobEvent)][-1]
    picture = await live.picture("acme", [newest.job_id])
    assert msgspec.json.decode(picture.jobs[newest.job_id].json, type=Job) == newest
    return newest


# --- what is taken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "full_of",
    [
        job(Status.PENDING),
        job(progress=37, message='größe "€" \\', step=Step("read", 1, 3), units=Units(1, None, "lines")),
        job(Status.RUNNING, cancel_requested=True, progress=3),
        job(Status.COMPLETE, progress=100, result={"progress": 0, "version": 0, "}": "{"}),
        job(message=',"cancel_requested":false,"progress":0,"version":0}'),
    ],
)
async def test_a_full_job_is_told_to_the_letter(live: Live, full_of: Job) -> None:
    before = time.time_ns() // 10**6
    await take(live, job_write(full_of, fence=3, seq=0, full=True))
    seen = await shown(live)
    assert seen == msgspec.structs.replace(full_of, version=seen.version)
    assert before - 1_000 <= seen.version <= time.time_ns() // 10**6 + 1_000


async def test_what_is_not_full_cannot_make_a_job(live: Live, redis: Redis) -> None:
    assert await live.advance([write(1, 1), note(1), log(1, 1)]) == ["unknown"] * 3
    assert not await redis.exists(keys.job("acme", "job-1"))
    assert await stream(live) == []


@pytest.mark.parametrize(
    ("fence", "seq", "answer"),
    [
        (3, 6, "taken"),
        (3, 9, "taken"),
        (4, 0, "taken"),
        (3, 5, "repeated"),
        (3, 4, "repeated"),
        (2, 9, "behind"),
        (0, 0, "behind"),
    ],
)
@pytest.mark.parametrize("full", [False, True])
async def test_a_write_is_taken_if_its_pair_is_greater(
    live: Live, *, fence: int, seq: int, answer: str, full: bool
) -> None:
    await take(live, write(3, 5, message="old", full=True))
    assert await live.advance([write(fence, seq, message="new", full=full)]) == [answer]
    assert (await shown(live)).message == ("new" if answer == "taken" else "old")
    assert len(await stream(live)) == (2 if answer == "taken" else 1)


async def test_a_repeated_trip_changes_nothing(live: Live) -> None:
    trip = [write(1, 0, full=True), write(1, 1, 10), log(1, 1), note(1)]
    await take(live, *trip)
    before = await stream(live)
    assert await live.advance(trip) == ["repeated"] * 4
    assert await stream(live) == before


async def test_versions_and_positions_rise_with_every_event(live: Live) -> None:
    await take(live, write(1, 0, full=True), *(write(1, seq) for seq in range(1, 20)))
    told = await events(live)
    versions = [event.job.version for event in told if isinstance(event, JobEvent)]
    assert versions == sorted(set(versions))
    positions = [Position.parse(event.position) for event in told]
    assert [position.offset for position in positions] == list(range(1, 21))
    assert len({position.epoch for position in positions}) == 1


async def test_one_trip_may_serve_many_companies_and_jobs(live: Live) -> None:
    a, b, c = (
        job_write(job(job_id=name, company=company), fence=1, seq=0, full=True)
        for name, company in (("a", "acme"), ("b", "zeta"), ("c", "acme"))
    )
    stale = Write("zeta", "b", "note", 0, 0)
    assert await live.advance([a, b, stale, c]) == ["taken", "taken", "behind", "taken"]
    assert [event.job_id for event in await stream(live)] == ["a", "c"]
    assert [event.job_id for event in await stream(live, "zeta")] == ["b"]
    assert await live.advance([]) == []


# --- notes, progress, logs --------------------------------------------------------------------------------


async def test_a_note_shows_the_cancel_and_leaves_the_count_alone(live: Live) -> None:
    await take(live, write(2, 5, full=True), note(2))
    assert (await shown(live)).cancel_requested
    assert await live.advance([note(2)]) == ["repeated"]
    await take(live, write(2, 6, message="still at it"))
    assert (await shown(live)).cancel_requested


async def test_a_note_for_another_claim_is_refused(live: Live) -> None:
    await take(live, write(2, 0, full=True))
    assert await live.advance([note(1), note(3)]) == ["behind", "unknown"]
    assert not (await shown(live)).cancel_requested


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.PENDING])
async def test_a_new_fence_begins_without_the_old_ones_cancel(live: Live, status: Status) -> None:
    await take(live, write(2, 0, full=True), note(2), write(3, 0, status=status, full=True))
    assert not (await shown(live)).cancel_requested


async def test_progress_never_falls_until_a_person_retries(live: Live) -> None:
    await take(live, write(1, 0, 50, full=True))
    for fence, seq, progress, seen in ((1, 1, 30, 50), (2, 0, 0, 50), (3, 1, 60, 60), (4, 0, 10, 60)):
        await take(live, write(fence, seq, progress))
        assert (await shown(live)).progress == seen
    await take(live, write(5, 0, 20, full=True, fresh=True))
    assert (await shown(live)).progress == 20


async def test_a_checkpoints_lines_are_announced_once(live: Live) -> None:
    await take(live, write(1, 0, full=True), log(1, 1, text="größe"))
    assert await live.advance([log(1, 1), log(1, 2), log(1, 1)]) == ["repeated", "taken", "repeated"]
    told = [event for event in await events(live) if isinstance(event, LogEvent)]
    assert [(event.number, event.lines[0].text, event.dropped) for event in told] == [
        (1, "größe", 0),
        (2, "coffee", 0),
    ]


async def test_lines_of_a_lost_claim_are_refused_and_those_of_a_resumed_one_go_on(live: Live) -> None:
    await take(live, write(1, 0, full=True), log(1, 1), write(3, 0, full=True))
    assert await live.advance([log(1, 2), log(3, 1), log(3, 2), log(4, 3)]) == [
        "behind",
        "repeated",
        "taken",
        "unknown",
    ]


# --- the end ----------------------------------------------------------------------------------------------


async def test_nothing_follows_the_end_but_a_retry(live: Live, redis: Redis) -> None:
    name = keys.job("acme", "job-1")
    await take(live, write(1, 0, full=True))
    assert await redis.pttl(name) == -1
    await take(live, write(2, 0, status=Status.FAILED, full=True))
    assert 50_000 < await redis.pttl(name) <= 60_000
    assert await live.advance([write(1, 7), note(1), log(1, 1)]) == ["behind"] * 3
    assert [event.kind for event in await stream(live)] == ["job", "end"]
    assert await redis.pttl(name) > 50_000
    await take(live, write(3, 0, status=Status.PENDING, full=True, fresh=True))
    assert await redis.pttl(name) == -1


async def test_a_zombie_finds_no_gap_when_the_live_job_is_gone(live: Live, redis: Redis) -> None:
    await take(live, write(2, 0, status=Status.COMPLETE, full=True))
    await redis.delete(keys.job("acme", "job-1"))
    assert await live.advance([write(1, 99, message="I live"), log(1, 5), note(1)]) == ["unknown"] * 3
    assert len(await stream(live)) == 1


async def test_streams_and_their_positions_are_forgotten_in_that_order(live: Live, redis: Redis) -> None:
    await take(live, write(1, 0, full=True))
    stream_life, meta_life = await redis.pttl(keys.events("acme")), await redis.pttl(keys.meta("acme"))
    assert 3_500_000 < stream_life <= 3_600_000
    assert meta_life > 24 * stream_life


# --- what is published ------------------------------------------------------------------------------------


async def test_what_is_published_is_what_is_replayed(live: Live, redis: Redis) -> None:
    async with redis.pubsub() as heard:
        await heard.subscribe(keys.channel("acme"))
        await take(live, write(1, 0, full=True), log(1, 1), write(2, 0, status=Status.COMPLETE, full=True))
        messages: list[StreamEvent] = []
        while len(messages) < 3:
            said = await heard.get_message(ignore_subscribe_messages=True, timeout=5)
            if said is not None:
                messages.append(parse_message(said["data"]))
    assert messages == await stream(live)
    assert [message.kind for message in messages] == ["job", "log", "end"]


# --- replay, picture, positions ---------------------------------------------------------------------------


async def test_a_replay_holds_all_that_followed(live: Live) -> None:
    await take(live, write(1, 0, full=True), *(write(1, seq) for seq in range(1, 10)))
    all_of_it = await stream(live)
    here = (await live.picture("acme")).position
    replay = await live.replay("acme", Position(here.epoch, 6))
    assert replay is not None
    assert (replay.position, replay.events) == (here, all_of_it[6:])
    at_the_end = await live.replay("acme", here)
    assert at_the_end is not None
    assert at_the_end.events == []


async def test_there_is_no_replay_from_another_life_or_from_the_future(live: Live) -> None:
    assert await live.replay("acme", Position("abc", 0)) is None
    await take(live, write(1, 0, full=True))
    here = (await live.picture("acme")).position
    for since in (NOWHERE, Position("abc", 1), Position(here.epoch, 2), Position("abc", 10**18 - 1)):
        assert await live.replay("acme", since) is None


async def test_a_replay_is_whole_or_is_not_made(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.jobs.live.REPLAY_BYTES", 2**30)
    await take(live, write(1, 0, full=True))
    for start in range(1, STREAM_LENGTH + 500, 500):
        await take(live, *(write(1, seq) for seq in range(start, start + 500)))
    here = (await live.picture("acme")).position
    oldest = here.offset - STREAM_LENGTH
    assert await live.replay("acme", Position(here.epoch, oldest - 1)) is None
    replay = await live.replay("acme", Position(here.epoch, oldest))
    assert replay is not None
    assert len(replay.events) == STREAM_LENGTH


async def test_a_replay_has_a_bound_in_bytes(live: Live) -> None:
    half = "x" * (REPLAY_BYTES // 2)
    await take(live, write(1, 0, full=True), log(1, 1, text=half), log(1, 2, text=half))
    epoch = (await live.picture("acme")).position.epoch
    assert await live.replay("acme", Position(epoch, 1)) is None
    assert await live.replay("acme", Position(epoch, 2)) is not None


async def test_a_stream_that_has_expired_is_a_gap(live: Live, redis: Redis) -> None:
    await take(live, write(1, 0, full=True), write(1, 1))
    epoch = (await live.picture("acme")).position.epoch
    await redis.delete(keys.events("acme"))
    assert await live.replay("acme", Position(epoch, 1)) is None
    await take(live, write(1, 2))
    assert (await live.picture("acme")).position == Position(epoch, 3)
    assert await live.replay("acme", Position(epoch, 2)) is not None


async def test_a_picture_of_nothing_begins_the_stream(live: Live) -> None:
    assert await live.positions(["acme"]) == {"acme": None}
    first = await live.picture("acme", ["job-1"])
    assert (first.position.offset, first.jobs) == (0, {})
    assert (await live.picture("acme")).position == first.position
    await take(live, write(1, 0, full=True))
    assert await live.positions(["acme", "zeta"]) == {"acme": Position(first.position.epoch, 1), "zeta": None}


async def test_a_picture_holds_those_that_are_live_with_their_fences(live: Live) -> None:
    await take(live, write(4, 0, full=True, job_id="a"), write(7, 2, full=True, job_id="b"))
    picture = await live.picture("acme", ["b", "unknown", "a"])
    assert {name: found.fence for name, found in picture.jobs.items()} == {"a": 4, "b": 7}
    assert picture.position.offset == 2


# --- the broker's deaths ----------------------------------------------------------------------------------


async def test_a_restarted_broker_begins_another_life_and_keeps_the_jobs(live: Live, broker: Broker) -> None:
    await take(live, write(2, 3, 40, full=True))
    old = (await live.picture("acme")).position
    broker.restart()
    await live.redis.connection_pool.disconnect()
    # It may have forgotten its last second, so it is not believed even before anything has happened.
    assert await live.replay("acme", old) is None
    assert await live.positions(["acme"]) == {"acme": None}
    assert await live.advance([write(2, 3), write(1, 9), log(2, 1)]) == ["repeated", "behind", "taken"]
    assert await live.replay("acme", old) is None
    new = (await live.picture("acme")).position
    assert new.epoch != old.epoch
    assert new.offset == 1
    assert await live.positions(["acme"]) == {"acme": new}
    assert len(await stream(live)) == 1
    await take(live, write(2, 4, 10))
    assert (await shown(live)).progress == 40


async def test_a_restarted_broker_that_is_only_looked_at_begins_another_life_too(
    live: Live, broker: Broker
) -> None:
    await take(live, write(2, 3, full=True))
    old = (await live.picture("acme")).position
    broker.restart()
    await live.redis.connection_pool.disconnect()
    new = (await live.picture("acme", ["job-1"])).position
    assert (new.offset, new.epoch != old.epoch) == (0, True)
    assert await stream(live) == []
    assert await live.replay("acme", old) is None


async def test_a_flushed_broker_begins_another_life(live: Live, broker: Broker) -> None:
    await take(live, write(2, 3, full=True))
    old = (await live.picture("acme")).position
    broker.flush()
    assert await live.advance([write(2, 4)]) == ["unknown"]
    await take(live, write(2, 4, full=True))
    new = (await live.picture("acme")).position
    assert (new.offset, new.epoch != old.epoch) == (1, True)
    assert await live.replay("acme", old) is None


async def test_scripts_that_the_broker_forgot_are_loaded_again(live: Live, redis: Redis) -> None:
    await take(live, write(1, 0, full=True))
    await live.picture("acme")
    await redis.script_flush()
    await take(live, write(1, 1))
    await redis.script_flush()
    assert (await live.picture("acme")).position.offset == 2


async def test_whoever_asks_a_dead_broker_hears_that_it_is_away(live: Live, broker: Broker) -> None:
    broker.kill()
    for call in (live.advance([write(1, 0)]), live.picture("acme"), live.positions(["acme"])):
        with pytest.raises(BROKER_AWAY):
            await call
    broker.start()
    await take(live, write(1, 0, full=True))


async def test_a_silent_broker_hangs_nobody(broker: Broker) -> None:
    redis = connect(broker.url, timeout=0.1)
    live = Live(redis, job_ttl=60)
    await live.picture("acme")
    broker.pause()
    with pytest.raises(BROKER_AWAY):
        await live.picture("acme")
    broker.resume()
    assert (await live.picture("acme")).position.offset == 0
    await redis.aclose()


async def test_the_breaker_fails_at_once_after_a_call_that_did_not_come_back(
    live: Live, broker: Broker
) -> None:
    breaker = Breaker(within=0.05, rest=60)
    await breaker(live.picture("acme"))
    broker.pause()
    with pytest.raises(BrokerAway):
        await breaker(live.picture("acme"))
    broker.resume()
    with pytest.raises(BrokerAway):
        await breaker(live.picture("acme"))
    breaker.rest = 0
    breaker._closed_at = 0
    assert (await breaker(live.picture("acme"))).position.offset == 0


async def test_calls_at_once_do_not_mix_their_answers(live: Live) -> None:
    names = [f"job-{number}" for number in range(50)]
    await asyncio.gather(*(live.advance([write(1, 0, full=True, job_id=name)]) for name in names))
    pictures = await asyncio.gather(*(live.picture("acme", [name]) for name in names))
    assert [list(picture.jobs) for picture in pictures] == [[name] for name in names]


# --- words ------------------------------------------------------------------------------------------------


def test_a_head_lacks_what_the_script_writes_itself() -> None:
    head = head_of(job(progress=50, cancel_requested=True, version=7))
    assert head.endswith(b'"params":null')


@pytest.mark.parametrize(
    "text", ["", "0", "abc", ".1", "abc.", "abc.-1", "ABC.1", "abc.1 ", "abc.1\n", "a" * 33 + ".1"]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(PositionError):
        Position.parse(text)


def test_a_position_reads_as_it_is_written() -> None:
    assert Position.parse(str(Position("1f", 20))) == Position("1f", 20)
