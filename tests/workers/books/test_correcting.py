from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import update

from tests.workers.books.making import COFFEE, JUNE, categorize, import_all, statement
from tests.workers.books.reviewing import LATER, Reviewed, words
from workers.books.categorizing import decide, lines_of_job, load_categorizer, store_decisions
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.journal import Movement
from workers.books.schema import transactions
from workers.database import Database

UNKNOWN = ("QZX VENTURES 991", "-20.00")
LODGING = "Travel lodging"
SERVICES = "Professional services"


@pytest.fixture
async def books(database: Database) -> Reviewed:
    return await Reviewed.found(database)


async def test_a_persons_choice_stands_with_its_entry_and_its_audit(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    line = await books.say(key, LODGING, revision=2)
    assert (line.category, line.state, line.source) == (LODGING, "proposed", "person")
    assert (line.confidence, line.reason, line.revision) == (1.0, "chosen by Ann", 3)
    assert line == await books.line(key)
    state, entry = (await books.entries())[key]
    assert (state, entry.movements) == ("proposed", (Movement(LODGING, "Checking", Decimal("4.50")),))
    *_, last = await books.trail(key)
    assert (last.action, last.actor, last.job_id, last.at) == ("changed", "Ann", None, LATER)
    assert (last.from_category, last.to_category) == ("Meals and entertainment", LODGING)
    await books.assert_sound()


async def test_the_same_word_again_changes_nothing_even_at_an_old_revision(books: Reviewed) -> None:
    """An answer that was lost on its way is asked for again."""
    (key,) = await books.imported(COFFEE)
    first = await books.say(key, LODGING, revision=2)
    trail = await books.trail(key)
    assert await books.say(key, LODGING, revision=2) == first
    assert await books.trail(key) == trail
    (empty,) = await books.imported(UNKNOWN)
    assert (await books.say(empty, None)).revision == 2


async def test_a_person_who_agrees_with_a_suggestion_makes_it_their_own(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    line = await books.say(key, "Meals and entertainment")
    assert (line.source, line.revision) == ("person", 3)
    await books.assert_sound()


async def test_a_category_taken_away_takes_its_entry_along(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    line = await books.say(key, None)
    assert (line.category, line.state, line.source, line.confidence) == (None, "review", None, None)
    assert line.reason == "category taken away by Ann"
    assert await books.entries() == {}
    await books.assert_sound()


async def test_what_nobody_has_decided_yet_can_be_decided_by_a_person(books: Reviewed) -> None:
    (key,) = await books.imported(UNKNOWN, decided=False)
    assert (await books.say(key, LODGING, revision=1)).state == "proposed"
    await books.assert_sound()


async def test_a_word_is_known_to_memory_before_it_is_approved(books: Reviewed) -> None:
    (key,) = await books.imported(UNKNOWN)
    await books.say(key, SERVICES)
    job_id, _ = await import_all(
        books.database, books.company_id, books.account, statement(("QZX VENTURES 4", "-9"))
    )
    (decided,) = await categorize(books.database, books.company_id, job_id)
    assert (decided.decision.category, decided.decision.source) == (SERVICES, "memory")


async def test_the_chart_says_what_is_a_category(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    await books.archive(LODGING)
    for wrong in ("Checking", LODGING, "No such account"):
        with pytest.raises(BooksError, match=wrong) as refused:
            await books.say(key, wrong)
        assert (refused.value.problem.status, refused.value.problem.errors[0].pointer) == (422, "/category")
    assert (await books.line(key)).revision == 2


async def test_an_approved_line_is_reopened_before_it_is_changed(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    await books.approve([key])
    with pytest.raises(Conflict, match="Reopen it first") as refused:
        await books.say(key, LODGING)
    assert (refused.value.problem.status, refused.value.code) == (409, "already_approved")
    await books.write(update(transactions).values(state="exported"))
    with pytest.raises(Conflict, match="Reopen it first"):
        await books.say(key, LODGING)


async def test_who_saw_an_older_line_is_told_to_look_again(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    await books.say(key, LODGING, revision=2)
    with pytest.raises(Conflict, match="You saw revision 2; it is at 3 now"):
        await books.say(key, SERVICES, revision=2)
    assert (await books.line(key)).category == LODGING


async def test_a_closed_period_stays_as_it_is(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    await books.close_through(JUNE)
    with pytest.raises(Conflict, match="closed through 2026-06-01"):
        await books.say(key, LODGING)


async def test_a_foreign_line_is_as_missing_as_one_that_never_was(books: Reviewed) -> None:
    other = await Reviewed.found(books.database)
    (foreign,) = await other.imported(COFFEE)
    problems = []
    for key in (foreign, str(uuid4())):
        with pytest.raises(Missing) as refused:
            await books.say(key, LODGING)
        problems.append(refused.value.problem)
    assert problems[0] == problems[1]
    assert problems[0].status == 404


async def test_of_many_who_choose_at_once_each_who_saw_the_line_wins_once(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    choices = ["Travel lodging", "Utilities", "Insurance", "Groceries and household"]
    found = await asyncio.gather(
        *(books.say(key, choice, revision=2) for choice in choices), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in found) == ["Conflict"] * 3 + ["Transaction"]
    await books.assert_sound()


async def test_approving_changing_and_categorizing_at_once_lose_no_word(books: Reviewed) -> None:
    """Whatever comes first: what is approved is what its entry says, and a person's choice is never overwritten."""
    ids = await books.imported(*[COFFEE] * 40)

    async def recategorize() -> None:
        async with books.database.reading() as connection:
            lines = await lines_of_job(connection, books.company_id, books.job_id)
            categorizer = await load_categorizer(connection, books.company_id)
        async with books.database.transaction() as tx:
            decided = decide(categorizer, lines)
            await store_decisions(tx, books.company_id, decided, actor="Job", job_id="job-2", now=LATER)

    async def choose(key: str) -> str:
        try:
            await books.say(key, LODGING)
        except Conflict:
            return "too late"
        return "chosen"

    said, (outcomes, more), _none = await asyncio.gather(
        asyncio.gather(*(choose(key) for key in ids)),
        asyncio.gather(books.approve(ids[::-1], job_id="job-1"), books.approve(ids, job_id="job-3")),
        recategorize(),
    )
    lines = await books.lines()
    for key, word in zip(ids, said, strict=True):
        assert (lines[key].category == LODGING) == (word == "chosen")
    assert sorted(words(outcomes) + words(more)) == ["already"] * 40 + ["approved"] * 40
    assert {line.state for line in lines.values()} == {"approved"}
    entries = await books.entries()
    assert {key: entry.movements[0].debit_account for key, (_state, entry) in entries.items()} == {
        key: line.category for key, line in lines.items()
    }
