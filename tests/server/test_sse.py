"""The event streams and their JSON twin over a real port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from server.hub import Hub
from tests.brokers import Broker
from tests.server.serving import Api, code_of
from tests.server.telling import begin, begin_many
from tests.server.watching import event_source, gateway, poll
from tests.waiting import until
from workers.books import access

COMPANY = "/api/jobs/company/acme/events"


@pytest.fixture
async def api(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    async with gateway(sqlite_url, broker, tmp_path) as running:
        yield running


@pytest.fixture
async def client(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.member() as opened:
        yield opened


def of_job(job_id: str) -> str:
    return f"/api/jobs/{job_id}/events"


# --- the stream ---------------------------------------------------------------------------------------


async def test_a_company_is_streamed_from_its_present_on(api: Api, client: httpx2.AsyncClient) -> None:
    told = await begin(api.kernel)
    async with event_source(client, COMPANY) as source:
        first = await source.block()
        assert first is not None
        assert int(str(first.retry)) > 0
        snapshot = await source.event()
        assert (snapshot.event, snapshot.data["reason"]) == ("snapshot", "subscribed")
        await told.report(40)
        await told.log("one")
        await told.complete()
        events = [await source.event() for _ in range(3)]
    assert [event.event for event in events] == ["job", "log", "job"]
    assert [event.data["type"] for event in events] == ["job", "log", "job"]
    assert [event.id for event in events] == [event.data["position"] for event in events]
    assert source.response.headers["content-type"].startswith("text/event-stream")
    assert "no-cache" in source.response.headers["cache-control"]
    assert source.response.headers["x-accel-buffering"] == "no"
    assert "content-length" not in source.response.headers


@pytest.mark.parametrize("by", ["header", "query"])
async def test_a_browser_that_comes_again_is_told_what_it_missed(
    api: Api, client: httpx2.AsyncClient, by: str
) -> None:
    told = await begin(api.kernel)
    async with event_source(client, COMPANY) as source:
        await source.event()
    since = source.last_event_id
    for progress in (10, 20):
        await told.report(progress)
    how = {"last_event_id": since} if by == "header" else {"since": since}
    async with event_source(client, COMPANY, **how) as again:
        missed = [await again.event() for _ in range(2)]
    assert [event.data["job"]["progress"] for event in missed] == [10, 20]


async def test_what_the_browser_remembers_wins_over_the_address(api: Api, client: httpx2.AsyncClient) -> None:
    told = await begin(api.kernel)
    since = (await poll(client, COMPANY))["position"]
    await told.report(10)
    newer = (await poll(client, COMPANY, since=since))["position"]
    await told.report(20)
    async with event_source(client, COMPANY, newer, since=since) as source:
        assert (await source.event()).data["job"]["progress"] == 20


async def test_a_jobs_stream_ends_with_the_job_and_then_says_so(api: Api, client: httpx2.AsyncClient) -> None:
    told, other = await begin_many(api.kernel, 2)
    path = of_job(told.job_id)
    async with event_source(client, path) as source:
        assert [job["job_id"] for job in (await source.event()).data["jobs"]] == [told.job_id]
        await other.report(5)
        await told.report(6)
        await told.complete()
        blocks = await source.to_end()
    assert [block.event for block in blocks if block.event] == ["snapshot", "job", "job"]
    assert blocks[-1].data["job"]["status"] == "complete"
    answer = await client.get(path, headers={"Last-Event-ID": source.last_event_id})
    assert (answer.status_code, answer.content) == (204, b"")
    async with event_source(client, path) as again:
        shown = await again.to_end()
    assert [block.event for block in shown if block.event] == ["snapshot"]
    assert (await client.get(path, headers={"Last-Event-ID": again.last_event_id})).status_code == 204


async def test_an_end_that_was_missed_is_told_and_ends_the_stream(
    api: Api, client: httpx2.AsyncClient
) -> None:
    told = await begin(api.kernel)
    async with event_source(client, of_job(told.job_id)) as source:
        await source.event()
    await told.report(50)
    await told.complete()
    async with event_source(client, of_job(told.job_id), source.last_event_id) as again:
        blocks = await again.to_end()
    assert [block.event for block in blocks if block.event] == ["job", "job"]


async def test_an_end_that_is_committed_but_not_told_yet_is_waited_for(
    api: Api, client: httpx2.AsyncClient
) -> None:
    told = await begin(api.kernel)
    since = (await poll(client, of_job(told.job_id)))["position"]
    record = await api.kernel.lifecycle.complete(told.record, None)
    assert record is not None
    # Nobody tells it now but the kernel's own tick.
    async with event_source(client, of_job(told.job_id), since) as source:
        blocks = await source.to_end()
    assert blocks[-1].data["job"]["status"] == "complete"


async def test_a_quiet_stream_moves_the_last_event_id(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with gateway(sqlite_url, broker, tmp_path, keepalive=0.1) as api, api.member() as client:
        mine, other = await begin_many(api.kernel, 2)
        async with event_source(client, of_job(mine.job_id)) as source:
            snapshot = await source.event()
            await other.report(3)
            while (block := await source.block()) is not None and block.id == snapshot.id:
                pass
            assert block is not None
            assert (block.event, block.data) == (None, {})
        await mine.report(9)
        async with event_source(client, of_job(mine.job_id), source.last_event_id) as again:
            assert (await again.event()).data["job"]["progress"] == 9


async def test_a_stream_outlives_its_broker(api: Api, client: httpx2.AsyncClient, broker: Broker) -> None:
    told = await begin(api.kernel)
    async with event_source(client, COMPANY) as source:
        await source.event()
        await asyncio.to_thread(broker.kill)
        await told.checkpoint(60)
        while (shown := await source.event()).data["jobs"][0]["progress"] != 60:
            pass
        assert (shown.data["reason"], shown.id) == ("broker_away", "0.0")
        async with event_source(client, of_job(told.job_id), "0.0") as newcomer:
            assert (await newcomer.event()).data["jobs"][0]["progress"] == 60
        broker.start()
        while (await source.event()).data.get("reason") != "broker_back":
            pass
        await told.complete()
        while "job" not in (event := await source.event()).data:
            pass
        assert event.data["job"]["status"] == "complete"


async def test_a_server_that_goes_away_ends_its_streams(api: Api, client: httpx2.AsyncClient) -> None:
    await begin(api.kernel)
    async with event_source(client, COMPANY) as source:
        await source.event()
        hub: Hub = api.app.state.hub
        hub.drain()
        await source.to_end()


async def test_who_leaves_is_forgotten(api: Api, client: httpx2.AsyncClient) -> None:
    hub: Hub = api.app.state.hub
    async with event_source(client, COMPANY) as source:
        await source.event()
        assert len(hub._streams) == 1
    await until(lambda: not hub._streams)
    assert not hub._channels["acme"]._fanout


async def test_a_revoked_key_ends_its_streams(sqlite_url: str, broker: Broker, tmp_path: Path) -> None:
    async with gateway(sqlite_url, broker, tmp_path, recheck=0.1) as api, api.member() as client:
        async with event_source(client, COMPANY) as source:
            await source.event()
            async with api.kernel.database.transaction() as sql:
                (key,) = await access.list_keys(sql, "acme")
                assert await access.revoke_key(sql, "acme", key.prefix)
            await source.to_end()
        assert code_of(await client.get(COMPANY)) == "not_signed_in"


async def test_a_stream_that_is_not_read_is_dropped(
    api: Api, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub: Hub = api.app.state.hub
    monkeypatch.setattr(hub, "patience", 1.0)
    told = await begin(api.kernel)
    reader, writer = await asyncio.open_connection("127.0.0.1", api.settings.port, limit=1024)
    key = (await api.key()).encode()
    writer.write(
        b"GET " + COMPANY.encode() + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + b"\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    await until(lambda: hub._streams)
    while hub._streams:
        await told.log("x" * 200_000)
    writer.transport.abort()


# --- refusals -----------------------------------------------------------------------------------------


async def test_a_foreign_stream_answers_exactly_as_an_unknown_one(
    api: Api, client: httpx2.AsyncClient
) -> None:
    theirs = await begin(api.kernel, "globex")
    for pair in (
        ["/api/jobs/company/globex/events", "/api/jobs/company/nobody/events"],
        [of_job(theirs.job_id), of_job("0" * 36)],
    ):
        foreign, unknown = [await client.get(path) for path in pair]
        assert (foreign.status_code, foreign.content) == (404, unknown.content)


async def test_nobody_watches_without_a_key(api: Api) -> None:
    async with api.client() as stranger:
        assert code_of(await stranger.get(COMPANY)) == "not_signed_in"


@pytest.mark.parametrize("given", ["yesterday", "12", "xyz.1", "a.b", "." * 64])
async def test_what_is_no_position_is_refused(client: httpx2.AsyncClient, given: str) -> None:
    assert code_of(await client.get(COMPANY, params={"since": given})) == "invalid_input"
    assert code_of(await client.get(COMPANY, headers={"Last-Event-ID": given})) == "invalid_input"


# --- the poll -----------------------------------------------------------------------------------------


async def test_a_script_polls_from_position_to_position(api: Api, client: httpx2.AsyncClient) -> None:
    told = await begin(api.kernel)
    first = await poll(client, COMPANY)
    assert [job["job_id"] for job in first["snapshot"]["jobs"]] == [told.job_id]
    assert first["events"] == []
    for progress in (10, 20):
        await told.report(progress)
    await told.log("one")
    second = await poll(client, COMPANY, since=first["position"])
    assert (second["snapshot"], [event["type"] for event in second["events"]]) == (
        None,
        ["job", "job", "log"],
    )
    assert second["position"] == second["events"][-1]["position"]
    third = await poll(client, COMPANY, since=second["position"])
    assert third == {"position": second["position"], "snapshot": None, "events": []}


async def test_a_poll_waits_for_the_first_event(api: Api, client: httpx2.AsyncClient) -> None:
    told, other = await begin_many(api.kernel, 2)
    since = (await poll(client, of_job(told.job_id)))["position"]
    waiting = asyncio.create_task(poll(client, of_job(told.job_id), since=since, wait=30))
    hub: Hub = api.app.state.hub
    await until(lambda: hub._channels["acme"]._fanout._by_job)
    await other.report(1)
    await told.report(2)
    found = await waiting
    assert [event["job"]["progress"] for event in found["events"]] == [2]


async def test_others_events_move_the_position_of_a_poll(api: Api, client: httpx2.AsyncClient) -> None:
    told, other = await begin_many(api.kernel, 2)
    since = (await poll(client, of_job(told.job_id)))["position"]
    await other.report(1)
    found = await poll(client, of_job(told.job_id), since=since)
    assert found["events"] == []
    assert found["position"] > since


async def test_a_poll_whose_time_is_over_is_answered_with_nothing(
    api: Api, client: httpx2.AsyncClient
) -> None:
    await begin(api.kernel)
    since = (await poll(client, COMPANY))["position"]
    assert (await poll(client, COMPANY, since=since, wait=1))["events"] == []


async def test_polls_go_on_while_the_broker_is_away(
    api: Api, client: httpx2.AsyncClient, broker: Broker
) -> None:
    told = await begin(api.kernel)
    await asyncio.to_thread(broker.kill)
    await told.checkpoint(60)
    found = await poll(client, COMPANY)
    assert (found["position"], found["snapshot"]["reason"]) == ("0.0", "broker_away")
    assert found["snapshot"]["jobs"][0]["progress"] == 60
    again = await poll(client, COMPANY, since="0.0", wait=30)
    assert again["position"] == "0.0"
    broker.start()
    while (found := await poll(client, COMPANY, since=found["position"], wait=1))["position"] == "0.0":
        pass
    await told.report(70)
    events = (await poll(client, COMPANY, since=found["position"], wait=30))["events"]
    assert [event["job"]["progress"] for event in events if event["type"] == "job"][-1] == 70


@pytest.mark.parametrize("wait", ["-1", "31", "x"])
async def test_nobody_waits_longer_than_half_a_minute(client: httpx2.AsyncClient, wait: str) -> None:
    answer = await client.get(COMPANY, params={"wait": wait}, headers={"Accept": "application/json"})
    assert code_of(answer) == "invalid_input"
