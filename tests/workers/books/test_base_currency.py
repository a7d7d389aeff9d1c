"""The base currency can be changed until there are lines, and no line comes in between."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import delete, select, text

from ledgerwire.books import BankAccount, CompanyChange
from tests.workers.books.making import COFFEE, NOW, company, import_all, statement
from workers.books.companies import (
    CompanyRecord,
    change_company,
    create_bank_account,
    find_company,
    list_bank_accounts,
)
from workers.books.errors import Conflict
from workers.books.importing import hold_currencies, insert_lines, prepare
from workers.books.schema import transactions
from workers.database import Database

TODAY = date(2026, 7, 1)
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def change(database: Database, company_id: str, currency: str) -> CompanyRecord:
    wanted = CompanyChange(base_currency=currency)
    async with database.transaction() as connection:
        return await change_company(connection, company_id, wanted, today=TODAY)


async def bring(database: Database, company_id: str, account: BankAccount) -> bool:
    """As a job imports a file that it has read; says whether it could."""
    async with database.transaction() as connection:
        if not await hold_currencies(connection, company_id, [account]):
            return False
        await insert_lines(connection, company_id, prepare(statement(COFFEE), account), job_id="j", now=NOW)
    return True


async def currencies(database: Database, company_id: str) -> dict[str, str]:
    async with database.reading() as connection:
        return {each.name: each.currency for each in await list_bank_accounts(connection, company_id)}


async def test_accounts_in_the_former_one_go_along_and_others_stay(database: Database) -> None:
    company_id, _ = await company(database)
    other_id, _ = await company(database)
    async with database.transaction() as connection:
        await create_bank_account(connection, company_id, name="Zürich", currency="CHF")
    changed = await change(database, company_id, "EUR")
    assert (changed.base_currency, changed.base_currency_fixed) == ("EUR", False)
    assert await currencies(database, company_id) == {"Checking": "EUR", "Zürich": "CHF"}
    assert await currencies(database, other_id) == {"Checking": "USD"}


async def test_with_lines_it_stays_and_says_what_to_do(database: Database) -> None:
    company_id, account = await company(database)
    await import_all(database, company_id, account, statement(COFFEE))
    with pytest.raises(Conflict) as refused:
        await change(database, company_id, "EUR")
    assert refused.value.code == "base_currency_fixed"
    assert "undo each import" in str(refused.value.problem.detail)
    assert [fault.pointer for fault in refused.value.errors] == ["/base_currency"]
    assert await currencies(database, company_id) == {"Checking": "USD"}
    # Saying again what holds is no change.
    same = await change(database, company_id, "USD")
    assert (same.base_currency, same.base_currency_fixed) == ("USD", True)


async def test_without_its_lines_it_can_be_changed_again(database: Database) -> None:
    company_id, account = await company(database)
    await import_all(database, company_id, account, statement(COFFEE))
    async with database.transaction() as connection:
        await connection.execute(delete(transactions).where(transactions.c.company_id == company_id))
    assert (await change(database, company_id, "EUR")).base_currency == "EUR"


async def test_lines_of_another_company_fix_nothing(database: Database) -> None:
    company_id, _ = await company(database)
    other_id, account = await company(database)
    await import_all(database, other_id, account, statement(COFFEE))
    async with database.reading() as connection:
        mine = await find_company(connection, company_id)
        theirs = await find_company(connection, other_id)
    assert mine is not None
    assert theirs is not None
    assert (mine.base_currency_fixed, theirs.base_currency_fixed) == (False, True)


async def test_a_change_waits_for_lines_that_are_on_their_way(database: Database, database_url: str) -> None:
    company_id, account = await company(database)
    other = Database(database_url)
    async with database.transaction() as connection:
        # No more than their foreign key holds the company.
        await insert_lines(connection, company_id, prepare(statement(COFFEE), account), job_id="j", now=NOW)
        changing = asyncio.create_task(change(other, company_id, "EUR"))
        await until_it_waits(database)
    with pytest.raises(Conflict):
        await changing
    await other.close()


async def test_lines_wait_for_a_change_and_are_read_anew(database: Database, database_url: str) -> None:
    company_id, account = await company(database)
    other = Database(database_url)
    async with database.transaction() as connection:
        await change_company(connection, company_id, CompanyChange(base_currency="EUR"), today=TODAY)
        bringing = asyncio.create_task(bring(other, company_id, account))
        await until_it_waits(database)
    assert not await bringing
    await other.close()


async def test_of_lines_and_a_change_at_once_either_comes_first(database: Database) -> None:
    made = [await company(database) for _ in range(8)]
    asked = [
        task
        for company_id, account in made
        for task in (bring(database, company_id, account), change(database, company_id, "EUR"))
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    for (company_id, _), brought, changed in zip(made, outcomes[::2], outcomes[1::2], strict=True):
        assert brought is isinstance(changed, Conflict), (brought, changed)
        wanted = "USD" if brought else "EUR"
        assert await currencies(database, company_id) == {"Checking": wanted}
        async with database.reading() as connection:
            lines = select(transactions.c.currency).where(transactions.c.company_id == company_id)
            assert (await connection.execute(lines)).scalars().all() == ["USD"] * bool(brought)


async def until_it_waits(database: Database) -> None:
    """For a lock that this test holds. SQLite's one writer was let in before: nothing is to be seen there."""
    if database.is_sqlite:
        return
    async with asyncio.timeout(10):
        while not await _waiting(database):
            await asyncio.sleep(0.005)


async def _waiting(database: Database) -> int:
    """In a transaction of its own: within one PostgreSQL tells the same of its sessions again."""
    async with database.reading() as connection:
        return int((await connection.execute(WAITING)).scalar_one())
