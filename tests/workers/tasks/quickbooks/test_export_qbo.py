"""``export-qbo`` through a real worker and the double: once each, whatever goes wrong."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, ExportQbo
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.office import refusal
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.holding import hold_lines

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]

#: Every way in which an answer may be lost, or not be one.
LOST = ["drop", "drop_after", "html503", "500", "fault200", "429", "401", "silent", "partial"]


async def test_approved_lines_are_sent_once_each(branch: Branch) -> None:
    ids = await branch.approved(25)
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result == {
        "exported": 25, "skipped": 0, "failed": [], "failed_count": 0, "outcomes": {"created": 25},
        "receipts": 0, "dry_run": False,
    }  # fmt: skip
    branch.assert_once_each(ids)
    assert await branch.logged(record.job_id) == Counter((key, "created") for key in ids)
    assert {line.state for line in (await branch.lines()).values()} == {"exported"}
    assert Counter(each.action for each in await branch.trail())["exported"] == 25
    again = await branch.export()
    assert (again["exported"], again["skipped"]) == (0, 0)
    branch.assert_once_each(ids)


async def test_money_out_is_a_purchase_of_its_vendor(branch: Branch) -> None:
    await branch.upload("Date,Description,Amount\n2026-06-02,SQ *BLUE BOTTLE COFFEE,-6.50\n")
    (line,) = (await branch.lines()).values()
    await branch.result(BulkApprove(company_id=branch.company_id, transaction_ids=[line.transaction_id]))
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    (sent,) = branch.double.company.rows("Purchase")
    assert (sent["TxnDate"], sent["PaymentType"], sent["TotalAmt"]) == ("2026-06-02", "Cash", "6.50")
    assert "BLUE BOTTLE COFFEE" in sent["PrivateNote"]
    vendor = branch.double.company.objects["Vendor"][sent["EntityRef"]["value"]]
    assert vendor["DisplayName"] == "Blue Bottle Coffee"
    (told,) = [each.data for each in await branch.log(record.job_id) if each.data]
    assert told["qbo_id"] == sent["Id"]
    assert told["url"].endswith(f"/app/expense?txnId={sent['Id']}")


@pytest.mark.parametrize("kind", LOST)
async def test_whatever_is_lost_each_line_is_there_once(branch: Branch, kind: str) -> None:
    ids = await branch.approved(23)
    branch.double.switch(kind, "batch", count=2)
    branch.double.switch(kind, "create", count=2)
    result = await branch.export()
    assert result["outcomes"] == {"created": 23}, result
    branch.assert_once_each(ids)


@pytest.mark.parametrize("on", ["batch", "create"])
async def test_request_ids_that_are_forgotten_double_nothing(branch: Branch, on: str) -> None:
    """What was cut off is looked for by its mark before it is sent again."""
    ids = await branch.approved(12 if on == "batch" else 1)
    branch.double.switches.forgets = True
    branch.double.switch("drop_after", on, count=1)
    assert (await branch.export())["outcomes"] == {"created": len(ids)}
    branch.assert_once_each(ids)


async def test_a_dry_run_sends_nothing(branch: Branch) -> None:
    ids = await branch.approved(12)
    before = sum(len(rows) for rows in branch.double.company.objects.values())
    result = await branch.export(dry_run=True)
    assert (result["exported"], result["outcomes"]) == (12, {"would_create": 12})
    assert sum(len(rows) for rows in branch.double.company.objects.values()) == before
    assert (await branch.export())["outcomes"] == {"created": 12}
    branch.assert_once_each(ids)


async def test_one_bad_line_stops_no_other_and_can_be_tried_again(branch: Branch) -> None:
    ids = await branch.approved(14)
    lines = await branch.lines()
    branch.double.company.closed_through = date(2026, 6, 3)
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result is not None
    late = [key for key in ids if lines[key].date <= date(2026, 6, 3)]
    assert 0 < len(late) < 14
    assert record.result["outcomes"] == {"created": 14 - len(late), "closed": len(late)}
    assert {each["transaction_id"] for each in record.result["failed"]} == set(late)
    assert all("Open it there" in each["detail"] for each in record.result["failed"])
    branch.double.company.closed_through = None
    again = await branch.export(failed_of=record.job_id)
    assert again["outcomes"] == {"created": len(late)}
    branch.assert_once_each(ids)


async def test_what_is_not_confirmed_or_approved_is_told(branch: Branch) -> None:
    await branch.upload(
        "Date,Description,Amount\n2026-06-02,UBER TRIP,-6.50\n2026-06-03,COFFEE,-3.00\n2026-06-04,PARKING,-1.00\n"
    )
    lines = {line.description: line.transaction_id for line in (await branch.lines()).values()}
    approve = [lines["UBER TRIP"], lines["PARKING"]]
    await branch.result(BulkApprove(company_id=branch.company_id, transaction_ids=approve))
    result = await branch.export(transaction_ids=[*lines.values(), "nothing"])
    told = {each["transaction_id"]: (each["outcome"], each["detail"]) for each in result["failed"]}
    assert told[lines["COFFEE"]] == ("not_approved", "Approve it first.")
    assert told[lines["PARKING"]][0] == "unmapped"
    assert "Parking and tolls" in told[lines["PARKING"]][1]
    assert told["nothing"][0] == "unknown"
    assert result["exported"] == 1


async def change(branch: Branch, key: str, category: str) -> None:
    await branch.reopen([key])
    await branch.say(key, category)
    await branch.approve([key])


async def test_what_changes_here_is_corrected_there(branch: Branch) -> None:
    (key, other) = await branch.approved(2)
    await branch.export()
    await change(branch, key, "Travel transport")
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result is not None
    assert record.result["outcomes"] == {"updated": 1}
    branch.assert_once_each([key, other])
    assert sorted(row["SyncToken"] for row in branch.sent) == ["0", "1"]
    travel = branch.double.company.balance()["Travel"]
    assert travel == -(await branch.lines())[key].amount


async def test_what_somebody_changed_there_too_is_overwritten(branch: Branch) -> None:
    (key,) = await branch.approved(1)
    await branch.export()
    (sent,) = branch.sent
    branch.double.company.update("Purchase", {**sent, "PrivateNote": "by hand"})
    await change(branch, key, "Travel transport")
    assert (await branch.export())["outcomes"] == {"updated": 1}
    branch.assert_once_each([key])


async def test_a_reopened_line_goes_and_comes_back(branch: Branch) -> None:
    (key,) = await branch.approved(1)
    await branch.export()
    await branch.reopen([key])
    assert (await branch.export())["outcomes"] == {"deleted": 1}
    assert branch.sent == []
    await branch.approve([key])
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each([key])


async def test_what_is_of_another_kind_now_is_replaced(branch: Branch) -> None:
    """An object cannot become one of another type: it is deleted and created anew, in one export."""
    (key,) = await branch.approved(1)
    await branch.export()
    await branch.map({"Transfers": "Savings"})
    await change(branch, key, "Transfers")
    await branch.export()
    branch.assert_once_each([key])
    assert len(branch.double.company.rows("Transfer")) == 1


async def test_a_connection_that_is_refused_says_to_connect_again(branch: Branch) -> None:
    await branch.approved(1)
    branch.double.authority.forget(branch.double.company.realm_id)
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    code, title, _ = refusal(record)
    assert (code, title) == ("quickbooks_refused", "QuickBooks has to be connected again")
    assert (await branch.connection()).state == "refused"
    await branch.connect()
    assert (await branch.export())["exported"] == 1


async def test_an_expired_token_is_refreshed_once_for_all(branch: Branch) -> None:
    ids = await branch.approved(60)
    branch.double.authority.expire()
    assert (await branch.export())["outcomes"] == {"created": 60}
    assert branch.double.authority.refreshes == 1
    branch.assert_once_each(ids)


async def test_intuit_s_limits_are_kept(branch: Branch) -> None:
    """More than forty batches: what is beyond goes by single calls, and nothing is ever turned away."""
    branch.double.latency = 0.02
    ids = await branch.approved(480)
    result = await branch.export()
    assert result["outcomes"] == {"created": 480}
    branch.assert_once_each(ids)
    (throttle,) = branch.double.throttles.values()
    assert (throttle.refused, throttle.most <= 10) == (0, True)


async def test_without_a_connection_it_is_refused(unconnected: Branch) -> None:
    record = await unconnected.run(ExportQbo(company_id=unconnected.company_id))
    assert record.status is Status.FAILED
    assert refusal(record)[0] == "quickbooks_not_connected"


async def test_amounts_are_exact(branch: Branch) -> None:
    rows = "".join(f"2026-06-02,COFFEE {n},-{Decimal(n) / 100 + Decimal('0.10'):.2f}\n" for n in range(1, 30))
    await branch.upload(f"Date,Description,Amount\n{rows}")
    lines: dict[str, Any] = await branch.lines()
    await branch.result(BulkApprove(company_id=branch.company_id, transaction_ids=list(lines)))
    await branch.export()
    assert branch.double.company.balance()["Checking"] == sum(line.amount for line in lines.values())
    async with branch.database.transaction() as tx:
        held = await hold_lines(tx, branch.company_id, list(lines))
    assert {line.state for line in held.values()} == {"exported"}
