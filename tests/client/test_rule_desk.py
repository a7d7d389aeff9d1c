"""Rules through the SDK: said once, and standing once though the answer was lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledgerwire import AsyncLedgerwire, ConnectionFailed, InvalidSubmission, Ledgerwire
from ledgerwire.rules import Rule, RulePage, RulePreview
from tests.client.server import Server, Step, lose, problem, reply, unavailable

RULES = "/api/companies/demo/rules"


def a_rule(rule_id: str = "ru1", position: int = 1, **fields: object) -> Rule:
    empty = dict.fromkeys(("match", "pattern", "amount_min", "amount_max", "account_id", "sign"))
    return Rule(rule_id=rule_id, position=position, category="Rent", **{**empty, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("trouble", [lose, unavailable()])
def test_a_rule_whose_answer_was_lost_is_found_and_not_written_twice(
    client: Ledgerwire, server: Server, trouble: Step
) -> None:
    made = a_rule("ru2", 2, match="rent", amount_max=Decimal("900.00"))
    server.on("POST", RULES, trouble)
    server.on("GET", RULES, reply(RulePage([a_rule(match="rent"), made], None)))
    assert client.rules("demo").create(category="Rent", match="rent", amount_max=Decimal(900)) == made
    assert len(server.calls_of("POST", RULES)) == 1


def test_a_rule_that_was_never_written_is_told(client: Ledgerwire, server: Server) -> None:
    server.on("POST", RULES, lose)
    server.on("GET", RULES, reply(RulePage([a_rule(match="rates")], None)))
    with pytest.raises(ConnectionFailed, match="asked once"):
        client.rules("demo").create(category="Rent", match="rent")


def test_a_rule_that_cannot_be_is_not_sent(client: Ledgerwire, server: Server) -> None:
    with pytest.raises(InvalidSubmission, match=r"rule: .*sign"):
        client.rules("demo").create(category="Rent", sign=2)
    assert server.calls == []


async def test_awaited_it_is_tried_replaced_and_deleted(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    preview = RulePreview(
        matches=2, looked_at=9, would_change=1, contradicts=0, changes=[], contradictions=[]
    )
    server.on("POST", f"{RULES}/preview", unavailable(), reply(preview))
    server.on("PUT", f"{RULES}/ru1", lose, reply(a_rule(match="rent")))
    server.on("DELETE", f"{RULES}/ru1", lose, problem(404, "No such rule"))
    rules = async_client.rules("demo")
    assert await rules.preview(category="Rent", match="rent", instead_of="ru1") == preview
    assert server.calls[-1].query == {"rule_id": "ru1"}
    assert (await rules.replace("ru1", category="Rent", match="rent", position=1)).position == 1
    await rules.delete("ru1")
