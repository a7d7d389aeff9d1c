"""Real worker processes that a story kills, pauses, stops and replaces."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from uuid import uuid4

from server.supervisor import mortal
from tests.processes import until
from tests.running import environment
from workers.settings import Settings

#: The command line of a worker that knows the real kinds of work, and of one that knows the poison too.
WORKER = ("-m", "workers")
POISONED = ("-m", "tests.stories.kinds")


class Member:
    """One worker process; what it writes goes to ``<its id>.log`` beside the database."""

    def __init__(self, settings: Settings, entry: tuple[str, ...], **variables: str) -> None:
        self.worker_id = f"worker-{uuid4().hex[:8]}"
        self.log = settings.data_dir / f"{self.worker_id}.log"
        command = mortal([sys.executable, *entry, "--worker-id", self.worker_id])
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=environment(settings.data_dir, **as_variables(settings), **variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9; returns when it is gone."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.terminate()

    async def ended(self, *, within: float = 30.0) -> int:
        """Its exit code, as soon as there is one."""
        return await asyncio.to_thread(self.process.wait, within)

    def is_running(self) -> bool:
        return self.process.poll() is None

    def has_said(self, words: str) -> bool:
        return words in self.log.read_text()

    def await_ready(self) -> Member:
        """Returns when it takes jobs."""
        until(lambda: self.has_said("jobs at a time") or not self.is_running(), self.worker_id, within=30)
        assert self.is_running(), self.log.read_text()
        return self


class Fleet:
    """Starts workers on the settings of a story and ends what is left of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.members: list[Member] = []

    def start(self, entry: tuple[str, ...] = WORKER, **variables: str) -> Member:
        member = Member(self.settings, entry, **variables)
        self.members.append(member)
        return member

    def named(self, worker_id: str | None) -> Member:
        """The member that a row names."""
        return next(member for member in self.members if member.worker_id == worker_id)

    def running(self) -> list[Member]:
        return [member for member in self.members if member.is_running()]

    def close(self) -> None:
        for member in self.running():
            member.resume()
            member.kill()


def as_variables(settings: Settings) -> dict[str, str]:
    """The environment that reads as ``settings``, as far as stories set them."""
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": str(settings.redis_url),
        "DATA_DIR": str(settings.data_dir),
        "WORKER_THREADS": str(settings.worker_threads),
        "COMPANY_CONCURRENCY": str(settings.company_concurrency),
        "JOB_TIMEOUT": str(settings.job_timeout),
        "TEMPO": str(settings.tempo.beat / 4.0),
    }
