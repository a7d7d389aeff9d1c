"""A company's work at large, as it is asked for."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from ledgerwire.activity import Activity
from server import activity
from server.activity import MOST_KEPT, Activities
from tests.server.serving import Api
from tests.waiting import until
from workers.books.access import Role
from workers.jobs import activity as counting


async def test_a_viewer_sees_it(api: Api) -> None:
    async with api.member() as client, api.member(role=Role.VIEWER) as viewer:
        for _ in range(3):
            await api.submit(client)
        answer = await viewer.get("/api/jobs/company/acme/activity")
    found = msgspec.json.decode(answer.content, type=Activity)
    assert (found.counts.pending, found.counts.complete) == (3, 0)
    assert found.waiting_since is not None
    assert found.workers == []


async def test_many_who_look_at_once_are_answered_by_one_reading(
    sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []
    go_on = asyncio.Event()

    async def counted(*args: object) -> Activity:
        readings.append("")
        await go_on.wait()
        return await real(*args)  # type: ignore[arg-type]

    real = counting.activity
    monkeypatch.setattr(counting, "activity", counted)
    activities = Activities(sqlite_api.kernel.database)
    waiting = [asyncio.create_task(activities.of("acme")) for _ in range(20)]
    await until(lambda: len(readings) == 1)
    # One who leaves takes nothing from the others.
    waiting[0].cancel()
    go_on.set()
    answers = await asyncio.gather(*waiting[1:])
    assert len(set(answers)) == len(readings) == 1


async def test_a_reading_that_failed_is_not_handed_on(
    sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> Activity:
        raise ConnectionError

    activities = Activities(sqlite_api.kernel.database)
    with monkeypatch.context() as patched:
        patched.setattr(counting, "activity", broken)
        with pytest.raises(ConnectionError):
            await activities.of("acme")
    assert await activities.of("acme")


async def test_what_is_kept_is_bounded(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "FRESH_FOR", -1.0)
    activities = Activities(sqlite_api.kernel.database)
    for number in range(MOST_KEPT + 5):
        await activities.of(f"company-{number}")
    assert len(activities._read) <= MOST_KEPT
