"""A COMMIT that was done and whose answer was lost is not repeated, and nobody takes itself for superseded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from ledgerwire.jobs import Status
from tests.proxy import Proxy
from tests.stories.bank import assert_exact, found_company, submit_file
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import outcomes, reach, row_when
from workers.jobs.kernel import Kernel
from workers.settings import Settings


@pytest.fixture
def settings(settings: Settings, postgres_url: str) -> Settings:
    return msgspec.structs.replace(settings, database_url=postgres_url)


@pytest.fixture
async def proxy(settings: Settings) -> AsyncIterator[Proxy]:
    async with Proxy(settings.database_url) as found:
        yield found


@pytest.fixture
def fleet(settings: Settings, proxy: Proxy) -> Iterator[Fleet]:
    """Only the workers go through the proxy."""
    found = Fleet(msgspec.structs.replace(settings, database_url=proxy.url))
    yield found
    found.close()


async def test_an_upload_goes_on_as_if_nothing_had_been(
    kernel: Kernel, fleet: Fleet, proxy: Proxy, length: Length
) -> None:
    fleet.start().await_ready()
    company = await found_company(kernel, "acme")
    job_id = await submit_file(kernel, company, length.lines // 2)
    await row_when(kernel, job_id, lambda row: row.checkpoint_no > 0)
    async with answers_lost(proxy, lambda: _moved(kernel, job_id)) as cuts:
        record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=60)
    await assert_exact(kernel.database, record, length.lines // 2)
    assert (record.attempt, record.errors, record.timeouts, record.crashes) == (1, 0, 0, 0)
    assert await outcomes(kernel, job_id) == ["complete"]
    assert len(cuts) > 4
    await row_when(kernel, job_id, lambda row: row.told)


async def test_claims_and_ends_are_told_apart_from_what_did_not_happen(
    kernel: Kernel, fleet: Fleet, proxy: Proxy
) -> None:
    """Small jobs, so that their first and last commits are hit as well."""
    fleet.start().await_ready()
    companies = [await found_company(kernel, f"company-{number}") for number in range(5)]
    async with answers_lost(proxy, lambda: asyncio.sleep(0.1), most=15) as cuts:
        small = [await submit_file(kernel, company, 20) for company in companies for _ in range(2)]
        records = [await reach(kernel, job_id, Status.COMPLETE, Status.FAILED) for job_id in small]
    assert [record.status for record in records] == [Status.COMPLETE] * len(small)
    assert sum(record.result["imported"] for record in records if record.result) == 20 * len(companies)
    assert {(record.errors, record.timeouts) for record in records} == {(0, 0)}
    assert len(cuts) > 4


async def _moved(kernel: Kernel, job_id: str) -> None:
    """The job has come forward; were every COMMIT cut, nothing ever would."""
    row = await kernel.ledger.find(job_id)
    assert row is not None
    await row_when(kernel, job_id, lambda now: now.checkpoint_no > row.checkpoint_no)


@asynccontextmanager
async def answers_lost(
    proxy: Proxy, between: Callable[[], Awaitable[object]], *, most: int = 1_000
) -> AsyncIterator[list[None]]:
    """Meanwhile, many a COMMIT is done and not answered; yields a list that grows with each."""
    cuts: list[None] = []

    async def cut() -> None:
        while len(cuts) < most:
            await proxy.cut_on(b"COMMIT").wait()
            cuts.append(None)
            await between()
            # Any COMMIT may be next: the heartbeat's, dispatch's, a checkpoint's.
            await asyncio.sleep(random.uniform(0, 0.02))

    task = asyncio.create_task(cut())
    try:
        yield cuts
    finally:
        task.cancel()
