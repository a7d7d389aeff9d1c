"""``connect-qbo``, ``fetch-qbo`` and ``disconnect-qbo`` through a real worker and the double."""

from __future__ import annotations

from datetime import date

import pytest

from ledgerwire.jobs import Status
from ledgerwire.quickbooks import QuickBooksConnection
from ledgerwire.submissions import ConnectQbo, DisconnectQbo, FetchQbo
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.office import refusal
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks.connections import find_connection, find_endpoints, show_connection
from workers.tasks.quickbooks.application import application_of

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]


async def shown(branch: Branch) -> QuickBooksConnection:
    async with branch.database.reading() as connection:
        return await show_connection(connection, branch.company_id, available=True, environment="sandbox")


async def test_a_consent_becomes_a_connection_with_its_company_s_accounts(unconnected: Branch) -> None:
    record = await unconnected.connect()
    company = unconnected.double.company
    name = company.rows("CompanyInfo")[0]["CompanyName"]
    assert record.result == {
        "company_name": name,
        "realm_id": company.realm_id,
        "accounts": len(company.rows("Account")),
    }
    found = await shown(unconnected)
    assert (found.state, found.company_name, found.connected_by) == ("connected", name, "Ann")


async def test_a_consent_is_good_once(unconnected: Branch) -> None:
    grant = await unconnected.consent()
    submission = ConnectQbo(company_id=unconnected.company_id, grant_id=grant)
    assert (await unconnected.run(submission)).status is Status.COMPLETE
    again = await unconnected.run(submission)
    code, _title, _fields = refusal(again)
    assert code == "consent_over"
    assert (await shown(unconnected)).state == "connected"


async def test_a_code_that_was_refused_leaves_all_as_it_was(unconnected: Branch) -> None:
    grant = await unconnected.consent()
    unconnected.double.authority.codes.clear()
    record = await unconnected.run(ConnectQbo(company_id=unconnected.company_id, grant_id=grant))
    assert refusal(record)[0] == "consent_over"
    assert (await shown(unconnected)).state == "none"


@pytest.mark.parametrize("kind", ["html503", "drop"])
async def test_a_server_that_is_away_for_a_moment_is_asked_again(unconnected: Branch, kind: str) -> None:
    unconnected.double.switch(kind, "token", count=1)
    record = await unconnected.connect()
    assert (record.status, record.attempt) == (Status.COMPLETE, 2)


async def test_what_changed_over_there_is_fetched(branch: Branch) -> None:
    company = branch.double.company
    accounts = len(company.rows("Account"))
    company.create("Account", {"Name": "Parking", "AccountType": "Expense"})
    company.closed_through = date(2026, 3, 31)
    result = await branch.result(FetchQbo(company_id=branch.company_id))
    assert result["accounts"] == accounts + 1
    assert (await shown(branch)).closed_through == date(2026, 3, 31)
    address = application_of(branch.settings).discovery_url
    async with branch.database.reading() as connection:
        endpoints = await find_endpoints(connection, address)
    assert endpoints is not None
    assert endpoints["authorization"].endswith("/connect/oauth2")


async def test_fetching_without_a_connection_finds_out_where_to_consent(unconnected: Branch) -> None:
    result = await unconnected.result(FetchQbo(company_id=unconnected.company_id))
    assert result["realm_id"] is None
    address = application_of(unconnected.settings).discovery_url
    async with unconnected.database.reading() as connection:
        assert await find_endpoints(connection, address) is not None


async def test_disconnecting_revokes_and_forgets_and_what_was_sent_stays(branch: Branch) -> None:
    ids = await branch.approved(2)
    await branch.export()
    assert await branch.result(DisconnectQbo(company_id=branch.company_id)) == {"revoked": True}
    assert len(branch.double.authority.revoked) == 1
    async with branch.database.reading() as connection:
        assert await find_connection(connection, branch.company_id) is None
    branch.assert_once_each(ids)
    await branch.connect()
    # Its accounts are still confirmed, and what is there is known.
    ids += await branch.approved(1, first=3)
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each(ids)


async def test_disconnecting_forgets_also_where_intuit_does_not_hear_of_it(branch: Branch) -> None:
    branch.double.switch("html503", "token", count=20)
    record = await branch.run(DisconnectQbo(company_id=branch.company_id))
    assert record.result == {"revoked": False}
    [said] = [line.text for line in await branch.log(record.job_id) if line.level == "warning"]
    assert "Remove the application there, too" in said
    assert (await shown(branch)).state == "none"
