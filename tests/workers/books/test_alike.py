"""What follows from a person's word on one line."""

from __future__ import annotations

import pytest

from ledgerwire.rules import NewRule
from tests.workers.books.making import NOW
from tests.workers.books.reviewing import Reviewed
from workers.books.alike import count_alike, propose_rule
from workers.books.rule_book import create_rule, list_rules
from workers.database import Database

RENT, TOOLS = "Rent and storage", "Materials and maintenance"


@pytest.fixture
async def reviewed(database: Database) -> Reviewed:
    return await Reviewed.found(database)


async def alike(reviewed: Reviewed, key: str) -> int:
    async with reviewed.database.reading() as connection:
        return await count_alike(connection, reviewed.company_id, await reviewed.line(key))


async def proposed(reviewed: Reviewed, key: str) -> NewRule | None:
    async with reviewed.database.reading() as connection:
        return await propose_rule(connection, reviewed.company_id, await reviewed.line(key))


async def test_alike_are_open_lines_of_the_merchant_and_direction_that_stand_otherwise(
    reviewed: Reviewed,
) -> None:
    one, same, other, approved, back, _ = await reviewed.imported(
        ("BLUE DOOR 1", "-1"),
        ("BLUE DOOR 2", "-2"),
        ("BLUE DOOR 3", "-3"),
        ("BLUE DOOR 4", "-4"),
        ("BLUE DOOR 5", "5"),
        ("RED DOOR 6", "-6"),
    )
    neighbour = await Reviewed.found(reviewed.database)
    await neighbour.imported(("BLUE DOOR 7", "-7"))
    await reviewed.say(approved, TOOLS)
    await reviewed.approve([approved])
    await reviewed.say(one, RENT)
    assert await alike(reviewed, one) == 2
    await reviewed.say(other, TOOLS)
    assert await alike(reviewed, one) == 2
    await reviewed.say(same, RENT)
    assert await alike(reviewed, one) == 1
    await reviewed.say(back, RENT)
    assert await alike(reviewed, back) == 0


async def test_the_rule_has_the_merchants_words_and_the_lines_direction(reviewed: Reviewed) -> None:
    out, into, nothing = await reviewed.imported(
        ("POS Blue-Door 1", "-1"), ("PAYPAL *RED DOOR", "2"), ("GREEN DOOR", "0")
    )
    for key in (out, into, nothing):
        await reviewed.say(key, RENT)
    assert await proposed(reviewed, out) == NewRule(category=RENT, match="BLUE-DOOR", sign=-1)
    found = await proposed(reviewed, into)
    assert found
    assert (found.match, found.sign) == ("RED DOOR", 1)
    assert await proposed(reviewed, nothing) == NewRule(category=RENT, match="GREEN DOOR", sign=None)


async def test_the_rule_would_decide_the_line_as_the_person_did(reviewed: Reviewed) -> None:
    async with reviewed.database.transaction() as tx:
        for match in ("SHOES", "BLUE"):
            await create_rule(tx, reviewed.company_id, NewRule(category=TOOLS, match=match), now=NOW)
        last = len(await list_rules(tx, reviewed.company_id))
    (key,) = await reviewed.imported(("BLUE DOOR", "-1"))
    await reviewed.say(key, RENT)
    found = await proposed(reviewed, key)
    assert found
    assert found.position == last
    async with reviewed.database.transaction() as tx:
        await create_rule(tx, reviewed.company_id, found, now=NOW)
    assert await proposed(reviewed, key) is None


@pytest.mark.parametrize("description", ["4711 / 99", ""])
async def test_without_a_merchant_there_is_no_rule_and_nothing_alike(
    reviewed: Reviewed, description: str
) -> None:
    one, _ = await reviewed.imported((description, "-1"), (description, "-2"))
    await reviewed.say(one, RENT)
    assert (await proposed(reviewed, one), await alike(reviewed, one)) == (None, 0)
