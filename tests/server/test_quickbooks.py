"""QuickBooks over HTTP: what stands in the way, a person's way there and back, and whose account is whose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tests.server.serving import Api, code_of, problem_in
from workers.books.access import Role
from workers.books.quickbooks.accounts import FetchedAccount, keep_accounts
from workers.books.quickbooks.connections import NewTokens, connect, keep_endpoints
from workers.books.quickbooks.intuit import discovery_url
from workers.books.quickbooks.sealing import Seal

BASE = "/api/companies/acme/quickbooks"
MAPPING = f"{BASE}/mapping"
ENDPOINTS = {"authorization": "https://intuit.example/connect", "token": "t", "revocation": "r"}
THEIRS = [
    FetchedAccount(qbo_id="1", name="Checking", full_name="Checking", type="Bank"),
    FetchedAccount(qbo_id="2", name="Meals and Entertainment", full_name="Food:Meals", type="Expense"),
    FetchedAccount(qbo_id="3", name="Sales", full_name="Sales", type="Income"),
]


@asynccontextmanager
async def set_up(api: Api) -> AsyncIterator[None]:
    """With an application of Intuit's, and where to consent."""
    before = api.app.state.settings
    chosen = msgspec.structs.replace(before, qbo_client_id="ours", qbo_client_secret="kept")
    api.app.state.settings = api.kernel.settings = chosen
    async with api.kernel.database.transaction() as tx:
        await keep_endpoints(tx, discovery_url(chosen), ENDPOINTS, now=datetime.now(UTC))
    yield
    api.app.state.settings = api.kernel.settings = before


async def connected(api: Api) -> None:
    now = datetime.now(UTC)
    tokens = NewTokens("access-secret", "refresh-secret", now + timedelta(hours=1))
    seal = Seal.open(api.kernel.settings)
    async with api.kernel.database.transaction() as tx:
        await connect(tx, "acme", "7", tokens, environment="sandbox", actor="Ann", seal=seal, now=now)
        await keep_accounts(tx, "acme", "7", THEIRS, now=now)


async def test_without_an_application_nothing_can_be_connected_or_sent(sqlite_api: Api) -> None:
    async with sqlite_api.member("acme", Role.ADMIN) as admin:
        shown = (await admin.get(BASE)).json()
        assert (shown["available"], shown["state"]) == (False, "none")
        assert code_of(await admin.post(f"{BASE}/connect")) == "quickbooks_not_set_up"
        refused = await admin.post("/api/jobs/export-qbo", json={"company_id": "acme"})
        assert (refused.status_code, code_of(refused)) == (409, "quickbooks_not_set_up")
        assert "QBO_CLIENT_ID" in problem_in(refused)["detail"]


async def test_the_way_there_and_back_is_one_person_s_and_good_once(sqlite_api: Api) -> None:
    async with set_up(sqlite_api), sqlite_api.member("acme", Role.ADMIN) as admin:
        start = (await admin.post(f"{BASE}/connect")).json()
        asked = parse_qs(urlsplit(start["authorize_url"]).query)
        assert start["authorize_url"].startswith("https://intuit.example/connect?")
        assert (asked["client_id"], asked["response_type"]) == (["ours"], ["code"])
        (state,) = asked["state"]
        back = await admin.get(
            f"/api/quickbooks/callback?state={state}&code=AB11&realmId=7", follow_redirects=False
        )
        assert back.status_code == 303
        target = urlsplit(back.headers["location"])
        assert (target.netloc, target.query) == ("", "company=acme&page=quickbooks")
        assert parse_qs(target.fragment)["code"] == ["AB11"]

        consent = {"state": state, "code": "AB11", "realm_id": "7"}
        async with sqlite_api.member("globex", Role.ADMIN) as another:
            assert (await another.post("/api/quickbooks/consent", json=consent)).status_code == 404
        taken = await admin.post("/api/quickbooks/consent", json=consent)
        assert (taken.status_code, taken.json()["kind"]) == (202, "connect-qbo")
        job = (await admin.get(f"/api/jobs/{taken.json()['job_id']}?include=params")).text
        assert "AB11" not in job
        assert state not in job
        assert (await admin.post("/api/quickbooks/consent", json=consent)).status_code == 404


