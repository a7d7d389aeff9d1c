from __future__ import annotations

import asyncio

import pytest

from tests.workers.books.making import COFFEE, JUNE
from tests.workers.books.receipts.filing import Filed
from workers.books.errors import Missing
from workers.database import Database

LUNCH, TAXI = ("LUNCH HOUSE", "-12.00"), ("TAXI", "-9.00")


async def test_a_receipt_with_lines_or_a_line_with_receipts_and_never_both(filed: Filed) -> None:
    one, two, three = await filed.imported(COFFEE, LUNCH, TAXI)
    a, b, c = [await filed.receipt(f"Shop {name}") for name in "ABC"]
    assert await filed.attach((a, one), (a, two), (a, one)) == ["attached", "attached", "already"]
    assert await filed.attach((b, one), (b, three), (b, two)) == ["many_to_many", "attached", "many_to_many"]
    assert await filed.attach((c, three), (c, one)) == ["attached", "many_to_many"]
    # Both ends have another: it would be a chain.
    assert await filed.attach((a, three)) == ["many_to_many"]
    assert (await filed.find(a)).transaction_ids == sorted([one, two])
    assert sorted(await filed.listed(transaction_id=three)) == sorted([b, c])
    assert await filed.listed(attached=False) == []
    await filed.detach(b, three)
    assert await filed.attach((b, three)) == ["attached"]
    actions = [(deed.action, deed.transaction_id) for deed in await filed.deeds(b)]
    assert actions[1:] == [("attached", three), ("detached", three), ("attached", three)]
    assert (await filed.find(b)).revision == 4


async def test_what_is_anothers_is_unknown(filed: Filed, other: Filed) -> None:
    (mine,) = await filed.imported(COFFEE)
    (theirs,) = await other.imported(COFFEE)
    receipt, foreign = await filed.receipt(), await other.receipt()
    wanted = (receipt, theirs), (foreign, mine), ("nothing", mine), (receipt, mine)
    assert await filed.attach(*wanted) == ["unknown", "unknown", "unknown", "attached"]
    with pytest.raises(Missing):
        await other.detach(receipt, mine)
    assert (await filed.detach(receipt, theirs)).revision == 2


async def test_approved_lines_and_closed_periods_take_evidence(filed: Filed) -> None:
    (line,) = await filed.imported(COFFEE)
    await filed.approve([line])
    await filed.close_through(JUNE)
    receipt = await filed.receipt()
    assert await filed.attach((receipt, line)) == ["attached"]
    assert (await filed.detach(receipt, line)).transaction_ids == []
    await filed.assert_sound()


async def test_a_line_that_goes_leaves_its_receipt(filed: Filed) -> None:
    (line,) = await filed.imported(COFFEE)
    receipt = await filed.receipt()
    await filed.attach((receipt, line))
    await filed.remove([line])
    assert (await filed.find(receipt)).transaction_ids == []


async def test_two_at_the_same_time_make_no_chain(filed: Filed, database: Database) -> None:
    """Each alone would leave a star; together they would not."""
    one, two = await filed.imported(COFFEE, LUNCH)
    a, b = await filed.receipt("Shop A"), await filed.receipt("Shop B")
    await filed.attach((a, one))
    outcomes = await asyncio.gather(filed.attach((b, one)), filed.attach((a, two)))
    assert sorted(word for (word,) in outcomes) == ["attached", "many_to_many"]
