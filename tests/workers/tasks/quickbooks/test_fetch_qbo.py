"""``fetch-qbo`` through a real worker and the double: what changed over there is known here, and put to use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledgerwire.quickbooks import QuickBooksAccount
from ledgerwire.submissions import ExportQbo, FetchQbo
from tests.doubles.quickbooks.company import CHECKS
from tests.doubles.quickbooks.faults import Refusal
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks.accounts import list_accounts
from workers.books.quickbooks.connections import find_endpoints, show_connection
from workers.tasks.quickbooks.application import application_of

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]

#: As Intuit says it, of an account and of a vendor alike.
INACTIVE = "Something you're trying to use has been made inactive."


async def fetched(branch: Branch) -> dict[str, QuickBooksAccount]:
    """The accounts known after a fetch, by their ids."""
    await branch.result(FetchQbo(company_id=branch.company_id))
    async with branch.database.reading() as connection:
        found = await list_accounts(connection, branch.company_id, branch.double.company.realm_id)
    return {each.qbo_id: each for each in found}


def account(branch: Branch, name: str) -> dict[str, Any]:
    [found] = [row for row in branch.double.company.rows("Account") if row["Name"] == name]
    return found


async def test_what_changed_over_there_is_fetched(branch: Branch) -> None:
    company = branch.double.company
    accounts = len(company.rows("Account"))
    company.create("Account", {"Name": "Parking", "AccountType": "Expense"})
    company.closed_through = date(2026, 3, 31)
    result = await branch.result(FetchQbo(company_id=branch.company_id))
    assert result["accounts"] == accounts + 1
    async with branch.database.reading() as connection:
        shown = await show_connection(connection, branch.company_id, available=True, environment="sandbox")
        endpoints = await find_endpoints(connection, application_of(branch.settings).discovery_url)
    assert shown.closed_through == date(2026, 3, 31)
    assert endpoints is not None
    assert endpoints["authorization"].endswith("/connect/oauth2")


async def test_fetching_without_a_connection_finds_out_where_to_consent(unconnected: Branch) -> None:
    result = await unconnected.result(FetchQbo(company_id=unconnected.company_id))
    assert result["realm_id"] is None
    address = application_of(unconnected.settings).discovery_url
    async with unconnected.database.reading() as connection:
        assert await find_endpoints(connection, address) is not None


async def test_an_account_that_was_renamed_stays_the_one_it_was(branch: Branch) -> None:
    ids = await branch.approved(1)
    meals = account(branch, "Meals and Entertainment")
    branch.double.company.update("Account", {**meals, "Name": "Meals", "FullyQualifiedName": "Meals"})
    assert (await fetched(branch))[meals["Id"]].name == "Meals"
    assert (await branch.export())["exported"] == 1
    assert "Meals" in branch.double.company.balance()
    branch.assert_once_each(ids)


@pytest.mark.parametrize("how", ["inactive", "gone"])
async def test_an_account_that_is_no_longer_there_has_to_be_chosen_anew(branch: Branch, how: str) -> None:
    ids = await branch.approved(1)
    meals = account(branch, "Meals and Entertainment")
    if how == "inactive":
        branch.double.company.update("Account", {**meals, "Active": False})
    else:
        del branch.double.company.objects["Account"][meals["Id"]]
    known = (await fetched(branch))[meals["Id"]]
    assert (known.name, known.active) == ("Meals and Entertainment", False)
    result = await branch.export()
    assert result["outcomes"] == {"unmapped": 1}
    assert "Meals and entertainment" in result["failed"][0]["detail"]
    await branch.map({"Meals and entertainment": "Travel"})
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each(ids)


# --- vendors --------------------------------------------------------------------------------------------


async def coffee_at(branch: Branch, name: str, *amounts: str) -> list[str]:
    """Approved lines of this merchant."""
    before = set(await branch.lines())
    rows = "".join(f"2026-06-02,SQ *{name} COFFEE,-{amount}\n" for amount in amounts)
    await branch.upload(f"Date,Description,Amount\n{rows}")
    ids = [key for key in await branch.lines() if key not in before]
    await branch.approve(ids)
    return ids


def vendors(branch: Branch) -> dict[str, str]:
    return {row["Id"]: row["DisplayName"] for row in branch.double.company.rows("Vendor")}


def paid(branch: Branch) -> list[str]:
    return sorted(row["EntityRef"]["value"] for row in branch.double.company.rows("Purchase"))


async def test_a_vendor_that_was_renamed_stays_the_one_it_was(branch: Branch) -> None:
    await coffee_at(branch, "BLUE DOOR", "4.50")
    await branch.export()
    [known] = paid(branch)
    company = branch.double.company
    company.update("Vendor", {**company.objects["Vendor"][known], "DisplayName": "Blue Door LLC"})
    before = vendors(branch)
    await coffee_at(branch, "BLUE DOOR", "5.50")
    assert (await branch.export())["outcomes"] == {"created": 1}
    assert (paid(branch), vendors(branch)) == ([known, known], before)


async def test_a_vendor_that_was_removed_is_made_anew_when_its_lines_are_tried_again(branch: Branch) -> None:
    """Under another request id: to the first one Intuit would answer with the vendor that is gone."""
    await coffee_at(branch, "BLUE DOOR", "4.50")
    await branch.export()
    [gone] = paid(branch)
    del branch.double.company.objects["Vendor"][gone]
    [later] = await coffee_at(branch, "BLUE DOOR", "5.50")
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result is not None
    assert record.result["outcomes"] == {"rejected": 1}
    assert (await branch.export(failed_of=record.job_id))["outcomes"] == {"created": 1}
    [known] = [each for each in paid(branch) if each != gone]
    assert vendors(branch)[known] == "Blue Door Coffee"
    assert (await branch.lines())[later].state == "exported"


async def test_a_name_that_a_customer_has_is_told_apart(branch: Branch) -> None:
    branch.double.company.create("Customer", {"DisplayName": "BLUE DOOR COFFEE"})
    await coffee_at(branch, "BLUE DOOR", "4.50")
    assert (await branch.export())["outcomes"] == {"created": 1}
    assert [vendors(branch)[each] for each in paid(branch)] == ["Blue Door Coffee (Vendor)"]


async def test_a_correction_that_names_what_was_made_inactive_is_not_sent_as_new(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intuit's number 610 is for an object that is gone, and for an account that was made inactive."""
    (key,) = await branch.approved(1)
    await branch.export()
    await branch.reopen([key])
    await branch.say(key, "Travel transport")
    await branch.approve([key])

    def refuse(_company: Any, _content: Any) -> None:
        raise Refusal("610", f"Object Not Found : {INACTIVE}")

    with monkeypatch.context() as patch:
        patch.setitem(CHECKS, "Purchase", refuse)
        result = await branch.export()
    assert result["outcomes"] == {"rejected": 1}
    assert INACTIVE in result["failed"][0]["detail"]
    assert (await branch.export())["outcomes"] == {"updated": 1}
    branch.assert_once_each([key])


async def test_a_correction_of_what_somebody_removed_there_is_sent_as_new_by_the_next_export(
    branch: Branch,
) -> None:
    (key,) = await branch.approved(1)
    await branch.export()
    branch.double.company.objects["Purchase"].clear()
    await branch.reopen([key])
    await branch.say(key, "Travel transport")
    await branch.approve([key])
    result = await branch.export()
    assert result["outcomes"] == {"conflict": 1}
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each([key])
