from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, update

from tests.workers.books.making import COFFEE, JUNE, NOW
from tests.workers.books.reviewing import LATER, Reviewed, words
from workers.books.journal import Movement
from workers.books.schema import journal_entries, journal_movements, transactions
from workers.database import Database

UNKNOWN = ("QZX VENTURES 991", "-20.00")
WAIVED = ("COFFEE FEE WAIVED", "0.00")
MEALS = "Meals and entertainment"
LODGING = "Travel lodging"


@pytest.fixture
async def books(database: Database) -> Reviewed:
    return await Reviewed.found(database)


async def test_an_approved_line_says_who_and_when_and_its_entry_is_posted(books: Reviewed) -> None:
    (key,) = await books.imported(COFFEE)
    (outcome,) = await books.approve([key], job_id="job-7")
    assert (outcome.outcome, outcome.detail) == ("approved", "")
    assert (outcome.wire.amount, outcome.wire.category) == (Decimal("-4.50"), MEALS)
    line = await books.line(key)
    assert (line.state, line.approved_by, line.approved_at, line.revision) == ("approved", "Ann", LATER, 3)
    state, entry = (await books.entries())[key]
    assert (state, entry.movements) == ("posted", (Movement(MEALS, "Checking", Decimal("4.50")),))
    *_, last = await books.trail(key)
    assert (last.actor, last.job_id, last.action, last.at) == ("Ann", "job-7", "approved", LATER)
    assert (last.from_state, last.to_state, last.from_category, last.to_category) == (
        "proposed", "approved", MEALS, MEALS,
    )  # fmt: skip
    assert (last.source, last.reason) == ("rule", "rule: contains COFFEE")
    await books.assert_sound()


async def test_a_suggestion_in_review_is_approved_by_a_persons_word(books: Reviewed) -> None:
    (key,) = await books.imported(UNKNOWN)
    await books.write(update(transactions).values(category=LODGING, source="llm", confidence=0.6))
    assert words(await books.approve([key])) == ["approved"]
    assert (await books.line(key)).source == "llm"
    assert (await books.entries())[key][0] == "posted"


async def test_each_line_has_its_own_outcome_in_the_order_asked_for(books: Reviewed) -> None:
    other = await Reviewed.found(books.database)
    (foreign,) = await other.imported(COFFEE)
    done, fine, nameless = await books.imported(COFFEE, COFFEE, UNKNOWN)
    (old,) = await books.imported(COFFEE, day=JUNE - timedelta(days=1))
    await books.approve([done])
    await books.close_through(JUNE - timedelta(days=1))
    outcomes = await books.approve([nameless, old, "nothing", foreign, done, fine, fine])
    assert words(outcomes) == ["needs_category", "locked_period", "unknown", "unknown", "already", "approved"]
    assert [bool(each.detail) for each in outcomes] == [True] * 5 + [False]
    assert (await other.line(foreign)).state == "proposed"
    await books.assert_sound()


async def test_an_unknown_line_and_a_foreign_one_are_told_the_same(books: Reviewed) -> None:
    other = await Reviewed.found(books.database)
    (foreign,) = await other.imported(COFFEE)
    one, two = await books.approve([foreign, str(uuid4())])
    assert (one.outcome, one.detail, one.description) == (two.outcome, two.detail, two.description)
    one, two = await books.reopen([foreign, str(uuid4())])
    assert (one.outcome, one.detail, one.description) == (two.outcome, two.detail, two.description)


async def test_a_line_that_moved_on_is_not_approved(books: Reviewed) -> None:
    first, second, third = await books.imported(COFFEE, COFFEE, COFFEE)
    seen = {first: 2, second: 2}
    await books.say(second, LODGING)
    outcomes = await books.approve([first, second, third], revisions=seen, seen_at=NOW)
    assert words(outcomes) == ["approved", "changed", "approved"]
    assert (await books.line(second)).category == LODGING


async def test_what_changed_after_it_was_seen_is_not_approved_unless_its_revision_was(
    books: Reviewed,
) -> None:
    first, second = await books.imported(COFFEE, COFFEE)
    for key in (first, second):
        await books.say(key, LODGING)
    assert words(await books.approve([first], seen_at=NOW)) == ["changed"]
    assert words(await books.approve([first], seen_at=LATER)) == ["approved"]
    assert words(await books.approve([second], seen_at=NOW, revisions={second: 3})) == ["approved"]


async def test_a_category_that_cannot_be_booked_wants_another(books: Reviewed) -> None:
    own, gone, archived = await books.imported(COFFEE, COFFEE, COFFEE)
    for key, category in ((own, "Checking"), (gone, "No such account")):
        await books.write(
            update(transactions).where(transactions.c.transaction_id == key).values(category=category)
        )
    await books.archive(MEALS)
    outcomes = await books.approve([own, gone, archived])
    assert words(outcomes) == ["needs_category"] * 3
    assert "Checking is the account the line itself is in" in outcomes[0].detail
    assert "No such account is no account of the chart" in outcomes[1].detail
    assert f"{MEALS} is no account of the chart, or an archived one" in outcomes[2].detail


async def test_a_line_without_money_is_approved_without_an_entry(books: Reviewed) -> None:
    (key,) = await books.imported(WAIVED)
    await books.say(key, "Bank and finance charges")
    assert words(await books.approve([key])) == ["approved"]
    assert await books.entries() == {}
    await books.assert_sound()


