from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.workers.books.making import JUNE
from tests.workers.books.receipts.filing import Filed
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.receipts.schema import attachments
from workers.database import Database

STATEMENT = ("UBER TRIP 4711", "-18.40")


async def test_a_receipt_becomes_a_line_once(filed: Filed) -> None:
    receipt = await filed.receipt("Uber", "18.40", number="R-1")
    line = await filed.book(receipt)
    assert (line.amount, line.date, line.description) == (Decimal("-18.40"), JUNE, "Uber R-1")
    assert (line.state, line.source) == ("proposed", "rule")
    assert (await filed.find(receipt)).transaction_ids == [line.transaction_id]
    with pytest.raises(Conflict, match="has a transaction already"):
        await filed.book(receipt)
    await filed.detach(receipt, line.transaction_id)
    with pytest.raises(Conflict, match="booked from this receipt before"):
        await filed.book(receipt)
    assert [deed.action for deed in await filed.deeds(receipt)] == ["read", "booked", "detached"]
    await filed.assert_sound()


async def test_a_person_may_say_what_it_was_for(filed: Filed) -> None:
    chosen = await filed.book(await filed.receipt("Nobody knows", "9"), "Meals and entertainment")
    assert (chosen.state, chosen.source, chosen.category) == (
        "proposed",
        "person",
        "Meals and entertainment",
    )
    waiting = await filed.book(await filed.receipt("Zyx", "8"))
    assert (waiting.state, waiting.category) == ("review", None)
    refund = await filed.book(await filed.receipt("Zyx", "-7"))
    assert refund.amount == 7
    await filed.assert_sound()


async def test_what_says_too_little_is_not_booked(filed: Filed, other: Filed) -> None:
    for receipt, code in (
        (await filed.receipt(day=None), "receipt_incomplete"),
        (await filed.receipt(total=None), "receipt_incomplete"),
        (await filed.receipt(total="0"), "receipt_incomplete"),
        (await filed.receipt(total="5", currency="MYR"), "other_currency"),
    ):
        with pytest.raises(BooksError) as refused:
            await filed.book(receipt)
        assert refused.value.code == code
    sound = await filed.receipt(total="6")
    with pytest.raises(Missing):
        await filed.book(sound, account=other.account.account_id)
    with pytest.raises(Missing):
        await other.book(sound)
    with pytest.raises(BooksError, match="no category"):
        await filed.book(sound, "No such account")
    await filed.close_through(JUNE)
    with pytest.raises(Conflict, match="closed period"):
        await filed.book(sound)
    assert await filed.lines() == {}


async def test_the_banks_own_line_is_neither_dropped_nor_approved_unseen(filed: Filed) -> None:
    receipt = await filed.receipt("Uber", "18.40")
    booked = await filed.book(receipt)
    came, another = await filed.imported(STATEMENT, ("UBER TRIP 4712", "-9"), day=JUNE + timedelta(days=2))
    line = await filed.line(came)
    assert (line.state, line.category) == ("review", booked.category)
    assert "booked from a receipt" in str(line.reason)
    assert (await filed.line(another)).state == "proposed"
    # Deciding it once more, by the next job, changes nothing of that.
    await filed.decide([came])
    assert (await filed.line(came)).state == "review"
    assert await filed.attach((receipt, came)) == ["attached"]
    assert set(await filed.lines()) == {came, another}
    assert (await filed.find(receipt)).transaction_ids == [came]
    *_, last = await filed.trail(booked.transaction_id)
    assert (last.action, last.reason) == ("removed", "the bank's own line took its place")
    await filed.decide([came])
    assert (await filed.line(came)).state == "proposed"
    await filed.assert_sound()


async def test_an_approved_stand_in_is_in_the_way(filed: Filed) -> None:
    receipt = await filed.receipt("Uber", "18.40")
    booked = await filed.book(receipt)
    await filed.approve([booked.transaction_id])
    (came,) = await filed.imported(STATEMENT)
    assert await filed.attach((receipt, came)) == ["booked"]
    assert (await filed.find(receipt)).transaction_ids == [booked.transaction_id]


async def test_a_receipt_goes_and_its_line_stays(filed: Filed, database: Database) -> None:
    receipt = await filed.receipt("Uber", "18.40")
    later = await filed.receipt("Uber", "18.40")
    line = await filed.book(receipt)
    await filed.remove_receipt(receipt)
    with pytest.raises(Missing):
        await filed.find(receipt)
    freed = await filed.find(later)
    assert (freed.duplicate_of, freed.state, freed.revision) == (None, "ready", 2)
    assert await filed.line(line.transaction_id) == line
    async with database.reading() as connection:
        assert (await connection.execute(select(attachments))).all() == []
    *_, detached, removed = await filed.deeds(receipt)
    assert (detached.action, removed.action) == ("detached", "removed")
    assert removed.changes["total"] == ["18.40", None]
