from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from ledgerwire.statements import ColumnMapping
from tests.workers.books.making import NOW, company
from workers.books.mappings import MOST, lasting, load_mappings, remember_mapping
from workers.books.schema import statement_mappings
from workers.database import Database

REVERSED = ColumnMapping(sign="reversed", amount="Amount")


async def remember(
    database: Database, company_id: str, layout: str, mapping: ColumnMapping, *, minutes: int = 0
) -> None:
    async with database.transaction() as connection:
        await remember_mapping(
            connection, company_id, layout, mapping, confirmed_by="Ann", now=NOW + timedelta(minutes=minutes)
        )


async def known(database: Database, company_id: str) -> dict[str, ColumnMapping]:
    async with database.reading() as connection:
        return await load_mappings(connection, company_id)


async def test_an_answer_is_kept_by_company_and_layout(database: Database) -> None:
    company_id, _ = await company(database)
    other_id, _ = await company(database)
    await remember(database, company_id, "a", REVERSED)
    assert await known(database, company_id) == {"a": REVERSED}
    assert await known(database, other_id) == {}


async def test_the_newest_answer_counts_and_says_whose_it_is(database: Database) -> None:
    company_id, _ = await company(database)
    await remember(database, company_id, "a", REVERSED)
    await remember(database, company_id, "a", ColumnMapping(sign="as_printed"), minutes=1)
    assert await known(database, company_id) == {"a": ColumnMapping(sign="as_printed")}
    columns = (statement_mappings.c.confirmed_by, statement_mappings.c.confirmed_at)
    query = select(*columns).where(statement_mappings.c.company_id == company_id)
    async with database.reading() as connection:
        assert (await connection.execute(query)).one() == ("Ann", NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("mapping", "kept"),
    [
        (ColumnMapping(year=2026, currency="EUR", ignore_balance=True, header_line=7), ColumnMapping()),
        (ColumnMapping(header_line=0, date="#1"), ColumnMapping(header_line=0, date="#1")),
        (REVERSED, REVERSED),
    ],
)
def test_what_is_of_one_file_is_not_kept(mapping: ColumnMapping, kept: ColumnMapping) -> None:
    assert lasting(mapping) == kept


async def test_the_newest_are_loaded(database: Database) -> None:
    company_id, _ = await company(database)
    for number in range(MOST + 2):
        await remember(database, company_id, f"layout {number}", REVERSED, minutes=number)
    assert set(await known(database, company_id)) == {f"layout {number}" for number in range(2, MOST + 2)}


async def test_an_answer_that_is_no_longer_understood_is_left_out(database: Database) -> None:
    company_id, _ = await company(database)
    await remember(database, company_id, "a", REVERSED)
    row = {"company_id": company_id, "layout": "b", "mapping": {"colour": "red"}}
    async with database.transaction() as connection:
        await connection.execute(
            insert(statement_mappings), {**row, "confirmed_by": "Ann", "confirmed_at": NOW}
        )
    assert set(await known(database, company_id)) == {"a"}
