"""``python -m tests.stories.kinds``: a worker that knows the real kinds of work, and some that only tests want."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ledgerwire.submissions import Submission
from tests.workers.tasks.orders import KIND as OBEDIENT
from workers.__main__ import main
from workers.jobs.attempt import Attempt
from workers.jobs.kinds import Kind, registry
from workers.jobs.plan import Plan
from workers.tasks import KINDS

COMMAND = (sys.executable, "-m", "tests.stories.kinds")


class Poison(Submission, frozen=True, kw_only=True, tag="poison"):
    """Ends its own process, every time, ``after`` seconds."""

    how: str
    after: float


class Patience(Submission, frozen=True, kw_only=True, tag="patience"):
    """Makes ``steps`` checkpoints, one every ``seconds``, and logs each in a line of ``width`` letters or more."""

    steps: int
    seconds: float = 0.02
    width: int = 0


DEATHS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit in peace": lambda: os._exit(0),
}


async def poison(attempt: Attempt, submission: Poison) -> None:
    attempt.begin("work")
    await asyncio.sleep(submission.after)
    DEATHS[submission.how]()


async def patience(attempt: Attempt, submission: Patience) -> dict[str, Any]:
    first = attempt.state or 0
    attempt.begin("work", total=submission.steps, noun="steps", done=first)
    for number in range(first, submission.steps):
        await asyncio.sleep(submission.seconds)
        async with attempt.checkpoint() as batch:
            batch.state = batch.done = number + 1
            batch.log(f"step {number}".ljust(submission.width, "."), data={"step": number})
    return {"steps": submission.steps}


if __name__ == "__main__":
    more = [Kind(Poison, poison, Plan(work=100)), Kind(Patience, patience, Plan(work=100)), OBEDIENT]
    sys.exit(main(registry([*KINDS.values(), *more]), COMMAND))
