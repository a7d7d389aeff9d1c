from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import update

from tests.workers.books.making import COFFEE, JUNE, import_all, statement
from tests.workers.books.reviewing import Reviewed, count, words
from workers.books.removing import has_imported
from workers.books.schema import journal_movements, transactions
from workers.database import Database

UNKNOWN = ("QZX VENTURES 991", "-20.00")


@pytest.fixture
async def books(database: Database) -> Reviewed:
    return await Reviewed.found(database)


async def test_what_nobody_approved_goes_with_its_proposal_and_leaves_its_audit(books: Reviewed) -> None:
    proposed, waiting = await books.imported(COFFEE, UNKNOWN)
    assert words(await books.remove([proposed, waiting], job_id="job-9")) == ["removed", "removed"]
    assert await books.lines() == {}
    assert await count(books.database, journal_movements) == 0
    *_, last = await books.trail(proposed)
    assert (last.action, last.job_id, last.from_state, last.from_category) == (
        "removed", "job-9", "proposed", "Meals and entertainment",
    )  # fmt: skip
    assert (last.to_state, last.to_category) == (None, None)
    await books.assert_sound()


async def test_what_is_approved_or_of_another_import_stays(books: Reviewed) -> None:
    other = await Reviewed.found(books.database)
    (foreign,) = await other.imported(COFFEE)
    (earlier,) = await books.imported(("COFFEE BEANS", "-9"))
    approved, exported, free = await books.imported(COFFEE, COFFEE, UNKNOWN)
    await books.approve([approved, exported])
    await books.write(
        update(transactions).where(transactions.c.transaction_id == exported).values(state="exported")
    )
    outcomes = await books.remove([earlier, approved, exported, foreign, free])
    assert words(outcomes) == ["unknown", "approved", "exported", "unknown", "removed"]
    assert "Reopen it first" in outcomes[1].detail
    assert set(await books.lines()) == {earlier, approved, exported}
    assert set(await other.lines()) == {foreign}


async def test_a_closed_period_keeps_only_what_is_in_the_books(books: Reviewed) -> None:
    approved, free = await books.imported(COFFEE, COFFEE)
    await books.approve([approved])
    await books.close_through(JUNE)
    assert words(await books.remove([approved, free])) == ["approved", "removed"]


async def test_what_was_removed_can_be_imported_again(books: Reviewed) -> None:
    ids = await books.imported(COFFEE, UNKNOWN)
    await books.remove(ids)
    _job, new = await import_all(books.database, books.company_id, books.account, statement(COFFEE, UNKNOWN))
    assert new == 2


async def test_a_line_is_either_approved_or_removed(books: Reviewed) -> None:
    ids = await books.imported(*[COFFEE] * 80)
    removed, approved = await asyncio.gather(books.remove(ids), books.approve(ids[::-1]))
    gone = {each.transaction_id for each in removed if each.outcome == "removed"}
    stood = {each.transaction_id for each in approved if each.outcome == "approved"}
    assert gone | stood == set(ids)
    assert not gone & stood
    assert set(await books.lines()) == stood
    await books.assert_sound()


async def test_an_import_is_known_by_its_lines(books: Reviewed) -> None:
    await books.imported(COFFEE)
    async with books.database.reading() as connection:
        assert await has_imported(connection, books.company_id, books.job_id)
        assert not await has_imported(connection, "another", books.job_id)
        assert not await has_imported(connection, books.company_id, str(uuid4()))
