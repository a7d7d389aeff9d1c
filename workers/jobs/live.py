"""The live side in Redis: one write path (advance.lua), two reads (a picture, a replay).

Losing all of it loses no job: SQL is the record, and whoever misses something here is handed the present state.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Final

import msgspec
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from ledgerwire.jobs import Job
from workers.jobs import keys
from workers.jobs.position import Position

STREAM_LENGTH: Final = 2_000
STREAM_LIFE_MS: Final = 3_600_000
META_LIFE_MS: Final = 30 * 86_400_000
#: A replay is whole or it is not made: beyond either bound a snapshot is cheaper for everybody.
REPLAY_BYTES: Final = 2**20

_META: Final = ["epoch", "offset", "run_id"]
#: How the last three fields of an encoded Job read; advance.lua writes its own.
_TAIL: Final = b',"cancel_requested":false,"progress":0,"version":0}'

#: Every way in which the broker may be away.
BROKER_AWAY: Final = (RedisError, OSError, asyncio.TimeoutError)


class BrokerAway(Exception):
    """The broker did not answer in time; what it knows must come from SQL."""


class Write(msgspec.Struct, frozen=True):
    """One write of advance.lua: ``what`` is job, note or log; a, b, c as documented there."""

    company_id: str
    job_id: str
    what: str
    fence: int
    seq: int
    a: bytes | str | int = ""
    b: bytes | str | int = ""
    c: bytes | str | int = ""


class StreamEvent(msgspec.Struct, frozen=True):
    """An event as it was published: ``kind`` is job, log or end; ``json`` is what goes out on every transport."""

    position: Position
    kind: str
    job_id: str
    json: bytes


class Replay(msgspec.Struct, frozen=True):
    """All events after a position, none missing, and where the stream stands now."""

    position: Position
    events: list[StreamEvent]


class LivePicture(msgspec.Struct, frozen=True):
    """Where a company's stream stands, and the jobs that were asked for and are live: fence and JSON."""

    position: Position
    jobs: dict[str, LiveJob]


class LiveJob(msgspec.Struct, frozen=True):
    """A live job as its hash holds it."""

    fence: int
    head: bytes
    cancel_requested: bool
    progress: int
    version: int

    @property
    def json(self) -> bytes:
        flag = b"true" if self.cancel_requested else b"false"
        tail = b',"cancel_requested":%s,"progress":%d,"version":%d}' % (flag, self.progress, self.version)
        return self.head + tail


def head_of(job: Job) -> bytes:
    """The job's JSON as far as the writer decides it."""
    bare = msgspec.structs.replace(job, cancel_requested=False, progress=0, version=0)
    return msgspec.json.encode(bare).removesuffix(_TAIL)


def job_write(job: Job, *, fence: int, seq: int, full: bool = False, fresh: bool = False) -> Write:
    """``full``: just read from SQL. ``fresh``: a person's retry, progress may fall."""
    flags = "f" * full + "r" * fresh + "c" * job.cancel_requested + "e" * job.status.terminal
    return Write(job.company_id, job.job_id, "job", fence, seq, head_of(job), job.progress, flags)


