"""``connect-qbo`` through a real worker and the double: a person's consent, once, and what comes of another one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledgerwire.jobs import Status
from ledgerwire.quickbooks import Consent, QuickBooksConnection
from ledgerwire.submissions import ConnectQbo, ExportQbo
from tests.doubles.quickbooks import REALM
from tests.doubles.quickbooks.company import Company
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.office import refusal
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks import grants
from workers.books.quickbooks.connections import show_connection
from workers.books.quickbooks.intuit import redirect_uri
from workers.books.quickbooks.sealing import Seal

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]

#: Another company over there, in which the same person keeps books.
OTHER = "9130000000000002"


def other_company(branch: Branch) -> Company:
    branch.double.companies[OTHER] = Company(OTHER, "Other Company")
    return branch.double.companies[OTHER]


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


async def test_an_answer_that_is_lost_has_cost_the_code(unconnected: Branch) -> None:
    """It was good once: the person is asked to begin again, and can."""
    unconnected.double.switch("drop_after", "token", count=1)
    assert refusal(await unconnected.connect())[0] == "consent_over"
    assert (await shown(unconnected)).state == "none"
    assert (await unconnected.connect()).status is Status.COMPLETE


# --- whose consent it is --------------------------------------------------------------------------------


async def test_a_consent_comes_back_once_and_with_who_began(unconnected: Branch) -> None:
    branch, now = unconnected, datetime.now(UTC)
    seal, uri = Seal.open(branch.settings), redirect_uri(branch.settings)
    async with branch.database.transaction() as tx:
        begun = await grants.begin(tx, branch.company_id, actor="Ann", redirect_uri=uri, now=now)
    consent = Consent(state=begun.state, code="code-of-hers", realm_id=REALM)
    for actor, at, is_taken in [
        ("Bob", now, False),
        ("Ann", now + grants.LIFE, False),
        ("Ann", now, True),
        ("Ann", now, False),
    ]:
        async with branch.database.transaction() as tx:
            taken = await grants.take_back(tx, consent, actor=actor, seal=seal, now=at)
        assert (taken is not None) is is_taken, (actor, at)


async def test_nobody_connects_with_somebody_else_s_consent(unconnected: Branch) -> None:
    grant = await unconnected.consent(actor="Bob")
    record = await unconnected.run(ConnectQbo(company_id=unconnected.company_id, grant_id=grant))
    assert record.submitted_by == "Ann"
    assert refusal(record)[0] == "consent_over"
    assert (await shown(unconnected)).state == "none"
    submission = ConnectQbo(company_id=unconnected.company_id, grant_id=grant)
    his = await unconnected.kernel.submit(submission, submitted_by="Bob")
    await reach(unconnected.kernel, his.record.job_id, Status.COMPLETE)
    assert (await shown(unconnected)).connected_by == "Bob"


# --- connecting again -----------------------------------------------------------------------------------


async def test_the_same_company_again_knows_what_was_confirmed_and_sent(branch: Branch) -> None:
    ids = await branch.approved(3)
    await branch.export()
    before = await branch.connection()
    assert (await branch.connect()).status is Status.COMPLETE
    assert (await branch.connection()).access_token != before.access_token
    assert (await branch.export(transaction_ids=ids))["skipped"] == 3
    ids += await branch.approved(1, first=4)
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each(ids)


async def test_another_company_begins_with_nothing_confirmed_and_gets_nothing_twice(branch: Branch) -> None:
    other = other_company(branch)
    ids = await branch.approved(2)
    await branch.export()
    record = await branch.connect(OTHER)
    assert record.result == {
        "company_name": "Other Company",
        "realm_id": OTHER,
        "accounts": len(other.rows("Account")),
    }
    [later] = await branch.approved(1, first=3)
    result = await branch.export(transaction_ids=[*ids, later])
    assert result["outcomes"] == {"already": 2, "unmapped": 1}
    assert other.rows("Purchase") == []
    await branch.connect()
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each([*ids, later])


async def test_what_is_on_its_way_to_one_company_never_goes_to_another(branch: Branch) -> None:
    """Its accounts are known by their numbers, and they are others' over there."""
    other = other_company(branch)
    ids = await branch.approved(12)

    async def somebody_connects_the_other() -> None:
        assert (await branch.connect(OTHER)).status is Status.COMPLETE

    # The export asks who the vendors are, and has sent nothing yet.
    branch.double.deeds["/query"] = somebody_connects_the_other
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert refusal(record)[0] == "quickbooks_not_connected"
    assert (branch.sent, other.rows("Purchase")) == ([], [])
    await branch.connect()
    assert (await branch.export())["outcomes"] == {"created": 12}
    branch.assert_once_each(ids)
    assert other.rows("Purchase") == []
