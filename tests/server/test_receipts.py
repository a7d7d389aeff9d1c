"""Receipts over HTTP: lists, one, its bytes and pictures, what a person says, and the lines they belong to."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.server.filling import filed_receipt, filled_books
from tests.server.serving import Api, code_of, job_in
from workers.books.access import Role

BASE = "/api/companies/acme/receipts"
HOSTILE = 'lunch"; filename=evil.html\u202e\u00e9.jpg'


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.text
    return [each["receipt_id"] for each in answer.json()["data"]]


async def test_receipts_are_listed_filtered_and_counted(api: Api) -> None:
    first = await filed_receipt(api, "acme", "Blue Door Coffee", "4.50", text="FLAT WHITE 4.50")
    second = await filed_receipt(api, "acme", "Marlowe", "12.00", confidence=0.5, text="SOUP 12.00")
    async with api.member("acme", Role.VIEWER) as client:
        assert await listed(client) == [second, first]
        assert await listed(client, "state=review") == [second]
        assert await listed(client, "text=white+flat") == [first]
        assert await listed(client, "attached=true") == []
        assert await listed(client, "transaction_id=none") == []
        page = (await client.get(f"{BASE}?limit=1&count=true")).json()
        assert page["total"] == 2
        assert await listed(client, f"limit=1&cursor={page['next_cursor']}") == [first]


async def test_a_person_corrects_and_confirms_what_they_saw(api: Api) -> None:
    key = await filed_receipt(api, "acme", "Blue D0or", "4.50", confidence=0.5)
    async with api.member("acme") as client:
        seen = (await client.get(f"{BASE}/{key}")).json()
        said = {"vendor": "Blue Door", "total": "4.80", "confirm": True, "revision": seen["revision"]}
        answer = await client.patch(f"{BASE}/{key}", json=said)
        again = await client.patch(f"{BASE}/{key}", json={**said, "vendor": "Red Door"})
    changed = answer.json()
    assert (changed["vendor"], changed["total"], changed["state"]) == ("Blue Door", "4.80", "confirmed")
    assert changed["fields"]["vendor"]["read_by"] == "person"
    assert (again.status_code, code_of(again)) == (409, "changed")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"total": "NaN"}, ""),
        ({"total": "a lot"}, "/total"),
        ({"currency": "euro"}, "/currency"),
        ({"date": "soon"}, "/date"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(
    sqlite_api: Api, said: dict[str, Any], pointer: str
) -> None:
    key = await filed_receipt(sqlite_api, "acme")
    async with sqlite_api.member("acme") as client:
        answer = await client.patch(f"{BASE}/{key}", json=said)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_receipt_is_matched_attached_and_taken_off_again(api: Api) -> None:
    books = await filled_books(api, "acme", ("BLUE DOOR COFFEE", "-4.50"), ("RENT", "-900"))
    key = await filed_receipt(api, "acme")
    line = {"transaction_id": books.ids[0]}
    async with api.member("acme") as client:
        matches = (await client.get(f"{BASE}/{key}/matches")).json()["data"]
        assert [each["transaction"]["transaction_id"] for each in matches] == [books.ids[0]]
        assert (await client.get(f"{BASE}/{key}")).json()["match"]["transaction"]["amount"] == "-4.50"
        attached = (await client.post(f"{BASE}/{key}/attach", json=line)).json()
        assert (attached["transaction_ids"], attached["match"]) == ([books.ids[0]], None)
        assert await listed(client, f"transaction_id={books.ids[0]}") == [key]
        taken = (await client.post(f"{BASE}/{key}/detach", json=line)).json()
        assert taken["transaction_ids"] == []


async def test_many_are_attached_each_with_its_outcome(api: Api) -> None:
    books = await filled_books(api, "acme", ("COFFEE", "-4.50"), ("TEA", "-4.50"))
    one, two = [await filed_receipt(api, "acme", "Blue Door", total) for total in ("4.50", "5.50")]
    pairs = [(one, books.ids[0]), (one, books.ids[1]), (two, books.ids[0]), ("nothing", books.ids[0])]
    body = {"attachments": [{"receipt_id": a, "transaction_id": b} for a, b in pairs]}
    async with api.member("acme") as client:
        outcomes = (await client.post(f"{BASE}/attach", json=body)).json()["data"]
        refused = await client.post(f"{BASE}/{two}/attach", json={"transaction_id": books.ids[0]})
    assert [each["outcome"] for each in outcomes] == ["attached", "attached", "many_to_many", "unknown"]
    assert (refused.status_code, code_of(refused)) == (409, "many_to_many")


async def test_a_receipt_without_a_line_becomes_one_once(api: Api) -> None:
    books = await filled_books(api, "acme", ("RENT", "-900"))
    key = await filed_receipt(api, "acme", currency="USD")
    wanted = {"account_id": books.account.account_id}
    async with api.member("acme") as client:
        made = await client.post(f"{BASE}/{key}/transaction", json=wanted)
        again = await client.post(f"{BASE}/{key}/transaction", json=wanted)
        found = await client.get(made.headers["location"])
    assert made.status_code == 201, made.text
    assert found.json()["amount"] == "-4.50"
    assert again.status_code == 409


async def test_an_approved_line_that_was_booked_from_it_is_in_the_way_and_said_so(sqlite_api: Api) -> None:
    books = await filled_books(sqlite_api, "acme", ("BLUE DOOR COFFEE", "-4.50"))
    key = await filed_receipt(sqlite_api, "acme", currency="USD")
    wanted = {"account_id": books.account.account_id, "category": "Insurance"}
    bank_line = {"transaction_id": books.ids[0]}
    async with sqlite_api.member("acme") as client:
        made = (await client.post(f"{BASE}/{key}/transaction", json=wanted)).json()
        line = f"{BASE.removesuffix('receipts')}transactions/{made['transaction_id']}"
        approved = await client.post(f"{line}/approve", json={})
        refused = await client.post(f"{BASE}/{key}/attach", json=bank_line)
        after = (await client.get(f"{BASE}/{key}")).json()
    assert approved.status_code == 200, approved.text
    assert (refused.status_code, code_of(refused)) == (409, "booked")
    assert after["transaction_ids"] == [made["transaction_id"]]


async def test_its_bytes_come_back_as_a_download_and_its_page_as_a_picture(sqlite_api: Api) -> None:
    key = await filed_receipt(sqlite_api, "acme", name=HOSTILE)
    async with sqlite_api.member("acme", Role.VIEWER) as client:
        file = await client.get(f"{BASE}/{key}/file")
        page = await client.get(f"{BASE}/{key}/pages/1")
        known = await client.get(f"{BASE}/{key}/pages/1", headers={"If-None-Match": page.headers["etag"]})
        beyond = await client.get(f"{BASE}/{key}/pages/2")
        words = (await client.get(f"{BASE}/{key}/text")).json()
    assert file.content.startswith(b"the bytes of")
    disposition = file.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.count('"') == 2
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    assert (page.content, page.headers["content-type"]) == (b"a picture", "image/jpeg")
    assert "immutable" in page.headers["cache-control"]
    assert (known.status_code, known.content) == (304, b"")
    assert beyond.status_code == 404
    assert "TOTAL" in words["text"]


async def test_a_removed_one_is_gone(api: Api) -> None:
    key = await filed_receipt(api, "acme")
    async with api.member("acme") as client:
        assert (await client.delete(f"{BASE}/{key}")).status_code == 204
        assert (await client.get(f"{BASE}/{key}")).status_code == 404
        assert (await client.delete(f"{BASE}/{key}")).status_code == 404


# --- a pile ---------------------------------------------------------------------------------------------


async def test_a_pile_is_one_job_an_empty_file_among_them(sqlite_api: Api) -> None:
    files = [("files", ("one.jpg", b"\xff\xd8\xff")), ("files", ("none.jpg", b""))]
    async with sqlite_api.member("acme") as client:
        answer = await client.post("/api/jobs/ocr", data={"company_id": "acme"}, files=files)
        seen = (await client.get(f"{answer.headers['location']}?include=params")).json()
    assert job_in(answer).kind == "ocr"
    assert [each["name"] for each in seen["params"]["files"]] == ["one.jpg", "none.jpg"]


async def test_too_many_or_none_or_too_large_is_said(sqlite_api: Api) -> None:
    many = [("files", (f"{number}.jpg", b"x")) for number in range(101)]
    large = [("files", ("small.jpg", b"x")), ("files", ("large.jpg", b"x" * (26 * 2**20)))]
    async with sqlite_api.member("acme") as client:
        data = {"company_id": "acme"}
        over = await client.post("/api/jobs/ocr", data=data, files=many)
        none = await client.post("/api/jobs/ocr", data=data, files={"other": ("a.jpg", b"x")})
        huge = await client.post("/api/jobs/ocr", data=data, files=large)
    assert (over.status_code, over.json()["errors"][0]["pointer"]) == (400, "/files")
    assert "100" in over.json()["errors"][0]["detail"]
    assert none.status_code == 400
    assert huge.status_code == 413
    assert "large.jpg" in huge.json()["title"]
