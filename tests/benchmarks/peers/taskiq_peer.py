"""taskiq beside us. It wants a newer redis-py than arq allows, so it gets a virtual environment of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import venv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks.figures import say
from tests.benchmarks.ground import ROOT, Ground, MissingPart
from tests.benchmarks.marks import VARIABLE

WANTED = ("taskiq==0.13.0", "taskiq-redis==1.2.4", "hiredis")
MODULE = "tests.benchmarks.peers.taskiq_queue"
#: Outside the checkout, kept for the next run.
HOME = Path(tempfile.gettempdir()) / "ledgerwire-benchmark-taskiq"


def interpreter() -> Path:
    """Of an environment with taskiq, made on the first run; raises MissingPart."""
    python = HOME / "bin" / "python"
    if _works(python):
        return python
    say(f"Installing taskiq into {HOME}.")
    venv.create(HOME, with_pip=True, clear=True)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    done = subprocess.run(
        [python, "-m", "pip", "install", *quiet, *WANTED], capture_output=True, text=True, check=False
    )
    if done.returncode or not _works(python):
        raise MissingPart(f"taskiq could not be installed: {done.stderr.strip().splitlines()[-1:]}")
    return python


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    return not subprocess.run(
        [python, "-c", "import taskiq_redis"], capture_output=True, check=False
    ).returncode


class Taskiq:
    def __init__(self, producer: asyncio.subprocess.Process) -> None:
        self._producer = producer

    async def latency(self, token: str) -> float:
        assert self._producer.stdin is not None
        assert self._producer.stdout is not None
        self._producer.stdin.write(f"{token}\n".encode())
        if not (line := await asyncio.wait_for(self._producer.stdout.readline(), 30)):
            raise MissingPart("taskiq's producer ended")
        return float(line)


@asynccontextmanager
async def taskiq(found: Ground, python: Path) -> AsyncIterator[Taskiq]:
    """One worker process, and a producer in another."""
    folder = found.folder / "taskiq"
    folder.mkdir()
    variables = {
        "LEDGERWIRE_BENCHMARK_REDIS": found.broker.url,
        "LEDGERWIRE_BENCHMARK_FOLDER": str(folder),
        VARIABLE: str(folder / "marks"),
        "PYTHONPATH": str(ROOT),
    }
    found.run(str(python), "-m", "taskiq", "worker", f"{MODULE}:broker", "--workers", "1", **variables)
    producer = await asyncio.create_subprocess_exec(
        python,
        "-m",
        MODULE,
        env=variables,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr,
    )
    try:
        yield Taskiq(producer)
    finally:
        producer.kill()
        await producer.wait()