async def test_a_foreign_place_is_never_gone_back_to(sqlite_api: Api) -> None:
    async with set_up(sqlite_api), sqlite_api.member("acme", Role.ADMIN) as admin:
        headers = {"Origin": "https://evil.example"}
        start = (await admin.post(f"{BASE}/connect", headers=headers)).json()
        (state,) = parse_qs(urlsplit(start["authorize_url"]).query)["state"]
        back = await admin.get(f"/api/quickbooks/callback?state={state}", follow_redirects=False)
        assert back.headers["location"].startswith("/?")
        lost = await admin.get(
            "/api/quickbooks/callback?state=nobodys&error=access_denied", follow_redirects=False
        )
        assert lost.headers["location"] == "/?page=quickbooks#qbo=1&state=nobodys&error=access_denied"


async def test_only_an_admin_connects(sqlite_api: Api) -> None:
    async with set_up(sqlite_api), sqlite_api.member("acme", Role.BOOKKEEPER) as bookkeeper:
        assert (await bookkeeper.post(f"{BASE}/connect")).status_code == 403
        for kind in ("connect-qbo", "disconnect-qbo"):
            body = {"company_id": "acme", **({"grant_id": "g"} if kind == "connect-qbo" else {})}
            assert (await bookkeeper.post(f"/api/jobs/{kind}", json=body)).status_code == 403


async def test_accounts_are_proposed_and_confirmed(sqlite_api: Api) -> None:
    async with sqlite_api.member("acme", Role.ADMIN) as admin:
        assert code_of(await admin.get(MAPPING)) == "quickbooks_not_connected"
        await connected(sqlite_api)
        rows = {row["account"]: row for row in (await admin.get(MAPPING)).json()["data"]}
        assert (rows["Checking"]["qbo_id"], rows["Checking"]["confirmed"]) == ("1", False)
        choices = [{"account": "Checking", "qbo_id": "1"}, {"account": "Sales income", "qbo_id": "3"}]
        answer = await admin.put(MAPPING, json={"choices": choices})
        after = {row["account"]: row for row in answer.json()["data"]}
        assert after["Checking"]["confirmed"]
        assert after["Sales income"]["confirmed"]
        back = await admin.put(MAPPING, json={"choices": [{"account": "Sales income", "qbo_id": None}]})
        assert not {row["account"]: row for row in back.json()["data"]}["Sales income"]["confirmed"]
        shown = (await admin.get(BASE)).text
        assert "secret" not in shown


@pytest.mark.parametrize(
    ("choice", "pointer"),
    [
        ({"account": "Nothing", "qbo_id": "1"}, "/choices/1/account"),
        ({"account": "Insurance", "qbo_id": "99"}, "/choices/1/qbo_id"),
        ({"account": "Insurance", "qbo_id": "3"}, "/choices/1/qbo_id"),
        ({"account": "Checking", "qbo_id": "2"}, "/choices/1/qbo_id"),
        ({"account": "Sales income", "qbo_id": "3"}, "/choices/1/account"),
    ],
)
async def test_one_impossible_choice_leaves_all_as_they_were(
    sqlite_api: Api, choice: dict[str, str], pointer: str
) -> None:
    await connected(sqlite_api)
    async with sqlite_api.member("acme") as client:
        answer = await client.put(
            MAPPING, json={"choices": [{"account": "Sales income", "qbo_id": "3"}, choice]}
        )
        assert answer.status_code == 400
        assert [each["pointer"] for each in problem_in(answer)["errors"]] == [pointer]
        rows = (await client.get(MAPPING)).json()["data"]
        assert not any(row["confirmed"] for row in rows)
