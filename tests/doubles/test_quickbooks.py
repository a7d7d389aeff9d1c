"""The double is as strict as what it stands for: asked over HTTP, as Intuit is."""

from __future__ import annotations

import asyncio
import base64
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from tests.doubles.quickbooks import CLIENT_ID, CLIENT_SECRET, REALM, Limits, QuickBooksOnline

BACK = "http://localhost:8000/api/quickbooks/callback"
BASIC = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@pytest.fixture
async def double(tmp_path: Path) -> AsyncIterator[QuickBooksOnline]:
    double = QuickBooksOnline(limits=Limits(calls=40, batches=3), log=tmp_path / "log.jsonl")
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
async def web(double: QuickBooksOnline) -> AsyncIterator[httpx2.AsyncClient]:
    bearer = {"Authorization": f"Bearer {double.authority.issue(REALM)['access_token']}"}
    async with httpx2.AsyncClient(base_url=f"{double.origin}/v3/company/{REALM}", headers=bearer) as client:
        yield client


async def create(web: httpx2.AsyncClient, name: str, request_id: str | None = None) -> httpx2.Response:
    query = {"requestid": request_id} if request_id else {}
    return await web.post("/vendor", params=query, json={"DisplayName": name})


async def select(web: httpx2.AsyncClient, query: str) -> list[dict[str, Any]]:
    answer = await web.get("/query", params={"query": query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["QueryResponse"]
    return next((rows for rows in found.values() if isinstance(rows, list)), [])


def purchase(number: str | None = None, day: str = "2026-01-31") -> dict[str, Any]:
    """Of 12.10, from the first account of the chart to its fourteenth."""
    detail = {"AccountRef": {"value": "14"}}
    line = {"Amount": "12.10", "AccountBasedExpenseLineDetail": detail}
    own = {"AccountRef": {"value": "1"}}
    told: dict[str, Any] = {"PaymentType": "Check", "TxnDate": day, "Line": [line], **own}
    return told if number is None else {**told, "DocNumber": number}


def fault(answer: httpx2.Response) -> str:
    """Intuit's number of what is wrong."""
    return str(answer.json()["Fault"]["Error"][0]["code"])


async def test_a_request_id_brings_its_first_answer_until_it_is_forgotten(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    first = await create(web, "Ann", "r-1")
    assert (await create(web, "Ann", "r-1")).json() == first.json()
    double.switches.forgets = True
    assert fault(await create(web, "Ann", "r-1")) == "6240"
    assert double.sent["r-1"] == 3


async def test_an_answer_that_was_lost_is_had_again_with_its_request_id(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    double.switch("drop_after", "create", count=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        await create(web, "Ann", "r-1")
    assert (await create(web, "Ann", "r-1")).json()["Vendor"]["DisplayName"] == "Ann"
    assert len(await select(web, "SELECT * FROM Vendor WHERE DisplayName = 'Ann'")) == 1


async def test_a_refusal_is_not_kept_with_its_request_id(web: httpx2.AsyncClient) -> None:
    assert fault(await create(web, "A:B", "r-1")) == "2050"
    assert (await create(web, "A B", "r-1")).status_code == 200


async def test_vendors_customers_and_employees_share_their_names(web: httpx2.AsyncClient) -> None:
    await create(web, "Ann")
    for kind in ("vendor", "customer", "employee"):
        assert fault(await web.post(f"/{kind}", json={"DisplayName": "ANN"})) == "6240"
    account = {"Name": "Ann", "AccountType": "Expense", "AccountSubType": "Travel"}
    assert (await web.post("/account", json=account)).status_code == 200


async def test_closed_books_take_nothing_and_give_nothing_back(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    made = (await web.post("/purchase", json=purchase())).json()["Purchase"]
    double.company.closed_through = date(2026, 1, 31)
    assert fault(await web.post("/purchase", json=purchase())) == "6210"
    later = {**made, "TxnDate": "2026-02-01"}
    assert fault(await web.post("/purchase", json=later)) == "6210"
    gone = await web.post("/purchase", params={"operation": "delete"}, json=made)
    assert fault(gone) == "6210"
    assert (await web.post("/purchase", json=purchase(day="2026-02-01"))).status_code == 200
    (preferences,) = await select(web, "SELECT * FROM Preferences")
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-31"


async def test_a_document_number_is_one_documents(web: httpx2.AsyncClient) -> None:
    made = (await web.post("/purchase", json=purchase("7"))).json()["Purchase"]
    assert fault(await web.post("/purchase", json=purchase("7"))) == "6140"
    assert (await web.post("/purchase", json=made)).status_code == 200


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"TxnDate": "31.01.2026"}, "2010"),
        ({"Line": []}, "2020"),
        ({"AccountRef": {"value": "999"}}, "2500"),
        ({"PaymentType": "CreditCard"}, "6000"),
        ({"Id": "999", "SyncToken": "0"}, "610"),
    ],
)
async def test_what_is_wrong_has_intuits_number(
    web: httpx2.AsyncClient, change: dict[str, Any], number: str
) -> None:
    assert fault(await web.post("/purchase", json={**purchase(), **change})) == number


async def test_amounts_have_two_decimals_and_entries_balance(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    fine = purchase()
    fine["Line"][0]["Amount"] = "0.001"
    assert fault(await web.post("/purchase", json=fine)) == "2090"
    await web.post("/purchase", json=purchase())
    assert double.books()["balance"] == {"Advertising": "12.10", "Checking": "-12.10"}
    assert double.books()["sum"] == "0.00"

    def line(amount: str, way: str, account: str) -> dict[str, Any]:
        detail = {"PostingType": way, "AccountRef": {"value": account}}
        return {"Amount": amount, "JournalEntryLineDetail": detail}

    skew = {"Line": [line("1.00", "Debit", "14"), line("2.00", "Credit", "1")]}
    assert fault(await web.post("/journalentry", json=skew)) == "6000"


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("429", 429, "ThrottleExceeded"),
        ("throttled403", 403, "003001"),
        ("401", 401, "003200"),
        ("denied", 401, '"120"'),
        ("fault200", 200, '"10000"'),
        ("500", 500, "{}"),
        ("html503", 503, "<html>"),
    ],
)
async def test_a_switch_does_nothing_but_answer_otherwise(
    web: httpx2.AsyncClient, double: QuickBooksOnline, *, kind: str, status: int, says: str
) -> None:
    double.switch(kind, "create", count=1, retry_after=3.0)
    answer = await create(web, "Ann", "r-1")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "3.0")
    assert says in answer.text
    assert (await create(web, "Ann", "r-1")).status_code == 200


