from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from ledgerwire.books import TransactionFilter
from ledgerwire.jobs import Status
from ledgerwire.review import ApprovedLine
from ledgerwire.submissions import BulkApprove, Categorize
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import company, kernel, settings, workers
from tests.workers.tasks.office import Office, failures, office, refusal
from workers.books.enlisting import waiting
from workers.books.schema import approval_outcomes, transactions
from workers.jobs.kernel import Kernel
from workers.tasks import bulk

__all__ = ["company", "kernel", "office", "settings", "workers"]

ACME = "acme"
MEALS = "Meals and entertainment"


async def test_lines_by_id_are_approved_and_each_is_told_once(office: Office) -> None:
    ids = await office.coffees(250)
    record = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids[:230]))
    assert record.result == {
        "approved": 230, "skipped": 0, "failed": [], "failed_count": 0, "outcomes": {"approved": 230},
    }  # fmt: skip
    assert record.live.units is not None
    assert (record.live.units.done, record.live.units.total) == (230, 230)
    assert await office.logged(record.job_id) == Counter((key, "approved") for key in ids[:230])
    lines = await office.lines()
    assert Counter(line.state for line in lines.values()) == {"approved": 230, "proposed": 20}
    approvals = [each for each in await office.trail() if each.action == "approved"]
    assert {(each.actor, each.job_id) for each in approvals} == {("Ann", record.job_id)}
    assert len(approvals) == 230
    await office.assert_sound()


async def test_a_log_line_carries_the_whole_line(office: Office) -> None:
    (key,) = await office.coffees(1)
    record = await office.run(BulkApprove(company_id=ACME, transaction_ids=[key]))
    (line,) = await office.log(record.job_id)
    assert (line.text, line.level) == ("COFFEE 1: approved", "info")
    expected = ApprovedLine(
        transaction_id=key, outcome="approved", date=date(2026, 6, 2), amount=Decimal("-1.50"),
        currency="USD", description="COFFEE 1", category=MEALS,
    )  # fmt: skip
    assert line.data is not None
    assert {**line.data, "amount": Decimal(line.data["amount"]), "date": expected.date} == {
        name: getattr(expected, name) for name in ApprovedLine.__struct_fields__
    }


async def test_partial_success_is_success_and_says_what_to_do_about_the_rest(office: Office) -> None:
    done, fine, moved, old = await office.coffees(4)
    await office.upload("Date,Description,Amount\n2026-06-20,NOBODY KNOWS,-5.00\n")
    (nameless,) = [key for key, line in (await office.lines()).items() if line.description == "NOBODY KNOWS"]
    await office.approve([done], now=datetime.now(UTC))
    await office.write(
        update(transactions).where(transactions.c.transaction_id == old).values(date=date(2025, 12, 31))
    )
    await office.close_through(date(2025, 12, 31))
    unheard_of = "x" * 64
    result = await office.result(
        BulkApprove(
            company_id=ACME,
            transaction_ids=[done, fine, moved, old, nameless, unheard_of, fine],
            revisions={moved: 1, fine: 2},
        )
    )
    assert (result["approved"], result["skipped"], result["failed_count"]) == (1, 1, 4)
    assert failures(result["failed"]) == {
        moved: "changed", old: "locked_period", nameless: "needs_category", unheard_of: "unknown",
    }  # fmt: skip
    assert all(each["detail"] for each in result["failed"])
    assert sum(result["outcomes"].values()) == 6


async def test_only_the_failed_lines_are_tried_again(office: Office) -> None:
    ids = await office.coffees(6)
    first = await office.run(
        BulkApprove(company_id=ACME, transaction_ids=ids, revisions=dict.fromkeys(ids[:4], 1))
    )
    assert first.result is not None
    assert first.result["outcomes"] == {"changed": 4, "approved": 2}
    await office.say(ids[0], None, now=datetime.now(UTC))
    second = await office.run(BulkApprove(company_id=ACME, failed_of=first.job_id))
    assert second.result is not None
    assert second.result["outcomes"] == {"needs_category": 1, "approved": 3}
    await office.say(ids[0], "Utilities", now=datetime.now(UTC))
    third = await office.result(BulkApprove(company_id=ACME, failed_of=second.job_id))
    assert third["outcomes"] == {"approved": 1}
    assert (await office.result(BulkApprove(company_id=ACME, failed_of=second.job_id)))["skipped"] == 1


async def test_a_job_that_is_none_of_ours_has_no_failed_lines(office: Office) -> None:
    other = await Office.opened(office.kernel, "other")
    ids = await other.coffees(2)
    foreign = await other.run(BulkApprove(company_id="other", transaction_ids=ids))
    told = [
        refusal(await office.run(BulkApprove(company_id=ACME, failed_of=job_id)))
        for job_id in (foreign.job_id, str(uuid4()), other.imported_by.job_id)
    ]
    assert told == [("unknown_job", "There is no such bulk approval", ["/failed_of"])] * 3


