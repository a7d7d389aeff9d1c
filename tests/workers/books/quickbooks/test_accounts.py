"""The accounts of QuickBooks, as they were fetched last."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
from cryptography.fernet import Fernet

from tests.workers.books.making import NOW, company
from workers.books.quickbooks.accounts import FetchedAccount, keep_accounts, list_accounts
from workers.books.quickbooks.connections import NewTokens, connect, show_connection
from workers.books.quickbooks.sealing import Seal
from workers.database import Database

REALM, ELSEWHERE = "9130000000000001", "9130000000000002"
SEAL = Seal((Fernet.generate_key().decode(),))


def account(qbo_id: str, name: str, **more: object) -> FetchedAccount:
    known = {"qbo_id": qbo_id, "name": name, "full_name": name, "type": "Expense", **more}
    return msgspec.convert(known, FetchedAccount)


TELEPHONE = account("3", "Telephone", full_name="Utilities:Telephone", subtype="Utilities", currency="USD")
UTILITIES = account("2", "Utilities")
CHECKING = account("1", "Checking", type="Bank")


async def connected(database: Database, realm: str = REALM) -> str:
    company_id, _ = await company(database)
    tokens = NewTokens("access", "refresh", NOW + timedelta(hours=1))
    async with database.transaction() as tx:
        await connect(tx, company_id, realm, tokens, environment="sandbox", actor="Ann", seal=SEAL, now=NOW)
    return company_id


async def keep(database: Database, company_id: str, *fetched: FetchedAccount, minutes: int = 0) -> None:
    async with database.transaction() as tx:
        await keep_accounts(tx, company_id, REALM, fetched, now=NOW + timedelta(minutes=minutes))


async def listed(database: Database, company_id: str, realm: str = REALM) -> list[tuple[str, str, bool]]:
    async with database.reading() as connection:
        found = await list_accounts(connection, company_id, realm)
    return [(each.qbo_id, each.full_name, each.active) for each in found]


async def test_they_are_kept_as_they_are_told_of_and_listed_with_their_parents(database: Database) -> None:
    mine = await connected(database)
    await keep(database, mine, TELEPHONE, CHECKING, UTILITIES)
    async with database.reading() as connection:
        found = await list_accounts(connection, mine, REALM)
    assert [each.full_name for each in found] == ["Checking", "Utilities", "Utilities:Telephone"]
    last = found[-1]
    assert (last.qbo_id, last.name, last.type, last.currency) == ("3", "Telephone", "Expense", "USD")


async def test_what_is_fetched_later_takes_the_place_of_what_was_known(database: Database) -> None:
    mine = await connected(database)
    await keep(database, mine, CHECKING, UTILITIES)
    renamed = account("2", "Water and power")
    await keep(database, mine, CHECKING, renamed, account("4", "Parking"), minutes=1)
    assert await listed(database, mine) == [
        ("1", "Checking", True),
        ("4", "Parking", True),
        ("2", "Water and power", True),
    ]


async def test_what_is_gone_stays_known_as_inactive_and_may_come_back(database: Database) -> None:
    """What was sent names it; nobody may choose it."""
    mine = await connected(database)
    await keep(database, mine, CHECKING, UTILITIES)
    for minutes in (1, 2):
        await keep(database, mine, CHECKING, minutes=minutes)
        assert await listed(database, mine) == [("1", "Checking", True), ("2", "Utilities", False)]
    await keep(database, mine, minutes=3)
    assert await listed(database, mine) == [("1", "Checking", False), ("2", "Utilities", False)]
    await keep(database, mine, CHECKING, UTILITIES, minutes=4)
    assert await listed(database, mine) == [("1", "Checking", True), ("2", "Utilities", True)]


async def test_those_of_another_company_are_left_alone(database: Database) -> None:
    mine, others = await connected(database), await connected(database)
    async with database.transaction() as tx:
        await keep_accounts(tx, mine, ELSEWHERE, [UTILITIES], now=NOW)
    await keep(database, others, TELEPHONE)
    await keep(database, mine, CHECKING)
    assert await listed(database, mine) == [("1", "Checking", True)]
    assert await listed(database, mine, ELSEWHERE) == [("2", "Utilities", True)]
    assert await listed(database, others) == [("3", "Utilities:Telephone", True)]


async def test_when_they_were_fetched_is_told_of_the_company_that_is_connected(database: Database) -> None:
    mine = await connected(database)
    await keep(database, mine, CHECKING, minutes=7)
    async with database.transaction() as tx:
        await keep_accounts(tx, mine, ELSEWHERE, [UTILITIES], now=NOW + timedelta(minutes=9))
    async with database.reading() as connection:
        shown = await show_connection(connection, mine, available=True, environment="sandbox")
    assert shown.fetched_at == NOW + timedelta(minutes=7)


async def test_two_that_fetch_at_the_same_moment_keep_one_set(database: Database) -> None:
    mine = await connected(database)
    await keep(database, mine, CHECKING)
    await asyncio.gather(
        *(keep(database, mine, CHECKING, UTILITIES, TELEPHONE, minutes=number) for number in range(4))
    )
    assert await listed(database, mine) == [
        ("1", "Checking", True),
        ("2", "Utilities", True),
        ("3", "Utilities:Telephone", True),
    ]
