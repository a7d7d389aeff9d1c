"""The double is as strict as what it stands for: asked over HTTP, as Intuit is."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
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

    assert fault(await web.post("/batch", json=batch(31))) == "2010"
    double.switch("partial", "batch", count=1)
    told = (await web.post("/batch", json=batch(4))).json()["BatchItemResponse"]
    assert ["Vendor" in each for each in told] == [True, False, True, False]
    assert len(await select(web, "SELECT * FROM Vendor WHERE DisplayName LIKE 'V%'")) == 2
    await web.post("/batch", json=batch(1))
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
    broken = await web.get("/query", params={"query": "SELECT * FROM Vendor WHERE oops"})
    assert fault(broken) == "4000"


async def test_more_calls_than_a_minute_has_are_turned_away(
    web: httpx2.AsyncClient, double: QuickBooksOnline
) -> None:
    statuses = [(await web.get("/companyinfo/1")).status_code for _ in range(41)]
    assert (statuses.count(200), statuses[-1]) == (40, 429)
    assert double.throttles[REALM].refused == 1


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
