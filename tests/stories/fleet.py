"""Real processes, workers and APIs, that a story kills, pauses, stops and replaces."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from typing import Self
from uuid import uuid4

import httpx2
import msgspec

from server.supervisor import mortal
from tests.processes import until
from tests.running import environment
from workers.settings import Settings

#: The command line of a worker that knows the real kinds of work, and of one that knows the poison too.
WORKER = ("-m", "workers")
POISONED = ("-m", "tests.stories.kinds")


class Member:
    """One process; what it writes goes to ``<its name>.log`` beside the database."""

    def __init__(self, name: str, settings: Settings, *arguments: str) -> None:
        self.name = name
        self.log = settings.data_dir / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                mortal([sys.executable, *arguments]),
                env=environment(settings.data_dir, **as_variables(settings)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9; returns when it is gone."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Returns once all of its threads stand still: until then one may still take a lock."""
        self.process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), "it ended instead"

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

    def await_ready(self) -> Self:
        """Returns when it works."""
        until(lambda: self.is_ready() or not self.is_running(), self.name, within=60)
        assert self.is_running(), self.log.read_text()
        return self

    def is_ready(self) -> bool:
        raise NotImplementedError


class Worker(Member):
    def __init__(self, settings: Settings, entry: tuple[str, ...]) -> None:
        self.worker_id = f"worker-{uuid4().hex[:8]}"
        super().__init__(self.worker_id, settings, *entry, "--worker-id", self.worker_id)

    def is_ready(self) -> bool:
        return self.has_said("jobs at a time")


class Api(Member):
    def __init__(self, settings: Settings) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        super().__init__(f"api-{port}", msgspec.structs.replace(settings, port=port), "-m", "server", "api")
        self.url = f"http://127.0.0.1:{port}"

    def is_ready(self) -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.url}/health/live", timeout=5).is_success
        return False


class Fleet:
    """Starts processes on the settings of a story and ends what is left of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.workers: list[Worker] = []
        self.apis: list[Api] = []

    def start(self, entry: tuple[str, ...] = WORKER) -> Worker:
        worker = Worker(self.settings, entry)
        self.workers.append(worker)
        return worker

    def start_api(self) -> Api:
        api = Api(self.settings)
        self.apis.append(api)
        return api

    def named(self, worker_id: str | None) -> Worker:
        """The worker that a row names."""
        return next(worker for worker in self.workers if worker.worker_id == worker_id)

    def has_workers(self) -> bool:
        return any(worker.is_running() for worker in self.workers)

    def close(self) -> None:
        for member in [*self.workers, *self.apis]:
            if member.is_running():
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
        "PORT": str(settings.port),
        "TEMPO": str(settings.tempo.beat / 4.0),
        # Empty means that there is none.
        "OPENAI_API_KEY": settings.openai_api_key or "",
        "OPENAI_MODEL": settings.openai_model or "",
        "OPENAI_BASE_URL": settings.openai_base_url or "",
        "OPENAI_CONCURRENCY": str(settings.openai_concurrency),
        "QBO_CLIENT_ID": settings.qbo_client_id or "",
        "QBO_CLIENT_SECRET": settings.qbo_client_secret or "",
        "QBO_BASE_URL": settings.qbo_base_url or "",
    }
