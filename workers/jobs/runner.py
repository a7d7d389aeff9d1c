"""From a popped id to a settled job: claim, perform, settle; and what stops an attempt in between."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ledgerwire.errors import Problem
from workers.jobs.attempt import Attempt, Drained, Stop, patiently
from workers.jobs.errors import Superseded
from workers.jobs.faults import INTERNAL, TIMED_OUT, BadInput, TryLater, judge, next_try
from workers.jobs.heartbeat import Flags
from workers.jobs.kernel import Kernel
from workers.jobs.kinds import Kind
from workers.jobs.queue import QueueId
from workers.jobs.record import MAX_ERRORS, MAX_TIMEOUTS, SOLITARY_AFTER, JobRecord
from workers.jobs.solitary import COMMAND, Solitary

log = logging.getLogger(__name__)

#: How long the last lines may take to reach the live side before the end is committed.
FLUSH_SECONDS = 0.25
#: A task that was cancelled has this long to tidy up before it is cancelled again.
INSIST_SECONDS = 5.0


class Held(Protocol):
    """A job in this worker's hands: an attempt here, or a process of its own."""

    record: JobRecord

    def halt(self, stop: Stop) -> None:
        """End it soon, for this reason."""


class Runner:
    """``command`` starts a worker of the same ``kinds``, for a job that runs in a process of its own."""

    def __init__(
        self,
        kernel: Kernel,
        kinds: Mapping[str, Kind],
        worker_id: str,
        *,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.kernel = kernel
        self.kinds = kinds
        self.worker_id = worker_id
        self.command = command
        self.held: dict[str, Held] = {}
        self._strangers: dict[str, int] = {}
        self._checks: set[asyncio.Task[None]] = set()
        self._draining = False

    async def run(self, queue_id: QueueId) -> None:
        """Run one dispatched job, if it is still this dispatch's turn."""
        record = await self.kernel.lifecycle.claim(queue_id.job_id, queue_id.enqueue_no, self.worker_id)
        if record is None:
            return
        # Its company has as much in flight as before: nothing to dispatch yet.
        self.kernel.publisher.tell(record)
        try:
            if record.crashes >= SOLITARY_AFTER:
                await self._perform_alone(record)
            else:
                await self.perform(record)
        finally:
            self.kernel.nudge(record.company_id)

    async def perform(self, record: JobRecord) -> None:
        """Do the work of a claimed job here, and settle it."""
        performance = Performance(self.kernel, self.kinds.get(record.kind), record)
        self.held[record.job_id] = performance
        try:
            if self._draining:
                performance.halt(Stop.DRAIN)
            await performance.run()
        finally:
            self.held.pop(record.job_id, None)

    async def _perform_alone(self, record: JobRecord) -> None:
        solitary = Solitary(self.kernel, record, self.worker_id, command=self.command)
        self.held[record.job_id] = solitary
        try:
            if self._draining:
                solitary.halt(Stop.DRAIN)
            await solitary.run()
        finally:
            self.held.pop(record.job_id, None)

    def heed(self, flags: Mapping[str, Flags]) -> None:
        """What SQL says of this worker's jobs: called on every beat."""
        for job_id, held in list(self.held.items()):
            mine = flags.get(job_id)
            if mine is None or mine.fence != held.record.fence:
                self.suspect(job_id)
            elif mine.cancel_requested:
                held.halt(Stop.CANCEL)
        strangers = {job_id: flag.fence for job_id, flag in flags.items() if job_id not in self.held}
        for job_id, fence in strangers.items():
            # Seen twice: a claim whose answer was lost left a job that nobody runs.
            if self._strangers.get(job_id) == fence:
                self._spawn(self._return(job_id, fence))
        self._strangers = strangers

    def suspect(self, job_id: str) -> None:
        """Somebody says that this job has moved on: SQL decides."""
        if (held := self.held.get(job_id)) is not None:
            self._spawn(self._check(held))

    async def _check(self, held: Held) -> None:
        row = await patiently(lambda: self.kernel.ledger.find(held.record.job_id))
        if row is None or row.fence != held.record.fence:
            held.halt(Stop.LOST)

    async def _return(self, job_id: str, fence: int) -> None:
        row = await self.kernel.ledger.find(job_id)
        if row is not None and row.fence == fence and job_id not in self.held:
            # Counted as a crash: should it be the job's own doing, this must come to an end.
            back = await self.kernel.lifecycle.lose(row)
            self.kernel.told(back)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)

    def drain(self) -> None:
        """The worker is going down: batches at hand are committed, then the jobs are put back."""
        self._draining = True
        for held in self.held.values():
            held.halt(Stop.DRAIN)

    def abandon(self) -> None:
        """The time for draining is over: what is not committed is rolled back."""
        for held in self.held.values():
            held.halt(Stop.DRAIN)


