from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from ledgerwire.books import CompanyChange
from tests.workers.books.making import a_line
from workers.books.chart import DEFAULT_CHART, STARTER_RULES
from workers.books.companies import (
    CompanyRecord,
    change_company,
    create_bank_account,
    create_company,
    find_bank_account,
    find_company,
    list_bank_accounts,
    list_chart,
    list_companies,
)
from workers.books.errors import BooksError, Missing
from workers.books.rules import load_rules
from workers.database import Database


async def test_a_new_company_has_a_chart_a_checking_account_and_no_rules(database: Database) -> None:
    async with database.transaction() as connection:
        assert await create_company(connection, "acme", name="Acme Ltd", base_currency="EUR")
        record = await find_company(connection, "acme")
        accounts = await list_bank_accounts(connection, "acme")
        chart = await list_chart(connection, "acme")
        rules = await load_rules(connection, "acme")
    assert record is not None
    assert (record.name, record.base_currency) == ("Acme Ltd", "EUR")
    assert [(account.name, account.currency) for account in accounts] == [("Checking", "EUR")]
    assert {account.name for account in chart} == {"Checking", *(account.name for account in DEFAULT_CHART)}
    assert rules.find(a_line("COFFEE")) is None


async def test_creating_a_company_again_changes_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        assert await create_company(connection, "acme", name="Acme Ltd")
        before = await list_bank_accounts(connection, "acme")
    async with database.transaction() as connection:
        assert not await create_company(connection, "acme", name="Other", starter_rules=True)
        record = await find_company(connection, "acme")
        assert record is not None
        assert record.name == "Acme Ltd"
        assert await list_bank_accounts(connection, "acme") == before
        assert (await load_rules(connection, "acme")).find(a_line("COFFEE")) is None


async def test_of_many_who_create_a_company_at_once_one_does(database: Database) -> None:
    async def create() -> bool:
        async with database.transaction() as connection:
            return await create_company(connection, "acme")

    assert sorted(await asyncio.gather(*(create() for _ in range(8)))) == [False] * 7 + [True]
    async with database.reading() as connection:
        assert len(await list_companies(connection)) == 1
        assert len(await list_bank_accounts(connection, "acme")) == 1


async def test_the_starter_rules_name_only_categories_of_the_chart(database: Database) -> None:
    async with database.transaction() as connection:
        await create_company(connection, "demo", starter_rules=True)
        names = {account.name for account in await list_chart(connection, "demo")}
        rule = (await load_rules(connection, "demo")).find(a_line("UBER EATS AN2GO"))
    assert {category for _, category, _ in STARTER_RULES} <= names
    assert rule is not None
    assert rule.category == "Meals and entertainment"


async def test_a_bank_account_is_an_account_of_the_chart_and_of_its_company_only(database: Database) -> None:
    async with database.transaction() as connection:
        await create_company(connection, "acme")
        await create_company(connection, "other")
        savings = await create_bank_account(connection, "acme", name="Savings", currency="USD", number="99")
        again = await create_bank_account(connection, "acme", name="Savings", currency="USD")
        chart = {account.name: account for account in await list_chart(connection, "acme")}
        assert again == savings
        assert chart["Savings"].type == "asset"
        assert chart["Savings"].code != chart["Checking"].code
        assert await find_bank_account(connection, "acme", savings.account_id) == savings
        assert await find_bank_account(connection, "other", savings.account_id) is None


async def test_an_unknown_company_is_null(database: Database) -> None:
    async with database.reading() as connection:
        assert await find_company(connection, "nobody") is None


async def test_books_are_closed_and_opened_again(database: Database) -> None:
    async with database.transaction() as connection:
        await create_company(connection, "acme")

    async def change(**wanted: Any) -> CompanyRecord:
        async with database.transaction() as connection:
            return await change_company(connection, "acme", CompanyChange(**wanted), today=date(2026, 7, 1))

    assert (await change(closed_through=date(2026, 6, 30))).closed_through == date(2026, 6, 30)
    assert (await change(name="Acme Ltd")).closed_through == date(2026, 6, 30)
    with pytest.raises(BooksError) as refused:
        await change(closed_through=date(2026, 7, 2))
    assert [fault.pointer for fault in refused.value.errors] == ["/closed_through"]
    opened = await change(closed_through=None)
    assert (opened.name, opened.closed_through) == ("Acme Ltd", None)
    assert await change() == opened


async def test_nobodys_company_is_not_changed(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(Missing):
            await change_company(connection, "nobody", CompanyChange(name="X"), today=date(2026, 7, 1))
