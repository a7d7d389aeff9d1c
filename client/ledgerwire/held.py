"""What a caller holds of a job, and what of a stream it has already seen."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from ledgerwire.events import JobEvent, LogEvent, Ping, Snapshot
from ledgerwire.jobs import Job

#: Jobs remembered while watching a company; of one forgotten, a repeat would be shown again.
REMEMBERED = 10_000


def newest(held: Job, told: Job) -> Job:
    """An end always counts: while the broker is away it is told from SQL, with an older version."""
    ended = told.status.terminal and not held.status.terminal and not before_retry(told, held)
    return told if ended or told.version >= held.version else held


def before_retry(told: Job, held: Job) -> bool:
    """Whether ``told`` is of a time before somebody had the job run again, as we know that they did."""
    return held.retried_at is not None and (told.retried_at is None or told.retried_at < held.retried_at)


@dataclass
class Held:
    """A job as last heard of."""

    job: Job
    #: Where to resume its events.
    position: str | None = None
    etag: str | None = None

    def replace(self, job: Job, *, position: str | None, etag: str | None) -> None:
        """What was asked for now is the truth now, whatever its version."""
        self.job = job
        self.position = position or self.position
        self.etag = etag

    def take(self, event: JobEvent | LogEvent | Snapshot | Ping) -> None:
        self.position = event.position
        match event:
            case JobEvent(job=job):
                self._hear(job)
            case Snapshot(jobs=jobs):
                for job in jobs:
                    self._hear(job)

    def _hear(self, job: Job) -> None:
        if job.job_id == self.job.job_id:
            self.job = newest(self.job, job)
            self.etag = None


@dataclass
class _Memory:
    version: int = -1
    ended: bool = False
    numbers: set[int] = field(default_factory=set)


class Seen:
    """Tells what a watcher must not be shown again: log numbers it has, states it has passed, the picture it holds."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, _Memory] = OrderedDict()
        #: The last snapshot, until something changes what it shows.
        self._picture: Snapshot | None = None

    def fresh(self, event: JobEvent | LogEvent | Snapshot) -> bool:
        match event:
            case JobEvent(job=job):
                fresh = self._fresh_state(job)
            case LogEvent(job_id=job_id, number=number):
                fresh = self._fresh_log(job_id, number)
            case Snapshot():
                return self._fresh_picture(event)
        if fresh:
            self._picture = None
        return fresh

    def _fresh_picture(self, snapshot: Snapshot) -> bool:
        """While the broker is away, every answer to a poll begins with all there is."""
        for job in snapshot.jobs:
            self._fresh_state(job)
        held, self._picture = self._picture, snapshot
        return held is None or (held.jobs, held.reason) != (snapshot.jobs, snapshot.reason)

    def _fresh_state(self, job: Job) -> bool:
        memory = self._memory(job.job_id)
        newer = job.version > memory.version
        ends = job.status.terminal and not memory.ended
        if not (newer or ends):
            return False
        memory.version = max(memory.version, job.version)
        memory.ended = job.status.terminal
        return True

    def _fresh_log(self, job_id: str, number: int) -> bool:
        numbers = self._memory(job_id).numbers
        known = number in numbers
        numbers.add(number)
        return not known

    def _memory(self, job_id: str) -> _Memory:
        memory = self._jobs.setdefault(job_id, _Memory())
        self._jobs.move_to_end(job_id)
        if len(self._jobs) > REMEMBERED:
            self._jobs.popitem(last=False)
        return memory