async def test_one_that_hangs_hangs_and_one_that_drops_drops(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    double.switch("hang", "create", count=1)
    with pytest.raises(httpx2.ReadTimeout):
        await web.post("/vendor", json={"DisplayName": "Ann"}, timeout=httpx2.Timeout(60, read=0.2))
    double.switch("drop", "create", count=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        await create(web, "Ann")
    assert (await create(web, "Ann")).status_code == 200


async def test_switches_are_set_and_taken_back_over_http(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    async with httpx2.AsyncClient(base_url=f"{double.origin}/_double") as steering:
        await steering.post("/switches", json={"kind": "500", "on": ["read"]})
        assert (await create(web, "Ann")).status_code == 200
        assert (await web.get("/companyinfo/1")).status_code == 500
        await steering.post("/reset", json={})
        assert (await web.get("/companyinfo/1")).status_code == 200
        await steering.post("/expire", json={})
        assert fault(await web.get("/companyinfo/1")) == "003200"


async def test_a_change_needs_the_newest_token(web: httpx2.AsyncClient) -> None:
    made = (await create(web, "Ann")).json()["Vendor"]
    assert made["SyncToken"] == "0"
    changed = await web.post("/vendor", json={**made, "DisplayName": "Anna"})
    assert changed.json()["Vendor"]["SyncToken"] == "1"
    assert fault(await web.post("/vendor", json={**made, "DisplayName": "Annie"})) == "5010"


async def test_a_batch_has_thirty_items_at_most_and_tells_of_each(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    def batch(count: int) -> dict[str, Any]:
        items = [
            {"bId": f"{n}", "operation": "create", "Vendor": {"DisplayName": f"V{n}"}} for n in range(count)
        ]
        return {"BatchItemRequest": items}

    assert fault(await web.post("/batch", json=batch(31))) == "1040"
    double.switch("partial", "batch", count=1)
    told = (await web.post("/batch", json=batch(4))).json()["BatchItemResponse"]
    assert [each["bId"] for each in told] == ["0", "1", "2", "3"]
    assert ["Vendor" in each for each in told] == [True, False, True, False]
    assert len(await select(web, "SELECT * FROM Vendor WHERE DisplayName LIKE 'V%'")) == 2
    double.switch("silent", "batch", count=1)
    assert len((await web.post("/batch", json=batch(30))).json()["BatchItemResponse"]) == 29
    assert (await web.post("/batch", json=batch(1))).status_code == 429


async def test_queries_have_pages_and_conditions(web: httpx2.AsyncClient) -> None:
    for number in range(5):
        await create(web, f"O'Hara {number}" if number == 3 else f"Vendor {number}")
    page = await select(
        web, "SELECT * FROM Vendor WHERE DisplayName LIKE 'Vendor%' ORDERBY Id STARTPOSITION 2 MAXRESULTS 2"
    )
    assert [row["DisplayName"] for row in page] == ["Vendor 1", "Vendor 2"]
    (quoted,) = await select(web, r"SELECT * FROM Vendor WHERE DisplayName = 'O\'Hara 3'")
    assert quoted["DisplayName"] == "O'Hara 3"
    count = await web.get("/query", params={"query": "SELECT COUNT(*) FROM Vendor WHERE DisplayName > 'V'"})
    assert count.json()["QueryResponse"]["totalCount"] == 4
    assert len(await select(web, "SELECT * FROM Vendor STARTPOSITION 9 MAXRESULTS 5000")) == 0
    broken = await web.get("/query", params={"query": "SELECT * FROM Vendor WHERE oops"})
    assert fault(broken) == "4000"


async def test_more_calls_than_a_minute_has_are_turned_away(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    statuses = [(await web.get("/companyinfo/1")).status_code for _ in range(41)]
    assert (statuses.count(200), statuses[-1]) == (40, 429)
    assert double.throttles[REALM].refused == 1
    told = await web.get("/companyinfo/1")
    assert fault(told) == "003001"
    assert 0 < float(told.headers["retry-after"]) <= 60


async def test_more_calls_at_once_than_ten_are_turned_away(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    double.latency = 60.0
    calls = [asyncio.create_task(web.get("/companyinfo/1", timeout=60)) for _ in range(12)]
    refused = [await first for first in islice(asyncio.as_completed(calls), 2)]
    assert [fault(each) for each in refused] == ["003001", "003001"]
    assert double.books()["most_at_once"] == 10
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def test_a_page_has_a_hundred_rows_unasked_and_a_thousand_at_most(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    for number in range(1_001):
        double.company.create("Attachable", {"FileName": f"{number}.png"})
    assert len(await select(web, "SELECT * FROM Attachable")) == 100
    assert len(await select(web, "SELECT * FROM Attachable MAXRESULTS 2000")) == 1_000
    (last,) = await select(web, "SELECT * FROM Attachable ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000")
    assert last["FileName"] == "1000.png"


async def test_what_is_inactive_is_told_of_only_when_asked_for(web: httpx2.AsyncClient) -> None:
    made = (await create(web, "Ann")).json()["Vendor"]
    await web.post("/vendor", json={**made, "Active": False})
    where = "SELECT * FROM Vendor WHERE DisplayName = 'Ann'"
    assert await select(web, where) == []
    assert len(await select(web, f"{where} AND Active IN (true, false)")) == 1


async def test_it_has_seen_the_minor_version(web: httpx2.AsyncClient, double: QuickBooksOnline) -> None:
    await web.get("/companyinfo/1", params={"minorversion": "75"})
    await web.get("/companyinfo/1")
    assert double.minor_versions == {"75": 1, "": 1}


async def test_what_is_no_json_is_refused(web: httpx2.AsyncClient) -> None:
    assert fault(await web.post("/vendor", content=b"{")) == "2010"
    (told,) = (
        await web.post("/batch", json={"BatchItemRequest": [{"bId": "1", "operation": "create"}]})
    ).json()["BatchItemResponse"]
    assert told["Fault"]["Error"][0]["code"] == "2010"


async def test_consent_code_and_rotating_tokens(double: QuickBooksOnline) -> None:
    async with httpx2.AsyncClient(base_url=double.origin, headers={"Authorization": f"Basic {BASIC}"}) as web:
        found = (await web.get("/.well-known/openid_configuration")).json()
        asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "state": "s", "response_type": "code"}
        page = await web.get(found["authorization_endpoint"], params=asked)
        assert "Connect Sandbox Company to Ledgerwire?" in page.text
        there = await web.post(found["authorization_endpoint"], params=asked, data={"answer": "yes"})
        back = {name: value[0] for name, value in parse_qs(urlsplit(there.headers["location"]).query).items()}
        assert (back["state"], back["realmId"]) == ("s", REALM)
        code = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
        wrong = await web.post(found["token_endpoint"], data={**code, "redirect_uri": "http://else/"})
        assert wrong.json() == {"error": "invalid_grant"}
        first = (await web.post(found["token_endpoint"], data=code)).json()
        assert (await web.post(found["token_endpoint"], data=code)).json() == {"error": "invalid_grant"}
        again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = (await web.post(found["token_endpoint"], data=again)).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert (await web.post(found["token_endpoint"], data=again)).status_code == 400
        refused = await web.post(found["token_endpoint"], data=again, headers={"Authorization": "Basic eDp5"})
        assert refused.json() == {"error": "invalid_client"}
        revoked = await web.post(found["revocation_endpoint"], json={"token": second["refresh_token"]})
        assert revoked.status_code == 200
        token = {"Authorization": f"Bearer {second['access_token']}"}
        assert (await web.get(f"/v3/company/{REALM}/companyinfo/1", headers=token)).status_code == 401


async def test_a_rotated_refresh_token_is_taken_for_as_long_as_its_grace(double: QuickBooksOnline) -> None:
    now = 0.0
    double.authority._clock = lambda: now
    double.authority.grace = 86_400.0
    token = double.authority.issue(REALM)["refresh_token"]
    async with httpx2.AsyncClient(base_url=double.origin, headers={"Authorization": f"Basic {BASIC}"}) as web:

        async def refresh(token: str) -> httpx2.Response:
            form = {"grant_type": "refresh_token", "refresh_token": token}
            return await web.post("/oauth2/v1/tokens/bearer", data=form)

        newer = (await refresh(token)).json()["refresh_token"]
        now = 86_399.0
        assert (await refresh(token)).status_code == 200
        now = 86_400.0
        assert (await refresh(token)).json() == {"error": "invalid_grant"}
        assert (await refresh(newer)).status_code == 200
        other = await web.post("/oauth2/v1/tokens/bearer", data={"grant_type": "password"})
        assert other.json() == {"error": "unsupported_grant_type"}


async def test_whoever_says_no_is_sent_back_without_a_code(double: QuickBooksOnline) -> None:
    asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "state": "s", "response_type": "code"}
    async with httpx2.AsyncClient(base_url=double.origin) as web:
        there = await web.post("/connect/oauth2", params=asked, data={"answer": "no"})
        unknown = await web.get("/connect/oauth2", params={**asked, "client_id": "another"})
    assert parse_qs(urlsplit(there.headers["location"]).query) == {"state": ["s"], "error": ["access_denied"]}
    assert unknown.status_code == 400


async def test_every_request_is_in_its_log(web: httpx2.AsyncClient, tmp_path: Path) -> None:
    await create(web, "Ann", "r-1")
    await web.get("/companyinfo/1")
    told = [msgspec.json.decode(line) for line in (tmp_path / "log.jsonl").read_bytes().splitlines()]
    assert [(each["method"], each["path"].rpartition("/company/")[2]) for each in told] == [
        ("POST", f"{REALM}/vendor"),
        ("GET", f"{REALM}/companyinfo/1"),
    ]
    assert told[0]["query"]["requestid"] == "r-1"


def test_it_is_started_by_hand() -> None:
    """And says what to export."""
    command = [sys.executable, "-m", "tests.doubles.quickbooks", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = dict(pair.split("=", 1) for pair in process.stdout.readline().split()[1:])
        books = httpx2.get(f"{told['QBO_BASE_URL']}/_double/books").json()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in {0, 130, -signal.SIGINT}
    assert books["sum"] == "0"
