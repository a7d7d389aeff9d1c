from __future__ import annotations

from tests.workers.books.making import COFFEE
from tests.workers.books.reviewing import Reviewed
from workers.books import enlisting
from workers.books.enlisting import came_to, came_to_none_of, enlist, settle, summarise, waiting
from workers.books.outcomes import Outcome
from workers.database import Database

IDS = [f"line-{number}" for number in range(5)]


def came(key: str, outcome: str, detail: str = "") -> Outcome:
    return Outcome(transaction_id=key, outcome=outcome, detail=detail)


async def settled(database: Database, job_id: str, *found: Outcome) -> None:
    async with database.transaction() as tx:
        await enlist(tx, job_id, IDS)
        await settle(tx, job_id, found)


async def test_what_has_no_outcome_yet_waits(database: Database) -> None:
    await settled(database, "job-1", came("line-0", "approved"), came("line-2", "changed", "Look again."))
    async with database.reading() as connection:
        assert await waiting(connection, "job-1", after="", limit=10) == ["line-1", "line-3", "line-4"]
        assert await waiting(connection, "job-1", after="line-1", limit=1) == ["line-3"]
        assert await waiting(connection, "job-2", after="", limit=10) == []


async def test_a_job_that_was_cut_off_failed_for_the_lines_it_left(database: Database) -> None:
    await settled(database, "job-1", came("line-0", "approved"), came("line-2", "changed", "Look again."))
    async with database.reading() as connection:
        failed = await came_to_none_of(connection, "job-1", ("approved", "already"), after="", limit=10)
        assert failed == ["line-1", "line-2", "line-3", "line-4"]
        assert await came_to_none_of(connection, "job-1", ("approved",), after="line-2", limit=1) == [
            "line-3"
        ]
        assert await came_to(connection, "job-1", ("approved",), after="", limit=10) == ["line-0"]


async def test_a_summary_counts_all_and_tells_of_the_failures(database: Database) -> None:
    found = [
        came("line-0", "approved"),
        came("line-1", "already", "It was."),
        came("line-2", "changed", "Look."),
    ]
    await settled(
        database, "job-1", *found, came("line-3", "unknown", "Nothing."), came("line-4", "changed", "Look.")
    )
    async with database.reading() as connection:
        told = await summarise(connection, "job-1", good=("approved", "already"))
    assert told.outcomes == {"approved": 1, "already": 1, "changed": 2, "unknown": 1}
    assert told.failed_count == 3
    assert [(each.transaction_id, each.outcome, each.detail) for each in told.failed] == [
        ("line-2", "changed", "Look."), ("line-3", "unknown", "Nothing."), ("line-4", "changed", "Look."),
    ]  # fmt: skip


async def test_a_job_over_nothing_has_nothing_to_tell(database: Database) -> None:
    async with database.transaction() as tx:
        await enlist(tx, "job-1", [])
        await settle(tx, "job-1", [])
        told = await summarise(tx, "job-1", good=("approved",))
    assert (told.outcomes, told.failed, told.failed_count) == ({}, [], 0)


async def test_an_import_gives_its_own_lines_in_pages(database: Database) -> None:
    books = await Reviewed.found(database)
    await books.imported(("COFFEE BEANS", "-9"))
    ids = sorted(await books.imported(*[COFFEE] * 5))
    async with database.reading() as connection:
        page = await enlisting.imported_by(connection, books.company_id, books.job_id, after="", limit=3)
        rest = await enlisting.imported_by(
            connection, books.company_id, books.job_id, after=page[-1], limit=3
        )
        assert await enlisting.imported_by(connection, "other", books.job_id, after="", limit=3) == []
    assert page + rest == ids
