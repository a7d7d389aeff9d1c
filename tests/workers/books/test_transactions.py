from __future__ import annotations

from datetime import date

import msgspec
import pytest

from ledgerwire.books import Transaction, TransactionFilter
from tests.workers.books.making import COFFEE, categorize, company, import_all, statement
from workers.books.errors import BooksError
from workers.books.transactions import list_transactions
from workers.database import Database


async def test_pages_follow_each_other_from_the_newest_date_without_gap_or_repeat(database: Database) -> None:
    company_id, account = await company(database)
    for day in (3, 1, 2):
        rows = [(f"SHOP {number} {day}", "-1") for number in range(4)]
        await import_all(database, company_id, account, statement(*rows, day=date(2026, 6, day)))
    seen: list[Transaction] = []
    cursor: str | None = None
    async with database.reading() as connection:
        while True:
            page, cursor = await list_transactions(connection, company_id, limit=5, cursor=cursor)
            seen += page
            if cursor is None:
                break
    assert [each.date.day for each in seen] == [3] * 4 + [2] * 4 + [1] * 4
    assert len({each.transaction_id for each in seen}) == 12


async def test_filters_by_state_job_category_and_text(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE, ("100%_sure Ltd", "-7")))
    other, _ = await import_all(database, company_id, account, statement(("COFFEE BEANS", "-9")))
    await categorize(database, company_id, job_id)

    async def count(**filters: object) -> int:
        async with database.reading() as connection:
            wanted = msgspec.convert(filters, TransactionFilter)
            return len((await list_transactions(connection, company_id, wanted))[0])

    assert await count() == 3
    assert await count(state=["proposed"]) == 1
    assert await count(state=["proposed", "imported"]) == 2
    assert await count(job_id=other) == 1
    assert await count(category="Meals and entertainment") == 1
    assert await count(text="coffee") == 2
    assert await count(text="%_s") == 1
    assert await count(text="%") == 1
    assert await count(text="_____") == 0


async def test_a_company_sees_only_its_own(database: Database) -> None:
    company_id, account = await company(database)
    other_id, _ = await company(database)
    await import_all(database, company_id, account, statement(COFFEE))
    async with database.reading() as connection:
        assert await list_transactions(connection, other_id) == ([], None)
        assert len((await list_transactions(connection, company_id))[0]) == 1


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "%%%", "bm9wZQ"])
async def test_a_cursor_that_is_none_is_refused(database: Database, cursor: str) -> None:
    async with database.reading() as connection:
        if not cursor:
            assert await list_transactions(connection, "acme", cursor=cursor) == ([], None)
            return
        with pytest.raises(BooksError) as refused:
            await list_transactions(connection, "acme", cursor=cursor)
    assert refused.value.code == "bad_cursor"
