"""Reading transactions over HTTP: filtered, paged, counted, one, and all of them as a file."""

from __future__ import annotations

import csv
import io
from datetime import date

import httpx2
import pytest

from tests.server.filling import filled_books
from tests.server.serving import Api, code_of, problem_in
from workers.books import exporting
from workers.books.access import Role

BASE = "/api/companies/acme/transactions"


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    """Descriptions, newest first."""
    answer = await client.get(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.text
    return [line["description"] for line in answer.json()["data"]]


async def test_transactions_are_paged_newest_first(api: Api) -> None:
    for day in range(1, 6):
        await filled_books(api, "acme", (f"SHOP {day}", "-1"), day=date(2026, 6, day))
    async with api.member("acme", Role.VIEWER) as client:
        seen: list[str] = []
        address = f"{BASE}?limit=2&state=review"
        while address:
            answer = await client.get(address)
            seen += [line["description"] for line in answer.json()["data"]]
            address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == [f"SHOP {day}" for day in (5, 4, 3, 2, 1)]


async def test_transactions_are_filtered_by_all_that_is_asked(api: Api) -> None:
    one = await filled_books(api, "acme", ("TEA 1", "-4.50"), ("TEA 2", "20"), day=date(2026, 6, 1))
    await filled_books(api, "acme", ("TEA 3", "-30.00"), day=date(2026, 6, 3), decided=False)
    await categorized(api, one.ids[0])
    async with api.member("acme", Role.VIEWER) as client:
        assert await listed(client) == ["TEA 3", "TEA 2", "TEA 1"]
        assert await listed(client, "state=imported") == ["TEA 3"]
        assert await listed(client, "state=imported&state=review") == ["TEA 3", "TEA 2"]
        assert await listed(client, f"job_id={one.job_id}") == ["TEA 2", "TEA 1"]
        assert await listed(client, f"account_id={one.account.account_id}&limit=1") == ["TEA 3"]
        assert await listed(client, "account_id=another") == []
        assert await listed(client, "text=tea+2") == ["TEA 2"]
        assert await listed(client, "category=Insurance") == ["TEA 1"]
        assert await listed(client, "source=person") == ["TEA 1"]
        assert await listed(client, "source=rule&source=memory") == []
        assert await listed(client, "merchant_key=TEA&date_to=2026-06-02") == ["TEA 2", "TEA 1"]
        assert await listed(client, "date_from=2026-06-03") == ["TEA 3"]
        assert await listed(client, "amount_min=-4.5&amount_max=20.00") == ["TEA 2", "TEA 1"]


async def categorized(api: Api, transaction_id: str) -> None:
    async with api.member() as client:
        await client.patch(f"{BASE}/{transaction_id}", json={"category": "Insurance"})


async def test_how_many_there_are_is_told_where_it_is_asked(api: Api) -> None:
    await filled_books(api, "acme", *((f"TEA {number}", "-1") for number in range(5)))
    async with api.member("acme", Role.VIEWER) as client:
        asked = (await client.get(f"{BASE}?limit=2&count=true&text=tea")).json()
        unasked = (await client.get(f"{BASE}?limit=2")).json()
    assert (len(asked["data"]), asked["total"]) == (2, 5)
    assert unasked["total"] is None


async def test_one_is_shown_as_it_stands_exactly(api: Api) -> None:
    books = await filled_books(api, "acme", ("Café 4711", "-4.50"), decided=False)
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get(f"{BASE}/{books.ids[0]}")
    line = answer.json()
    assert (line["amount"], line["date"], line["description"]) == ("-4.50", "2026-06-01", "Café 4711")
    assert (line["state"], line["category"], line["revision"]) == ("imported", None, 1)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("state=lost", "?state"),
        ("date_from=June", "?date_from"),
        ("amount_min=NaN", "?amount_min"),
        ("amount_max=1e999999", "?amount_max"),
        ("text=%00", "?text"),
        ("limit=501", "?limit"),
    ],
)
async def test_a_filter_that_cannot_be_names_its_fault(sqlite_api: Api, query: str, pointer: str) -> None:
    async with sqlite_api.member("acme") as client:
        for path in (BASE, f"{BASE}.csv"):
            answer = await client.get(f"{path}?{query}")
            if path.endswith("csv") and "limit" in query:
                continue
            assert answer.status_code == 400
            assert [fault["pointer"].partition("/")[0] for fault in problem_in(answer)["errors"]] == [pointer]


@pytest.mark.parametrize("cursor", ["x", "%F0%9F%98%80", "bm9wZQ", "W10"])
async def test_a_made_up_cursor_is_refused(sqlite_api: Api, cursor: str) -> None:
    async with sqlite_api.member("acme") as client:
        answer = await client.get(f"{BASE}?cursor={cursor}")
    assert (answer.status_code, code_of(answer)) == (400, "bad_cursor")
    assert problem_in(answer)["errors"]


# --- as a file ------------------------------------------------------------------------------------------


def rows_of(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


async def test_all_that_match_are_exported_however_many_pages_they_fill(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    await filled_books(api, "acme", *((f"TEA {number}", f"-{number}.50") for number in range(7)))
    await filled_books(api, "acme", ("COFFEE", "-1"))
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get(f"{BASE}.csv?text=tea")
        shown = await listed(client, "text=tea")
    rows = rows_of(answer)
    assert [row["description"] for row in rows] == shown
    assert {row["amount"] for row in rows} == {f"-{number}.50" for number in range(7)}
    assert {row["account"] for row in rows} == {"Checking"}
    assert answer.headers["content-disposition"] == 'attachment; filename="acme-transactions.csv"'


async def test_nothing_is_a_file_with_a_head(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get(f"{BASE}.csv")
    assert answer.content == ",".join(exporting.TRANSACTION_COLUMNS).encode() + b"\r\n"


async def test_an_export_without_a_database_is_a_problem_and_no_half_file(sqlite_api: Api) -> None:
    async with sqlite_api.kernel.database.transaction() as sql:
        await sql.exec_driver_sql("ALTER TABLE transactions RENAME TO gone")
    async with sqlite_api.member("acme") as client:
        answer = await client.get(f"{BASE}.csv")
    assert (answer.status_code, code_of(answer)) == (503, "database_away")
