from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import delete

from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, UndoImport
from tests.workers.jobs.conftest import Hand, reach
from tests.workers.tasks.conftest import company, kernel, settings, workers
from tests.workers.tasks.office import Office, failures, office, refusal
from workers.jobs.kernel import Kernel
from workers.jobs.tables import jobs

__all__ = ["company", "kernel", "office", "settings", "workers"]

ACME = "acme"
JUNE = "Date,Description,Amount\n" + "".join(f"2026-06-{n:02d},COFFEE {n},-{n}.00\n" for n in range(1, 29))


async def test_an_import_is_taken_back_and_the_same_file_can_be_imported_again(office: Office) -> None:
    imported = await office.upload(JUNE)
    undo = await office.run(UndoImport(company_id=ACME, import_job_id=imported.job_id))
    assert undo.result == {"removed": 28, "kept": [], "kept_count": 0, "outcomes": {"removed": 28}}
    assert await office.lines() == {}
    assert await office.entries() == {}
    trail = await office.trail()
    assert Counter(each.action for each in trail) == {"decided": 28, "removed": 28}
    assert {each.job_id for each in trail if each.action == "removed"} == {undo.job_id}
    again = await office.upload(JUNE)
    assert again.result is not None
    assert (again.result["imported"], again.result["duplicates"]) == (28, 0)
    await office.assert_sound()


async def test_what_was_approved_stays_and_is_listed(office: Office) -> None:
    ids = await office.coffees(150)
    await office.run(BulkApprove(company_id=ACME, transaction_ids=ids[:20]))
    result = await office.result(UndoImport(company_id=ACME, import_job_id=office.imported_by.job_id))
    assert (result["removed"], result["kept_count"]) == (130, 20)
    assert failures(result["kept"]) == dict.fromkeys(ids[:20], "approved")
    assert set(await office.lines()) == set(ids[:20])
    await office.reopen(ids[:20], now=datetime.now(UTC))
    result = await office.result(UndoImport(company_id=ACME, import_job_id=office.imported_by.job_id))
    assert result["removed"] == 20


async def test_lines_of_other_imports_stay(office: Office) -> None:
    """An overlapping file's lines belong to the import that brought them."""
    first = await office.upload(JUNE)
    longer = await office.upload(JUNE + "2026-06-29,COFFEE 29,-29.00\n")
    result = await office.result(UndoImport(company_id=ACME, import_job_id=longer.job_id))
    assert result["removed"] == 1
    assert len(await office.lines()) == 28
    assert (await office.result(UndoImport(company_id=ACME, import_job_id=first.job_id)))["removed"] == 28


async def test_an_import_of_another_company_is_as_unknown_as_none(office: Office) -> None:
    other = await Office.opened(office.kernel, "other")
    await other.coffees(2)
    await office.coffees(1)
    approval = await office.run(BulkApprove(company_id=ACME, transaction_ids=["nothing"]))
    told = [
        refusal(await office.run(UndoImport(company_id=ACME, import_job_id=job_id)))
        for job_id in (other.imported_by.job_id, str(uuid4()), approval.job_id)
    ]
    assert told == [("unknown_job", "There is no such import", ["/import_job_id"])] * 3
    assert len(await other.lines()) == 2


async def test_an_import_that_still_runs_is_cancelled_before_it_is_undone(
    office: Office, kernel: Kernel
) -> None:
    await office.coffees(1)
    running = await Hand(kernel.database).change(office.imported_by, status="running", worker_id="elsewhere")
    undo = await office.run(UndoImport(company_id=ACME, import_job_id=running.job_id))
    assert refusal(undo) == ("job_not_ended", "The import has not ended", ["/import_job_id"])
    assert len(await office.lines()) == 1


async def test_an_import_that_the_ledger_has_forgotten_is_known_by_its_lines(
    office: Office, kernel: Kernel
) -> None:
    await office.coffees(3)
    await office.write(delete(jobs).where(jobs.c.job_id == office.imported_by.job_id))
    result = await office.result(UndoImport(company_id=ACME, import_job_id=office.imported_by.job_id))
    assert result["removed"] == 3


async def test_a_failed_import_that_was_undone_begins_anew_when_it_is_retried(
    office: Office, kernel: Kernel
) -> None:
    """From its checkpoint it would begin behind lines that are gone."""
    imported = await office.upload(JUNE)
    await Hand(kernel.database).change(imported, status="failed")
    await office.result(UndoImport(company_id=ACME, import_job_id=imported.job_id))
    await kernel.retry(imported.job_id, by="Ann")
    retried = await reach(kernel, imported.job_id, Status.COMPLETE)
    assert retried.result is not None
    assert (retried.result["imported"], retried.result["categorized"]) == (28, 28)
    assert len(await office.lines()) == 28
    await office.assert_sound()