class Performance:
    """One attempt being run in this process."""

    def __init__(self, kernel: Kernel, kind: Kind | None, record: JobRecord) -> None:
        self.kernel = kernel
        self.kind = kind
        self.record = record
        self.attempt: Attempt | None = None
        self._task: asyncio.Task[Any] | None = None
        self._stop: Stop | None = None
        self._cancelled_at = math.inf

    def halt(self, stop: Stop) -> None:
        """A drain lets the batch at hand finish; asked for twice, or for any other reason, it ends now.

        Every beat repeats a cancel: only the first may reach a task that is tidying up.
        """
        again = self._stop is not None
        if self._stop is Stop.LOST or (stop is self._stop and stop is not Stop.DRAIN):
            return
        self._stop = stop
        if self.attempt is not None:
            self.attempt.halt(stop)
        if self._task is not None and (again or stop is not Stop.DRAIN):
            self._cancel(self._task)

    async def run(self) -> None:
        if self.kind is None:
            await self._settle_unknown()
            return
        self.attempt = self.kernel.attempt(self.record, self.kind.plan)
        if self._stop is not None:
            self.attempt.halt(self._stop)
        outcome = await self._work(self.kind, self.attempt)
        await self.kernel.publisher.flushed(within=FLUSH_SECONDS)
        ended = await patiently(lambda: self._settle(outcome))
        self.kernel.told(ended)

    async def _work(self, kind: Kind, attempt: Attempt) -> Any:
        """The task's result, or the exception that ended it."""
        await patiently(attempt.announce_again)
        self._task = asyncio.create_task(self._call(kind, attempt))
        if self._stop not in {None, Stop.DRAIN}:
            # It was asked to stop before there was a task to tell.
            self._cancel(self._task)
        watch = asyncio.create_task(self._watch(attempt))
        await self._ended(self._task)
        watch.cancel()
        if self._task.cancelled():
            return asyncio.CancelledError()
        return self._task.exception() or self._task.result()

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        self._cancelled_at = time.monotonic()
        task.cancel()

    async def _ended(self, task: asyncio.Task[Any]) -> None:
        """Before Python 3.12 ``asyncio.wait_for``, by which drivers wait, may swallow a cancel: insist on it."""
        while not task.done():
            await asyncio.wait({task}, timeout=INSIST_SECONDS)
            if not task.done() and time.monotonic() - self._cancelled_at >= INSIST_SECONDS:
                self._cancel(task)

    async def _call(self, kind: Kind, attempt: Attempt) -> Any:
        try:
            submission = msgspec.convert(self.record.params, kind.submission)
            return msgspec.to_builtins(await kind.task(attempt, submission))
        except Exception as error:
            if judge(error) is None and not isinstance(error, (Superseded, Drained)):
                log.exception("Job %s failed by a bug in %s.", self.record.job_id, kind.name)
            raise

    async def _watch(self, attempt: Attempt) -> None:
        """JOB_TIMEOUT counts from the last checkpoint, and not while a vendor asked us to wait."""
        limit = self.kernel.settings.job_timeout
        while True:
            since = max(attempt.moved_at, attempt.excused_until)
            left = since + limit - time.monotonic()
            if left <= 0:
                self.halt(Stop.TIMEOUT)
                return
            await asyncio.sleep(left)

    async def _settle(self, outcome: Any) -> JobRecord | None:
        match outcome:
            case Superseded():
                return None
            case Drained():
                return await self.kernel.lifecycle.put_back(self.record, outcome="deploy")
            case asyncio.CancelledError():
                return await self._settle_stopped()
            case BaseException():
                return await self._settle_error(outcome)
        return await self.kernel.lifecycle.complete(self.record, outcome)

    async def _settle_stopped(self) -> JobRecord | None:
        lifecycle = self.kernel.lifecycle
        match self._stop:
            case Stop.LOST:
                return None
            case Stop.CANCEL:
                return await lifecycle.cancelled(self.record)
            case Stop.TIMEOUT:
                timeouts = self.record.timeouts + 1
                if timeouts >= MAX_TIMEOUTS:
                    return await lifecycle.fail(self.record, TIMED_OUT, outcome="timeout", timeouts=timeouts)
                return await lifecycle.put_back(
                    self.record, outcome="timeout", error=TIMED_OUT, timeouts=timeouts
                )
            case Stop.DRAIN:
                return await lifecycle.put_back(self.record, outcome="deploy")
        log.error("Job %s was cancelled from within; nobody asked it to stop.", self.record.job_id)
        return await lifecycle.fail(self.record, INTERNAL)

    async def _settle_error(self, error: BaseException) -> JobRecord | None:
        lifecycle = self.kernel.lifecycle
        match judge(error):
            case BadInput(problem=problem):
                return await lifecycle.fail(self.record, problem)
            case TryLater(problem=problem, after=after):
                errors = self.record.errors + 1
                if errors >= MAX_ERRORS:
                    return await lifecycle.fail(self.record, problem, errors=errors)
                return await lifecycle.put_back(
                    self.record,
                    outcome="retry",
                    error=problem,
                    retry_at=next_try(errors, self.kernel.settings.tempo, after=after),
                    errors=errors,
                )
        return await lifecycle.fail(self.record, INTERNAL)

    async def _settle_unknown(self) -> None:
        """A kind this worker does not know: a rolling deploy; another worker may."""
        problem = Problem(
            type="/problems/unknown_kind",
            title=f"This worker knows no kind of work called {self.record.kind}.",
            detail="It waits for a worker of a newer release.",
        )
        later = next_try(MAX_ERRORS, self.kernel.settings.tempo)
        back = await patiently(
            lambda: self.kernel.lifecycle.put_back(
                self.record, outcome="retry", error=problem, retry_at=later
            )
        )
        self.kernel.told(back)
