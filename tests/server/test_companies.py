"""A company over HTTP, and closing its books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.server.filling import filled_books
from tests.server.serving import Api, code_of, problem_in
from workers.books.access import Role


async def test_a_company_is_shown_with_ones_role(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get("/api/companies/acme")
    assert answer.json() == {
        "company_id": "acme",
        "name": "acme",
        "base_currency": "USD",
        "base_currency_fixed": False,
        "closed_through": None,
        "role": "viewer",
    }


async def test_an_admin_closes_the_books_and_opens_them_again(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    line = f"/api/companies/acme/transactions/{books.ids[0]}"
    async with api.member("acme", Role.ADMIN) as client:
        closed = await client.patch("/api/companies/acme", json={"closed_through": "2026-06-30"})
        assert (closed.status_code, closed.json()["closed_through"]) == (200, "2026-06-30")
        refused = await client.patch(line, json={"category": "Insurance"})
        assert (refused.status_code, code_of(refused)) == (409, "locked_period")
        named = await client.patch("/api/companies/acme", json={"name": "Acme Ltd"})
        assert (named.json()["name"], named.json()["closed_through"]) == ("Acme Ltd", "2026-06-30")
        opened = await client.patch("/api/companies/acme", json={"closed_through": None})
        assert opened.json()["closed_through"] is None
        assert (await client.patch(line, json={"category": "Insurance"})).status_code == 200


async def test_books_are_not_closed_ahead_of_time(sqlite_api: Api) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    async with sqlite_api.member("acme", Role.ADMIN) as client:
        answer = await client.patch("/api/companies/acme", json={"closed_through": ahead})
        assert (await client.get("/api/companies/acme")).json()["closed_through"] is None
    assert (answer.status_code, code_of(answer)) == (422, "closed_too_far")
    assert [fault["pointer"] for fault in problem_in(answer)["errors"]] == ["/closed_through"]


async def test_an_admin_changes_the_base_currency_until_there_are_lines(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as client:
        changed = await client.patch("/api/companies/acme", json={"base_currency": "EUR"})
        assert (changed.status_code, changed.json()["base_currency"]) == (200, "EUR")
        (account,) = (await client.get("/api/companies/acme/accounts/bank")).json()["data"]
        assert account["currency"] == "EUR"
        await filled_books(api, "acme", ("TEA", "-1"))
        refused = await client.patch("/api/companies/acme", json={"base_currency": "USD", "name": "Acme Ltd"})
        assert (refused.status_code, code_of(refused)) == (409, "base_currency_fixed")
        assert [fault["pointer"] for fault in problem_in(refused)["errors"]] == ["/base_currency"]
        now = (await client.get("/api/companies/acme")).json()
    # Refused as a whole.
    assert (now["base_currency"], now["base_currency_fixed"], now["name"]) == ("EUR", True, "acme")


async def test_nobody_else_changes_the_base_currency(sqlite_api: Api) -> None:
    async with sqlite_api.member("acme", Role.BOOKKEEPER) as client:
        answer = await client.patch("/api/companies/acme", json={"base_currency": "EUR"})
        assert (answer.status_code, code_of(answer)) == (403, "role_too_low")
        assert (await client.get("/api/companies/acme")).json()["base_currency"] == "USD"


@pytest.mark.parametrize(
    "body",
    [
        {"closed_through": "soon"},
        {"name": "\x00"},
        {"currency": "EUR"},
        {"base_currency": "eur"},
        {"base_currency": "EURO"},
        {"base_currency": None},
    ],
)
async def test_a_change_that_cannot_be_names_its_fault(sqlite_api: Api, body: dict[str, str | None]) -> None:
    async with sqlite_api.member("acme", Role.ADMIN) as client:
        answer = await client.patch("/api/companies/acme", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "invalid_input")
    assert [fault["pointer"] for fault in problem_in(answer)["errors"]] == [f"/{next(iter(body))}"]
