"""The chart of accounts and the bank accounts over HTTP."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.server.filling import filled_books
from tests.server.serving import Api, code_of, problem_in
from workers.books.access import Role
from workers.books.companies import create_company

CHART = "/api/companies/acme/accounts"
BANKS = f"{CHART}/bank"


async def chart(client: httpx2.AsyncClient) -> dict[str, Any]:
    """By name."""
    return {account["name"]: account for account in (await client.get(CHART)).json()["data"]}


async def test_accounts_and_rules_are_listed(api: Api) -> None:
    async with api.kernel.database.transaction() as sql:
        await create_company(sql, "initech", starter_rules=True)
    async with api.member("initech", Role.VIEWER) as client:
        (bank,) = (await client.get("/api/companies/initech/accounts/bank")).json()["data"]
        found = (await client.get("/api/companies/initech/accounts")).json()["data"]
        rules = (await client.get("/api/companies/initech/rules")).json()["data"]
    assert (bank["name"], bank["currency"]) == ("Checking", "USD")
    assert {"code", "name", "type", "archived"} == set(found[0])
    assert [account["code"] for account in found] == sorted(account["code"] for account in found)
    assert "Checking" in [account["name"] for account in found]
    assert [rule["position"] for rule in rules] == list(range(1, len(rules) + 1))
    assert {rule["category"] for rule in rules} <= {account["name"] for account in found}


async def test_an_account_is_added_renamed_archived_and_deleted(api: Api) -> None:
    async with api.member() as client:
        added = await client.post(CHART, json={"code": "6300", "name": "Legal", "type": "expense"})
        assert (added.status_code, added.headers["location"]) == (201, f"{CHART}/6300")
        assert added.json() == {"code": "6300", "name": "Legal", "type": "expense", "archived": False}
        renamed = await client.patch(f"{CHART}/6300", json={"name": "Legal advice"})
        assert (renamed.status_code, renamed.json()["name"]) == (200, "Legal advice")
        archived = await client.patch(f"{CHART}/6300", json={"archived": True})
        assert archived.json() == {
            "code": "6300",
            "name": "Legal advice",
            "type": "expense",
            "archived": True,
        }
        assert (await client.delete(f"{CHART}/6300")).status_code == 204
        assert "Legal advice" not in await chart(client)
        assert code_of(await client.delete(f"{CHART}/6300")) == "not_found"


async def test_what_is_taken_or_in_use_is_a_conflict_that_says_what_to_do(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    async with api.member() as client:
        taken = await client.post(CHART, json={"code": "6300", "name": "Insurance", "type": "expense"})
        assert (taken.status_code, code_of(taken)) == (409, "account_taken")
        assert [fault["pointer"] for fault in problem_in(taken)["errors"]] == ["/name"]
        await client.patch(f"/api/companies/acme/transactions/{books.ids[0]}", json={"category": "Insurance"})
        code = (await chart(client))["Insurance"]["code"]
        used = await client.delete(f"{CHART}/{code}")
        assert (used.status_code, code_of(used)) == (409, "account_in_use")
        assert "Archive it" in problem_in(used)["detail"]


async def test_a_new_name_stands_in_transactions_at_once(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    line = f"/api/companies/acme/transactions/{books.ids[0]}"
    async with api.member() as client:
        said = (await client.patch(line, json={"category": "Insurance"})).json()["transaction"]
        code = (await chart(client))["Insurance"]["code"]
        await client.patch(f"{CHART}/{code}", json={"name": "Policies"})
        now = (await client.get(line)).json()
        entry = (await client.get("/api/companies/acme/journal")).json()["data"][0]
    assert now == said | {"category": "Policies"}
    assert [each["account"] for each in entry["lines"]] == ["Policies", "Checking"]


async def test_what_no_account_can_be_is_refused(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        for body, pointer in (
            ({"code": "bank", "name": "X", "type": "asset"}, "/code"),
            ({"code": "..", "name": "X", "type": "asset"}, "/code"),
            ({"code": "1", "name": "X", "type": "money"}, "/type"),
            ({"code": "1", "name": "", "type": "asset"}, "/name"),
        ):
            answer = await client.post(CHART, json=body)
            assert (answer.status_code, code_of(answer)) == (400, "invalid_input")
            assert [fault["pointer"] for fault in problem_in(answer)["errors"]] == [pointer]
        blank = await client.post(CHART, json={"code": "1", "name": " ", "type": "asset"})
        assert (blank.status_code, code_of(blank)) == (422, "invalid_account")


async def test_a_bank_account_is_opened_and_changed(api: Api) -> None:
    async with api.member() as client:
        opened = await client.post(
            BANKS, json={"name": "Giro", "currency": "EUR", "number": "DE02 1203 0000"}
        )
        bank = opened.json()
        assert (opened.status_code, bank["number"]) == (201, "DE0212030000")
        address = opened.headers["location"]
        assert address == f"{BANKS}/{bank['account_id']}"
        changed = await client.patch(address, json={"name": "Giro 2"})
        assert changed.json() == bank | {"name": "Giro 2"}
        assert (await client.patch(address, json={"number": None})).json()["number"] is None
        assert (await chart(client))["Giro 2"]["type"] == "asset"
        taken = await client.post(BANKS, json={"name": "Giro 2", "currency": "EUR"})
        assert (taken.status_code, code_of(taken)) == (409, "account_taken")
        short = await client.patch(address, json={"number": "12 3-"})
        assert (short.status_code, code_of(short)) == (422, "invalid_account")
        assert (await client.patch(address, json={"currency": "USD"})).status_code == 400
        assert len((await client.get(BANKS)).json()["data"]) == 2
