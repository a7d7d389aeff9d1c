"""``python -m tests.workers.jobs.alone``: a worker for jobs that run alone, and for those who watch them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Update, update

from ledgerwire.submissions import Submission
from workers.__main__ import main
from workers.jobs.attempt import Attempt
from workers.jobs.kernel import Kernel
from workers.jobs.kinds import Kind, registry
from workers.jobs.plan import Plan
from workers.jobs.solitary import Solitary
from workers.jobs.tables import jobs
from workers.settings import Settings, read_settings

COMMAND = (sys.executable, "-m", "tests.workers.jobs.alone")
PLAN = Plan(work=100)
DEATHS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(0),
}


class Tell(Submission, frozen=True, kw_only=True, tag="tell"):
    """Says which process does it."""


class Die(Submission, frozen=True, kw_only=True, tag="die"):
    """Ends its process."""

    how: str


class Wait(Submission, frozen=True, kw_only=True, tag="wait"):
    """Makes checkpoints until it is stopped."""


class Hang(Submission, frozen=True, kw_only=True, tag="hang"):
    """Makes a checkpoint and lets nothing else run from then on."""


async def tell(attempt: Attempt, _submission: Tell) -> dict[str, Any]:
    async with attempt.checkpoint() as batch:
        batch.log("here")
    return {"pid": os.getpid()}


async def die(_attempt: Attempt, submission: Die) -> None:
    DEATHS[submission.how]()


async def wait(attempt: Attempt, _submission: Wait) -> None:
    while True:
        async with attempt.checkpoint():
            pass
        await asyncio.sleep(0.01)


async def hang(attempt: Attempt, _submission: Hang) -> None:
    async with attempt.checkpoint():
        pass
    time.sleep(600)


KINDS = registry(
    Kind(kind, task, PLAN) for kind, task in ((Tell, tell), (Die, die), (Wait, wait), (Hang, hang))
)


def crashed(job_id: str, times: int) -> Update:
    return update(jobs).where(jobs.c.job_id == job_id).values(crashes=times)


def impatient(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, tempo=msgspec.structs.replace(settings.tempo, stall=3))


async def watch(job_id: str, fence: int) -> None:
    """Be the parent of a job that runs alone."""
    kernel = Kernel.open(read_settings())
    record = await kernel.ledger.find(job_id)
    assert record is not None
    assert record.fence == fence
    await Solitary(kernel, record, "worker-1", command=COMMAND).run()


if __name__ == "__main__":
    if sys.argv[1] == "--parent":
        asyncio.run(watch(sys.argv[2], int(sys.argv[3])))
    else:
        sys.exit(main(KINDS, COMMAND))
