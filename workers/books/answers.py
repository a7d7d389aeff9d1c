"""What a language model has answered, kept so that it is paid once, and what a company has spent on it by the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import msgspec
from sqlalchemy import bindparam, select
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

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


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


async def find_spending(connection: AsyncConnection, company_id: str, day: date) -> Spending:
    row = (await connection.execute(_SPENT, {"company": company_id, "day": day})).first()
    return Spending(*row) if row else Spending()


async def add_spending(connection: AsyncConnection, company_id: str, day: date, spent: Spending) -> None:
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = build(llm_spending).values(company_id=company_id, day=day, **msgspec.structs.asdict(spent))
    sums = {name: llm_spending.c[name] + added.excluded[name] for name in Spending.__struct_fields__}
    await connection.execute(
        added.on_conflict_do_update(index_elements=[llm_spending.c.company_id, llm_spending.c.day], set_=sums)
    )


_FIND = select(llm_answers.c.question, llm_answers.c.category, llm_answers.c.confidence).where(
    llm_answers.c.company_id == bindparam("company"),
    llm_answers.c.question.in_(bindparam("keys", expanding=True)),
)
_SPENT = select(*(llm_spending.c[name] for name in Spending.__struct_fields__)).where(
    llm_spending.c.company_id == bindparam("company"), llm_spending.c.day == bindparam("day")
)
