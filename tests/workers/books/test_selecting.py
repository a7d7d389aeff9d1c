from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from ledgerwire.books import TransactionFilter
from tests.workers.books.making import COFFEE, categorize, company, import_all, statement
from workers.books.schema import transactions
from workers.books.selecting import conditions
from workers.database import Database

ROWS = (COFFEE, ("100%_sure Ltd", "-70"), ("REFUND", "9.50"), ("PAYOUT", "1000"))


async def found(database: Database, company_id: str, **wanted: Any) -> list[str]:
    """Amounts, in the file's order."""
    query = select(transactions.c.amount).where(*conditions(company_id, TransactionFilter(**wanted)))
    async with database.reading() as connection:
        amounts = (await connection.execute(query.order_by(transactions.c.line_no))).scalars()
        return [str(amount) for amount in amounts]


@pytest.fixture
async def filled(database: Database) -> tuple[str, str, str]:
    """A company, the job that imported its lines, and its bank account; another company has the same lines."""
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(*ROWS))
    await categorize(database, company_id, job_id)
    other_id, other = await company(database)
    await import_all(database, other_id, other, statement(*ROWS))
    return company_id, job_id, account.account_id


async def test_no_condition_means_all_lines_of_the_company_and_no_others(
    database: Database, filled: tuple[str, str, str]
) -> None:
    assert await found(database, filled[0]) == ["-4.50", "-70", "9.50", "1000"]
    assert await found(database, "nobody") == []


async def test_amounts_are_compared_as_numbers_with_both_bounds_included(
    database: Database, filled: tuple[str, str, str]
) -> None:
    company_id = filled[0]
    assert await found(database, company_id, amount_min=Decimal("9.5")) == ["9.50", "1000"]
    assert await found(database, company_id, amount_max=Decimal("-4.500")) == ["-4.50", "-70"]
    bounds = {"amount_min": Decimal(-70), "amount_max": Decimal("9.5")}
    assert await found(database, company_id, **bounds) == ["-4.50", "-70", "9.50"]


async def test_days_are_included_on_both_ends(database: Database, filled: tuple[str, str, str]) -> None:
    company_id, june = filled[0], date(2026, 6, 1)
    assert len(await found(database, company_id, date_from=june, date_to=june)) == 4
    assert await found(database, company_id, date_from=date(2026, 6, 2)) == []
    assert await found(database, company_id, date_to=date(2026, 5, 31)) == []


async def test_every_other_condition_narrows(database: Database, filled: tuple[str, str, str]) -> None:
    company_id, job_id, account_id = filled
    assert len(await found(database, company_id, job_id=job_id, account_id=account_id)) == 4
    assert await found(database, company_id, job_id="another") == []
    assert await found(database, company_id, state=["proposed"]) == ["-4.50"]
    assert len(await found(database, company_id, state=["proposed", "review"])) == 4
    assert await found(database, company_id, source=["rule"]) == ["-4.50"]
    assert await found(database, company_id, category="Meals and entertainment") == ["-4.50"]
    assert await found(database, company_id, merchant_key="PAYOUT") == ["1000"]
    assert await found(database, company_id, state=[]) == []
    assert await found(database, company_id, text="%_S") == ["-70"]
    assert await found(database, company_id, text="door  coffee") == ["-4.50"]
    assert await found(database, company_id, text="door", amount_min=Decimal(0)) == []


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999", "1e-999999"])
def test_what_is_no_amount_of_money_is_no_filter(amount: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="amount_min"):
        msgspec.convert({"amount_min": amount}, TransactionFilter)
