"""What the ledger says of a job, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ledgerwire.jobs import Status
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord


async def row_when(
    kernel: Kernel, job_id: str, claim: Callable[[JobRecord], bool], *, within: float = 90.0
) -> JobRecord:
    """The job's row as soon as ``claim`` holds of it."""
    record = None
    try:
        async with asyncio.timeout(within):
            while True:
                record = await kernel.ledger.find(job_id)
                assert record is not None
                if claim(record):
                    return record
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s; the row is {record}") from None


async def reach(kernel: Kernel, job_id: str, *statuses: Status, within: float = 90.0) -> JobRecord:
    return await row_when(kernel, job_id, lambda record: record.status in statuses, within=within)


async def outcomes(kernel: Kernel, job_id: str) -> list[str]:
    """How each attempt ended, in order."""
    return [str(each.outcome) for each in await kernel.ledger.attempts_page(job_id, limit=500)]


async def assert_lost_then_complete(kernel: Kernel, job_id: str, *, deaths: int) -> None:
    """Every death cost a claim and nothing more came of it.

    On a machine too busy to beat in a tenth of the time a living worker may be held dead as well, which is as harmless.
    """
    *lost, last = await outcomes(kernel, job_id)
    assert (set(lost), last) == ({"lost"}, "complete")
    assert len(lost) >= deaths
