"""One company's stream in this process: heard once, fanned out to everybody who watches.

A channel is *live* (it has every event up to ``position``), *mending* (it may have missed some: what comes waits
while the stream is asked) or *away* (no broker: watchers are fed from SQL).
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from server import frames
from server.frames import Floors, Frame
from server.present import Present, Scope, read_live, read_recorded
from server.session import NOTHING, Session, Wants
from workers.jobs import keys
from workers.jobs.bus import Bus
from workers.jobs.kernel import Kernel
from workers.jobs.live import BROKER_AWAY, Breaker, BrokerAway, Replay, parse_message
from workers.jobs.position import NOWHERE, Position

log = logging.getLogger(__name__)

#: So long a subscription waits for the broker; then SQL answers it.
SOON: Final = 1.0
CLOSE_WITHIN: Final = 0.5
#: How often a subscription is answered anew because the stream started over meanwhile.
TRIES: Final = 5
#: Messages kept while mending; more are dropped and found again in the stream.
MOST_WAITING: Final = 5_000


class State(enum.Enum):
    MENDING = enum.auto()
    LIVE = enum.auto()
    AWAY = enum.auto()


class Answer(msgspec.Struct, frozen=True):
    """How a subscription begins: all that was missed (``recovered``), or a snapshot, true as of ``position``."""

    position: Position
    frames: Sequence[Frame]
    recovered: bool


class _Asked(msgspec.Struct, frozen=True):
    """One subscription: what is to be shown, since when, and the id of whom it answers."""

    wants: Wants
    since: Position | None
    answers: int | None


class Channel:
    def __init__(
        self,
        kernel: Kernel,
        bus: Bus,
        company_id: str,
        *,
        on_air: asyncio.Event,
        turns: asyncio.Semaphore,
    ) -> None:
        self.company_id = company_id
        self.position = NOWHERE
        self.users = 0
        self._kernel = kernel
        self._bus = bus
        #: Set while the bus is connected and every channel confirmed.
        self._on_air = on_air
        self._turns = turns
        self._state = State.MENDING
        #: Rises whenever watchers are given a new beginning; an answer of an older one is void.
        self._generation = 0
        self._waiting: list[Frame] = []
        self._floors = Floors()
        self._sessions: set[Session] = set()
        # The fan-out groups, each session in exactly the places that _placed says; dicts keep their order.
        self._whole: dict[Session, None] = {}
        self._by_job: dict[str, dict[Session, None]] = {}
        self._catching_up: dict[Session, None] = {}
        self._placed: dict[Session, list[dict[Session, None]]] = {}
        self._is_closing = False
        self._doubted = asyncio.Event()
        self._settled = asyncio.Event()
        #: Somebody waits for the answer; it takes milliseconds, unless a crowd comes at once.
        self._ask = Breaker(within=SOON, rest=0.1)
        #: For what is done in the background.
        self._patient = Breaker(within=2.0, rest=0.0)
        self._seen_change: datetime | None = None
        self._told: dict[Wants, list[bytes]] = {}
        self._confirmed = bus.subscribe(keys.channel(company_id), self._deliver)
        self._task = asyncio.create_task(self._tend(), name=f"channel {company_id}")

    async def close(self) -> None:
        self._bus.unsubscribe(keys.channel(self.company_id))
        # Asked first: a statement that is cancelled half-way costs the pool its connection.
        self._is_closing = True
        self._doubted.set()
        await asyncio.wait({self._task}, timeout=CLOSE_WITHIN)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def is_live(self) -> bool:
        return self._state is State.LIVE

    @property
    def is_away(self) -> bool:
        return self._state is State.AWAY

    def has_reached(self, position: Position | None) -> bool:
        return (
            position is not None
            and position.epoch == self.position.epoch
            and position.offset <= self.position.offset
        )

    def doubt(self) -> None:
        """Something may have been missed: ask the stream."""
        if self._state is State.LIVE:
            self._state = State.MENDING
            self._settled.clear()
        self._doubted.set()

    # --- watchers -------------------------------------------------------------------------------------

    async def subscribe(
        self,
        session: Session,
        wants: Wants,
        *,
        since: Position | None = None,
        shows: Wants | Literal[False] = False,
        answers: int | None = None,
        greet: Callable[[Answer], Frame] | None = None,
    ) -> Answer:
        """Let ``session`` watch ``wants`` from ``since`` on, ``greet`` first; raises BrokerAway at the worst.

        Only a session's first subscription may replay. A later one gets a snapshot of what it ``shows``;
        ``answers`` is its id.
        """
        asked = _Asked(wants if shows is False else shows, since, answers)
        self._sessions.add(session)
        try:
            for _ in range(TRIES):
                await self._settle()
                session.hold(self.position)
                self._place(session)
                generation = self._generation
                try:
                    async with self._turns:
                        answer = await self._answer(session, asked)
                except BrokerAway:
                    self._go_away()
                    continue
                if generation == self._generation and self._agrees(answer.position):
                    greeting = [greet(answer)] if greet else []
                    session.release(answer.position, [*greeting, *answer.frames], wants)
                    return answer
        finally:
            if session.is_held:
                session.release(session.position, [], session.wants)
            self._place(session)
        raise BrokerAway

    async def follow(self, session: Session, wants: Wants) -> None:
        """Watch what changes from now on; what there is, the caller knows or is about to read."""
        await self._settle()
        self._sessions.add(session)
        session.release(self.position, [], wants)
        self._place(session)

    def narrow(self, session: Session, wants: Wants) -> None:
        session.wants = wants
        self._place(session)

    def leave(self, session: Session) -> None:
        self._sessions.discard(session)
        self._remove(session)

    async def _settle(self) -> None:
        try:
            async with asyncio.timeout(SOON):
                await self._settled.wait()
        except TimeoutError:
            self._go_away()

    async def _answer(self, session: Session, asked: _Asked) -> Answer:
        if self.is_away:
            return self._snapshot(
                await read_recorded(self._kernel, self._scope_of(asked)), asked, "broker_away"
            )
        if session.wants != NOTHING:
            return await self._later_answer(session, asked)
        if asked.since is not None and asked.since != NOWHERE:
            replay = await self._ask(self._kernel.live.replay(self.company_id, asked.since))
            if replay is not None:
                return Answer(replay.position, _wanted(replay, asked.wants), recovered=True)
        present = await read_live(self._kernel, self._ask, self._scope_of(asked))
        return self._snapshot(present, asked, _reason(asked.since, present.position))

    async def _later_answer(self, session: Session, asked: _Asked) -> Answer:
        """A snapshot for the new subscription, and before it what the older ones are owed up to there."""
        present = await read_live(self._kernel, self._ask, self._scope_of(asked))
        replay = await self._ask(self._kernel.live.replay(self.company_id, session.position))
        if replay is None:
            # Agrees with no channel: the stream is asked, and then this again.
            return Answer(NOWHERE, [], recovered=False)
        owed = [frame for frame in _wanted(replay, session.wants) if frame.position <= present.position]
        shown = self._snapshot(present, asked, "subscribed")
        return Answer(present.position, [*owed, *shown.frames], recovered=False)

    def _snapshot(self, present: Present, asked: _Asked, reason: str) -> Answer:
        jobs = [self._floors.admit_job(job) for job in _chosen(present, asked.wants)]
        frame = frames.snapshot(self.company_id, present.position, jobs, reason, answers=asked.answers)
        return Answer(present.position, [frame], recovered=False)

    def _scope_of(self, asked: _Asked) -> Scope:
        return Scope(self.company_id, whole=asked.wants is None, also=asked.wants or ())

    def _agrees(self, position: Position) -> bool:
        """Whether channel and answer speak of the same stream; else one of them has yet to notice a new one."""
        agree = position.epoch == (NOWHERE if self.is_away else self.position).epoch
        if not agree:
            self.doubt()
        return agree

    def _place(self, session: Session) -> None:
        self._remove(session)
        if session not in self._sessions:
            return
        groups = self._groups(session)
        for group in groups:
            group[session] = None
        self._placed[session] = groups

    def _groups(self, session: Session) -> list[dict[Session, None]]:
        if session.is_held:
            return [self._catching_up]
        if session.wants is None:
            return [self._whole]
        return [self._by_job.setdefault(job_id, {}) for job_id in session.wants]

    def _remove(self, session: Session) -> None:
        for group in self._placed.pop(session, ()):
            del group[session]
        if not session.is_held:
            for job_id in session.wants or ():
                if not self._by_job.get(job_id, True):
                    del self._by_job[job_id]

    # --- events ---------------------------------------------------------------------------------------

    def _deliver(self, payload: bytes) -> None:
        self._accept(frames.event(parse_message(payload)))

    def _accept(self, frame: Frame) -> None:
        if self._state is State.LIVE:
            at, next_ = self.position, frame.position
            if next_.epoch == at.epoch and next_.offset == at.offset + 1:
                self._publish(frame)
                return
            if self.has_reached(next_):
                return
            self.doubt()
        self._waiting.append(frame)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.clear()

    def _publish(self, frame: Frame) -> None:
        self.position = frame.position
        frame = self._floors.admit(frame)
        for session in self._whole:
            session.feed(frame)
        for session in self._by_job.get(frame.job_id, ()):
            session.feed(frame)
        for session in self._catching_up:
            session.feed(frame)

    # --- keeping true ---------------------------------------------------------------------------------

    async def _tend(self) -> None:
        """Open, mend, fall back to SQL and come back, for as long as somebody watches."""
        while not self._is_closing:
            self._doubted.clear()
            if self.is_live:
                self._state = State.MENDING
            pause: float | None = self._kernel.settings.tempo.away_poll
            try:
                await self._catch_up()
                pause = None
            except (BrokerAway, *BROKER_AWAY):
                await self._feed_from_ledger()
            except Exception:
                log.exception("The stream of %s could not be mended.", self.company_id)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._doubted.wait()

    async def _catch_up(self) -> None:
        """From any state to live; raises one of BROKER_AWAY or BrokerAway."""
        await self._await_bus()
        ask = self._ask if self.is_away else self._patient
        reason = "broker_back" if self.is_away else "gap"
        if self._state is State.MENDING and self.position != NOWHERE:
            replay = await ask(self._kernel.live.replay(self.company_id, self.position))
            if replay is not None and self._state is State.MENDING:
                for event in replay.events:
                    self._publish(frames.event(event))
                self._go_live()
                return
        await self._start_over(ask, reason)

    async def _await_bus(self) -> None:
        # Being away already, the next poll of SQL is not kept waiting.
        grace = 0.0 if self.is_away else self._kernel.settings.tempo.away_poll
        if not self._on_air.is_set():
            async with asyncio.timeout(grace):
                await self._on_air.wait()
        async with asyncio.timeout(self._patient.within):
            await asyncio.shield(self._confirmed)

    async def _start_over(self, ask: Breaker, reason: str) -> None:
        """What was missed cannot be told: hand everybody the present state."""
        if self._sessions:
            present = await read_live(self._kernel, ask, self._scope())
            self._broadcast(present, reason)
        else:
            self._generation += 1
            self.position = (await ask(self._kernel.live.picture(self.company_id))).position
        self._go_live()

    def _go_live(self) -> None:
        self._state = State.LIVE
        self._settled.set()
        waiting, self._waiting = self._waiting, []
        for frame in waiting:
            self._accept(frame)

    def _go_away(self) -> None:
        if not self.is_away:
            self._state = State.AWAY
            self.position = NOWHERE
            self._generation += 1
            self._waiting.clear()
            self._seen_change = None
            self._told.clear()
            self._doubted.set()
        self._settled.set()

    async def _feed_from_ledger(self) -> None:
        self._go_away()
        try:
            change = await self._kernel.ledger.newest_change(self.company_id)
            if change != self._seen_change and self._sessions:
                present = await read_recorded(self._kernel, self._scope())
                self._broadcast(present, "broker_away")
                self._seen_change = change
        except Exception:
            log.exception("Neither broker nor database can tell what %s is doing.", self.company_id)

    def _scope(self) -> Scope:
        """What all watchers together must be shown; jobs whose end they missed are looked up."""
        whole = any(session.wants is None for session in self._sessions)
        watched = {job_id for session in self._sessions for job_id in session.wants or ()}
        return Scope(self.company_id, whole=whole, also=watched | set(self._floors.unfinished))

    def _broadcast(self, present: Present, reason: str) -> None:
        self._generation += 1
        self.position = present.position
        jobs = {job_id: self._floors.admit_job(job) for job_id, job in present.jobs.items()}
        missed = [job_id for job_id in self._floors.unfinished if job_id in jobs]
        listed = sorted({*present.listed, *missed}, reverse=True)
        self._floors.keep_unfinished(jobs.values())
        shown = Present(present.position, jobs, listed)
        made: dict[Wants, Frame | None] = {NOTHING: None}
        for session in self._sessions:
            if session.wants not in made:
                made[session.wants] = self._news(shown, session.wants, reason)
            session.reset(made[session.wants], present.position)

    def _news(self, present: Present, wants: Wants, reason: str) -> Frame | None:
        """A snapshot, or None where the broker is still away and the last one said the same."""
        jobs = list(_chosen(present, wants))
        if present.position == NOWHERE and self._told.get(wants) == jobs:
            return None
        self._told[wants] = jobs
        return frames.snapshot(self.company_id, present.position, jobs, reason)


def _wanted(replay: Replay, wants: Wants) -> list[Frame]:
    return [frames.event(event) for event in replay.events if wants is None or event.job_id in wants]


def _chosen(present: Present, wants: Wants) -> Iterable[bytes]:
    ids = present.listed if wants is None else sorted(wants, reverse=True)
    return (present.jobs[job_id] for job_id in ids if job_id in present.jobs)


def _reason(since: Position | None, now: Position) -> str:
    if since is None:
        return "subscribed"
    return "too_far_behind" if since.epoch == now.epoch and since.offset <= now.offset else "gap"
