"""What one watcher of one company is owed. No I/O: frames in, frames out.

A session is *live* (fed every event it wants, in order) or *catching up* (held: it keeps what happens while its
answer, a replay or a snapshot, is being fetched). Positions it gives out strictly increase, but for snapshots:
they stand at the position they show. When a watcher reads too slowly, the newest state of each job is what it
gets, and every end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from server.frames import Frame, line_count, with_dropped
from workers.jobs.position import NOWHERE, Position

#: The jobs a session is for; None means all of the company's.
Wants = frozenset[str] | None
NOTHING: Final[Wants] = frozenset()

#: Above so many frames due, older states of a job are removed.
MANY: Final = 256
#: Beyond this the watcher is given up: it resumes by its position.
TOO_MANY: Final = 5_000
#: Frames handed out at once, so that those behind them can still be coalesced.
HANDFUL: Final = 64


class Session:
    def __init__(self, wake: Callable[[], None], *, many: int = MANY, too_many: int = TOO_MANY) -> None:
        #: Called whenever something is due.
        self._wake = wake
        self._many = many
        self._too_many = too_many
        self._room = many
        self._due: list[Frame] = []
        self._held: list[Frame] | None = None
        self.position = NOWHERE
        self.wants: Wants = NOTHING
        #: More is due than can be kept; the watcher must come again.
        self.overrun = False

    @property
    def is_held(self) -> bool:
        return self._held is not None

    @property
    def is_idle(self) -> bool:
        """Nothing is due: the watcher has been shown all that was for it."""
        return not self._due and self._held is None

    def feed(self, frame: Frame) -> None:
        """An event of the company, in order; repeats and what is older than was shown are dropped."""
        if self._held is not None:
            self._held.append(frame)
            self.overrun = self.overrun or len(self._held) > self._too_many
            return
        at = frame.position
        if at.offset <= self.position.offset or at.epoch != self.position.epoch:
            return
        self.position = at
        self._due.append(frame)
        if len(self._due) > self._room:
            self._coalesce()
        self._wake()

    def reply(self, frame: Frame) -> None:
        """Say something that is no event, in its place among them."""
        self._due.append(frame)
        self._wake()

    def hold(self, position: Position) -> None:
        """Begin to catch up: keep all that comes, wanted or not, until ``release``.

        Whatever it wanted up to ``position`` has been fed.
        """
        if self._held is None:
            self._held = []
            if _is_after(position, self.position):
                self.position = position

    def release(self, position: Position, answer: Sequence[Frame], wants: Wants) -> None:
        """``answer`` is all there is to say up to ``position``; from there on the session is live."""
        held, self._held = self._held or [], None
        self._due.extend(answer)
        self.position, self.wants = position, wants
        for frame in held:
            if self._wanted(frame):
                self.feed(frame)
        if self._due:
            self._wake()

    def reset(self, frame: Frame | None, position: Position) -> None:
        """The company starts over at ``position``: ``frame``, a snapshot, replaces all that is due but ends."""
        if self._held is not None:
            self._held.clear()
        elif _is_after(self.position, position):
            # Its own subscription was answered from further on while this was being fetched.
            return
        self.position = position
        if frame is not None:
            self._due = [kept for kept in self._due if kept.kind in {"end", "reply"}]
            self._due.append(frame)
            self._wake()

    def pass_by(self, position: Position) -> None:
        """Nothing up to ``position`` was for this watcher, or it has been shown."""
        if self.is_idle and _is_after(position, self.position):
            self.position = position

    def take(self) -> list[Frame]:
        """Up to a handful of what is due next."""
        taken, self._due = self._due[:HANDFUL], self._due[HANDFUL:]
        if not self._due:
            self._room = self._many
        return taken

    def _wanted(self, frame: Frame) -> bool:
        return self.wants is None or frame.job_id in self.wants

    def _coalesce(self) -> None:
        self._due = _newest_states(self._due)
        if len(self._due) > self._many:
            self._due = _newest_logs(self._due)
        # Twice what could not be removed: each frame is looked at a bounded number of times.
        self._room = max(self._many, 2 * len(self._due))
        self.overrun = self.overrun or len(self._due) > self._too_many


def _is_after(one: Position, other: Position) -> bool:
    return one.epoch == other.epoch and one.offset > other.offset


def _newest_states(frames: list[Frame]) -> list[Frame]:
    """Without the states of jobs that a later frame shows newer; ends stay."""
    shown: set[str] = set()
    kept: list[Frame] = []
    for frame in reversed(frames):
        if frame.kind == "job" and frame.job_id in shown:
            continue
        if frame.kind in {"job", "end"}:
            shown.add(frame.job_id)
        kept.append(frame)
    kept.reverse()
    return kept


def _newest_logs(frames: list[Frame]) -> list[Frame]:
    """Without the log events that a later one follows; that one counts their lines as dropped."""
    dropped: dict[str, int] = {}
    kept: list[Frame] = []
    last = {frame.job_id: frame for frame in frames if frame.kind == "log"}
    for frame in frames:
        if frame.kind != "log":
            kept.append(frame)
        elif frame is last[frame.job_id]:
            kept.append(with_dropped(frame, dropped.get(frame.job_id, 0)))
        else:
            dropped[frame.job_id] = dropped.get(frame.job_id, 0) + line_count(frame)
    return kept


class Patience:
    """When to give a watcher up: its buffer has been above high water, and has not shrunk, for too long."""

    def __init__(self, seconds: float = 10.0, *, high_water: int = 65_536) -> None:
        self._seconds = seconds
        self._high_water = high_water
        self._least = 0
        self._since: float | None = None

    def is_over(self, now: float, buffered: int) -> bool:
        """Asked now and then with what waits in the transport."""
        if buffered <= self._high_water:
            self._since = None
            return False
        if self._since is None or buffered < self._least:
            self._since, self._least = now, buffered
        return now - self._since >= self._seconds
