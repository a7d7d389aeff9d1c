"""A job in the caller's hand. ``JobHandle`` blocks, ``AsyncJobHandle`` is awaited; they do the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

from ledgerwire import job_calls
from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.calls import Calls
from ledgerwire.download import write_whole
from ledgerwire.events import JobEvent, LogEvent, Snapshot
from ledgerwire.exceptions import JobCancelled, JobFailed
from ledgerwire.held import Held
from ledgerwire.jobs import Attempt, Job, LogLine, Status
from ledgerwire.watches import JobWatch

#: What a watch shows.
WatchEvent = JobEvent | LogEvent | Snapshot


class _Handle:
    """What is known without asking."""

    def __init__(self, calls: Calls, held: Held) -> None:
        self._calls = calls
        self._held = held

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.job.kind}: {self.status}, {self.progress} %>"

    @property
    def job(self) -> Job:
        """The whole job as last heard of: by the submit, a refresh, a wait or an event."""
        return self._held.job

    @property
    def id(self) -> str:
        return self._held.job.job_id

    @property
    def status(self) -> Status:
        return self._held.job.status

    @property
    def progress(self) -> int:
        """0-100."""
        return self._held.job.progress

    @property
    def position(self) -> str | None:
        """Where ``events()`` resumes; keep it to resume in another process, as ``since``."""
        return self._held.position

    def _result(self) -> dict[str, Any]:
        match self._held.job:
            case Job(status=Status.FAILED) as job:
                raise JobFailed(job)
            case Job(status=Status.CANCELLED) as job:
                raise JobCancelled(job)
        return self._held.job.result or {}


class JobHandle(_Handle):
    def __init__(self, calls: Calls, held: Held, body: Body) -> None:
        super().__init__(calls, held)
        self._body = body

    def events(self, since: str | None = None) -> Generator[WatchEvent]:
        """Every event from ``since`` (else from where this handle stands) to the job's end, through drops.

        They come over a WebSocket, else by SSE, else are asked for: whatever gets through. Of what was missed too
        long ago a Snapshot stands in; ``log()`` has all lines.
        Raises APIError where the server refuses for good, ConnectionFailed where it stays away.
        """
        return self._body.stream(JobWatch(self._calls, self._held, since).run())

    def wait(self, timeout: float | None = None) -> JobHandle:
        """Returns when the job has ended, however it ended; raises WaitTimeout."""
        self._body.run(self._calls.wait(self._held, timeout))
        return self

    def result(self, timeout: float | None = None) -> dict[str, Any]:
        """Waits for what the job found; raises JobFailed, JobCancelled or WaitTimeout."""
        return self.wait(timeout)._result()  # noqa: SLF001  (its own base)

    def refresh(self) -> JobHandle:
        self._body.run(self._calls.refresh(self._held))
        return self

    def cancel(self, reason: str | None = None) -> JobHandle:
        """Asks for it: a running job stops after its present batch. Raises Conflict if it has ended."""
        self._body.run(self._calls.cancel(self._held, reason))
        return self

    def retry(self) -> JobHandle:
        """Runs a failed or cancelled job again from its last checkpoint; raises Conflict for any other."""
        self._body.run(self._calls.retry(self._held))
        return self

    def log(self) -> Generator[LogLine]:
        return self._body.stream(self._calls.log(self._held))

    def attempts(self) -> Generator[Attempt]:
        return self._body.stream(self._calls.attempts(self._held))

    def file(self, number: int = 1) -> bytes:
        """What it was given, as it was sent; several files count from 1. Raises NotFound where it has no such file."""
        return self._body.run(job_calls.file(self._calls, self.id, number))

    def download(self, to: str | Path, number: int = 1) -> Path:
        """The same, into a file; it is there whole or not at all."""
        return write_whole(Path(to), self.file(number))


class AsyncJobHandle(_Handle):
    def __init__(self, calls: Calls, held: Held, body: AsyncBody) -> None:
        super().__init__(calls, held)
        self._body = body

    def events(self, since: str | None = None) -> AsyncGenerator[WatchEvent]:
        """Every event from ``since`` (else from where this handle stands) to the job's end, through drops.

        They come over a WebSocket, else by SSE, else are asked for: whatever gets through. Of what was missed too
        long ago a Snapshot stands in; ``log()`` has all lines.
        Raises APIError where the server refuses for good, ConnectionFailed where it stays away.
        """
        return self._body.stream(JobWatch(self._calls, self._held, since).run())

    async def wait(self, timeout: float | None = None) -> AsyncJobHandle:  # noqa: ASYNC109  (the server waits)
        """Returns when the job has ended, however it ended; raises WaitTimeout."""
        await self._body.run(self._calls.wait(self._held, timeout))
        return self

    async def result(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """Waits for what the job found; raises JobFailed, JobCancelled or WaitTimeout."""
        await self.wait(timeout)
        return self._result()

    async def refresh(self) -> AsyncJobHandle:
        await self._body.run(self._calls.refresh(self._held))
        return self

    async def cancel(self, reason: str | None = None) -> AsyncJobHandle:
        """Asks for it: a running job stops after its present batch. Raises Conflict if it has ended."""
        await self._body.run(self._calls.cancel(self._held, reason))
        return self

    async def retry(self) -> AsyncJobHandle:
        """Runs a failed or cancelled job again from its last checkpoint; raises Conflict for any other."""
        await self._body.run(self._calls.retry(self._held))
        return self

    def log(self) -> AsyncGenerator[LogLine]:
        return self._body.stream(self._calls.log(self._held))

    def attempts(self) -> AsyncGenerator[Attempt]:
        return self._body.stream(self._calls.attempts(self._held))

    async def file(self, number: int = 1) -> bytes:
        """What it was given, as it was sent; several files count from 1. Raises NotFound where it has no such file."""
        return await self._body.run(job_calls.file(self._calls, self.id, number))

    async def download(self, to: str | Path, number: int = 1) -> Path:
        """The same, into a file; it is there whole or not at all."""
        content = await self.file(number)
        return await asyncio.to_thread(write_whole, Path(to), content)
