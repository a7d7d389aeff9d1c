from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import update

from ledgerwire.submissions import BulkApprove, UndoApprove
from tests.workers.jobs.conftest import Hand
from tests.workers.tasks.conftest import company, kernel, settings, workers
from tests.workers.tasks.office import Office, failures, office, refusal
from workers.books.schema import transactions
from workers.jobs.kernel import Kernel

__all__ = ["company", "kernel", "office", "settings", "workers"]

ACME = "acme"


async def test_a_whole_bulk_approval_is_taken_back(office: Office) -> None:
    ids = await office.coffees(230)
    by_hand = ids.pop()
    await office.approve([by_hand], now=datetime.now(UTC))
    approval = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids))
    undo = await office.run(UndoApprove(company_id=ACME, approve_job_id=approval.job_id))
    assert undo.result == {"reopened": 229, "kept": [], "kept_count": 0, "outcomes": {"reopened": 229}}
    assert await office.logged(undo.job_id) == Counter((key, "reopened") for key in ids)
    lines = await office.lines()
    assert {key for key, line in lines.items() if line.state == "approved"} == {by_hand}
    reopened = [each for each in await office.trail() if each.action == "reopened"]
    assert {(each.actor, each.job_id) for each in reopened} == {("Ann", undo.job_id)}
    await office.assert_sound()


async def test_what_happened_since_is_kept_and_said_why(office: Office) -> None:
    free, opened, again, exported, old = await office.coffees(5)
    approval = await office.run(
        BulkApprove(company_id=ACME, transaction_ids=[free, opened, again, exported, old])
    )
    await office.reopen([opened, again], now=datetime.now(UTC))
    await office.approve([again], now=datetime.now(UTC))
    for key, values in ((exported, {"state": "exported"}), (old, {"date": date(2025, 12, 31)})):
        await office.write(update(transactions).where(transactions.c.transaction_id == key).values(values))
    await office.close_through(date(2025, 12, 31))
    undo = UndoApprove(company_id=ACME, approve_job_id=approval.job_id)
    result = await office.result(undo)
    assert (result["reopened"], result["kept_count"]) == (1, 4)
    assert failures(result["kept"]) == {
        opened: "already", again: "changed", exported: "exported", old: "locked_period",
    }  # fmt: skip
    assert all(each["detail"] for each in result["kept"])
    await office.close_through(None)
    assert (await office.result(undo))["outcomes"] == {
        "already": 2,
        "changed": 1,
        "exported": 1,
        "reopened": 1,
    }


async def test_lines_it_did_not_approve_itself_are_none_of_its_business(office: Office) -> None:
    ids = await office.coffees(3)
    first = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids[:2]))
    second = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids))
    result = await office.result(UndoApprove(company_id=ACME, approve_job_id=second.job_id))
    assert result["outcomes"] == {"reopened": 1}
    result = await office.result(UndoApprove(company_id=ACME, approve_job_id=first.job_id))
    assert result["outcomes"] == {"reopened": 2}


async def test_two_undos_at_once_reopen_each_line_once(office: Office) -> None:
    ids = await office.coffees(500)
    approval = await office.run(BulkApprove(company_id=ACME, transaction_ids=ids))
    undo = UndoApprove(company_id=ACME, approve_job_id=approval.job_id)
    results = await asyncio.gather(office.result(undo), office.result(undo))
    assert sum(result["reopened"] for result in results) == 500
    assert sum(result["kept_count"] for result in results) == 500
    await office.assert_sound()


async def test_another_companys_job_is_as_unknown_as_one_of_another_kind(office: Office) -> None:
    other = await Office.opened(office.kernel, "other")
    foreign = await other.run(BulkApprove(company_id="other", transaction_ids=await other.coffees(1)))
    await office.coffees(1)
    told = [
        refusal(await office.run(UndoApprove(company_id=ACME, approve_job_id=job_id)))
        for job_id in (foreign.job_id, str(uuid4()), office.imported_by.job_id)
    ]
    assert told == [("unknown_job", "There is no such bulk approval", ["/approve_job_id"])] * 3


async def test_an_approval_that_still_runs_is_cancelled_before_it_is_undone(
    office: Office, kernel: Kernel
) -> None:
    waiting = await office.submit(BulkApprove(company_id=ACME, transaction_ids=["some-line"]))
    await Hand(kernel.database).change(waiting, status="running", worker_id="elsewhere")
    undo = await office.run(UndoApprove(company_id=ACME, approve_job_id=waiting.job_id))
    assert refusal(undo) == ("job_not_ended", "The bulk approval has not ended", ["/approve_job_id"])
