"""What a language model has answered, kept so that it is paid once, and what a company has spent on it by the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.questions import Answer, Choice
from workers.books.schema import accounts, bank_accounts, llm_answers, llm_spending
from workers.database import insert_new

#: Keys in one statement.
CHUNK = 500


class Spending(msgspec.Struct, frozen=True):
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


async def load_choices(connection: AsyncConnection, company_id: str) -> list[Choice]:
    """The accounts a line may be booked to: active ones, but for the bank accounts, which lines are in."""
    banks = select(bank_accounts.c.name).where(bank_accounts.c.company_id == company_id)
    query = select(accounts.c.name, accounts.c.type).where(
        accounts.c.company_id == company_id, accounts.c.archived.is_(False), accounts.c.name.not_in(banks)
    )
    return [Choice(*row) for row in await connection.execute(query.order_by(accounts.c.code))]


async def find_answers(
    connection: AsyncConnection, company_id: str, keys: Collection[str]
) -> dict[str, Answer]:
    """By their questions' keys, as far as they are known."""
    wanted, found = list(keys), dict[str, Answer]()
    for start in range(0, len(wanted), CHUNK):
        values = {"company": company_id, "keys": wanted[start : start + CHUNK]}
        for key, category, confidence in await connection.execute(_FIND, values):
            found[key] = Answer(category, confidence)
    return found


async def keep_answers(
    connection: AsyncConnection,
    company_id: str,
    answers: Mapping[str, Answer],
    *,
    model: str,
    now: datetime,
) -> None:
    """The first answer stays: somebody may already go by it."""
    rows = [
        {
            "company_id": company_id,
            "question": key,
            "category": answer.category,
            "confidence": answer.confidence,
            "model": model,
            "created_at": now,
        }
        # In one order everywhere, so that no two who keep the same answers wait for each other.
        for key, answer in sorted(answers.items())
    ]
    if rows:
        await connection.execute(insert_new(connection.dialect, llm_answers), rows)


async def add_spending(connection: AsyncConnection, company_id: str, day: date, spent: Spending) -> None:
    """``spent`` may be less than nothing, where less came due than was reserved."""
    await _add(connection, company_id, day, spent)


async def reserve_spending(
    connection: AsyncConnection, company_id: str, day: date, tokens: int, *, most: int
) -> bool:
    """Add ``tokens`` ahead of a call, unless the day's sum would be above ``most``: says whether it did.

    In one statement, so that no two jobs of the company, in whatever process, spend the same rest of a budget.
    """
    if tokens > most:
        return False
    left = llm_spending.c.input_tokens + llm_spending.c.output_tokens + tokens <= most
    return await _add(connection, company_id, day, Spending(0, tokens, 0), where=left)


async def _add(
    connection: AsyncConnection,
    company_id: str,
    day: date,
    spent: Spending,
    *,
    where: ColumnElement[bool] | None = None,
) -> bool:
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = build(llm_spending).values(company_id=company_id, day=day, **msgspec.structs.asdict(spent))
    sums = {name: llm_spending.c[name] + added.excluded[name] for name in Spending.__struct_fields__}
    key = [llm_spending.c.company_id, llm_spending.c.day]
    summed = added.on_conflict_do_update(index_elements=key, set_=sums, where=where)
    return (await connection.execute(summed.returning(llm_spending.c.day))).first() is not None


_FIND = select(llm_answers.c.question, llm_answers.c.category, llm_answers.c.confidence).where(
    llm_answers.c.company_id == bindparam("company"),
    llm_answers.c.question.in_(bindparam("keys", expanding=True)),
)
