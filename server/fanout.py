"""Who watches what of a company: an event is handed to those it is for, and to those still catching up."""

from __future__ import annotations

from collections.abc import Iterator

from server.frames import Frame
from server.session import Session, Wants

#: A dict, because it keeps its order and forgets at once.
Group = dict[Session, None]


class Fanout:
    """Every session is in exactly one kind of group: the whole company's, its jobs', or those that catch up."""

    def __init__(self) -> None:
        self._whole: Group = {}
        self._catching_up: Group = {}
        self._by_job: dict[str, Group] = {}
        #: Where each session stands; by job, if it is a job's group.
        self._placed: dict[Session, list[tuple[str | None, Group]]] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._placed)

    def __len__(self) -> int:
        return len(self._placed)

    def place(self, session: Session) -> None:
        """Add it, or move it after it was held, released, or wants something else."""
        self.remove(session)
        places = self._places(session)
        for _, group in places:
            group[session] = None
        self._placed[session] = places

    def remove(self, session: Session) -> None:
        for job_id, group in self._placed.pop(session, ()):
            del group[session]
            if job_id is not None and not group:
                del self._by_job[job_id]

    def feed(self, frame: Frame) -> None:
        for session in self._whole:
            session.feed(frame)
        for session in self._by_job.get(frame.job_id, ()):
            session.feed(frame)
        for session in self._catching_up:
            session.feed(frame)

    def wanted(self) -> tuple[bool, set[str]]:
        """Whether anybody watches the whole company, and the jobs that are watched by themselves."""
        wants: list[Wants] = [session.wants for session in self._placed]
        return None in wants, {job_id for each in wants for job_id in each or ()}

    def _places(self, session: Session) -> list[tuple[str | None, Group]]:
        if session.is_held:
            return [(None, self._catching_up)]
        if session.wants is None:
            return [(None, self._whole)]
        return [(job_id, self._by_job.setdefault(job_id, {})) for job_id in session.wants]
