"""kill -9 of the worker, again and again, costs time and nothing else."""

from __future__ import annotations

from ledgerwire.jobs import Status
from tests.stories.bank import assert_exact, checkpoints, found_company, submit_file
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import assert_lost_then_complete, reach
from tests.stories.kills import kill_again_and_again
from workers.jobs.kernel import Kernel


async def test_a_job_survives_every_kill_of_its_worker(kernel: Kernel, fleet: Fleet, length: Length) -> None:
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    company = await found_company(kernel, "acme")
    job_id = await submit_file(kernel, company, length.lines)
    gaps = await kill_again_and_again(
        kernel, fleet, job_id, kills=length.kills, checkpoints=checkpoints(length.lines)
    )
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    await assert_exact(kernel.database, record, length.lines)
    assert (record.errors, record.timeouts, record.crashes) == (0, 0, 0)
    await assert_lost_then_complete(kernel, job_id, deaths=length.kills)
    assert max(gaps) < 20 * length.tempo + 2, gaps