def parse_message(payload: bytes) -> StreamEvent:
    """What advance.lua publishes: ``<position> <kind> <job_id>\\n<json>``."""
    head, _, body = payload.partition(b"\n")
    position, kind, job_id = head.decode().split(" ")
    return StreamEvent(Position.parse(position), kind, job_id, body)


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel ``tasks`` until they have heard it.

    Before Python 3.12 ``asyncio.wait_for``, by which redis-py waits, swallows a cancel that meets an answer.
    """
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=0.1)


class Script:
    """A Lua script next to this module, called by its hash and loaded again after a broker's restart."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.redis = redis
        self.source = files(__package__).joinpath(name).read_text()
        self.sha = ""

    async def __call__(self, keys_: Sequence[str], args: Sequence[Any]) -> Any:
        return (await self.many([(keys_, args)]))[0]

    async def many(self, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> list[Any]:
        """All calls in one round trip; raises the first error that is not a missing script."""
        if not self.sha:
            await self._load()
        try:
            return await self._run(calls)
        except NoScriptError:
            # All of one trip miss it or none: a script that is gone went with the broker's restart.
            await self._load()
            return await self._run(calls)

    async def _load(self) -> None:
        self.sha = await self.redis.script_load(self.source)

    async def _run(self, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> list[Any]:
        pipe = self.redis.pipeline(transaction=False)
        for keys_, args in calls:
            pipe.execute_command("EVALSHA", self.sha, len(keys_), *keys_, *args)
        return await pipe.execute()


def connect(url: str, *, timeout: float = 5.0) -> Redis:
    """A client whose calls end: a silent partition must not hang anybody."""
    options: dict[str, Any] = {"socket_timeout": timeout, "health_check_interval": 15}
    if not url.startswith("unix:"):
        options |= {"socket_connect_timeout": min(timeout, 2.0), "socket_keepalive": True}
    client = Redis.from_url(url, **options)
    pool = client.connection_pool
    pool.connection_class = type("Connection", (Cancellable, pool.connection_class), {})
    return client  # type: ignore[no-any-return]


class Cancellable:
    """A connection whose user can be cancelled.

    redis-py 5 sends through ``asyncio.wait_for``, which before Python 3.12 swallows a cancel that comes just
    as the sending ends: one in twenty tasks then went on for ever.
    """

    async def send_packed_command(self: Any, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        if not self.is_connected:
            await self.connect()
        elif check_health:
            await self.check_health()
        limit, self.socket_timeout = self.socket_timeout, None
        try:
            async with asyncio.timeout(limit):
                await super().send_packed_command(command, check_health=False)  # type: ignore[misc]
        finally:
            self.socket_timeout = limit


class Live:
    """The verbs of the live side. Every one raises one of BROKER_AWAY when the broker is not there."""

    def __init__(self, redis: Redis, *, job_ttl: int) -> None:
        self.redis = redis
        self._advance = Script(redis, "advance.lua")
        self._picture = Script(redis, "picture.lua")
        self._job_life_ms = job_ttl * 1000

    async def advance(self, writes: Sequence[Write]) -> list[str]:
        """Hand in writes of any companies; answers taken, repeated, behind or unknown for each, in order."""
        by_company: dict[str, list[int]] = {}
        for index, write in enumerate(writes):
            by_company.setdefault(write.company_id, []).append(index)
        answers = await self._advance.many(
            [self._call(company, [writes[i] for i in indexes]) for company, indexes in by_company.items()]
        )
        words = [""] * len(writes)
        for indexes, answer in zip(by_company.values(), answers, strict=True):
            for index, word in zip(indexes, answer, strict=True):
                words[index] = word.decode()
        return words

    def _call(self, company: str, writes: list[Write]) -> tuple[list[str], list[Any]]:
        names = [keys.meta(company), keys.events(company)]
        args: list[Any] = [
            keys.channel(company),
            new_epoch(),
            msgspec.json.encode(company),
            STREAM_LENGTH,
            STREAM_LIFE_MS,
            META_LIFE_MS,
            self._job_life_ms,
        ]
        for write in writes:
            names.append(keys.job(company, write.job_id))
            args += [write.what, write.fence, write.seq, write.a, write.b, write.c, write.job_id]
        return names, args

    async def picture(self, company_id: str, job_ids: Iterable[str] = ()) -> LivePicture:
        """Where the stream stands and the live jobs among ``job_ids``, from one moment."""
        ids = list(job_ids)
        names = [keys.meta(company_id), keys.events(company_id), *(keys.job(company_id, i) for i in ids)]
        epoch, offset, *hashes = await self._picture(names, [new_epoch(), META_LIFE_MS])
        live = {job_id: _live_job(h) for job_id, h in zip(ids, hashes, strict=True) if h}
        return LivePicture(Position(epoch.decode(), int(offset)), live)

    async def positions(self, company_ids: Sequence[str]) -> dict[str, Position | None]:
        """Where the streams stand, in one round trip; None where there is none yet in this life of the broker."""
        pipe = self.redis.pipeline(transaction=False)
        pipe.info("server")
        for company in company_ids:
            pipe.hmget(keys.meta(company), _META)
        server, *answers = await pipe.execute()
        return {
            company: _standing(server, answer) for company, answer in zip(company_ids, answers, strict=True)
        }

    async def replay(self, company_id: str, since: Position) -> Replay | None:
        """Everything after ``since``, or None where a part of it is gone or it is too much."""
        pipe = self.redis.pipeline(transaction=True)
        pipe.info("server")
        pipe.hmget(keys.meta(company_id), _META)
        pipe.xrange(keys.events(company_id), min=f"({since.offset}-0", count=STREAM_LENGTH)
        server, answer, entries = await pipe.execute()
        now = _standing(server, answer)
        if now is None or now.epoch != since.epoch or len(entries) != now.offset - since.offset:
            return None
        events = [_stream_event(since.epoch, entry) for entry in entries]
        if sum(len(event.json) for event in events) > REPLAY_BYTES:
            return None
        return Replay(now, events)


class Breaker:
    """After a call that did not come back in time, the next ones fail at once for a while."""

    def __init__(self, *, within: float = 0.25, rest: float = 1.0) -> None:
        self.within = within
        self.rest = rest
        self._closed_at = 0.0

    async def __call__(self, call: Any) -> Any:
        """Await ``call`` (a coroutine) for at most ``within`` seconds; raises BrokerAway."""
        if time.monotonic() < self._closed_at:
            call.close()
            raise BrokerAway
        try:
            async with asyncio.timeout(self.within):
                return await call
        except BROKER_AWAY as error:
            self._closed_at = time.monotonic() + self.rest
            raise BrokerAway from error


def _standing(server: dict[str, Any], meta: list[bytes | None]) -> Position | None:
    """None where the broker was restarted since: it may have forgotten the newest events, and say nothing of it."""
    epoch, offset, run_id = meta
    if epoch is None or offset is None or run_id is None or run_id.decode() != server["run_id"]:
        return None
    return Position(epoch.decode(), int(offset))


def new_epoch() -> str:
    return secrets.token_hex(6)


def _live_job(values: list[bytes]) -> LiveJob:
    fence, head, cancel, progress, version = values
    return LiveJob(int(fence), head, cancel == b"1", int(progress), int(version))


def _stream_event(epoch: str, entry: tuple[bytes, dict[bytes, bytes]]) -> StreamEvent:
    name, fields = entry
    offset = int(name.partition(b"-")[0])
    return StreamEvent(Position(epoch, offset), fields[b"k"].decode(), fields[b"j"].decode(), fields[b"e"])
