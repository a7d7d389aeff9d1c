"""A job that has twice been there when its worker died runs in a process of its own: a third death is its own.

The parent keeps the claim, the heartbeat and the flags. It talks to the child by lines on its stdin
(``cancelled``, ``deploy``, ``superseded``), and hears a tick a second on its stdout; the end of stdin, which is the
parent's death, ends the child.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence

from workers.jobs.attempt import Stop, patiently
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
#: How long the process may take to its first tick, on a machine that is short of everything.
START_SECONDS = 60.0
#: Starts a process with the usual registry; whoever brings its own kinds of work says how to start that.
COMMAND = (sys.executable, "-m", "workers")


class Solitary:
    """The parent's side."""

    def __init__(
        self, kernel: Kernel, record: JobRecord, worker_id: str, *, command: Sequence[str] = COMMAND
    ) -> None:
        self.kernel = kernel
        self.record = record
        self.worker_id = worker_id
        self.command = command
        self._process: asyncio.subprocess.Process | None = None
        self._stop: Stop | None = None
        #: It has ticked: from here on its end is the job's doing.
        self._began = False

    def halt(self, stop: Stop) -> None:
        again = self._stop is not None
        if self._stop is Stop.LOST or (stop is self._stop and stop is not Stop.DRAIN):
            return
        self._stop = stop
        if self._process is not None:
            self._tell(self._process, stop, now=stop is Stop.LOST or (again and stop is Stop.DRAIN))

    def _tell(self, process: asyncio.subprocess.Process, stop: Stop, *, now: bool) -> None:
        if now:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        elif process.stdin is not None:
            process.stdin.write(f"{stop}\n".encode())

    async def run(self) -> None:
        log.warning("Job %s has crashed %d times; it runs alone.", self.record.job_id, self.record.crashes)
        self._process = await self._spawn()
        if self._stop is not None:
            self._tell(self._process, self._stop, now=self._stop is Stop.LOST)
        try:
            await self._listen(self._process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        # Whatever its exit code says: a task may end its process with any. Settled already, this changes nothing.
        await self._settle_death()

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.command,
            "--worker-id",
            self.worker_id,
            "--solitary",
            self.record.job_id,
            "--fence",
            str(self.record.fence),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Until it closes its stdout, or has been silent for as long as a stalled loop may be."""
        assert process.stdout is not None  # noqa: S101
        silence = self.kernel.settings.tempo.stall + TICK_SECONDS
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(silence if self._began else START_SECONDS):
                    if not await process.stdout.read(1):
                        return await self._exited(process)
                self._began = True

    async def _exited(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await process.wait()

    async def _settle_death(self) -> None:
        """It died before it had settled itself."""
        lifecycle = self.kernel.lifecycle
        match self._stop:
            case Stop.LOST:
                return
            case Stop.DRAIN | Stop.CANCEL:
                freed = await patiently(lambda: lifecycle.put_back(self.record, outcome="deploy"))
            case _:
                blame = lifecycle.crashed_alone if self._began else lifecycle.lose
                freed = await patiently(lambda: blame(self.record))
        self.kernel.told(freed)
