"""One company's stream in this process: heard once, fanned out to everybody who watches.

A channel is *live* (it has every event up to ``position``), *mending* (it may have missed some: what comes waits
while the stream is asked) or *away* (no broker: watchers are fed from SQL).
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from server import frames
from server.beginning import Answer, Asked, Beginnings, shown
from server.fanout import Fanout
from server.floors import Floors
from server.frames import Frame
from server.present import Present, Scope, read_live, read_recorded
from server.session import NOTHING, Session, Wants
from workers.jobs import keys
from workers.jobs.bus import Bus
from workers.jobs.kernel import Kernel
from workers.jobs.live import BROKER_AWAY, Breaker, BrokerAway, parse_message
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
        self._fanout = Fanout()
        self._is_closing = False
        self._doubted = asyncio.Event()
        self._settled = asyncio.Event()
        #: Somebody waits for the answer; it takes milliseconds, unless a crowd comes at once.
        self._ask = Breaker(within=SOON, rest=0.1)
        #: For what is done in the background.
        self._patient = Breaker(within=2.0, rest=0.0)
        self._beginnings = Beginnings(kernel, self._ask, self._floors)
        self._seen_change: datetime | None = None
        self._told: dict[Wants, list[bytes]] = {}
        self._confirmed = bus.subscribe(keys.channel(company_id), self._deliver)
        self._task = asyncio.create_task(self._tend(), name=f"channel {company_id}")

    async def close(self) -> None:
        self._bus.unsubscribe(keys.channel(self.company_id), self._deliver)
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
        asked = Asked(self.company_id, wants if shows is False else shows, since, answers)
        try:
            for _ in range(TRIES):
                await self._settle()
                session.hold(self.position)
                self._fanout.place(session)
                generation = self._generation
                try:
                    async with self._turns:
                        answer = await self._answer(asked, session)
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
            self._fanout.place(session)
        raise BrokerAway

    async def _answer(self, asked: Asked, session: Session) -> Answer:
        if self.is_away:
            return await self._beginnings.recorded(asked)
        if session.wants == NOTHING:
            return await self._beginnings.first(asked)
        return await self._beginnings.later(asked, session)

    async def follow(self, session: Session, wants: Wants) -> None:
        """Watch what changes from now on; what there is, the caller knows or is about to read."""
        await self._settle()
        session.release(self.position, [], wants)
        self._fanout.place(session)

    def narrow(self, session: Session, wants: Wants) -> None:
        session.wants = wants
        self._fanout.place(session)

    def leave(self, session: Session) -> None:
        self._fanout.remove(session)

    async def _settle(self) -> None:
        try:
            async with asyncio.timeout(SOON):
                await self._settled.wait()
        except TimeoutError:
            self._go_away()

    def _agrees(self, position: Position) -> bool:
        """Whether channel and answer speak of the same stream; else one of them has yet to notice a new one."""
        agree = position.epoch == (NOWHERE if self.is_away else self.position).epoch
        if not agree:
            self.doubt()
        return agree

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
        self._fanout.feed(self._floors.admit(frame))

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
        if self._fanout:
            present = await read_live(self._kernel, ask, self._scope())
            self._broadcast(present, reason)
        else:
            self._generation += 1
            self._floors.begin_life()
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
            self._floors.begin_life()
            self._waiting.clear()
            self._seen_change = None
            self._told.clear()
            self._doubted.set()
        self._settled.set()

    async def _feed_from_ledger(self) -> None:
        self._go_away()
        try:
            change = await self._kernel.ledger.newest_change(self.company_id)
            if change != self._seen_change and self._fanout:
                present = await read_recorded(self._kernel, self._scope())
                self._broadcast(present, "broker_away")
                self._seen_change = change
        except Exception:
            log.exception("Neither broker nor database can tell what %s is doing.", self.company_id)

    def _scope(self) -> Scope:
        """What all watchers together must be shown; jobs whose end they missed are looked up."""
        whole, watched = self._fanout.wanted()
        return Scope(self.company_id, whole=whole, also=watched | set(self._floors.unfinished))

    def _broadcast(self, present: Present, reason: str) -> None:
        self._generation += 1
        if present.position.epoch != self.position.epoch:
            self._floors.begin_life()
        self.position = present.position
        jobs = {job_id: shown(self._floors, present, job_id) for job_id in present.jobs}
        missed = [job_id for job_id in self._floors.unfinished if job_id in jobs]
        listed = sorted({*present.listed, *missed}, reverse=True)
        self._floors.keep_unfinished(jobs.values())
        news = Present(present.position, jobs, listed)
        made: dict[Wants, Frame | None] = {NOTHING: None}
        for session in self._fanout:
            if session.wants not in made:
                made[session.wants] = self._news(news, session.wants, reason)
            session.reset(made[session.wants], present.position)

    def _news(self, present: Present, wants: Wants, reason: str) -> Frame | None:
        """A snapshot, or None where the broker is still away and the last one said the same."""
        jobs = [present.jobs[job_id] for job_id in present.chosen(wants)]
        if present.position == NOWHERE and self._told.get(wants) == jobs:
            return None
        self._told[wants] = jobs
        return frames.snapshot(self.company_id, present.position, jobs, reason)
