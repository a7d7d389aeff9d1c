"""Reading a company's books over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert

from tests.server.serving import Api, code_of, problem_in
from workers.books.access import Role
from workers.books.companies import create_company, list_bank_accounts
from workers.books.schema import transactions


async def import_lines(api: Api, count: int) -> None:
    async with api.kernel.database.transaction() as sql:
        (account,) = await list_bank_accounts(sql, "acme")
        for number in range(count):
            await sql.execute(
                insert(transactions).values(
                    transaction_id=f"t-{number}",
                    company_id="acme",
                    account_id=account.account_id,
                    date=date(2026, 6, 1 + number),
                    amount=Decimal("-4.50"),
                    sign=-1,
                    currency="USD",
                    description=f"Coffee {number}",
                    normalised=f"COFFEE {number}",
                    merchant_key="COFFEE",
                    state="review" if number % 2 else "proposed",
                    import_job_id="job-1",
                    line_no=number,
                    fingerprint=str(number),
                    created_at=datetime.now(UTC),
                )
            )


async def test_a_company_is_shown_with_ones_role(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get("/api/companies/acme")
    assert answer.json() == {
        "company_id": "acme",
        "name": "acme",
        "base_currency": "USD",
        "closed_through": None,
        "role": "viewer",
    }


async def test_accounts_and_rules_are_listed(api: Api) -> None:
    async with api.kernel.database.transaction() as sql:
        await create_company(sql, "initech", starter_rules=True)
    async with api.member("initech", Role.VIEWER) as client:
        (bank,) = (await client.get("/api/companies/initech/accounts/bank")).json()["data"]
        chart = (await client.get("/api/companies/initech/accounts")).json()["data"]
        rules = (await client.get("/api/companies/initech/rules")).json()["data"]
    assert (bank["name"], bank["currency"]) == ("Checking", "USD")
    assert {"code", "name", "type"} == set(chart[0])
    assert "Checking" in [account["name"] for account in chart]
    assert [rule["position"] for rule in rules] == list(range(1, len(rules) + 1))
    assert {rule["category"] for rule in rules} <= {account["name"] for account in chart}


async def test_transactions_are_paged_newest_first(api: Api) -> None:
    await import_lines(api, 5)
    async with api.member("acme", Role.VIEWER) as client:
        seen: list[str] = []
        address = "/api/companies/acme/transactions?limit=2"
        while address:
            answer = await client.get(address)
            seen += [line["transaction_id"] for line in answer.json()["data"]]
            address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == ["t-4", "t-3", "t-2", "t-1", "t-0"]


async def test_transactions_are_filtered_and_exact(api: Api) -> None:
    await import_lines(api, 3)
    async with api.member("acme", Role.VIEWER) as client:

        async def ids(query: str) -> list[str]:
            answer = await client.get(f"/api/companies/acme/transactions?{query}")
            return [line["transaction_id"] for line in answer.json()["data"]]

        assert await ids("state=review") == ["t-1"]
        assert await ids("state=review&state=proposed") == ["t-2", "t-1", "t-0"]
        assert await ids("job_id=job-1&limit=1") == ["t-2"]
        assert await ids("job_id=job-2") == []
        assert await ids("text=coffee+1") == ["t-1"]
        (line,) = (await client.get("/api/companies/acme/transactions?text=coffee+1")).json()["data"]
    assert (line["amount"], line["date"]) == ("-4.50", "2026-06-02")


@pytest.mark.parametrize("cursor", ["x", "%F0%9F%98%80", "bm9wZQ", "W10"])
async def test_a_made_up_cursor_is_refused(sqlite_api: Api, cursor: str) -> None:
    async with sqlite_api.member("acme") as client:
        answer = await client.get(f"/api/companies/acme/transactions?cursor={cursor}")
    assert (answer.status_code, code_of(answer)) == (400, "bad_cursor")
    assert problem_in(answer)["errors"]
