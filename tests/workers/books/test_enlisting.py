from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from ledgerwire.jobs import Status
from ledgerwire.submissions import UndoImport
from tests.workers.books.making import COFFEE, NOW
from tests.workers.books.reviewing import Reviewed
from workers.books import enlisting
from workers.books.enlisting import came_to, came_to_none_of, enlist, settle, summarise, waiting
from workers.books.outcomes import Outcome
from workers.database import Database
from workers.jobs.ledger import Ledger
from workers.jobs.tables import jobs

IDS = [f"line-{number}" for number in range(5)]


def came(key: str, outcome: str, detail: str = "") -> Outcome:
    return Outcome(transaction_id=key, outcome=outcome, detail=detail)


async def a_job(database: Database) -> str:
    submission = UndoImport(company_id="acme", import_job_id="import-1")
    return (await Ledger(database).submit(submission, submitted_by="Ann")).record.job_id


async def settled(database: Database, *found: Outcome) -> str:
    """The job with these outcomes."""
    job_id = await a_job(database)
    async with database.transaction() as tx:
        await enlist(tx, job_id, IDS)
        await settle(tx, job_id, found)
    return job_id


async def test_what_has_no_outcome_yet_waits(database: Database) -> None:
    job = await settled(database, came("line-0", "approved"), came("line-2", "changed", "Look again."))
    async with database.reading() as connection:
        assert await waiting(connection, job, after="", limit=10) == ["line-1", "line-3", "line-4"]
        assert await waiting(connection, job, after="line-1", limit=1) == ["line-3"]
        assert await waiting(connection, "another", after="", limit=10) == []


async def test_a_job_that_was_cut_off_failed_for_the_lines_it_left(database: Database) -> None:
    job = await settled(database, came("line-0", "approved"), came("line-2", "changed", "Look again."))
    async with database.reading() as connection:
        failed = await came_to_none_of(connection, job, ("approved", "already"), after="", limit=10)
        assert failed == ["line-1", "line-2", "line-3", "line-4"]
        assert await came_to_none_of(connection, job, ("approved",), after="line-2", limit=1) == ["line-3"]
        assert await came_to(connection, job, ("approved",), after="", limit=10) == ["line-0"]


async def test_a_summary_counts_all_and_tells_of_the_failures(database: Database) -> None:
    found = [
        came("line-0", "approved"),
        came("line-1", "already", "It was."),
        came("line-2", "changed", "Look."),
    ]
    job = await settled(
        database, *found, came("line-3", "unknown", "Nothing."), came("line-4", "changed", "Look.")
    )
    async with database.reading() as connection:
        told = await summarise(connection, job, good=("approved", "already"))
    assert told.outcomes == {"approved": 1, "already": 1, "changed": 2, "unknown": 1}
    assert told.failed_count == 3
    assert [(each.transaction_id, each.outcome, each.detail) for each in told.failed] == [
        ("line-2", "changed", "Look."), ("line-3", "unknown", "Nothing."), ("line-4", "changed", "Look."),
    ]  # fmt: skip


async def test_a_job_over_nothing_has_nothing_to_tell(database: Database) -> None:
    job = await a_job(database)
    async with database.transaction() as tx:
        await enlist(tx, job, [])
        await settle(tx, job, [])
        told = await summarise(tx, job, good=("approved",))
    assert (told.outcomes, told.failed, told.failed_count) == ({}, [], 0)


async def test_the_outcomes_of_a_job_go_with_it_and_no_others(database: Database) -> None:
    gone, stays = await settled(database, came("line-0", "approved")), await settled(database)
    async with database.transaction() as tx:
        await tx.execute(
            update(jobs).where(jobs.c.job_id == gone).values(status=Status.COMPLETE, finished_at=NOW)
        )
    assert await Ledger(database).forget(finished_before=NOW + timedelta(days=1)) == 1
    async with database.reading() as connection:
        assert (await summarise(connection, gone, good=())).outcomes == {}
        assert (await summarise(connection, stays, good=())).outcomes == {"waiting": 5}


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