async def test_a_filter_means_the_lines_it_meant_when_it_was_sent(office: Office) -> None:
    ids = await office.coffees(120)
    wanted = TransactionFilter(state=["proposed"], amount_max=Decimal(-20))
    result = await office.result(BulkApprove(company_id=ACME, filter=wanted))
    assert result["outcomes"] == {"approved": 101}
    lines = await office.lines()
    assert [lines[key].state for key in ids[:19]] == ["proposed"] * 19
    assert {lines[key].state for key in ids[19:]} == {"approved"}
    assert (await office.result(BulkApprove(company_id=ACME, filter=wanted)))["outcomes"] == {}


async def test_what_was_not_there_when_somebody_looked_is_not_meant(office: Office) -> None:
    await office.coffees(3)
    looked_at = datetime.now(UTC)
    await office.coffees(4, first=100)
    by_filter = BulkApprove(company_id=ACME, filter=TransactionFilter(), seen_at=looked_at)
    assert (await office.result(by_filter))["outcomes"] == {"approved": 3}


async def test_what_changed_since_somebody_looked_is_left_alone(office: Office) -> None:
    first, second = await office.coffees(2)
    looked_at = datetime.now(UTC)
    await office.say(first, "Utilities", now=datetime.now(UTC))
    by_id = BulkApprove(company_id=ACME, transaction_ids=[first, second], seen_at=looked_at)
    assert failures((await office.result(by_id))["failed"]) == {first: "changed"}


async def test_a_clock_that_is_fast_approves_nothing_that_came_later(office: Office) -> None:
    (key,) = await office.coffees(1)
    await office.say(key, "Utilities", now=datetime.now(UTC) + timedelta(minutes=5))
    future = datetime.now(UTC) + timedelta(hours=1)
    result = await office.result(BulkApprove(company_id=ACME, transaction_ids=[key], seen_at=future))
    assert result["outcomes"] == {"changed": 1}


async def test_two_at_once_over_the_same_lines_approve_each_once(office: Office) -> None:
    ids = await office.coffees(700)
    jobs = [
        BulkApprove(company_id=ACME, transaction_ids=ids),
        BulkApprove(company_id=ACME, filter=TransactionFilter(state=["proposed", "approved"])),
        BulkApprove(company_id=ACME, transaction_ids=ids[::-1]),
        Categorize(company_id=ACME, transaction_ids=ids),
    ]
    *results, _categorized = await asyncio.gather(*(office.result(job) for job in jobs))
    assert sum(result["approved"] for result in results) <= 700
    again = await office.result(BulkApprove(company_id=ACME, transaction_ids=ids))
    assert sum(result["approved"] for result in [*results, again]) == 700
    assert again["failed_count"] == 0
    approvals = Counter(each.transaction_id for each in await office.trail() if each.action == "approved")
    assert approvals == Counter(ids)
    assert {state for state, _entry in (await office.entries()).values()} == {"posted"}


async def test_a_job_that_was_cut_off_goes_on_and_its_retry_too(
    office: Office, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled half-way, what is done stays done; a retry does the rest, and so does a job for what failed."""
    ids = await office.coffees(1_200)
    with monkeypatch.context() as patched:
        half_way = stop_at(patched, call=2)
        job = await office.submit(BulkApprove(company_id=ACME, transaction_ids=ids))
        await half_way.wait()
        await kernel.cancel(job.job_id, by="Ann")
        cancelled = await reach(kernel, job.job_id, Status.CANCELLED, Status.COMPLETE)
    assert (cancelled.status, cancelled.checkpoint["done"]) == (Status.CANCELLED, bulk.READ_AHEAD)
    states = Counter(line.state for line in (await office.lines()).values())
    assert states == {"approved": bulk.READ_AHEAD, "proposed": 200}
    rest = await office.result(BulkApprove(company_id=ACME, failed_of=job.job_id))
    assert rest["outcomes"] == {"approved": 200}
    await kernel.retry(job.job_id, by="Ann")
    retried = await reach(kernel, job.job_id, Status.COMPLETE)
    assert retried.result is not None
    assert retried.result["outcomes"] == {"approved": bulk.READ_AHEAD, "already": 200}
    assert sum((await office.logged(job.job_id)).values()) == 1_200
    await office.assert_sound()


def stop_at(patched: pytest.MonkeyPatch, *, call: int) -> asyncio.Event:
    """Set when the job has asked for lines so many times; from there on it only waits."""
    reached, calls = asyncio.Event(), count(1)

    async def ask(*args: Any, **more: Any) -> list[str]:
        if next(calls) == call:
            reached.set()
            await asyncio.Event().wait()
        return await waiting(*args, **more)

    patched.setattr(bulk, "waiting", ask)
    return reached


async def test_more_lines_than_are_written_down_at_once(office: Office) -> None:
    """Also a list that goes over the parameters of one statement."""
    known = await office.coffees(5)
    ids = [*known, *(str(uuid4()) for _ in range(12_000))]
    record = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids))
    assert record.result is not None
    assert record.result["outcomes"] == {"approved": 5, "unknown": 12_000}
    assert (len(record.result["failed"]), record.result["failed_count"]) == (500, 12_000)
    async with office.database.reading() as connection:
        kept = await connection.execute(
            select(approval_outcomes.c.transaction_id).where(approval_outcomes.c.job_id == record.job_id)
        )
        assert set(kept.scalars()) == set(ids)
