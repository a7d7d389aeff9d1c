"""The kernel of a process: ledger, queue and live side wired together, and the ticks that mend what was missed.

API processes and workers hold the same one. Commit, then publish, always: each verb writes SQL first and returns;
telling the live side and dispatching follow in the background, and the ticks repeat what a crash left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ledgerwire.submissions import Submission
from workers.database import Database, is_unknown_outcome
from workers.files import Files
from workers.jobs.attempt import Attempt
from workers.jobs.dispatch import Dispatcher
from workers.jobs.ledger import Ledger, Submitted
from workers.jobs.lifecycle import Lifecycle
from workers.jobs.live import BROKER_AWAY, Breaker, BrokerAway, Live, LiveJob, LivePicture, connect, ended
from workers.jobs.plan import Plan
from workers.jobs.position import NOWHERE, Position
from workers.jobs.progress import Publisher
from workers.jobs.queue import Queue
from workers.jobs.reaper import Reaper
from workers.jobs.record import JobRecord
from workers.jobs.shared import Shared
from workers.settings import SettingError, Settings

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 3_600.0
CLOSE_SECONDS = 2.0
#: Bytes younger than this may belong to a row that is about to be committed.
FILE_GRACE_SECONDS = 86_400.0


class Seen(msgspec.Struct, frozen=True):
    """Each job's JSON, and the position from which on a watcher misses nothing of them."""

    jobs: list[bytes]
    position: Position


