"""How a watch begins: with all that was missed, or with the present state."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server import frames
from server.floors import Floors
from server.frames import Frame
from server.present import Present, Scope, read_live, read_recorded
from server.session import Session, Wants
from workers.jobs.kernel import Kernel
from workers.jobs.live import Breaker, Replay
from workers.jobs.position import NOWHERE, Position


class Asked(msgspec.Struct, frozen=True):
    """One subscription: what is to be shown, since when, and the id of whom it answers."""

    company_id: str
    wants: Wants
    since: Position | None = None
    answers: int | None = None

    @property
    def scope(self) -> Scope:
        return Scope(self.company_id, whole=self.wants is None, also=self.wants or ())


class Answer(msgspec.Struct, frozen=True):
    """All that was missed (``recovered``), or a snapshot; true as of ``position``."""

    position: Position
    frames: Sequence[Frame]
    recovered: bool


#: Agrees with no channel, so that the question is asked again.
NO_ANSWER = Answer(NOWHERE, [], recovered=False)


class Beginnings:
    """Answers the subscriptions of one company; raises BrokerAway where the stream cannot be asked."""

    def __init__(self, kernel: Kernel, ask: Breaker, floors: Floors) -> None:
        self._kernel = kernel
        self._ask = ask
        self._floors = floors

    async def recorded(self, asked: Asked) -> Answer:
        """From SQL, while the broker is away."""
        return self._snapshot(await read_recorded(self._kernel, asked.scope), asked, "broker_away")

    async def first(self, asked: Asked) -> Answer:
        """A replay where it can be whole, else a snapshot."""
        if asked.since is not None and asked.since != NOWHERE:
            replay = await self._replay(asked.company_id, asked.since)
            if replay is not None:
                missed = self._floors.admit_replay(_wanted(replay, asked.wants))
                return Answer(replay.position, missed, recovered=True)
        present = await read_live(self._kernel, self._ask, asked.scope)
        return self._snapshot(present, asked, _reason(asked.since, present.position))

    async def later(self, asked: Asked, session: Session) -> Answer:
        """A snapshot for the new subscription, and before it what the older ones are owed up to there."""
        present = await read_live(self._kernel, self._ask, asked.scope)
        replay = await self._replay(asked.company_id, session.position)
        if replay is None:
            return NO_ANSWER
        missed = [frame for frame in _wanted(replay, session.wants) if frame.position <= present.position]
        owed = self._floors.admit_replay(missed)
        shown = self._snapshot(present, asked, "subscribed")
        return Answer(present.position, [*owed, *shown.frames], recovered=False)

    async def _replay(self, company_id: str, since: Position) -> Replay | None:
        replay: Replay | None = await self._ask(self._kernel.live.replay(company_id, since))
        return replay

    def _snapshot(self, present: Present, asked: Asked, reason: str) -> Answer:
        jobs = [shown(self._floors, present, job_id) for job_id in present.chosen(asked.wants)]
        frame = frames.snapshot(asked.company_id, present.position, jobs, reason, answers=asked.answers)
        return Answer(present.position, [frame], recovered=False)


def shown(floors: Floors, present: Present, job_id: str) -> bytes:
    """A job of a snapshot, as it is to be shown."""
    recorded = job_id in present.recorded
    return floors.admit_job(present.jobs[job_id], present.position, recorded=recorded)


def _wanted(replay: Replay, wants: Wants) -> list[Frame]:
    return [frames.event(event) for event in replay.events if wants is None or event.job_id in wants]


def _reason(since: Position | None, now: Position) -> str:
    if since is None:
        return "subscribed"
    return "too_far_behind" if since.epoch == now.epoch and since.offset <= now.offset else "gap"