async def test_an_entry_that_is_missing_or_unfit_is_written_anew(books: Reviewed) -> None:
    lost, wrong, bare, fine = await books.imported(*[COFFEE] * 4)
    entry = {key: journal_entries.c.transaction_id == key for key in (lost, wrong, bare)}
    await books.write(delete(journal_entries).where(entry[lost]))
    await books.write(update(journal_entries).where(entry[wrong]).values(currency="EUR"))
    await books.write(
        delete(journal_movements).where(
            journal_movements.c.entry_id.in_(journal_entries.select().with_only_columns(
                journal_entries.c.entry_id).where(entry[bare]))
        )
    )  # fmt: skip
    assert words(await books.approve([lost, wrong, bare, fine])) == ["approved"] * 4
    assert {state for state, _entry in (await books.entries()).values()} == {"posted"}
    await books.assert_sound()


async def test_a_reopened_line_is_what_it_was(books: Reviewed) -> None:
    ruled, suggested = await books.imported(COFFEE, UNKNOWN)
    await books.write(
        update(transactions)
        .where(transactions.c.transaction_id == suggested)
        .values(category=LODGING, source="llm")
    )
    await books.approve([ruled, suggested])
    outcomes = await books.reopen([ruled, suggested], job_id="job-8")
    assert words(outcomes) == ["reopened", "reopened"]
    lines = await books.lines()
    assert (lines[ruled].state, lines[ruled].category, lines[ruled].source) == ("proposed", MEALS, "rule")
    assert (lines[suggested].state, lines[suggested].source) == ("review", "llm")
    assert (
        {line.approved_by for line in lines.values()}
        == {line.approved_at for line in lines.values()}
        == {None}
    )
    assert {state for state, _entry in (await books.entries()).values()} == {"proposed"}
    *_, last = await books.trail(ruled)
    assert (last.action, last.from_state, last.to_state, last.job_id) == (
        "reopened", "approved", "proposed", "job-8",
    )  # fmt: skip


async def test_only_an_approved_line_can_be_reopened(books: Reviewed) -> None:
    is_open, exported, old, moved, free = await books.imported(*[COFFEE] * 5)
    await books.approve([exported, moved, free], job_id="job-1")
    await books.write(
        update(transactions).where(transactions.c.transaction_id == exported).values(state="exported")
    )
    asked = [is_open, exported, moved, free, "nothing"]
    outcomes = await books.reopen(asked, revisions={moved: 2, free: 3})
    assert words(outcomes) == ["already", "reopened", "changed", "reopened", "unknown"]
    await books.approve([old])
    await books.close_through(JUNE)
    assert words(await books.reopen([old])) == ["locked_period"]
    await books.close_through(None)
    assert words(await books.reopen([old])) == ["reopened"]


async def test_what_another_job_or_a_person_approved_again_is_not_undone(books: Reviewed) -> None:
    mine, again, by_hand = await books.imported(*[COFFEE] * 3)
    await books.approve([mine, again, by_hand], job_id="job-1")
    await books.reopen([again, by_hand])
    await books.approve([again], job_id="job-2")
    await books.approve([by_hand])
    outcomes = await books.reopen([mine, again, by_hand], approved_by_job="job-1")
    assert words(outcomes) == ["reopened", "changed", "changed"]
    await books.assert_sound()


async def test_two_who_approve_the_same_lines_approve_each_once(books: Reviewed) -> None:
    """In opposite orders: who locks them as they are named would wait for each other."""
    ids = await books.imported(*[COFFEE] * 60)
    batches = [ids, ids[::-1], ids[30:] + ids[:30], ids]
    found = await asyncio.gather(
        *(books.approve(batch, job_id=f"job-{n}") for n, batch in enumerate(batches))
    )
    assert (
        sorted(word for outcomes in found for word in words(outcomes))
        == ["already"] * 180 + ["approved"] * 60
    )
    approvals = [each for each in await books.trail() if each.action == "approved"]
    assert sorted(each.transaction_id for each in approvals) == sorted(ids)
    await books.assert_sound()


async def test_a_period_that_is_being_closed_waits_for_approvals_and_they_for_it(books: Reviewed) -> None:
    """What is approved was approved before the period was closed, by the order of the database."""
    ids = await books.imported(*[COFFEE] * 200)
    chunks = [ids[start : start + 10] for start in range(0, 200, 10)]

    async def close() -> list[str]:
        await books.close_through(JUNE)
        lines = await books.lines()
        return sorted(key for key, line in lines.items() if line.state == "approved")

    outcomes, approved = await asyncio.gather(
        asyncio.gather(*(books.approve(chunk) for chunk in chunks)), close()
    )
    said = [each for chunk in outcomes for each in chunk]
    assert {each.outcome for each in said} <= {"approved", "locked_period"}
    assert sorted(each.transaction_id for each in said if each.outcome == "approved") == approved
    assert words(await books.approve(ids[:1])) in (["already"], ["locked_period"])


async def test_nothing_asked_is_nothing_done(books: Reviewed) -> None:
    assert await books.approve([]) == []
    assert await books.reopen([]) == []
    assert await books.trail() == []


@pytest.mark.parametrize(
    ("accounts", "amount"), [(("A", "A"), "1"), (("A", "B"), "0"), (("A", "B"), "-1"), (("A", "B"), "0.00")]
)
async def test_an_entry_out_of_balance_cannot_be_written(
    books: Reviewed, accounts: tuple[str, str], amount: str
) -> None:
    """Not by our code, which has no word for it, and not by anybody else's: both databases refuse it."""
    await books.imported(COFFEE)
    async with books.database.reading() as connection:
        entry_id = (await connection.execute(journal_entries.select())).one().entry_id
    movement = {"entry_id": entry_id, "position": 2, "amount": Decimal(amount)}
    with pytest.raises(Exception, match="ck_journal_movements"):
        await books.write(
            insert(journal_movements).values(
                **movement, debit_account=accounts[0], credit_account=accounts[1]
            )
        )
