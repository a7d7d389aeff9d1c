"""Answers are kept once, spending adds up."""

from __future__ import annotations

import asyncio
from datetime import date

from sqlalchemy import select, update

from tests.workers.books.making import NOW, company
from workers.books.answers import (
    Spending,
    add_spending,
    find_answers,
    keep_answers,
    load_choices,
    reserve_spending,
)
from workers.books.companies import create_bank_account
from workers.books.questions import Answer, Choice
from workers.books.schema import accounts, llm_spending
from workers.database import Database

DAY = date(2026, 6, 30)


async def keep(database: Database, company_id: str, **answers: Answer) -> None:
    async with database.transaction() as connection:
        await keep_answers(connection, company_id, answers, model="model-1", now=NOW)


async def spent(database: Database, company_id: str) -> dict[date, Spending]:
    columns = [llm_spending.c[name] for name in ("day", *Spending.__struct_fields__)]
    async with database.reading() as connection:
        found = await connection.execute(select(*columns).where(llm_spending.c.company_id == company_id))
        return {day: Spending(*sums) for day, *sums in found}


async def test_an_answer_is_found_again_by_its_company_and_question(database: Database) -> None:
    ours, _ = await company(database)
    theirs, _ = await company(database)
    await keep(database, ours, a=Answer("Utilities", 0.9), b=Answer(None, 0.2))
    await keep(database, theirs, c=Answer("Utilities", 0.5))
    many = [f"unheard-{number}" for number in range(1_200)]
    async with database.reading() as connection:
        assert await find_answers(connection, ours, ["a", *many, "b", "c"]) == {
            "a": Answer("Utilities", 0.9),
            "b": Answer(None, 0.2),
        }
        assert await find_answers(connection, ours, []) == {}


async def test_the_first_answer_stays(database: Database) -> None:
    ours, _ = await company(database)
    await keep(database, ours, a=Answer("Utilities", 0.9))
    await keep(database, ours, a=Answer("Insurance", 0.1), b=Answer(None, 0.3))
    await keep(database, ours)
    async with database.reading() as connection:
        found = await find_answers(connection, ours, ["a", "b"])
    assert found == {"a": Answer("Utilities", 0.9), "b": Answer(None, 0.3)}


async def test_spending_adds_up_by_company_and_day_whoever_adds_at_once(database: Database) -> None:
    ours, _ = await company(database)
    theirs, _ = await company(database)

    async def spend(company_id: str, day: date) -> None:
        async with database.transaction() as connection:
            await add_spending(connection, company_id, day, Spending(1, 100, 20))

    await asyncio.gather(
        *(spend(ours, DAY) for _ in range(8)), spend(theirs, DAY), spend(ours, date(2026, 7, 1))
    )
    assert await spent(database, ours) == {DAY: Spending(8, 800, 160), date(2026, 7, 1): Spending(1, 100, 20)}


async def test_whoever_reserves_at_once_nobody_spends_the_same_rest_of_a_budget(database: Database) -> None:
    ours, _ = await company(database)
    theirs, _ = await company(database)

    async def reserve(company_id: str, tokens: int, day: date = DAY) -> bool:
        async with database.transaction() as connection:
            return await reserve_spending(connection, company_id, day, tokens, most=1_000)

    assert sum(await asyncio.gather(*(reserve(ours, 300) for _ in range(8)))) == 3
    assert await reserve(ours, 100)
    assert not await reserve(ours, 1)
    assert not await reserve(theirs, 1_001)
    assert await reserve(theirs, 1_000)
    assert await reserve(ours, 1_000, date(2026, 7, 1))
    async with database.transaction() as connection:
        await add_spending(connection, ours, DAY, Spending(1, 40 - 300, 60))
    assert (await spent(database, ours))[DAY] == Spending(1, 740, 60)
    assert not await reserve(ours, 201)
    assert await reserve(ours, 200)


async def test_a_line_may_be_booked_to_active_accounts_that_are_not_the_banks(database: Database) -> None:
    ours, _ = await company(database)
    async with database.transaction() as connection:
        await create_bank_account(connection, ours, name="Savings", currency="USD")
        await connection.execute(
            update(accounts)
            .where(accounts.c.company_id == ours, accounts.c.name == "Utilities")
            .values(archived=True)
        )
    async with database.reading() as connection:
        choices = await load_choices(connection, ours)
    names = {choice.name for choice in choices}
    assert Choice("Sales income", "income") in choices
    assert not names & {"Checking", "Savings", "Utilities"}
