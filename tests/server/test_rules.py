"""Rules over HTTP."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.server.filling import filled_books
from tests.server.serving import Api, code_of, problem_in

RULES = "/api/companies/acme/rules"
TEA = {"category": "Insurance", "match": "TEA"}


async def order(client: httpx2.AsyncClient) -> list[tuple[int, str]]:
    rules = (await client.get(RULES)).json()["data"]
    return [(rule["position"], rule["match"]) for rule in rules]


async def test_rules_are_written_ordered_and_deleted(api: Api) -> None:
    async with api.member() as client:
        first = await client.post(RULES, json=TEA)
        assert (first.status_code, first.headers["location"]) == (201, f"{RULES}/{first.json()['rule_id']}")
        second = await client.post(RULES, json=TEA | {"match": "COFFEE", "position": 1, "amount_max": "9.50"})
        assert second.json()["amount_max"] == "9.50"
        assert await order(client) == [(1, "COFFEE"), (2, "TEA")]
        moved = await client.put(first.headers["location"], json=TEA | {"position": 1, "sign": -1})
        assert (moved.status_code, moved.json()["position"], moved.json()["sign"]) == (200, 1, -1)
        assert await order(client) == [(1, "TEA"), (2, "COFFEE")]
        assert (await client.delete(first.headers["location"])).status_code == 204
        assert await order(client) == [(1, "COFFEE")]
        assert code_of(await client.put(first.headers["location"], json=TEA)) == "not_found"


async def test_a_pattern_that_cannot_be_used_is_named_with_its_reason(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        for method, address in (("POST", RULES), ("POST", f"{RULES}/preview")):
            answer = await client.request(
                method, address, json={"category": "Insurance", "pattern": "(tea", "amount_min": "-1"}
            )
            assert (answer.status_code, code_of(answer)) == (422, "invalid_rule")
            faults = {fault["pointer"]: fault["detail"] for fault in problem_in(answer)["errors"]}
            assert set(faults) == {"/pattern", "/amount_min"}
            assert "missing ): (tea" in faults["/pattern"]
        assert await order(client) == []


async def test_what_a_rule_would_do_is_told_before_it_is_written(api: Api) -> None:
    books = await filled_books(api, "acme", ("TEA ONE", "-1"), ("TEA TWO", "-2"), ("SHOES", "-3"))
    line = f"/api/companies/acme/transactions/{books.ids[1]}"
    async with api.member() as client:
        await client.patch(line, json={"category": "Utilities"})
        await client.post(f"{line}/approve")
        seen: dict[str, Any] = (await client.post(f"{RULES}/preview", json=TEA)).json()
        assert await order(client) == []
        rule = (await client.post(RULES, json=TEA | {"match": "ONE"})).json()
        shadowed = (await client.post(f"{RULES}/preview", json=TEA)).json()
        edited = (await client.post(f"{RULES}/preview?rule_id={rule['rule_id']}", json=TEA)).json()
    assert (seen["matches"], seen["looked_at"], seen["would_change"], seen["contradicts"]) == (2, 3, 1, 1)
    assert [change["transaction"]["transaction_id"] for change in seen["changes"]] == [books.ids[0]]
    assert seen["contradictions"][0]["transaction"]["category"] == "Utilities"
    assert (shadowed["would_change"], edited["would_change"]) == (0, 1)