class Kernel:
    def __init__(self, settings: Settings, database: Database, redis_url: str) -> None:
        self.settings = settings
        self.database = database
        self.redis = connect(redis_url)
        self.files = Files(settings.files_dir)
        self.shared = Shared(settings)
        self.ledger = Ledger(database)
        self.lifecycle = Lifecycle(database)
        self.live = Live(self.redis, job_ttl=settings.job_ttl)
        self.queue = Queue(self.redis)
        self.breaker = Breaker(rest=max(0.1, settings.tempo.away_poll / 2))
        self.publisher = Publisher(self.live, self.ledger, on_behind=self._hear_behind)
        self.reaper = Reaper(database, self.lifecycle, dead_after=settings.tempo.dead_after)
        self.dispatcher = Dispatcher(
            database,
            self.queue,
            per_company=settings.company_concurrency,
            sweep_after=settings.tempo.sweep_after,
        )
        #: Set by a worker: the live side says that this job has moved on.
        self.on_behind: Callable[[str], None] = lambda _job_id: None
        self._nudged: set[str] = set()
        self._nudge = asyncio.Event()
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def open(cls, settings: Settings) -> Kernel:
        """No I/O yet: a process starts while broker and database are away."""
        if settings.redis_url is None:
            raise SettingError("REDIS_URL is not set; `ledgerwire-server up` brings a broker of its own.")
        database = Database(settings.database_url, idle_limit=settings.tempo.idle_limit)
        return cls(settings, database, settings.redis_url)

    async def start(self, *, ticks: bool = True) -> None:
        """Begin telling; with ``ticks`` also dispatching, reaping and mending."""
        self._start(self.publisher.run())
        if not ticks:
            return
        tempo = self.settings.tempo
        self._start(self._dispatch_nudged())
        self._start(self._every(tempo.dispatch, self.dispatcher.dispatch))
        self._start(self._every(tempo.sweep_after / 2, self.dispatcher.sweep))
        self._start(self._every(tempo.reap, self._reap))
        self._start(self._every(tempo.retell_after, self._retell))
        self._start(self._every(UPKEEP_SECONDS, self._upkeep))

    async def close(self) -> None:
        """Let what is under way come to its end, for a while; a call cut off half-way leaks its connection."""
        self._closing.set()
        self._nudge.set()
        self.publisher.stop()
        if tasks := list(self._tasks):
            _done, late = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
            await ended(*late)
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.shared.close()
        await self.redis.aclose()
        await self.database.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hear_behind(self, job_id: str) -> None:
        self.on_behind(job_id)

    # --- verbs ----------------------------------------------------------------------------------------

    async def submit(
        self, submission: Submission, *, submitted_by: str | None, idempotency_key: str | None = None
    ) -> Submitted:
        """Commit a new job and return; raises IdempotencyConflict."""
        submitted = await self.ledger.submit(
            submission, submitted_by=submitted_by, idempotency_key=idempotency_key
        )
        if not submitted.replayed:
            self.told(submitted.record)
        return submitted

    async def cancel(self, job_id: str, *, by: str, reason: str | None = None) -> JobRecord | None:
        """Cancel or flag it; None where there is no such job, WrongState where it has ended."""
        record = await self.lifecycle.request_cancel(job_id, by=by, reason=reason)
        if record is not None and record.status.terminal:
            self.told(record)
        elif record is not None:
            self.publisher.note_cancel(record)
            self._start(self._wake(CANCEL))
        return record

    async def retry(self, job_id: str, *, by: str) -> JobRecord | None:
        """Give an ended job all its budgets again; None where there is no such job, else WrongState."""
        record = await self.lifecycle.retry(job_id, by=by)
        if record is not None:
            log.info("Job %s is retried by %s.", job_id, by)
            self.publisher.tell(record, fresh=True)
            self.nudge(record.company_id)
        return record

    async def see(self, company_id: str, records: Sequence[JobRecord] = ()) -> Seen:
        """A company's jobs as they are now: the live one where the broker answers and is not behind the row."""
        live: Mapping[str, LiveJob] = {}
        position = NOWHERE
        try:
            ids = [record.job_id for record in records]
            picture: LivePicture = await self.breaker(self.live.picture(company_id, ids))
            live, position = picture.jobs, picture.position
        except BrokerAway:
            pass
        return Seen([newest(record, live.get(record.job_id)) for record in records], position)

    async def release_worker(self, worker_id: str) -> int:
        """Its supervisor saw it die: free its jobs at once; returns how many."""
        freed = await self.lifecycle.release_worker(worker_id)
        for record in freed:
            self.told(record)
        return len(freed)

    # --- after a commit -------------------------------------------------------------------------------

    def told(self, record: JobRecord | None) -> None:
        """A status was committed: tell the live side, and let its company's next job come forward."""
        if record is not None:
            self.publisher.tell(record)
            self.nudge(record.company_id)

    def nudge(self, company_id: str) -> None:
        self._nudged.add(company_id)
        self._nudge.set()

    def attempt(self, record: JobRecord, plan: Plan) -> Attempt:
        return Attempt(
            record,
            database=self.database,
            files=self.files,
            publisher=self.publisher,
            plan=plan,
            shared=self.shared,
        )

    async def _dispatch_nudged(self) -> None:
        while not self._closing.is_set():
            await self._nudge.wait()
            self._nudge.clear()
            companies, self._nudged = self._nudged, set()
            await _quietly(lambda: self.dispatcher.dispatch(companies))  # noqa: B023

    async def _wake(self, message: bytes) -> None:
        await _quietly(lambda: self.queue.wake(message))

    # --- ticks ----------------------------------------------------------------------------------------

    async def _every(self, seconds: float, call: Callable[[], Awaitable[Any]]) -> None:
        while not self._closing.is_set():
            await _quietly(call)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._closing.wait()

    async def _reap(self) -> None:
        for record in await self.reaper.reap():
            self.told(record)

    async def _retell(self) -> None:
        before = datetime.now(UTC) - timedelta(seconds=self.settings.tempo.retell_after)
        for record in await self.ledger.untold(before=before):
            self.publisher.tell(record)

    async def _upkeep(self) -> None:
        before = datetime.now(UTC) - timedelta(days=self.settings.job_history_days)
        while await self.ledger.forget(finished_before=before):
            pass
        in_use = await self.ledger.files_in_use()
        await asyncio.to_thread(self.files.sweep, in_use, older_than=FILE_GRACE_SECONDS)


#: What WAKE carries when somebody asked for a cancel.
CANCEL = b"cancel"


def newest(record: JobRecord, live: LiveJob | None) -> bytes:
    """The job's JSON from whichever knows more of it.

    A broker that was away may be behind in status (its fence shows it) or only in progress; and a cancel may have
    been committed that it has not heard of yet.
    """
    wire = record.wire()
    if live is None or live.fence < record.fence:
        return msgspec.json.encode(wire)
    if live.fence == record.fence:
        if live.progress < wire.progress:
            return msgspec.json.encode(wire)
        live = msgspec.structs.replace(live, cancel_requested=live.cancel_requested or wire.cancel_requested)
    return live.json


async def _quietly(call: Callable[[], Awaitable[Any]]) -> None:
    """A tick that fails is tried again at the next one."""
    try:
        await call()
    except BROKER_AWAY as error:
        log.debug("The broker is away: %s", type(error).__name__)
    except Exception as error:
        if is_unknown_outcome(error):
            log.warning("The database does not answer: %s", type(error).__name__)
        else:
            log.exception("A tick of the kernel failed.")
