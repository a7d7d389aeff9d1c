"""A job's shown progress never falls until it ends, whatever a restarted broker remembers of it.

Within one life of the stream (one epoch, or one absence of the broker) what is told never falls back. A new life
may begin lower: the broker has forgotten what it had published, or SQL, which is shown while it is away, is
behind or ahead of it. So a new life inherits a floor for every unfinished job, and all that is told in it, live,
replayed or in a snapshot, is lifted to that. What follows an end can only be a person's retry: it starts over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from server.frames import Frame, glance, progress_of, with_progress
from workers.jobs.position import Position

#: Jobs remembered beyond their end.
MOST_REMEMBERED: Final = 1_000


class Floor(msgspec.Struct, frozen=True):
    """The least progress to show; ``until`` is where the job ended, if it has."""

    progress: int
    until: Position | None = None

    def at(self, position: Position) -> int:
        until = self.until
        is_over = until is not None and position.epoch == until.epoch and position.offset > until.offset
        return 0 if is_over else self.progress


NO_FLOOR: Final = Floor(0)


class Floors:
    """What the watchers of one company were shown; every event and every snapshot goes through here."""

    def __init__(self) -> None:
        #: The highest anybody was shown of an unfinished job.
        self._shown: dict[str, int] = {}
        #: What this life inherited.
        self._floors: dict[str, Floor] = {}
        #: Whose end was shown, oldest first: an answer fetched before that end must not revive them.
        self._ended: dict[str, None] = {}

    @property
    def unfinished(self) -> Iterable[str]:
        """Whose end has not been shown yet."""
        return self._shown.keys()

    def begin_life(self) -> None:
        """The stream starts over, or another source takes its place."""
        self._floors = {job_id: Floor(progress) for job_id, progress in self._shown.items()}
        self._ended.clear()

    def admit(self, frame: Frame) -> Frame:
        """The next event of the stream as it is to be shown."""
        if frame.kind == "log":
            return frame
        shown = self._lifted(frame)
        if frame.kind == "end":
            self._end(frame)
        else:
            self._ended.pop(frame.job_id, None)
            self._raise(frame.job_id, progress_of(shown.json))
        return shown

    def admit_job(self, job: bytes, position: Position, *, recorded: bool) -> bytes:
        """A job of a snapshot as it is to be shown; ``recorded`` in SQL, which may be ahead of the stream."""
        seen = glance(job)
        progress = max(seen.progress, self._floor(seen.job_id).at(position))
        if not seen.status.terminal and seen.job_id not in self._ended:
            self._raise(seen.job_id, progress)
            if recorded:
                self._floors[seen.job_id] = Floor(progress)
        return job if seen.progress == progress else with_progress(job, progress)

    def admit_replay(self, replayed: Sequence[Frame]) -> list[Frame]:
        """Events that one watcher missed, some of which may not have come to the others yet."""
        shown: list[Frame] = []
        last: dict[str, Frame] = {}
        ended: set[str] = set()
        for frame in replayed:
            if frame.kind == "log":
                shown.append(frame)
                continue
            lifted = frame if frame.job_id in ended else self._lifted(frame)
            if frame.kind == "end":
                ended.add(frame.job_id)
            last[frame.job_id] = lifted
            shown.append(lifted)
        for job_id, frame in last.items():
            if frame.kind == "job" and job_id not in self._ended:
                self._raise(job_id, progress_of(frame.json))
        return shown

    def keep_unfinished(self, jobs: Iterable[bytes]) -> None:
        """A snapshot of ``jobs`` was shown to everybody: only those in it that go on still count."""
        seen = (glance(job) for job in jobs)
        unfinished = {job.job_id for job in seen if not job.status.terminal}
        self._shown = {job_id: shown for job_id, shown in self._shown.items() if job_id in unfinished}

    def _lifted(self, frame: Frame) -> Frame:
        floor = self._floor(frame.job_id).at(frame.position)
        if progress_of(frame.json) >= floor:
            return frame
        json = with_progress(frame.json, floor)
        return Frame(frame.kind, frame.job_id, frame.position, json, final=frame.final)

    def _floor(self, job_id: str) -> Floor:
        return self._floors.get(job_id, NO_FLOOR)

    def _raise(self, job_id: str, progress: int) -> None:
        self._shown[job_id] = max(progress, self._shown.get(job_id, 0))

    def _end(self, frame: Frame) -> None:
        self._shown.pop(frame.job_id, None)
        _remember(self._ended, frame.job_id, None)
        floor = self._floors.pop(frame.job_id, None)
        if floor is not None:
            # Kept for replays that reach back before the end.
            _remember(self._floors, frame.job_id, Floor(floor.progress, floor.until or frame.position))


def _remember(kept: dict[str, Any], job_id: str, value: object) -> None:
    kept.pop(job_id, None)
    kept[job_id] = value
    if len(kept) > MOST_REMEMBERED:
        del kept[next(iter(kept))]
