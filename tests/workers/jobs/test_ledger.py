"""Submitting, and every way of reading."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, insert, select

from ledgerwire.jobs import LogLine, Status
from ledgerwire.submissions import Categorize, Ocr, Upload, UploadAndCategorize
from tests.workers.jobs.conftest import Hand, Toy
from workers.database import Database
from workers.jobs.errors import IdempotencyConflict
from workers.jobs.ledger import SNAPSHOT_NEWEST, JobQuery, Ledger, Submitted, request_hash
from workers.jobs.tables import job_attempts, job_files, job_logs, jobs
from workers.kept_files import keep_files, let_go

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def submit(
    ledger: Ledger, key: str | None = "key", *, company: str = "acme", note: str = ""
) -> Submitted:
    return await ledger.submit(Toy(company_id=company, note=note), submitted_by="Ann", idempotency_key=key)


async def count(database: Database, table: Any) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


# --- submitting -------------------------------------------------------------------------------------------


async def test_a_submitted_job_waits_untold_and_reads_back_as_it_was_answered(ledger: Ledger) -> None:
    submission = Toy(company_id="acme", tenant_id="host-7", note="größe \x00 €")
    answered = (await ledger.submit(submission, submitted_by="Ann", parent_id="p")).record
    assert (answered.status, answered.fence, answered.enqueue_no, answered.told) == (
        Status.PENDING,
        0,
        0,
        False,
    )
    assert (answered.tenant_id, answered.submitted_by, answered.parent_id) == ("host-7", "Ann", "p")
    assert answered.params == {
        "kind": "toy",
        "company_id": "acme",
        "tenant_id": "host-7",
        "note": "größe \x00 €",
    }
    assert answered.created_at.tzinfo is not None
    assert await ledger.find(answered.job_id) == answered
    assert await ledger.find("unknown") is None


async def test_the_same_request_under_one_key_is_the_same_job_as_it_is_now(
    ledger: Ledger, hand: Hand
) -> None:
    first = await submit(ledger)
    await hand.lifecycle.claim(first.record.job_id, 0, "worker-1")
    again = await submit(ledger)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.record.job_id == first.record.job_id
    assert again.record.status is Status.RUNNING


async def test_another_request_under_a_used_key_is_refused(ledger: Ledger, database: Database) -> None:
    first = await submit(ledger)
    with pytest.raises(IdempotencyConflict) as refused:
        await submit(ledger, note="something else")
    assert refused.value.job_id == first.record.job_id
    assert await count(database, jobs) == 1


async def test_a_key_belongs_to_its_company_and_no_key_is_no_key(ledger: Ledger, database: Database) -> None:
    for company, key in (("acme", "key"), ("zeta", "key"), ("acme", None), ("acme", None)):
        assert not (await submit(ledger, key, company=company)).replayed
    assert await count(database, jobs) == 4


async def test_two_hundred_at_once_under_one_key_are_one_job(ledger: Ledger, database: Database) -> None:
    answers = await asyncio.gather(*(submit(ledger) for _ in range(200)))
    assert len({answer.record.job_id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert await count(database, jobs) == 1


@pytest.mark.parametrize(
    ("status", "hours", "freed"),
    [
        (Status.COMPLETE, 24.1, True),
        (Status.FAILED, 24.1, True),
        (Status.CANCELLED, 24.1, True),
        (Status.COMPLETE, 23.9, False),
        (Status.RUNNING, 1_000, False),
    ],
)
async def test_a_key_is_free_a_day_after_the_end_of_its_job(
    ledger: Ledger, hand: Hand, *, status: Status, hours: float, freed: bool
) -> None:
    first = (await submit(ledger)).record
    then = datetime.now(UTC) - timedelta(hours=hours)
    await hand.change(first, status=status, created_at=then, finished_at=then if status.terminal else None)
    if freed:
        second = await submit(ledger, note="something else")
        assert not second.replayed
        assert (await hand.now(first)).idempotency_key is None
    else:
        assert (await submit(ledger)).record.job_id == first.job_id


def test_a_request_is_known_by_its_fields_and_bytes_not_by_the_name_of_its_file() -> None:
    def of(name: str, sha256: str, **fields: Any) -> str:
        return request_hash(UploadAndCategorize(company_id="acme", file=Upload(name, sha256, 3), **fields))

    assert of("june.csv", "aa") == of("june (1).csv", "aa")
    assert of("june.csv", "aa") != of("june.csv", "bb")
    assert of("june.csv", "aa") != of("june.csv", "aa", account_id="b1")


# --- lists ------------------------------------------------------------------------------------------------


async def test_pages_run_from_the_newest_and_meet_without_gap_or_overlap(ledger: Ledger, hand: Hand) -> None:
    ids = await hand.many("acme", 5)
    await hand.many("zeta", 1)
    first = await ledger.page("acme", JobQuery(), limit=2)
    second = await ledger.page("acme", JobQuery(), before=first[-1].job_id, limit=2)
    third = await ledger.page("acme", JobQuery(), before=second[-1].job_id, limit=2)
    assert [record.job_id for record in first + second + third] == ids[::-1]


async def test_a_query_narrows_by_status_kind_and_time(ledger: Ledger, hand: Hand) -> None:
    waiting, done = await hand.in_status(Status.PENDING), await hand.in_status(Status.COMPLETE)
    other = (await ledger.submit(Categorize(company_id="acme"), submitted_by=None)).record
    await hand.change(waiting, created_at=NOW)

    async def found(**query: Any) -> set[str]:
        return {record.job_id for record in await ledger.page("acme", JobQuery(**query))}

    assert await found(statuses=[Status.COMPLETE]) == {done.job_id}
    assert await found(kinds=["categorize"]) == {other.job_id}
    assert await found(created_after=NOW) == {done.job_id, other.job_id}
    assert await found(statuses=[Status.PENDING, Status.COMPLETE], kinds=["toy"]) == {
        waiting.job_id,
        done.job_id,
    }


async def test_what_a_filter_means_comes_oldest_first_and_bounded(ledger: Ledger, hand: Hand) -> None:
    ids = await hand.many("acme", 4)
    assert await ledger.matching("acme", JobQuery(), limit=3) == ids[:3]
    assert await ledger.matching("zeta", JobQuery(), limit=3) == []


async def test_find_many_finds_those_that_are_there(ledger: Ledger, hand: Hand) -> None:
    ids = await hand.many("acme", 2)
    assert {record.job_id for record in await ledger.find_many([*ids, "unknown"])} == set(ids)


async def test_a_snapshot_holds_all_unfinished_and_the_newest(ledger: Ledger, hand: Hand) -> None:
    (old,) = await hand.many("acme", 1)
    finished = await hand.many("acme", SNAPSHOT_NEWEST + 5, status=Status.COMPLETE, finished_at=NOW)
    await hand.many("zeta", 1)
    held = [record.job_id for record in await ledger.current("acme")]
    assert held == [*finished[:4:-1], old]


async def test_a_list_leaves_out_what_was_submitted_which_may_be_megabytes_a_job(
    ledger: Ledger, hand: Hand
) -> None:
    job = await hand.pending()
    assert job.params["kind"] == "toy"
    later = job.updated_at + timedelta(seconds=1)
    for listed in (
        await ledger.page("acme", JobQuery()),
        await ledger.current("acme"),
        await ledger.find_many([job.job_id]),
        await ledger.untold(before=later),
    ):
        assert listed == [msgspec.structs.replace(job, params={}, words="")]


async def test_the_newest_change_is_of_any_of_the_companys_jobs(ledger: Ledger, hand: Hand) -> None:
    assert await ledger.newest_change("acme") is None
    first = await hand.pending()
    await hand.pending()
    before = await ledger.newest_change("acme")
    await hand.lifecycle.request_cancel(first.job_id, by="Ann", reason=None)
    after = await ledger.newest_change("acme")
    assert before is not None
    assert after is not None
    assert after > before


# --- logs and attempts ------------------------------------------------------------------------------------


async def test_logs_are_paged_by_their_numbers(ledger: Ledger, hand: Hand, database: Database) -> None:
    job = await hand.pending()
    line = LogLine(NOW, "info", "größe €", {"amount": "-1.20"})
    async with database.transaction() as tx:
        for number in (3, 1, 2):
            await tx.execute(insert(job_logs).values(job_id=job.job_id, number=number, lines=[line] * number))
    entries = await ledger.log_page(job.job_id, after=1, limit=1)
    assert [(entry.number, entry.lines) for entry in entries] == [(2, [line, line])]
    assert [entry.number for entry in await ledger.log_page(job.job_id)] == [1, 2, 3]


async def test_attempts_tell_when_where_and_how_it_ended(ledger: Ledger, hand: Hand) -> None:
    first = await hand.running(worker="worker-1")
    back = await hand.lifecycle.put_back(first, outcome="deploy")
    assert back is not None
    second = await hand.lifecycle.claim(first.job_id, back.enqueue_no, "worker-2")
    assert second is not None
    told = await ledger.attempts_page(first.job_id)
    assert [(a.attempt, a.worker_id, a.outcome) for a in told] == [
        (1, "worker-1", "deploy"),
        (2, "worker-2", "running"),
    ]
    assert told[0].ended_at is not None
    assert told[0].ended_at >= told[0].started_at
    assert told[1].ended_at is None
    assert [a.attempt for a in await ledger.attempts_page(first.job_id, after=1, limit=1)] == [2]


# --- told -------------------------------------------------------------------------------------------------


async def test_only_the_fence_that_was_told_is_marked(ledger: Ledger, hand: Hand) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    job = await hand.pending()
    assert [record.job_id for record in await ledger.untold(before=later)] == [job.job_id]
    assert await ledger.untold(before=job.updated_at) == []
    running = await hand.lifecycle.claim(job.job_id, 0, "worker-1")
    assert running is not None
    await ledger.mark_told([(job.job_id, job.fence)])
    assert not (await hand.now(job)).told
    await ledger.mark_told([(job.job_id, running.fence), ("unknown", 0)])
    assert (await hand.now(job)).told
    assert await ledger.untold(before=later) == []


async def test_who_marks_the_same_jobs_in_another_order_does_not_wait_in_vain(
    ledger: Ledger, hand: Hand
) -> None:
    fences = [(job_id, 0) for job_id in await hand.many("acme", 30)]
    for _ in range(5):
        await asyncio.gather(*(ledger.mark_told(fences[::way]) for way in (1, -1) for _ in range(3)))
    assert all(record.told for record in await ledger.find_many([job_id for job_id, _ in fences]))


# --- forgetting -------------------------------------------------------------------------------------------


async def test_old_jobs_are_forgotten_with_all_that_hangs_on_them(
    ledger: Ledger, hand: Hand, database: Database
) -> None:
    file = Upload("june.csv", "ab" * 32, 3)
    old = (await ledger.submit(UploadAndCategorize(company_id="acme", file=file), submitted_by=None)).record
    claimed = await hand.lifecycle.claim(old.job_id, 0, "worker-1")
    assert claimed is not None
    async with database.transaction() as tx:
        await tx.execute(insert(job_logs).values(job_id=old.job_id, number=1, lines=[]))
    await hand.lifecycle.complete(claimed, None)
    await hand.change(old, finished_at=NOW - timedelta(days=1))
    young = await hand.change(await hand.in_status(Status.COMPLETE), finished_at=NOW + timedelta(days=1))
    waiting = await hand.pending()
    assert await ledger.files_in_use() == {file.sha256}
    assert await ledger.forget(finished_before=NOW) == 1
    assert await ledger.find(old.job_id) is None
    assert {r.job_id for r in await ledger.page("acme", JobQuery())} == {young.job_id, waiting.job_id}
    assert await ledger.files_in_use() == frozenset()
    assert await count(database, job_logs) == 0
    assert await count(database, job_files) == 0
    assert await count(database, job_attempts) == 1
    assert await ledger.forget(finished_before=NOW) == 0


async def test_a_pile_is_one_request_by_its_bytes_and_all_of_it_is_in_use(
    ledger: Ledger, database: Database
) -> None:
    first, second = Upload("a.jpg", "ab" * 32, 3), Upload("b.jpg", "cd" * 32, 4)
    key: dict[str, Any] = {"submitted_by": None, "idempotency_key": "k"}
    job = (await ledger.submit(Ocr(company_id="acme", files=[first, second]), **key)).record
    renamed = msgspec.structs.replace(first, name="z.jpg")
    assert (await ledger.submit(Ocr(company_id="acme", files=[renamed, second]), **key)).replayed
    with pytest.raises(IdempotencyConflict):
        await ledger.submit(Ocr(company_id="acme", files=[second, first]), **key)
    assert await ledger.files_in_use() == {first.sha256, second.sha256}
    async with database.transaction() as tx:
        await keep_files(tx, "receipt-1", [second.sha256])
        await tx.execute(jobs.delete().where(jobs.c.job_id == job.job_id))
    assert await ledger.files_in_use() == {second.sha256}
    async with database.transaction() as tx:
        await let_go(tx, "receipt-1")
    assert await ledger.files_in_use() == frozenset()


async def test_forgetting_goes_in_portions(ledger: Ledger, hand: Hand) -> None:
    await hand.many("acme", 5, status=Status.FAILED, finished_at=NOW - timedelta(days=1))
    assert [await ledger.forget(finished_before=NOW, limit=3) for _ in range(3)] == [3, 2, 0]


async def test_a_retried_job_is_not_old(ledger: Ledger, hand: Hand) -> None:
    job = await hand.change(await hand.in_status(Status.FAILED), finished_at=NOW - timedelta(days=1))
    await hand.lifecycle.retry(job.job_id)
    assert await ledger.forget(finished_before=NOW) == 0


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.FAILED, Status.CANCELLED])
async def test_an_ended_job_can_be_made_to_start_over(ledger: Ledger, hand: Hand, status: Status) -> None:
    job = await hand.change(await hand.in_status(status), checkpoint={"read": 300}, checkpoint_no=3)
    assert await ledger.start_over(job.job_id)
    again = await hand.now(job)
    assert (again.checkpoint, again.checkpoint_no, again.status) == (None, 3, status)


@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING])
async def test_a_job_that_has_not_ended_keeps_its_place(ledger: Ledger, hand: Hand, status: Status) -> None:
    job = await hand.change(await hand.in_status(status), checkpoint={"read": 300})
    assert not await ledger.start_over(job.job_id)
    assert (await hand.now(job)).checkpoint == {"read": 300}
    assert not await ledger.start_over("nothing")
