"""A job that kills its worker blames only itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from ledgerwire.jobs import Status
from tests.stories.conftest import Length, unhurried
from tests.stories.fleet import POISONED, Fleet
from tests.stories.jobs import outcomes, reach
from tests.stories.kinds import Patience, Poison
from workers.jobs.kernel import Kernel
from workers.jobs.record import MAX_CRASHES
from workers.settings import Settings

NEIGHBOURS = 5
STEPS = 50


@pytest.fixture
def settings(settings: Settings, length: Length) -> Settings:
    """All six beside each other in one worker."""
    return msgspec.structs.replace(
        unhurried(settings, length), worker_threads=NEIGHBOURS + 1, company_concurrency=NEIGHBOURS + 1
    )


@pytest.mark.parametrize(("how", "after"), [("kill", 0.0), ("exit in peace", 0.5)])
async def test_it_alone_fails_and_its_neighbours_complete(
    kernel: Kernel, fleet: Fleet, how: str, after: float
) -> None:
    """At once, its neighbours have not moved either and are tried alone as well; later, they have."""
    fleet.start(POISONED).await_ready()
    async with replaced(fleet):
        poison = await _submit(kernel, Poison(company_id="acme", how=how, after=after))
        others = [await _submit(kernel, Patience(company_id="acme", steps=STEPS)) for _ in range(NEIGHBOURS)]
        failed = await reach(kernel, poison, Status.FAILED, Status.COMPLETE)
        ended = [await reach(kernel, other, Status.FAILED, Status.COMPLETE) for other in others]
    assert failed.status is Status.FAILED
    assert failed.error is not None
    assert failed.error.code == "worker_lost"
    lost = await outcomes(kernel, poison)
    # A worker too starved to beat is held dead as well, which costs an attempt and proves nothing.
    assert (set(lost), len(lost) >= MAX_CRASHES) == ({"lost"}, True)
    assert [record.status for record in ended] == [Status.COMPLETE] * NEIGHBOURS
    for other in others:
        entries = await kernel.ledger.log_page(other, limit=200)
        assert [line.data for entry in entries for line in entry.lines] == [
            {"step": number} for number in range(STEPS)
        ]


async def _submit(kernel: Kernel, submission: Poison | Patience) -> str:
    return (await kernel.submit(submission, submitted_by="story")).record.job_id


@asynccontextmanager
async def replaced(fleet: Fleet) -> AsyncIterator[None]:
    """A worker that dies is replaced at once, as a supervisor does."""

    async def watch() -> None:
        while True:
            if not fleet.has_workers():
                fleet.start(POISONED)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
