"""The broker forgets everything, then dies, in the middle of the work: nobody outside notices more than a pause."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis

from server import broker as brokers
from tests.brokers import found_program
from tests.running import Running
from tests.stories.bank import statement
from tests.stories.claims import assert_consistent
from tests.stories.conftest import UNHURRIED, Length
from tests.stories.live import beside
from tests.stories.watchers import TERMINAL, PollingWatcher, SocketWatcher, StreamWatcher, Watcher, watching
from tests.waiting import until

COMPANY = Running.company
#: A request may wait for a broker that does not answer, but not for its return.
PROMPT = 5.0


@pytest.fixture
def ledgerwire(length: Length) -> Iterator[Running]:
    """One of its own: its broker is killed."""
    found_program()
    data_dir = Path(tempfile.mkdtemp(prefix="lw-"))
    # Nobody dies here but the broker: no time is lost by waiting longer for signs of life.
    found = Running(data_dir, TEMPO=str(max(length.tempo, UNHURRIED)), COMPANY_CONCURRENCY="4")
    try:
        found.await_start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(data_dir, ignore_errors=True)


class Customer:
    """Submits and asks without pause, and keeps what it was answered."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.accepted: list[str] = []
        self.asked = 0
        self.slowest = 0.0

    async def upload(self, count: int) -> str:
        file = {"file": ("bank.csv", statement(count).encode(), "text/csv")}
        answer = await self.client.post(
            "/api/jobs/upload-and-categorize", data={"company_id": COMPANY}, files=file
        )
        return self._accept(answer)

    async def submit_for_ever(self) -> None:
        while True:
            self._accept(
                await self.client.post("/api/jobs/categorize", json={"company_id": COMPANY, "limit": 1})
            )
            await asyncio.sleep(0.1)

    def _accept(self, answer: httpx2.Response) -> str:
        assert answer.status_code == 202, answer.text
        self.accepted.append(answer.json()["job_id"])
        return self.accepted[-1]

    async def ask_for_ever(self, job_id: str) -> None:
        while True:
            await self.job(job_id)
            await asyncio.sleep(0.05)

    async def job(self, job_id: str) -> dict[str, Any]:
        began = time.monotonic()
        answer = await self.client.get(f"/api/jobs/{job_id}")
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.asked += 1
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def done(self, job_id: str) -> int:
        """How many percent, 100 only for a job that completed."""
        job = await self.job(job_id)
        assert job["status"] not in {"failed", "cancelled"}, job["error"]
        return int(job["progress"])

    async def until_done(self, job_id: str, percent: int) -> int:
        async with asyncio.timeout(60):
            while (done := await self.done(job_id)) < percent:
                await asyncio.sleep(0.02)
        return done


async def test_every_accepted_job_completes_and_every_stream_goes_on(
    ledgerwire: Running, length: Length
) -> None:
    api, worker, broker = (ledgerwire.pid(part) for part in ("api", "worker", "broker"))
    headers = {"Authorization": f"Bearer {ledgerwire.api_key}"}
    watchers = [
        kind(ledgerwire.url, ledgerwire.api_key, COMPANY)
        for kind in (SocketWatcher, StreamWatcher, PollingWatcher)
    ]
    async with httpx2.AsyncClient(base_url=ledgerwire.url, headers=headers, timeout=30) as client:
        customer = Customer(client)
        async with AsyncExitStack() as stack:
            for watcher in watchers:
                await stack.enter_async_context(beside(watching(watcher)))
            await until(lambda: all(watcher.shown for watcher in watchers))
            job_id = await customer.upload(length.lines)
            async with beside(customer.submit_for_ever()), beside(customer.ask_for_ever(job_id)):
                await customer.until_done(job_id, 10)
                _forget_everything(ledgerwire)
                done = await customer.until_done(job_id, 25)
                assert done < 90, "the job was over before the broker died"
                ledgerwire.kill("broker")
                await customer.until_done(job_id, 100)
            for accepted in customer.accepted:
                await customer.until_done(accepted, 100)
            await until(lambda: all(_ends(watcher) >= set(customer.accepted) for watcher in watchers))
    assert customer.slowest < PROMPT
    assert len(customer.accepted) > 10
    for watcher in watchers:
        assert watcher.visits == 1, "a stream was closed"
        assert_consistent(watcher)
    assert (ledgerwire.pid("api"), ledgerwire.pid("worker")) == (api, worker)
    assert ledgerwire.pid("broker") != broker


def _forget_everything(ledgerwire: Running) -> None:
    with redis.Redis.from_url(brokers.address(ledgerwire.data_dir)) as client:
        client.flushall()


def _ends(watcher: Watcher) -> set[str]:
    return {job["job_id"] for each in watcher.shown for job in each.jobs if job["status"] in TERMINAL}
