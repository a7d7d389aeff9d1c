"""A company's QuickBooks through the SDK and the command: against a server that misbehaves, and all the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from click.testing import CliRunner, Result

from ledgerwire import AsyncLedgerwire, Conflict, InvalidSubmission, Ledgerwire
from ledgerwire.cli import main
from ledgerwire.command import Session
from ledgerwire.quickbooks import (
    AccountMapping,
    ConnectStart,
    MappingList,
    QuickBooksAccount,
    QuickBooksConnection,
    SentLine,
    SentPage,
)
from tests.client.conftest import CliRun
from tests.client.jobs import a_job
from tests.client.server import Server, problem, reply, unavailable
from tests.doubles.quickbooks.process import double_of_quickbooks
from tests.running import Running

ROOT = "/api/companies/demo/quickbooks"
EXPORT = "/api/jobs/export-qbo"
CONNECTED = QuickBooksConnection(
    available=True, state="connected", environment="sandbox", company_name="Tea\x1b[2J house", to_send=3,
    unconfirmed=1, to_correct=2,
)  # fmt: skip
START = ConnectStart(authorize_url="https://there", expires_at=datetime(2026, 6, 1, tzinfo=UTC))
MAPPING = MappingList(
    [
        AccountMapping(account="Checking", type="asset", is_bank=True, lines=3, qbo_id="35", confirmed=True),
        AccountMapping(account="Rent", type="expense", is_bank=False, lines=1),
    ],
    [QuickBooksAccount(qbo_id="35", name="Checking", full_name="Bank:Checking", type="Bank")],
)


def test_how_it_stands_is_shown_and_what_to_do_next(server: Server, run: CliRun) -> None:
    server.on("GET", ROOT, unavailable(), reply(CONNECTED))
    shown = run("quickbooks").stdout
    assert "Connected to Tea" in shown
    assert "\x1b" not in shown
    assert "3 approved lines wait" in shown
    assert "ledgerwire quickbooks --mapping" in shown
    for state, words in (("none", "Not connected"), ("refused", "connect it again")):
        server.on(
            "GET", ROOT, reply(QuickBooksConnection(available=True, state=state, environment="sandbox"))
        )
        assert words in run("quickbooks").stdout
    server.on("GET", ROOT, reply(QuickBooksConnection(available=False, state="none", environment="sandbox")))
    assert "QBO_CLIENT_ID" in run("quickbooks").stdout
    assert json.loads(run("quickbooks", "--json").stdout)["available"] is False


def test_beginning_waits_where_intuit_has_to_be_asked_first(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{ROOT}/connect", reply(a_job("pending"), 202), reply(START))
    server.on("GET", "/api/jobs/j1", reply(a_job("complete", 2)))
    assert client.quickbooks("demo").begin() == START


def test_accounts_are_confirmed(client: Ledgerwire, server: Server, run: CliRun) -> None:
    server.on("GET", f"{ROOT}/mapping", reply(MAPPING))
    server.on("PUT", f"{ROOT}/mapping", unavailable(), reply(MAPPING))
    desk = client.quickbooks("demo")
    assert desk.mapping() == MAPPING
    assert desk.confirm({"Checking": "35", "Rent": None}) == MAPPING
    said = server.calls_of("PUT", f"{ROOT}/mapping")[-1].json
    assert said == {"choices": [{"account": "Checking", "qbo_id": "35"}, {"account": "Rent", "qbo_id": None}]}
    with pytest.raises(InvalidSubmission):
        desk.confirm({})
    assert run("quickbooks", "--mapping").stdout.splitlines() == [
        "confirmed\tChecking\tBank:Checking\t3",
        "missing\tRent\t\t1",
    ]


def test_every_page_of_what_was_sent_is_listed(client: Ledgerwire, server: Server, run: CliRun) -> None:
    lines = [SentLine(transaction_id=f"t{n}", outcome="created", object_type="Purchase") for n in range(2)]
    server.on("GET", f"{ROOT}/exports", reply(SentPage(lines[:1], "more")), reply(SentPage(lines[1:], None)))
    assert list(client.quickbooks("demo").sent(object_type="Purchase")) == lines
    first, second = server.calls_of("GET", f"{ROOT}/exports")
    assert (first.query["object_type"], second.query["cursor"]) == ("Purchase", "more")
    with pytest.raises(InvalidSubmission):
        list(client.quickbooks("demo").sent(color="red"))
    server.on("GET", f"{ROOT}/exports", reply(SentPage([], None)))
    assert run("quickbooks", "--sent").stderr == "Nothing was sent yet.\n"


async def test_it_can_be_awaited(async_client: AsyncLedgerwire, server: Server) -> None:
    desk = async_client.quickbooks("demo")
    server.on("GET", ROOT, reply(CONNECTED))
    server.on("POST", f"{ROOT}/connect", reply(START))
    server.on("GET", f"{ROOT}/mapping", problem(409, "Not connected"))
    server.on("PUT", f"{ROOT}/mapping", reply(MAPPING))
    server.on("GET", f"{ROOT}/exports", reply(SentPage([], None)))
    server.on("POST", "/api/quickbooks/consent", reply(a_job("pending"), 202))
    server.on("POST", EXPORT, reply(a_job("pending"), 202))
    assert await desk.connection() == CONNECTED
    assert await desk.begin() == START
    with pytest.raises(Conflict):
        await desk.mapping()
    assert await desk.confirm({"Checking": "35"}) == MAPPING
    assert [line async for line in desk.sent()] == []
    assert (await desk.consent(state="s" * 16, code="c", realm_id="1")).id == "j1"
    assert (await async_client.export_qbo(company="demo", dry_run=True)).id == "j1"
    assert server.calls_of("POST", EXPORT)[0].json == {"company_id": "demo", "dry_run": True}


def test_an_export_names_its_lines_in_one_way(run: CliRun, server: Server) -> None:
    server.on("POST", EXPORT, reply(a_job("pending"), 202))
    assert run("export", "t1", "--failed-of", "j0").exit_code == 2
    assert run("export", "t1", "t2").exit_code == 0
    assert run("export", "--to", "2026-06-30").exit_code == 0
    assert [call.json for call in server.calls_of("POST", EXPORT)] == [
        {"company_id": "demo", "dry_run": False, "transaction_ids": ["t1", "t2"]},
        {"company_id": "demo", "dry_run": False, "filter": {"date_to": "2026-06-30"}},
    ]


# --- all the way --------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    with double_of_quickbooks() as variables:
        running = Running(tmp_path / "data", **variables)
        running.await_start()
        yield running
        running.stop()


@pytest.mark.story
def test_connected_confirmed_and_exported_from_a_shell(house: Running) -> None:
    with Ledgerwire(house.url, house.api_key) as client:
        desk = client.quickbooks(house.company)
        assert desk.connection().state == "none"
        brought = _say_yes(desk.begin().authorize_url)
        assert desk.consent(**brought).result()["accounts"] > 10
        bank = "Date,Description,Amount\n2026-06-02,COFFEE ONE,-4.50\n2026-06-03,CITY PARKING,-2.00\n"
        client.upload_and_categorize(("june.csv", bank.encode()), company=house.company).result()
        client.bulk_approve(company=house.company, matching={"state": ["proposed"]}).result()
        proposed = {each.account: each.qbo_id for each in desk.mapping().data if each.qbo_id}
        desk.confirm({name: qbo_id for name, qbo_id in proposed.items() if "arking" not in name})

        dry = _ledgerwire(house, "export", "--dry-run", "--watch")
        assert "would create" in dry.output
        assert list(desk.sent()) == []
        sent = _ledgerwire(house, "export", "--watch")
        assert sent.exit_code == 0
        assert "COFFEE ONE: created" in sent.output
        assert "CITY PARKING: unmapped" in sent.output
        (line,) = desk.sent()
        assert (line.description, line.outcome) == ("COFFEE ONE", "created")
        assert "COFFEE ONE" in _ledgerwire(house, "quickbooks", "--sent").output


def _say_yes(address: str) -> dict[str, Any]:
    """As a browser does over there; what it would bring back."""
    answer = httpx2.post(address, data={"answer": "yes"})
    told = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return {"state": told["state"], "code": told["code"], "realm_id": told["realmId"]}


def _ledgerwire(house: Running, *words: str) -> Result:
    session = Session(house.url, house.api_key)
    try:
        return CliRunner().invoke(main, [*words, "--company", house.company], obj=session)
    finally:
        session.client.close()
