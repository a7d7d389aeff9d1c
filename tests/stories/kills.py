"""kill -9 of the worker that runs a job, somewhere in the job."""

from __future__ import annotations

import asyncio
import random
import time

from ledgerwire.jobs import Status
from tests.stories.fleet import WORKER, Fleet
from tests.stories.jobs import outcomes, row_when
from workers.jobs.kernel import Kernel


async def kill_again_and_again(
    kernel: Kernel,
    fleet: Fleet,
    job_id: str,
    *,
    kills: int,
    checkpoints: int,
    entry: tuple[str, ...] = WORKER,
) -> list[float]:
    """Spread over the job's ``checkpoints``; for each kill the seconds until another worker had the job."""
    marks = [checkpoints * number // (kills + 1) for number in range(kills)]
    return [await kill_after(kernel, fleet, job_id, mark, entry) for mark in marks]


async def kill_after(
    kernel: Kernel, fleet: Fleet, job_id: str, mark: int, entry: tuple[str, ...] = WORKER
) -> float:
    """Kill the worker of an attempt that has made a new checkpoint, the ``mark``-th or a later one of the job.

    Returns how many seconds passed until another worker had the job.
    """
    claimed = await row_when(kernel, job_id, lambda row: row.status is Status.RUNNING)
    await row_when(
        kernel, job_id, lambda row: row.checkpoint_no > max(mark, claimed.checkpoint_no), within=60
    )
    # Anywhere in a batch, not only just after one.
    await asyncio.sleep(random.uniform(0, 0.02))
    fleet.named(claimed.worker_id).kill()
    killed_at = time.monotonic()
    fleet.start(entry)
    freed = await row_when(kernel, job_id, lambda row: row.fence > claimed.fence)
    assert freed.attempt - (freed.status is Status.RUNNING) == claimed.attempt, "the kill hit another attempt"
    assert freed.checkpoint_no > claimed.checkpoint_no
    assert (await outcomes(kernel, job_id))[claimed.attempt - 1] == "lost"
    await row_when(kernel, job_id, lambda row: row.attempt == claimed.attempt + 1)
    return time.monotonic() - killed_at
