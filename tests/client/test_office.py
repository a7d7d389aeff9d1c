"""A whole Ledgerwire, reached directly or through proxies that let less through: everything is told all the same."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from ledgerwire import AsyncJobHandle, AsyncLedgerwire, Ledgerwire
from ledgerwire.events import JobEvent, LogEvent, Snapshot
from ledgerwire.handles import WatchEvent
from tests.client.office import Office
from tests.running import Running

BANK = b"Date,Description,Amount\n" + b"".join(
    b"2026-06-%02d,TEA HOUSE %d,-4.%02d\n" % (n % 28 + 1, n, n % 100) for n in range(300)
)


@pytest.mark.story
@pytest.mark.parametrize(
    ("passing", "told_by"),
    [
        ({"sockets": True, "streams": True}, "socket"),
        ({"sockets": True}, "socket"),
        ({"streams": True}, "stream"),
        ({}, "poll"),
    ],
)
async def test_nothing_is_lost_behind_it_and_nothing_told_twice(
    running: Running, monkeypatch: pytest.MonkeyPatch, passing: dict[str, bool], told_by: str
) -> None:
    monkeypatch.setattr("ledgerwire.line.SSE_FIRST_SILENCE", 1.0)
    async with (
        Office(running.url, **passing) as office,
        AsyncLedgerwire(office.url, running.api_key) as client,
    ):
        job = await client.upload_and_categorize(
            (f"{told_by}-{len(passing)}.csv", BANK), company=running.company
        )
        watches = await asyncio.gather(
            _of_job(job),
            _of_company(client, job),
            asyncio.to_thread(_of_job_blocking, office.url, running.api_key, job),
        )
        lines = [line async for line in job.log()]
        end = [event async for event in job.events()]
    for events in watches:
        logs = [event for event in events if isinstance(event, LogEvent)]
        assert sum(len(event.lines) + event.dropped for event in logs) == len(lines)
        assert len({event.number for event in logs}) == len(logs)
        assert isinstance(events[-1], JobEvent)
        assert events[-1].job.status == "complete"
    # Whoever comes again after the end is told it again.
    assert [type(event) for event in end] == [Snapshot]
    assert office.asked["socket"] >= 3
    better = {"socket": [], "stream": ["socket"], "poll": ["socket", "stream"]}[told_by]
    assert [kind for kind, times in office.asked.items() if times] == [*better, told_by]


async def _of_job(job: AsyncJobHandle) -> list[WatchEvent]:
    return [event async for event in job.events(job.position)]


async def _of_company(client: AsyncLedgerwire, job: AsyncJobHandle) -> list[WatchEvent]:
    """Of this job alone: other tests may have theirs."""
    shown: list[WatchEvent] = []
    async with aclosing(client.watch(job.job.company_id, since=job.position)) as events:
        async for event in events:
            if isinstance(event, LogEvent) and event.job_id == job.id:
                shown.append(event)
            if isinstance(event, JobEvent) and event.job.job_id == job.id:
                shown.append(event)
                if event.job.status.terminal:
                    break
    return shown


def _of_job_blocking(url: str, key: str, job: AsyncJobHandle) -> list[WatchEvent]:
    with Ledgerwire(url, key) as client:
        return list(client.job(job.id).events(since=job.position))
