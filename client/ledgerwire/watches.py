"""What is watched: a JobWatch ends with its job, a CompanyWatch goes on until its caller stops."""

from __future__ import annotations

from ledgerwire.calls import Calls, company_path, job_path
from ledgerwire.events import Event, JobEvent, Snapshot
from ledgerwire.flow import Emit, Flow
from ledgerwire.held import Held, before_retry
from ledgerwire.jobs import Job
from ledgerwire.stream import Watch, Watched


class JobWatch(Watch):
    """The last event it shows always tells the job's end."""

    def __init__(self, calls: Calls, held: Held, since: str | None) -> None:
        job = held.job
        watched = Watched(f"{job_path(job.job_id)}/events", job.company_id, job.job_id)
        super().__init__(calls, watched, since or held.position)
        self._held = held
        #: The job had ended though nothing beyond this position told of it.
        self._ended_before: str | None = None

    def _took(self, event: Event) -> None:
        self._held.take(event)
        self._over = _tells_end(event, self._held.job)

    def _nothing_more(self) -> Flow[None]:
        job = yield from self._look()
        if job.status.terminal:
            yield from self._end(job)

    def _nothing_new(self) -> Flow[None]:
        """Where it has ended its end may be on its way; if it still does not come, it lies before our position."""
        job = yield from self._look()
        if not job.status.terminal:
            self._ended_before = None
        elif self._is_nearly_over:
            yield from self._end(job)
        else:
            self._ended_before = self.position or ""

    @property
    def _is_nearly_over(self) -> bool:
        return self._ended_before is not None and self._ended_before == (self.position or "")

    def _look(self) -> Flow[Job]:
        """The job as it is now; what we hold stays, for its position must not pass what was not shown."""
        found = Held(self._held.job)
        yield from self._calls.refresh(found, patience=self._calls.persistence.patience)
        return found.job

    def _end(self, job: Job) -> Flow[None]:
        self._over = True
        position = self.position or ""
        self._held.replace(job, position=position, etag=None)
        yield Emit(Snapshot(company_id=job.company_id, position=position, jobs=[job], reason="gap"))


class CompanyWatch(Watch):
    def __init__(self, calls: Calls, company: str, since: str | None) -> None:
        super().__init__(calls, Watched(f"{company_path(company)}/events", company), since)


def _tells_end(event: Event, held: Job) -> bool:
    match event:
        case JobEvent(job=job):
            told = [job]
        case Snapshot(jobs=jobs):
            told = jobs
        case _:
            return False
    return any(
        job.job_id == held.job_id and job.status.terminal and not before_retry(job, held) for job in told
    )
