"""The present state of a company's jobs, and the position at which it is true."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from server import frames
from server.session import Wants
from workers.jobs.kernel import Kernel
from workers.jobs.live import Breaker, BrokerAway, LiveJob, LivePicture
from workers.jobs.position import NOWHERE, Position
from workers.jobs.record import JobRecord

#: In a storm of events the stream may outrun the reading of it; so often it is tried.
TRIES: Final = 3


class Scope(msgspec.Struct, frozen=True):
    """Whose state is asked for: the ``whole`` company's, and also that of single jobs."""

    company_id: str
    whole: bool
    also: Collection[str] = ()


class Present(msgspec.Struct, frozen=True):
    position: Position
    #: Each job's JSON.
    jobs: dict[str, bytes]
    #: Those a watcher of the whole company holds, newest first.
    listed: list[str]
    #: Those that are as SQL has them.
    recorded: Collection[str] = ()

    def chosen(self, wants: Wants) -> list[str]:
        """The jobs that a snapshot for ``wants`` shows."""
        ids = self.listed if wants is None else sorted(wants, reverse=True)
        return [job_id for job_id in ids if job_id in self.jobs]


async def read_live(kernel: Kernel, ask: Breaker, scope: Scope) -> Present:
    """The state as of a position of the stream; raises BrokerAway.

    SQL's list is read first and then the live jobs, so that no state is older than the position. A job that
    was submitted in between is in neither: the stream knows it.
    """
    for _ in range(TRIES):
        start = (await ask(kernel.live.picture(scope.company_id))).position
        records, listed = await _records(kernel, scope)
        picture: LivePicture = await ask(kernel.live.picture(scope.company_id, records))
        jobs, recorded = _as_streamed(records, picture)
        if picture.position == start or not scope.whole:
            return Present(picture.position, jobs, listed, recorded)
        newcomers = await _newcomers(kernel, ask, scope, start, picture.position)
        if newcomers is not None:
            new = {job_id: job for job_id, job in newcomers.items() if job_id not in jobs}
            listed = sorted({*listed, *new}, reverse=True)
            return Present(picture.position, jobs | new, listed, recorded)
    raise BrokerAway


async def read_recorded(kernel: Kernel, scope: Scope) -> Present:
    """What SQL knows, for when the broker is away."""
    records, listed = await _records(kernel, scope)
    jobs = {job_id: msgspec.json.encode(record.wire()) for job_id, record in records.items()}
    return Present(NOWHERE, jobs, listed, jobs)


def _as_streamed(
    records: dict[str, JobRecord], picture: LivePicture
) -> tuple[dict[str, bytes], frozenset[str]]:
    """Each job as of the picture's position, or as SQL has it; and which are SQL's."""
    live = {job_id: job for job_id, job in picture.jobs.items() if is_current(records[job_id], job)}
    jobs = {
        job_id: live[job_id].json if job_id in live else msgspec.json.encode(record.wire())
        for job_id, record in records.items()
    }
    return jobs, frozenset(jobs.keys() - live.keys())


def is_current(record: JobRecord, live: LiveJob) -> bool:
    """An emptied broker, or one that was not told yet, is behind in status, and its fence shows it.

    In progress alone SQL may be ahead of the stream (kernel.newest takes it then); but what the stream says next
    would look as if the job went back.
    """
    return live.fence >= record.fence


async def _records(kernel: Kernel, scope: Scope) -> tuple[dict[str, JobRecord], list[str]]:
    current = await kernel.ledger.current(scope.company_id) if scope.whole else []
    records = {record.job_id: record for record in current}
    listed = list(records)
    if missing := [job_id for job_id in scope.also if job_id not in records]:
        found = await kernel.ledger.find_many(missing)
        records |= {record.job_id: record for record in found if record.company_id == scope.company_id}
    return records, listed


async def _newcomers(
    kernel: Kernel, ask: Breaker, scope: Scope, start: Position, end: Position
) -> dict[str, bytes] | None:
    """The newest state of each job that changed between two positions; None where that is not known."""
    replay = await ask(kernel.live.replay(scope.company_id, start))
    if replay is None or replay.position.epoch != end.epoch:
        return None
    between = (event for event in replay.events if event.kind != "log" and event.position <= end)
    return {event.job_id: frames.event(event).job for event in between}
