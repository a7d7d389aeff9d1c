"""What a person says about one transaction over HTTP, and the trail it leaves."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.server.filling import filled_books
from tests.server.serving import Api, code_of, problem_in
from workers.books.access import Role

BASE = "/api/companies/acme"
LINES = f"{BASE}/transactions"


async def say(client: httpx2.AsyncClient, key: str, category: str | None, **more: Any) -> httpx2.Response:
    return await client.patch(f"{LINES}/{key}", json={"category": category, **more})


async def test_a_word_on_one_line_tells_of_those_like_it_and_offers_a_rule(api: Api) -> None:
    books = await filled_books(
        api,
        "acme",
        ("POS BLUE DOOR 1", "-1"),
        ("BLUE DOOR 2", "-2"),
        ("BLUE DOOR 3", "3"),
        ("RED DOOR", "-4"),
    )
    async with api.member() as client:
        answer = await say(client, books.ids[0], "Insurance", revision=2)
        said = answer.json()
        rules = await client.post(f"{BASE}/rules", json=said["rule"])
        again = (await say(client, books.ids[1], "Insurance")).json()
    assert answer.status_code == 200
    line = said["transaction"]
    assert (line["category"], line["state"], line["source"]) == ("Insurance", "proposed", "person")
    assert line["reason"] == "chosen by acme bookkeeper"
    assert said["alike"] == 1
    assert said["rule"]["match"] == "BLUE DOOR"
    assert (said["rule"]["sign"], said["rule"]["category"], said["rule"]["position"]) == (
        -1,
        "Insurance",
        None,
    )
    assert rules.status_code == 201
    assert (again["alike"], again["rule"]) == (0, None)


async def test_the_offered_rule_goes_before_the_one_that_was_wrong(api: Api) -> None:
    books = await filled_books(api, "acme", ("BLUE DOOR", "-1"))
    async with api.member() as client:
        for match in ("SHOES", "DOOR"):
            await client.post(f"{BASE}/rules", json={"category": "Utilities", "match": match})
        offered = (await say(client, books.ids[0], "Insurance")).json()["rule"]
    assert offered["position"] == 2


@pytest.mark.parametrize("description", ["4711", "X-BLUE DOORS"])
async def test_where_no_words_tell_the_merchant_no_rule_is_offered(sqlite_api: Api, description: str) -> None:
    books = await filled_books(sqlite_api, "acme", (description, "-1"))
    async with sqlite_api.member() as client:
        await client.post(f"{BASE}/rules", json={"category": "Insurance", "match": "DOORS"})
        said = (await say(client, books.ids[0], "Insurance")).json()
    assert said["rule"] is None


async def test_a_category_is_taken_away(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    async with api.member() as client:
        await say(client, books.ids[0], "Insurance")
        said = (await say(client, books.ids[0], None)).json()
    assert (said["transaction"]["category"], said["transaction"]["state"]) == (None, "review")
    assert (said["alike"], said["rule"]) == (0, None)


async def test_what_was_not_looked_at_is_not_decided(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    key = books.ids[0]
    async with api.member() as client:
        await say(client, key, "Insurance")
        stale = await say(client, key, "Utilities", revision=1)
        unseen = await client.post(f"{LINES}/{key}/approve", json={"revision": 2})
        line = (await client.get(f"{LINES}/{key}")).json()
    assert [(answer.status_code, code_of(answer)) for answer in (stale, unseen)] == [(409, "changed")] * 2
    assert (line["category"], line["state"], line["revision"]) == ("Insurance", "proposed", 3)


async def test_no_category_of_the_chart_is_none_to_give(sqlite_api: Api) -> None:
    books = await filled_books(sqlite_api, "acme", ("TEA", "-1"))
    async with sqlite_api.member() as client:
        for category in ("Nonsense", "Checking"):
            answer = await say(client, books.ids[0], category)
            assert (answer.status_code, code_of(answer)) == (422, "not_a_category")
            assert [fault["pointer"] for fault in problem_in(answer)["errors"]] == ["/category"]


async def test_a_line_is_approved_and_reopened_and_doing_so_twice_is_harmless(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"))
    key = books.ids[0]
    async with api.member() as client:
        early = await client.post(f"{LINES}/{key}/approve")
        assert (early.status_code, code_of(early)) == (409, "needs_category")
        seen = (await say(client, key, "Insurance")).json()["transaction"]
        for body in ({"revision": seen["revision"]}, None):
            approved = await client.post(f"{LINES}/{key}/approve", json=body)
            assert (approved.status_code, approved.json()["state"]) == (200, "approved")
            assert approved.json()["approved_by"] == "acme bookkeeper"
        refused = await say(client, key, "Utilities")
        assert (refused.status_code, code_of(refused)) == (409, "already_approved")
        for _ in range(2):
            reopened = await client.post(f"{LINES}/{key}/reopen")
            assert (reopened.status_code, reopened.json()["state"]) == (200, "proposed")
        assert reopened.json()["approved_by"] is None


async def test_every_change_stands_in_the_audit_newest_first(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA", "-1"), ("COFFEE", "-2"))
    tea, coffee = books.ids
    async with api.member() as client:
        await say(client, tea, "Insurance")
        await client.post(f"{LINES}/{tea}/approve")
        await say(client, coffee, "Utilities")
    async with api.member("acme", Role.VIEWER) as client:
        of_tea = (await client.get(f"{LINES}/{tea}/audit")).json()["data"]
        seen: list[dict[str, Any]] = []
        address = f"{BASE}/audit?limit=2"
        while address:
            answer = await client.get(address)
            seen += answer.json()["data"]
            address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert [(each["action"], each["to_category"], each["actor"]) for each in of_tea] == [
        ("approved", "Insurance", "acme bookkeeper"),
        ("changed", "Insurance", "acme bookkeeper"),
        ("decided", None, "Test"),
    ]
    assert of_tea[0]["from_state"] == "proposed"
    assert len(seen) == 5
    assert [each["audit_id"] for each in seen] == sorted((each["audit_id"] for each in seen), reverse=True)
    assert [each for each in seen if each["transaction_id"] == tea] == of_tea


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 19, "%F0%9F%98%80"])
async def test_a_made_up_cursor_of_the_audit_is_refused(sqlite_api: Api, cursor: str) -> None:
    async with sqlite_api.member() as client:
        answer = await client.get(f"{BASE}/audit?cursor={cursor}")
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in problem_in(answer)["errors"]] == ["?cursor"]
