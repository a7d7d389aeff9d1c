"""The chart of accounts and the bank accounts as people change them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select

from ledgerwire.books import (
    Account,
    AccountChange,
    BankAccount,
    BankAccountChange,
    NewAccount,
    NewBankAccount,
)
from ledgerwire.rules import NewRule
from tests.workers.books.making import COFFEE, NOW, a_line, company
from tests.workers.books.reviewing import Reviewed
from workers.books.accounts import (
    MOST_ACCOUNTS,
    change_account,
    create_account,
    delete_account,
    find_account,
    is_category,
)
from workers.books.bank_accounts import change_bank_account, open_bank_account
from workers.books.companies import create_bank_account, list_bank_accounts, list_chart
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.rule_book import create_rule, list_rules
from workers.books.rules import load_rules
from workers.books.schema import accounts, audit
from workers.database import Database

MEALS, FOOD = "Meals and entertainment", "Food and drink"
MEALS_CODE = "6090"


class Chart:
    """What people do to the chart of one company."""

    def __init__(self, database: Database, company_id: str) -> None:
        self.database = database
        self.company_id = company_id

    async def create(self, code: str, name: str, kind: Any = "expense") -> Account:
        async with self.database.transaction() as tx:
            return await create_account(tx, self.company_id, NewAccount(code=code, name=name, type=kind))

    async def change(self, code: str, **wanted: Any) -> Account:
        async with self.database.transaction() as tx:
            return await change_account(tx, self.company_id, code, AccountChange(**wanted))

    async def delete(self, code: str) -> None:
        async with self.database.transaction() as tx:
            await delete_account(tx, self.company_id, code)

    async def open(self, name: str, currency: str = "USD", number: str | None = None) -> BankAccount:
        wanted = NewBankAccount(name=name, currency=currency, number=number)
        async with self.database.transaction() as tx:
            return await open_bank_account(tx, self.company_id, wanted)

    async def change_bank(self, account_id: str, **wanted: Any) -> BankAccount:
        async with self.database.transaction() as tx:
            return await change_bank_account(tx, self.company_id, account_id, BankAccountChange(**wanted))

    async def accounts(self) -> dict[str, Account]:
        """By name."""
        async with self.database.reading() as connection:
            return {account.name: account for account in await list_chart(connection, self.company_id)}

    async def bank_accounts(self) -> list[BankAccount]:
        async with self.database.reading() as connection:
            return await list_bank_accounts(connection, self.company_id)


@pytest.fixture
async def chart(database: Database) -> Chart:
    company_id, _ = await company(database)
    return Chart(database, company_id)


# --- the chart ------------------------------------------------------------------------------------------


async def test_an_account_is_created_under_its_code(chart: Chart) -> None:
    created = await chart.create("6300", "  Legal   advice ")
    assert created == Account("6300", "Legal advice", "expense")
    assert (await chart.accounts())["Legal advice"] == created


@pytest.mark.parametrize(
    ("code", "name", "pointer"), [("6300", MEALS, "/name"), (MEALS_CODE, "Legal advice", "/code")]
)
async def test_code_and_name_are_taken_once(chart: Chart, code: str, name: str, pointer: str) -> None:
    before = await chart.accounts()
    with pytest.raises(Conflict) as refused:
        await chart.create(code, name)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]
    assert f"{MEALS_CODE} {MEALS}" in refused.value.errors[0].detail
    assert await chart.accounts() == before


async def test_of_two_who_want_one_name_one_gets_it(chart: Chart) -> None:
    done = await asyncio.gather(
        *(chart.create(code, "Legal advice") for code in ("6300", "6301", "6302")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Account", "Conflict", "Conflict"]


async def test_a_full_chart_takes_no_more_accounts_of_either_kind(chart: Chart) -> None:
    free = MOST_ACCOUNTS - len(await chart.accounts())
    rows = [
        {"company_id": chart.company_id, "code": f"x{n}", "name": f"Number {n}", "type": "expense"}
        for n in range(free - 1)
    ]
    async with chart.database.transaction() as tx:
        await tx.execute(insert(accounts), rows)
    await chart.create("last", "The last one")
    for one_more in (chart.create("more", "One more"), chart.open("Savings")):
        with pytest.raises(BooksError) as refused:
            await one_more
        assert refused.value.problem.code == "too_many_accounts"
    await chart.delete("x0")
    await chart.open("Savings")


async def test_a_name_of_blanks_is_none(chart: Chart) -> None:
    with pytest.raises(BooksError) as refused:
        await chart.create("6300", "   ")
    assert [fault.pointer for fault in refused.value.errors] == ["/name"]


async def test_a_new_name_is_carried_to_all_that_has_the_old_one(database: Database) -> None:
    reviewed = await Reviewed.found(database)
    coffee, other = await reviewed.imported(COFFEE, ("SHOE SHOP", "-7"))
    await reviewed.approve([coffee])
    neighbour = await Reviewed.found(database)
    (theirs,) = await neighbour.imported(COFFEE)
    before, trail = await reviewed.line(coffee), await reviewed.trail()
    chart = Chart(database, reviewed.company_id)
    assert (await chart.change(MEALS_CODE, name=FOOD)).name == FOOD
    after = await reviewed.line(coffee)
    assert (after.category, after.revision) == (FOOD, before.revision)
    assert (await reviewed.line(other)).category is None
    state, entry = (await reviewed.entries())[coffee]
    assert (state, entry.movements[0].debit_account) == ("posted", FOOD)
    assert await reviewed.trail() == trail
    async with database.reading() as connection:
        rules = await list_rules(connection, reviewed.company_id)
        assert (await load_rules(connection, reviewed.company_id)).find(a_line("COFFEE"))
    assert FOOD in {rule.category for rule in rules}
    assert MEALS not in {rule.category for rule in rules}
    assert MEALS not in await chart.accounts()
    assert (await neighbour.line(theirs)).category == MEALS
    await neighbour.assert_sound()


async def test_a_name_that_is_taken_is_not_carried_anywhere(database: Database) -> None:
    reviewed = await Reviewed.found(database)
    await reviewed.imported(COFFEE)
    before = await reviewed.lines()
    chart = Chart(database, reviewed.company_id)
    with pytest.raises(Conflict):
        await chart.change(MEALS_CODE, name="Insurance")
    with pytest.raises(Conflict):
        await chart.change(MEALS_CODE, name="Checking")
    assert await reviewed.lines() == before
    await reviewed.assert_sound()


async def test_an_archived_account_decides_nothing_and_keeps_its_past(database: Database) -> None:
    reviewed = await Reviewed.found(database)
    (coffee,) = await reviewed.imported(COFFEE)
    chart = Chart(database, reviewed.company_id)
    assert (await chart.change(MEALS_CODE, archived=True)).archived
    async with database.reading() as connection:
        assert (await load_rules(connection, reviewed.company_id)).find(a_line("COFFEE")) is None
        assert not await is_category(connection, reviewed.company_id, MEALS)
    assert (await reviewed.line(coffee)).category == MEALS
    await chart.change(MEALS_CODE, archived=False)
    async with database.reading() as connection:
        assert (await load_rules(connection, reviewed.company_id)).find(a_line("COFFEE"))


async def test_an_account_in_use_can_only_be_archived(database: Database) -> None:
    reviewed = await Reviewed.found(database)
    await reviewed.imported(("SHOE SHOP", "-7"))
    (shoes,) = await reviewed.lines()
    await reviewed.say(shoes, "Clothing and uniforms")
    chart = Chart(database, reviewed.company_id)
    for code in ("6030", MEALS_CODE, "1000"):  # a line's, a rule's, a bank account's
        with pytest.raises(Conflict, match="Archive it"):
            await chart.delete(code)
    await chart.delete("6150")
    assert "Pets and animals" not in await chart.accounts()
    with pytest.raises(Missing):
        await chart.delete("6150")


async def test_a_type_is_changed_but_a_bank_accounts_stays_of_the_balance_sheet(chart: Chart) -> None:
    assert (await chart.change(MEALS_CODE, type="income")).type == "income"
    assert (await chart.change("1000", type="liability")).type == "liability"
    with pytest.raises(BooksError) as refused:
        await chart.change("1000", type="expense")
    assert [fault.pointer for fault in refused.value.errors] == ["/type"]


async def test_another_companys_account_is_unknown(chart: Chart) -> None:
    await chart.create("6300", "Legal advice")
    other_id, _ = await company(chart.database)
    other = Chart(chart.database, other_id)
    with pytest.raises(Missing):
        await other.change("6300", name="Theirs")
    with pytest.raises(Missing):
        await Chart(chart.database, "nobody").create("1", "X")
    async with chart.database.reading() as connection:
        with pytest.raises(Missing):
            await find_account(connection, other_id, "6300")


# --- bank accounts --------------------------------------------------------------------------------------


async def test_a_bank_account_is_opened_with_an_account_of_the_chart(chart: Chart) -> None:
    opened = await chart.open(" Savings ", "EUR", "de12 3456-7890")
    assert (opened.name, opened.currency, opened.number) == ("Savings", "EUR", "DE1234567890")
    assert (await chart.accounts())["Savings"] == Account("1001", "Savings", "asset")
    assert opened in await chart.bank_accounts()


async def test_a_bank_account_takes_the_next_code_that_is_free(chart: Chart) -> None:
    await chart.create("1001", "Petty cash", "asset")
    await chart.open("Savings")
    assert (await chart.accounts())["Savings"].code == "1002"


async def test_a_bank_accounts_name_is_no_other_accounts(chart: Chart) -> None:
    for name in ("Checking", MEALS):
        with pytest.raises(Conflict) as refused:
            await chart.open(name)
        assert [fault.pointer for fault in refused.value.errors] == ["/name"]
    assert len(await chart.bank_accounts()) == 1


@pytest.mark.parametrize("number", ["12-3", "    ", "----"])
async def test_a_number_that_tells_nothing_apart_is_refused(chart: Chart, number: str) -> None:
    with pytest.raises(BooksError) as refused:
        await chart.open("Savings", number=number)
    assert [fault.pointer for fault in refused.value.errors] == ["/number"]


async def test_a_bank_accounts_new_name_is_its_accounts_and_in_all_entries(database: Database) -> None:
    reviewed = await Reviewed.found(database)
    coffee, _ = await reviewed.imported(COFFEE, ("STRIPE PAYOUT", "90"))
    await reviewed.approve([coffee])
    chart = Chart(database, reviewed.company_id)
    account_id = reviewed.account.account_id
    changed = await chart.change_bank(account_id, name="Giro", number="1234 5678")
    assert (changed.name, changed.number) == ("Giro", "12345678")
    assert await chart.bank_accounts() == [changed]
    assert {"Giro"} == set(await chart.accounts()) & {"Giro", "Checking"}
    reviewed.account = changed
    await reviewed.assert_sound()
    assert (await chart.change_bank(account_id, number=None)).number is None
    assert (await chart.change("1000", name="Checking")).name == "Checking"
    assert [each.name for each in await chart.bank_accounts()] == ["Checking"]


async def test_another_companys_bank_account_is_unknown(chart: Chart) -> None:
    _, theirs = await company(chart.database)
    with pytest.raises(Missing):
        await chart.change_bank(theirs.account_id, name="Mine")


async def test_a_bank_account_of_the_command_line_never_takes_a_code_that_is_taken(chart: Chart) -> None:
    await chart.create("1001", "Petty cash", "asset")
    async with chart.database.transaction() as tx:
        await create_bank_account(tx, chart.company_id, name="Savings", currency="USD")
    assert (await chart.accounts())["Savings"].code == "1002"


# --- others at work ---------------------------------------------------------------------------------------


async def test_a_rename_waits_for_whoever_works_on_lines(database: Database) -> None:
    """Or else a line approved meanwhile would have an entry over an account that is no more."""
    reviewed = await Reviewed.found(database)
    ids = await reviewed.imported(*((f"COFFEE {number}", "-1") for number in range(30)))
    chart = Chart(database, reviewed.company_id)
    names = [MEALS, FOOD] * 3

    async def rename() -> None:
        for name in names[1:]:
            await chart.change(MEALS_CODE, name=name)

    await asyncio.gather(rename(), *(reviewed.approve([key]) for key in ids))
    lines = await reviewed.lines()
    assert {(line.state, line.category) for line in lines.values()} == {("approved", names[-1])}
    assert {entry.movements[0].debit_account for _, entry in (await reviewed.entries()).values()} == {
        names[-1]
    }
    async with database.reading() as connection:
        said = (await connection.execute(select(audit.c.to_category).distinct())).scalars().all()
    assert {MEALS} <= set(said) <= {MEALS, FOOD}


async def test_a_rule_of_an_archived_account_cannot_be_written(chart: Chart) -> None:
    await chart.change(MEALS_CODE, archived=True)
    with pytest.raises(BooksError) as refused:
        async with chart.database.transaction() as tx:
            await create_rule(tx, chart.company_id, NewRule(category=MEALS, match="X"), now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == ["/category"]
