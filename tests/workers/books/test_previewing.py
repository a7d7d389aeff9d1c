"""What a rule would do, told before it is saved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ledgerwire.rules import NewRule, RulePreview
from tests.workers.books.making import NOW
from tests.workers.books.reviewing import Reviewed
from workers.books import previewing
from workers.books.errors import BooksError, Missing
from workers.books.previewing import preview_rule, rules_before
from workers.books.rule_book import create_rule
from workers.books.rules import Rule
from workers.database import Database

TRAVEL, MEALS = "Travel transport", "Meals and entertainment"


async def previewed(reviewed: Reviewed, category: str = TRAVEL, **wanted: Any) -> RulePreview:
    rule_id = wanted.pop("rule_id", None)
    async with reviewed.database.reading() as connection:
        rule = NewRule(category=category, **wanted)
        return await preview_rule(connection, reviewed.company_id, rule, rule_id=rule_id)


async def written(reviewed: Reviewed, category: str, match: str, position: int | None = None) -> str:
    async with reviewed.database.transaction() as tx:
        rule = NewRule(category=category, match=match, position=position)
        return (await create_rule(tx, reviewed.company_id, rule, now=NOW)).rule_id


def counts(seen: RulePreview) -> tuple[int, int, int]:
    return seen.matches, seen.would_change, seen.contradicts


@pytest.fixture
async def reviewed(database: Database) -> Reviewed:
    return await Reviewed.found(database)


async def test_open_lines_change_and_approved_ones_are_contradicted(reviewed: Reviewed) -> None:
    taxi, cab, other, fare = await reviewed.imported(
        ("TAXI ONE", "-9"), ("TAXI TWO", "-8"), ("SHOE SHOP", "-7"), ("TAXI FARE", "-6")
    )
    await reviewed.say(cab, MEALS)
    await reviewed.approve([cab])
    await reviewed.say(fare, TRAVEL)
    await reviewed.approve([fare])
    before = await reviewed.lines()
    seen = await previewed(reviewed, match="taxi")
    assert (seen.looked_at, *counts(seen)) == (4, 3, 1, 1)
    assert [(change.transaction.transaction_id, change.category) for change in seen.changes] == [
        (taxi, TRAVEL)
    ]
    assert [change.transaction for change in seen.contradictions] == [before[cab]]
    assert other not in {change.transaction.transaction_id for change in seen.changes}
    assert await reviewed.lines() == before


async def test_what_a_person_said_is_never_changed(reviewed: Reviewed) -> None:
    (taxi,) = await reviewed.imported(("TAXI ONE", "-9"))
    await reviewed.say(taxi, MEALS)
    assert counts(await previewed(reviewed, match="taxi")) == (1, 0, 0)


async def test_a_line_that_has_the_category_already_does_not_change(reviewed: Reviewed) -> None:
    await reviewed.imported(("COFFEE", "-9"))
    assert counts(await previewed(reviewed, MEALS, match="coffee", position=1)) == (1, 0, 0)
    assert counts(await previewed(reviewed, TRAVEL, match="coffee", position=1)) == (1, 1, 0)


async def test_a_rule_above_it_decides_first(reviewed: Reviewed) -> None:
    await reviewed.imported(("TAXI ONE", "-9"), ("TAXI COFFEE", "-9"))
    assert counts(await previewed(reviewed, match="taxi")) == (2, 1, 0)
    assert counts(await previewed(reviewed, match="taxi", position=1)) == (2, 2, 0)


async def test_a_rule_is_no_rule_above_its_own_next_version(reviewed: Reviewed) -> None:
    await reviewed.imported(("TAXI ONE", "-9"))
    rule_id = await written(reviewed, MEALS, "taxi", position=1)
    assert counts(await previewed(reviewed, match="taxi")) == (1, 0, 0)
    assert counts(await previewed(reviewed, match="taxi", rule_id=rule_id)) == (1, 1, 0)
    with pytest.raises(Missing):
        await previewed(reviewed, match="taxi", rule_id="nobody's")


async def test_only_the_newest_are_looked_at_and_only_some_are_shown(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "SHOWN", 3)
    monkeypatch.setattr(previewing, "BATCH", 2)
    ids = await reviewed.imported(*((f"TAXI {number}", str(-number)) for number in range(1, 8)))
    seen = await previewed(reviewed, amount_min=Decimal(1))
    assert (seen.looked_at, *counts(seen)) == (7, 7, 7, 0)
    assert [change.transaction.transaction_id for change in seen.changes] == sorted(ids, reverse=True)[:3]


async def test_what_could_not_be_saved_cannot_be_tried(reviewed: Reviewed) -> None:
    with pytest.raises(BooksError) as refused:
        await previewed(reviewed, pattern="(")
    assert [fault.pointer for fault in refused.value.errors] == ["/pattern"]


async def test_another_companys_lines_are_not_looked_at(reviewed: Reviewed) -> None:
    await reviewed.imported(("TAXI ONE", "-9"))
    other = await Reviewed.found(reviewed.database)
    assert (await previewed(other, match="taxi")).looked_at == 0


@pytest.mark.parametrize(
    ("place", "without", "before"),
    [
        (None, None, [1, 2, 3, 4]),
        (1, None, []),
        (3, None, [1, 2]),
        (None, 2, [1, 3, 4]),
        (2, 2, [1]),
        (3, 2, [1, 3]),
        (1, 4, []),
        (4, 1, [2, 3, 4]),
    ],
)
def test_the_rules_before_a_place(place: int | None, without: int | None, before: list[int]) -> None:
    rules = [Rule("X", "Y", position=number) for number in (1, 2, 3, 4)]
    assert [rule.position for rule in rules_before(rules, place, without=without)] == before
