"""kill -9 of the worker, again and again, costs time and nothing else."""

from __future__ import annotations

import asyncio
import random
import time

from ledgerwire.jobs import Status
from tests.stories.bank import assert_exact, checkpoints, found_company, submit_file
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import outcomes, reach, row_when
from workers.jobs.kernel import Kernel


async def test_a_job_survives_every_kill_of_its_worker(kernel: Kernel, fleet: Fleet, length: Length) -> None:
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    company = await found_company(kernel, "acme")
    job_id = await submit_file(kernel, company, length.lines)
    marks = [checkpoints(length.lines) * number // (length.kills + 1) for number in range(length.kills)]
    gaps = [await _kill_after(kernel, fleet, job_id, mark) for mark in marks]
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    await assert_exact(kernel.database, record, length.lines)
    assert (record.errors, record.timeouts, record.crashes) == (0, 0, 0)
    assert await outcomes(kernel, job_id) == ["lost"] * length.kills + ["complete"]
    assert max(gaps) < 20 * length.tempo + 2, gaps


async def _kill_after(kernel: Kernel, fleet: Fleet, job_id: str, mark: int) -> float:
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
    fleet.start()
    freed = await row_when(kernel, job_id, lambda row: row.fence > claimed.fence)
    assert freed.attempt - (freed.status is Status.RUNNING) == claimed.attempt, "the kill hit another attempt"
    assert freed.checkpoint_no > claimed.checkpoint_no
    assert (await outcomes(kernel, job_id))[claimed.attempt - 1] == "lost"
    await row_when(kernel, job_id, lambda row: row.attempt == claimed.attempt + 1)
    return time.monotonic() - killed_at
