"""SIGTERM, as every deploy sends it: the batch at hand is finished, the job goes on elsewhere, nothing is counted."""

from __future__ import annotations

import pytest

from ledgerwire.jobs import Status
from tests.stories.bank import assert_exact, checkpoints, found_company, submit_file
from tests.stories.conftest import Length, unhurried
from tests.stories.fleet import Fleet
from tests.stories.jobs import outcomes, reach, row_when
from workers.jobs.kernel import Kernel
from workers.settings import Settings


@pytest.fixture
def settings(settings: Settings, length: Length) -> Settings:
    return unhurried(settings, length)


async def test_a_job_survives_ten_deploys_and_none_counts(
    kernel: Kernel, fleet: Fleet, length: Length
) -> None:
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    company = await found_company(kernel, "acme")
    job_id = await submit_file(kernel, company, length.lines)
    for number in range(length.stops):
        await _stop_after(kernel, fleet, job_id, checkpoints(length.lines) * number // (2 * length.stops))
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    await assert_exact(kernel.database, record, length.lines)
    assert (record.errors, record.timeouts, record.crashes) == (0, 0, 0)
    assert await outcomes(kernel, job_id) == ["deploy"] * length.stops + ["complete"]


async def _stop_after(kernel: Kernel, fleet: Fleet, job_id: str, mark: int) -> None:
    """SIGTERM to the worker of a running attempt, when the job has made its ``mark``-th checkpoint."""
    claimed = await row_when(
        kernel, job_id, lambda row: row.status is Status.RUNNING and row.checkpoint_no >= mark, within=60
    )
    holder = fleet.named(claimed.worker_id)
    holder.terminate()
    fleet.start()
    await row_when(kernel, job_id, lambda row: row.fence > claimed.fence)
    assert (await outcomes(kernel, job_id))[claimed.attempt - 1] == "deploy"
    assert await holder.ended() == 0, holder.log.read_text()
