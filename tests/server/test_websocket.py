"""``/api/ws`` over a real port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from ledgerwire.submissions import Categorize
from server import stream, websocket
from server.channel import Channel
from server.hub import Hub
from server.serve import GRACE_SECONDS
from tests.brokers import Broker
from tests.server.serving import Api
from tests.server.telling import begin, begin_many
from tests.server.watching import PROTOCOL, Socket, event_source, gateway, socket
from tests.waiting import until
from workers.books import access


@pytest.fixture
async def api(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    async with gateway(sqlite_url, broker, tmp_path) as running:
        yield running


@pytest.fixture
async def line(api: Api) -> AsyncIterator[Socket]:
    """A socket with a key of acme."""
    async with socket(api, await api.key()) as opened:
        yield opened


async def session_of(api: Api, *company_ids: str) -> str:
    """The cookie of a browser that is signed in to these companies."""
    session: str | None = None
    for link in [await api.link(company_id) for company_id in company_ids or ("acme",)]:
        async with api.kernel.database.transaction() as sql:
            session = await access.redeem_sign_in(sql, link, joining=session)
    assert session is not None
    return f"lw_session={session}"


# --- watching -----------------------------------------------------------------------------------------


async def test_a_company_is_watched_from_its_present_on(api: Api, line: Socket) -> None:
    told = await begin(api.kernel)
    answer = await line.subscribe()
    assert (line.connection.subprotocol, answer["recovered"], answer["job_id"]) == (PROTOCOL, False, None)
    snapshot = await line.hear()
    assert (snapshot["type"], snapshot["reason"], snapshot["id"]) == ("snapshot", "subscribed", None)
    assert snapshot["position"] == answer["position"]
    await told.report(40)
    await told.log("one", "two")
    await told.complete()
    events = [await line.hear() for _ in range(3)]
    assert [event["type"] for event in events] == ["job", "log", "job"]
    assert events[0]["job"]["progress"] == 40
    assert [each["text"] for each in events[1]["lines"]] == ["one", "two"]
    assert events[2]["job"]["status"] == "complete"
    assert [int(event["position"].split(".")[1]) for event in events] == [2, 3, 4]


async def test_who_comes_again_is_told_what_was_missed(api: Api) -> None:
    told = await begin(api.kernel)
    async with socket(api, await api.key()) as first:
        since = (await first.subscribe())["position"]
    for progress in (10, 20):
        await told.report(progress)
    async with socket(api, await api.key()) as again:
        answer = await again.subscribe(since=since)
        assert answer["recovered"]
        missed = [await again.hear() for _ in range(2)]
        assert [event["job"]["progress"] for event in missed] == [10, 20]
        assert answer["position"] == missed[-1]["position"]


async def test_an_end_that_was_seen_is_shown_again_to_who_watches_that_job_alone(api: Api) -> None:
    """Silence would look like a job that still runs."""
    told = await begin(api.kernel)
    await told.complete()
    async with socket(api, await api.key()) as first:
        seen = (await first.subscribe(job_id=told.job_id))["position"]
    async with socket(api, await api.key()) as again:
        answer = await again.subscribe(job_id=told.job_id, since=seen)
        assert (answer["recovered"], answer["position"]) == (True, seen)
        snapshot = await again.hear()
        assert (snapshot["type"], snapshot["id"], snapshot["position"]) == ("snapshot", 1, seen)
        assert [job["status"] for job in snapshot["jobs"]] == ["complete"]


async def test_an_end_that_is_committed_but_not_told_yet_is_waited_for(api: Api) -> None:
    told = await begin(api.kernel)
    async with socket(api, await api.key()) as line:
        since = (await line.subscribe(job_id=told.job_id))["position"]
    record = await api.kernel.lifecycle.complete(told.record, None)
    assert record is not None
    async with socket(api, await api.key()) as again:
        await again.subscribe(job_id=told.job_id, since=since)
        # Nobody tells it now but the kernel's own tick.
        event = await again.hear()
        assert (event["type"], event["job"]["status"]) == ("job", "complete")


async def test_an_event_is_sent_once_however_many_subscriptions_match(api: Api, line: Socket) -> None:
    told, other = await begin_many(api.kernel, 2)
    await line.subscribe(id=1, job_id=told.job_id)
    answer = await line.subscribe(id=2)
    assert not answer["recovered"]
    assert (await line.hear_until("snapshot"))["id"] == 2
    await told.report(1)
    await other.report(2)
    assert [(await line.hear())["job"]["progress"] for _ in range(2)] == [1, 2]


async def test_a_later_subscription_of_a_company_never_replays(api: Api, line: Socket) -> None:
    told = await begin(api.kernel)
    since = (await line.subscribe(id=1))["position"]
    await told.report(1)
    await line.hear_until("job")
    assert not (await line.subscribe(id=2, since=since))["recovered"]
    assert (await line.hear())["type"] == "snapshot"


async def test_two_companies_have_positions_of_their_own(api: Api) -> None:
    cookie = await session_of(api, "acme", "globex")
    mine, theirs = await begin(api.kernel, "acme"), await begin(api.kernel, "globex")
    async with socket(api, Cookie=cookie, Origin=api.url) as line:
        first = await line.subscribe("acme", id=1)
        second = await line.subscribe("globex", id=2)
        assert first["position"] != second["position"]
        await mine.report(5)
        await theirs.report(6)
        heard = [await line.hear_until("job") for _ in range(2)]
        assert {event["company_id"] for event in heard} == {"acme", "globex"}


async def test_after_unsubscribing_nothing_comes_and_the_id_is_free_again(api: Api, line: Socket) -> None:
    told = await begin(api.kernel)
    await line.subscribe(id=7)
    await line.say(type="unsubscribe", id=7)
    await line.hear_until("unsubscribed")
    await told.report(5)
    await line.say(type="ping")
    assert (await line.hear())["type"] == "pong"
    assert (await line.subscribe(id=7))["type"] == "subscribed"


async def test_of_two_subscriptions_one_may_go(api: Api, line: Socket) -> None:
    mine, other = await begin_many(api.kernel, 2)
    await line.subscribe(id=1)
    await line.subscribe(id=2, job_id=mine.job_id)
    await line.say(type="unsubscribe", id=1)
    await line.hear_until("unsubscribed")
    await other.report(1)
    await mine.report(2)
    assert (await line.hear_until("job"))["job"]["job_id"] == mine.job_id


async def test_a_quiet_socket_is_pinged_with_its_position(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with (
        gateway(sqlite_url, broker, tmp_path, keepalive=0.1) as api,
        socket(api, await api.key()) as line,
    ):
        mine, other = await begin_many(api.kernel, 2)
        await line.subscribe(job_id=mine.job_id)
        await other.report(3)
        while (ping := await line.hear_until("ping"))["position"].split(".")[1] != "3":
            pass
        assert ping["company_id"] == "acme"


# --- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"company_id": "globex"}, 404),
        ({"company_id": "nobody"}, 404),
        ({"company_id": "acme", "job_id": "unknown"}, 404),
        ({"company_id": "acme", "since": "yesterday"}, 400),
    ],
)
async def test_a_refused_subscription_leaves_the_socket_open(
    line: Socket, request_: dict[str, Any], status: int
) -> None:
    answer = await line.subscribe(id=9, **request_)
    assert (answer["type"], answer["id"], answer["status"]) == ("error", 9, status)
    assert answer["problem"].startswith("/problems/")
    assert (await line.subscribe(id=9))["type"] == "subscribed"


async def test_a_foreign_job_answers_exactly_as_an_unknown_one(api: Api, line: Socket) -> None:
    theirs = await begin(api.kernel, "globex")
    answers = [await line.subscribe(job_id=job_id) for job_id in (theirs.job_id, "0" * 36)]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 404


async def test_an_id_is_used_once(line: Socket) -> None:
    await line.subscribe(id=1)
    assert (await line.subscribe(id=1))["status"] == 400


async def test_a_hundred_subscriptions_are_enough(
    api: Api, line: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MOST_SUBSCRIPTIONS", 3)
    for number in range(3):
        assert (await line.subscribe(id=number))["type"] == "subscribed"
    answer = await line.subscribe(id=3)
    assert (answer["type"], answer["status"]) == ("error", 400)


async def test_an_unknown_subscription_cannot_be_ended(line: Socket) -> None:
    await line.say(type="unsubscribe", id=5)
    answer = await line.hear()
    assert (answer["type"], answer["id"], answer["status"]) == ("error", 5, 404)


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":1,"company_id":"acme","more":1}',
        '{"type":"shout"}',
        "[]",
        b"{}",
        "x" * 60_000,
    ],
)
async def test_what_is_not_of_the_protocol_closes_4400(line: Socket, message: str | bytes) -> None:
    await line.connection.send(message)
    assert (await line.closing())[0] == 4400


async def test_a_message_beyond_the_limit_closes_the_socket(line: Socket) -> None:
    await line.connection.send("x" * 100_000)
    assert (await line.closing())[0] == 1009


async def test_a_protocol_we_do_not_speak_closes_4400(api: Api) -> None:
    async with socket(api, await api.key(), protocols=[]) as plain:
        await plain.say(type="ping")
        assert (await plain.hear())["type"] == "pong"
    # The client is told which protocols were refused by a close code, after the handshake.
    reader, writer = await asyncio.open_connection("127.0.0.1", api.settings.port)
    writer.write(
        b"GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: other.v9\r\n\r\n"
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"101" in head
    assert b"other.v9" not in head
    frame = await reader.readexactly(4)
    assert int.from_bytes(frame[2:], "big") == 4400
    writer.close()


# --- who may --------------------------------------------------------------------------------------------


async def test_a_wrong_key_closes_4401(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SIGN_IN_WITHIN", 0.1)
    async with socket(api, "lw_wrong") as line:
        error = await line.hear()
        assert (error["type"], error["id"], error["status"]) == ("error", None, 401)
        assert "ledgerwire-server create-key" in error["detail"]
        assert (await line.closing())[0] == 4401


async def test_without_a_key_the_first_message_may_bring_one(api: Api) -> None:
    async with socket(api) as line:
        await line.say(type="authenticate", token=await api.key())
        assert (await line.hear())["type"] == "authenticated"
        assert (await line.subscribe())["type"] == "subscribed"


@pytest.mark.parametrize(
    "first",
    [{"type": "authenticate", "token": "lw_wrong"}, {"type": "subscribe", "id": 1, "company_id": "acme"}],
)
async def test_without_a_key_nothing_else_is_heard(api: Api, first: dict[str, Any]) -> None:
    async with socket(api) as line:
        await line.say(**first)
        assert (await line.closing())[0] == 4401


async def test_who_never_says_who_they_are_is_sent_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SIGN_IN_WITHIN", 0.05)
    async with socket(api) as line:
        assert (await line.closing())[0] == 4401


async def test_garbage_instead_of_a_key_closes_4400(api: Api) -> None:
    async with socket(api) as line:
        await line.connection.send("hello")
        assert (await line.closing())[0] == 4400


async def test_a_page_of_ours_may_use_the_cookie(api: Api) -> None:
    async with socket(api, Cookie=await session_of(api), Origin=api.url) as line:
        assert (await line.subscribe())["type"] == "subscribed"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "{url}.evil.example"])
async def test_a_foreign_page_with_the_cookie_closes_4403(api: Api, origin: str) -> None:
    async with socket(api, Cookie=await session_of(api), Origin=origin.format(url=api.url)) as line:
        assert (await line.closing())[0] == 4403


async def test_a_fresh_token_takes_the_place_of_the_old(api: Api, line: Socket) -> None:
    await line.say(type="authenticate", token=await api.key("globex"))
    assert (await line.hear())["type"] == "authenticated"
    assert (await line.subscribe("globex"))["type"] == "subscribed"


async def test_a_wrong_fresh_token_changes_nothing(line: Socket) -> None:
    await line.say(type="authenticate", token="lw_wrong")
    assert (await line.hear())["status"] == 401
    assert (await line.subscribe())["type"] == "subscribed"


async def test_what_is_lost_while_a_subscription_begins_stays_lost(
    api: Api, line: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()
    answer = Channel._answer

    async def late(channel: Channel, *given: Any) -> Any:
        asked.set()
        await may_answer.wait()
        return await answer(channel, *given)

    monkeypatch.setattr(Channel, "_answer", late)
    await line.say(type="subscribe", id=1, company_id="acme", job_id=None, since=None)
    await asked.wait()
    hub: Hub = api.app.state.hub
    (watcher,) = hub._streams
    channel = hub._channels["acme"]
    assert isinstance(watcher, websocket.Socket)
    watcher.lose(["acme"])
    may_answer.set()
    assert (await line.hear())["status"] == 404
    await line.say(type="ping")
    assert (await line.hear())["type"] == "pong"
    assert (channel.users, bool(channel._fanout)) == (0, False)


async def test_an_unsubscribe_is_answered_behind_what_it_ends(api: Api, line: Socket) -> None:
    await begin(api.kernel)
    await line.subscribe(id=1)
    await line.hear()
    await line.say(type="subscribe", id=2, company_id="acme", job_id=None, since=None)
    await line.say(type="unsubscribe", id=2)
    assert [(await line.hear())["type"] for _ in range(3)] == ["subscribed", "snapshot", "unsubscribed"]


async def test_a_revoked_key_closes_4401(sqlite_url: str, broker: Broker, tmp_path: Path) -> None:
    async with (
        gateway(sqlite_url, broker, tmp_path, recheck=0.1) as api,
        socket(api, await api.key()) as line,
    ):
        await line.subscribe()
        async with api.kernel.database.transaction() as sql:
            (key,) = await access.list_keys(sql, "acme")
            assert await access.revoke_key(sql, "acme", key.prefix)
        assert (await line.closing())[0] == 4401


async def test_a_socket_that_wants_nothing_closes_4408(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "IDLE_FOR", 0.1)
    async with socket(api, await api.key()) as line:
        assert (await line.closing())[0] == 4408


# --- the server's own troubles --------------------------------------------------------------------------


async def test_a_server_that_goes_away_closes_1012(api: Api, line: Socket) -> None:
    await line.subscribe()
    hub: Hub = api.app.state.hub
    hub.drain()
    assert (await line.closing())[0] == 1012
    async with socket(api, await api.key()) as late:
        assert (await late.closing())[0] == 1012


async def test_while_the_broker_is_away_a_socket_is_fed_from_sql(
    api: Api, broker: Broker, line: Socket
) -> None:
    told = await begin(api.kernel)
    await line.subscribe()
    await asyncio.to_thread(broker.kill)
    await told.checkpoint(60)
    while (snapshot := await line.hear_until("snapshot"))["reason"] != "broker_away":
        pass
    assert snapshot["position"] == "0.0"
    assert snapshot["jobs"][0]["progress"] == 60
    submitted = await api.kernel.ledger.submit(Categorize(company_id="acme"), submitted_by=None)
    while submitted.record.job_id not in str(await line.hear_until("snapshot")):
        pass
    async with socket(api, await api.key()) as late:
        answer = await late.subscribe(job_id=told.job_id, since="0.0")
        assert (answer["position"], answer["recovered"]) == ("0.0", False)
        broker.start()
        while (await late.hear_until("snapshot"))["reason"] != "broker_back":
            pass
        await told.report(70)
        while (await line.hear_until("job"))["job"]["job_id"] != told.job_id:
            pass
        assert (await late.hear_until("job"))["job"]["progress"] == 70


async def test_a_watcher_that_reads_nothing_costs_the_others_nothing_and_is_dropped(
    api: Api, line: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.app.state.hub, "patience", 1.0)
    monkeypatch.setattr(stream, "LAST_WORDS", 0.2)
    told = await begin(api.kernel)
    reader, writer = await _deaf(api)
    await line.subscribe()
    hub: Hub = api.app.state.hub
    await until(lambda: len(hub._streams) == 2)
    text = "x" * 200_000
    received = 0
    loop = asyncio.get_running_loop()
    slowest = 0.0
    while len(hub._streams) == 2:
        begun = loop.time()
        await told.log(text)
        while (await line.hear())["type"] != "log":
            pass
        received += 1
        slowest = max(slowest, loop.time() - begun)
        line.heard.clear()
    assert received > 10
    # Nobody waited for the deaf one to be dropped.
    assert slowest < api.app.state.hub.patience
    channel = hub.join("acme")
    await until(lambda: len(channel._fanout) == 1)
    hub.part(channel)
    writer.transport.abort()
    del reader


async def _deaf(api: Api) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket that subscribes and then never reads again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.settings.port, limit=1024)
    writer.write(
        b"GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: ledgerwire.v1\r\n"
        b"Authorization: Bearer " + (await api.key()).encode() + b"\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"type":"subscribe","id":1,"company_id":"acme"}'
    # A masked text frame; the mask of zeros changes nothing.
    writer.write(bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    return reader, writer


async def test_a_server_that_stops_waits_for_no_stream(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(gateway(sqlite_url, broker, tmp_path))
        inside = stack.pop_all()
        line = await stack.enter_async_context(socket(api, await api.key()))
        await line.subscribe()
        client = await stack.enter_async_context(api.member())
        source = await stack.enter_async_context(event_source(client, "/api/jobs/company/acme/events"))
        await source.block()
        begun = loop.time()
        await inside.aclose()
        assert loop.time() - begun < GRACE_SECONDS
        assert (await line.closing())[0] == 1012
        await source.to_end()
