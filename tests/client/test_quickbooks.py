"""A company's QuickBooks through the SDK and the command: against a server that misbehaves, and all the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from click.testing import CliRunner, Result

from ledgerwire import AsyncLedgerwire, Conflict, InvalidSubmission, JobFailed, Ledgerwire, NotFound
from ledgerwire.cli import main
from ledgerwire.command import Session
from ledgerwire.events import LogEvent
from ledgerwire.jobs import LogLine, Page
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
from tests.client.jobs import NOON, a_job, failed, told
from tests.client.server import Server, Step, block, lose, problem, reply, stream, unavailable
from tests.doubles.quickbooks.process import double_of_quickbooks
from tests.running import Running

ROOT = "/api/companies/demo/quickbooks"
EXPORT = "/api/jobs/export-qbo"
CONSENT = "/api/quickbooks/consent"
JOBS = "/api/jobs/company/demo"
BROUGHT = {"state": "s" * 16, "code": "c", "realm_id": "1"}
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
    for state, words in (("none", "Not connected"), ("refused", "connect it again"), ("paused", "paused")):
        found = QuickBooksConnection(
            available=True, state=state, environment="sandbox", problem="They\x07 said no"
        )
        server.on("GET", ROOT, reply(found))
        shown = run("quickbooks").stdout
        assert words in shown
        assert "  They  said no" in shown
    server.on("GET", ROOT, reply(QuickBooksConnection(available=False, state="none", environment="sandbox")))
    assert "QBO_CLIENT_ID" in run("quickbooks").stdout
    assert json.loads(run("quickbooks", "--json").stdout)["available"] is False


def test_beginning_waits_where_intuit_has_to_be_asked_first(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{ROOT}/connect", reply(a_job("pending"), 202), reply(START))
    server.on("GET", "/api/jobs/j1", reply(a_job("complete", 2)))
    assert client.quickbooks("demo").begin() == START


def test_beginning_tells_why_intuit_could_not_be_asked(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{ROOT}/connect", reply(a_job("pending"), 202))
    server.on("GET", "/api/jobs/j1", reply(failed(2, "QuickBooks does not answer")))
    with pytest.raises(JobFailed, match="QuickBooks does not answer"):
        client.quickbooks("demo").begin()


def test_a_consent_whose_answer_was_lost_has_its_job(client: Ledgerwire, server: Server) -> None:
    """The first request got through, and a consent is good once."""
    gone = problem(404, "There is no such consent")
    older, newer = Page([a_job("complete", job_id="j0")], None), Page([a_job("running")], None)
    server.on("POST", CONSENT, lose, gone)
    server.on("GET", JOBS, reply(older), reply(newer))
    assert client.quickbooks("demo").consent(**BROUGHT).id == "j1"
    assert server.calls_of("GET", JOBS)[0].query == {"kind": "connect-qbo", "limit": "1"}


@pytest.mark.parametrize("lost", [(), (lose,)], ids=["refused at once", "refused after a loss"])
def test_a_consent_that_is_over_is_refused(
    client: Ledgerwire, server: Server, lost: tuple[Step, ...]
) -> None:
    server.on("POST", CONSENT, *lost, problem(404, "There is no such consent"))
    server.on("GET", JOBS, reply(Page([a_job("complete", job_id="j0")], None)))
    with pytest.raises(NotFound):
        client.quickbooks("demo").consent(**BROUGHT)


def test_a_consent_that_is_none_is_not_sent(client: Ledgerwire, server: Server) -> None:
    with pytest.raises(InvalidSubmission, match="realm_id"):
        client.quickbooks("demo").consent(**{**BROUGHT, "realm_id": "seven"})
    assert server.calls == []


def test_its_jobs_are_submitted_for_the_company(client: Ledgerwire, server: Server) -> None:
    desk = client.quickbooks("demo")
    for kind in ("export-qbo", "fetch-qbo", "disconnect-qbo"):
        server.on("POST", f"/api/jobs/{kind}", lose, reply(a_job("pending", kind=kind), 202))
    handles = [desk.export(failed_of="j0", idempotency_key="mine"), desk.fetch(), desk.disconnect()]
    assert [handle.job.kind for handle in handles] == ["export-qbo", "fetch-qbo", "disconnect-qbo"]
    assert server.calls[0].json == {"company_id": "demo", "failed_of": "j0", "dry_run": False}
    assert server.calls[2].json == server.calls[4].json == {"company_id": "demo"}
    keys = [call.headers["idempotency-key"] for call in server.calls]
    assert keys[0] == "mine"
    assert keys[::2] == keys[1::2], "a lost answer is asked for under the same key"


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
    listed = run("quickbooks", "--mapping")
    assert listed.stdout.splitlines() == ["confirmed\tChecking\tBank:Checking\t3", "missing\tRent\t\t1"]
    assert "Confirm what is not" in listed.stderr
    assert len(run("quickbooks", "--mapping", "--json").stdout.splitlines()) == 2


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
    server.on("GET", JOBS, reply(Page([], None)))
    server.on("POST", CONSENT, reply(a_job("pending"), 202))
    for kind in ("export-qbo", "fetch-qbo", "disconnect-qbo"):
        server.on("POST", f"/api/jobs/{kind}", reply(a_job("pending"), 202))
    assert await desk.connection() == CONNECTED
    assert await desk.begin() == START
    with pytest.raises(Conflict):
        await desk.mapping()
    assert await desk.confirm({"Checking": "35"}) == MAPPING
    assert [line async for line in desk.sent()] == []
    assert (await desk.consent(**BROUGHT)).id == "j1"
    assert (await desk.fetch()).id == (await desk.disconnect()).id == "j1"
    assert (await desk.export(dry_run=True)).id == "j1"
    assert (await async_client.export_qbo(company="demo", dry_run=True)).id == "j1"
    said = [call.json for call in server.calls_of("POST", EXPORT)]
    assert said == [{"company_id": "demo", "dry_run": True}] * 2


def test_an_export_names_its_lines_in_one_way(run: CliRun, server: Server) -> None:
    server.on("POST", EXPORT, reply(a_job("pending"), 202))
    assert run("export", "t1", "--failed-of", "j0").exit_code == 2
    assert run("export", "t1", "t2", "--no-watch").exit_code == 0
    assert run("export", "--to", "2026-06-30", "--no-watch").exit_code == 0
    assert [call.json for call in server.calls_of("POST", EXPORT)] == [
        {"company_id": "demo", "dry_run": False, "transaction_ids": ["t1", "t2"]},
        {"company_id": "demo", "dry_run": False, "filter": {"date_to": "2026-06-30"}},
    ]


@pytest.mark.parametrize(("left", "code"), [(0, 0), (1, 1)])
def test_an_export_is_followed_and_says_whether_all_went(
    run: CliRun, server: Server, left: int, code: int
) -> None:
    result = {"exported": 2, "failed_count": left}
    done = a_job("complete", 9, kind="export-qbo", progress=100, result=result)
    went = LogLine(NOON, "info", "COFFEE ONE: created (Purchase 7)")
    stayed = LogLine(NOON, "warning", "CITY\x1b PARKING: unmapped")
    said = LogEvent(company_id="demo", position="e.5", job_id="j1", number=1, lines=[went, stayed])
    server.on("POST", EXPORT, reply(a_job("running", kind="export-qbo"), 202, ledgerwire_position="e.4"))
    server.on("GET", "/api/jobs/j1/events", stream(block(said), block(told(done, 6))))
    server.on("GET", "/api/jobs/j1", reply(done))
    shown = run("export")
    assert shown.exit_code == code, shown.output
    assert "warning: CITY  PARKING: unmapped" in shown.stdout.splitlines()
    assert "COFFEE" not in shown.stdout
    assert "warning: CITY  PARKING: unmapped" in run("watch", "j1").stdout.splitlines()
    for all_of_it in (("export", "--dry-run"), ("export", "--json"), ("watch", "j1", "--json")):
        assert "COFFEE ONE: created (Purchase 7)" in run(*all_of_it).stdout
    assert ("ledgerwire export --failed-of j1" in shown.stderr) is bool(left)
    assert run("wait", "j1").exit_code == code


def test_where_nothing_is_connected_the_command_says_who_can(run: CliRun, server: Server) -> None:
    server.on(
        "POST", EXPORT, problem(409, "QuickBooks is not connected", detail="An administrator connects it")
    )
    refused = run("export")
    assert refused.exit_code == 1
    assert "An administrator connects it" in refused.stderr


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

        dry = _ledgerwire(house, "export", "--dry-run")
        assert "would create" in dry.output
        assert "not confirmed: ledgerwire quickbooks --mapping" in _ledgerwire(house, "quickbooks").output
        assert list(desk.sent()) == []
        sent = _ledgerwire(house, "export")
        assert sent.exit_code == 1, "a line was left behind"
        assert "COFFEE ONE: created" not in sent.output
        assert "CITY PARKING: unmapped" in sent.output
        (line,) = desk.sent()
        assert (line.description, line.outcome) == ("COFFEE ONE", "created")
        assert "COFFEE ONE" in _ledgerwire(house, "quickbooks", "--sent").output

        (travel,) = [each.qbo_id for each in desk.mapping().accounts if each.full_name == "Travel"]
        (parking,) = [each.account for each in desk.mapping().data if "arking" in each.account]
        desk.confirm({parking: travel})
        job = re.search(r"--failed-of (\S+)", sent.output)
        assert job is not None
        again = _ledgerwire(house, "export", "--failed-of", job[1])
        assert again.exit_code == 0, again.output
        assert {line.description for line in desk.sent()} == {"COFFEE ONE", "CITY PARKING"}
        assert desk.fetch().result()["accounts"] > 10
        desk.disconnect().result()
        assert desk.connection().state == "none"


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
