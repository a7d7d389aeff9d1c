"""The journal over HTTP: as a page, as a file, added up."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import Decimal

import httpx2

from tests.server.filling import FilledBooks, filled_books
from tests.server.serving import Api
from workers.books.access import Role

BASE = "/api/companies/acme/journal"


async def posted_and_proposed(api: Api) -> FilledBooks:
    """TEA is approved, WAGES is proposed, SHOES has no category and so no entry."""
    books = await filled_books(api, "acme", ("TEA", "-4.50"), ("WAGES", "100.10"), ("SHOES", "-7"))
    lines = "/api/companies/acme/transactions"
    async with api.member() as client:
        for key, category in zip(books.ids, ("Insurance", "Sales income"), strict=False):
            await client.patch(f"{lines}/{key}", json={"category": category})
        await client.post(f"{lines}/{books.ids[0]}/approve")
    return books


async def listed(client: httpx2.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.text
    return sorted(entry["description"] for entry in answer.json()["data"])


async def test_entries_are_listed_and_balance(api: Api) -> None:
    books = await posted_and_proposed(api)
    async with api.member("acme", Role.VIEWER) as client:
        first = await client.get(f"{BASE}?limit=1")
        address = first.headers["link"].partition(">")[0].removeprefix("<")
        second = await client.get(address)
    entries = {each.json()["data"][0]["description"]: each.json()["data"][0] for each in (first, second)}
    assert second.json()["next_cursor"] is None
    assert entries["TEA"]["transaction_id"] == books.ids[0]
    assert (entries["TEA"]["state"], entries["WAGES"]["state"]) == ("posted", "proposed")
    assert entries["TEA"]["lines"] == [
        {"account": "Insurance", "debit": "4.50", "credit": "0"},
        {"account": "Checking", "debit": "0", "credit": "4.50"},
    ]
    assert entries["WAGES"]["lines"] == [
        {"account": "Checking", "debit": "100.10", "credit": "0"},
        {"account": "Sales income", "debit": "0", "credit": "100.10"},
    ]


async def test_entries_are_filtered(api: Api) -> None:
    await posted_and_proposed(api)
    async with api.member("acme", Role.VIEWER) as client:
        assert await listed(client, "state=posted") == ["TEA"]
        assert await listed(client, "account=Sales+income") == ["WAGES"]
        assert await listed(client, "account=Checking") == ["TEA", "WAGES"]
        assert await listed(client, "date_from=2026-06-02") == []
        assert await listed(client, "date_to=2026-06-01&state=proposed") == ["WAGES"]
        assert (await client.get(f"{BASE}?state=lost")).status_code == 400


async def test_the_journal_is_exported_line_by_line(api: Api) -> None:
    await posted_and_proposed(api)
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get(f"{BASE}.csv?state=posted")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [(row["account"], row["debit"], row["credit"]) for row in rows] == [
        ("Insurance", "4.50", "0"),
        ("Checking", "0", "4.50"),
    ]
    assert answer.headers["content-disposition"] == 'attachment; filename="acme-journal.csv"'


async def test_what_accounts_add_up_to_balances(api: Api) -> None:
    await posted_and_proposed(api)
    await filled_books(api, "globex", ("TEA", "-4.50"))
    async with api.member("acme", Role.VIEWER) as client:
        everything = (await client.get(f"{BASE}/balance")).json()["data"]
        posted = (await client.get(f"{BASE}/balance?state=posted&date_to=2026-06-30")).json()["data"]
        none = (await client.get(f"{BASE}/balance?date_to=2026-05-31")).json()["data"]
    assert [(each["account"], each["debit"], each["credit"]) for each in everything] == [
        ("Checking", "100.10", "4.50"),
        ("Sales income", "0", "100.10"),
        ("Insurance", "4.50", "0"),
    ]
    assert [(each["code"], each["type"], each["currency"]) for each in posted] == [
        ("1000", "asset", "USD"),
        ("6070", "expense", "USD"),
    ]
    assert none == []
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in everything:
        totals[each["currency"]] += Decimal(each["debit"]) - Decimal(each["credit"])
    assert set(totals.values()) == {Decimal(0)}
