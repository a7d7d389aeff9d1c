"""``disconnect-qbo`` through a real worker and the double: revoked there, forgotten here."""

from __future__ import annotations

from cryptography.fernet import Fernet

from ledgerwire.submissions import DisconnectQbo, ExportQbo
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.office import refusal
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks.connections import find_connection
from workers.jobs.record import JobRecord

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]


async def is_connected(branch: Branch) -> bool:
    async with branch.database.reading() as connection:
        return await find_connection(connection, branch.company_id) is not None


async def assert_forgotten_unheard(branch: Branch, record: JobRecord) -> None:
    """Intuit did not hear of it: the person is told to go there."""
    assert record.result == {"revoked": False}
    [said] = [line.text for line in await branch.log(record.job_id) if line.level == "warning"]
    assert "Remove the application there, too" in said
    assert not await is_connected(branch)


async def test_disconnecting_revokes_and_forgets_and_what_was_sent_stays(branch: Branch) -> None:
    ids = await branch.approved(2)
    await branch.export()
    assert await branch.result(DisconnectQbo(company_id=branch.company_id)) == {"revoked": True}
    assert len(branch.double.authority.revoked) == 1
    assert not await is_connected(branch)
    branch.assert_once_each(ids)
    await branch.connect()
    # Its accounts are still confirmed, and what is there is known.
    ids += await branch.approved(1, first=3)
    assert (await branch.export())["outcomes"] == {"created": 1}
    branch.assert_once_each(ids)


async def test_disconnecting_forgets_also_where_intuit_does_not_hear_of_it(branch: Branch) -> None:
    branch.double.switch("html503", "token", count=20)
    record = await branch.run(DisconnectQbo(company_id=branch.company_id))
    await assert_forgotten_unheard(branch, record)
    assert branch.double.authority.revoked == []


async def test_what_was_removed_over_there_already_is_forgotten(branch: Branch) -> None:
    branch.double.authority.forget(branch.double.company.realm_id)
    record = await branch.run(DisconnectQbo(company_id=branch.company_id))
    await assert_forgotten_unheard(branch, record)


async def test_tokens_that_no_key_opens_any_more_are_forgotten(branch: Branch) -> None:
    await branch.restart(token_keys=(Fernet.generate_key().decode(),))
    record = await branch.run(DisconnectQbo(company_id=branch.company_id))
    await assert_forgotten_unheard(branch, record)


async def test_where_nothing_is_connected_there_is_nothing_to_do(unconnected: Branch) -> None:
    assert await unconnected.result(DisconnectQbo(company_id=unconnected.company_id)) == {"revoked": False}
    assert unconnected.double.authority.revoked == []


async def test_an_export_that_is_under_way_ends_and_says_why(branch: Branch) -> None:
    ids = await branch.approved(12)

    async def somebody_disconnects() -> None:
        assert await branch.result(DisconnectQbo(company_id=branch.company_id)) == {"revoked": True}

    branch.double.deeds["/query"] = somebody_disconnects
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert refusal(record)[0] == "quickbooks_not_connected"
    assert branch.sent == []
    await branch.connect()
    assert (await branch.export())["outcomes"] == {"created": 12}
    branch.assert_once_each(ids)
