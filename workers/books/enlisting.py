"""The lines a job is to act on, written down before it begins; each has its outcome once it has one.

So all that a filter meant gets an answer, also what fails to match it by the time it is its turn; a job that was cut
off knows what is left; and what failed can be tried again, or what was done be undone, by the job's id alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import TransactionFilter
from ledgerwire.review import LineFailure
from workers.books.outcomes import Outcome
from workers.books.schema import approval_outcomes as outcomes
from workers.books.schema import transactions
from workers.books.selecting import conditions

WAITING = "waiting"
#: As many failures are told one by one.
MOST_TOLD = 500


class Summary(msgspec.Struct, frozen=True):
    """How many lines came to which outcome, and the first of those that did not come to a good one."""

    outcomes: dict[str, int]
    failed: list[LineFailure]
    failed_count: int


async def enlist(connection: AsyncConnection, job_id: str, ids: Sequence[str]) -> None:
    if ids:
        await connection.execute(_ENLIST, [{"job_id": job_id, "transaction_id": each} for each in ids])


async def waiting(connection: AsyncConnection, job_id: str, *, after: str, limit: int) -> list[str]:
    """Of the enlisted lines those after ``after`` that have no outcome yet, by id."""
    values = {"job": job_id, "after": after, "limit": limit}
    return list((await connection.execute(_STILL_WAITING, values)).scalars())


async def settle(connection: AsyncConnection, job_id: str, settled: Iterable[Outcome]) -> None:
    """In the transaction that brings the outcomes about."""
    rows = [
        {"job": job_id, "id": each.transaction_id, "word": each.outcome, "why": each.detail or None}
        for each in settled
    ]
    if rows:
        await connection.execute(_SETTLE, rows)


async def summarise(connection: AsyncConnection, job_id: str, *, good: Collection[str]) -> Summary:
    """``good`` are the outcomes that are no failure."""
    counted = await connection.execute(_COUNT, {"job": job_id})
    counts = {row.outcome: row.lines for row in counted}
    failed = await connection.execute(_FAILED, {"job": job_id, "good": list(good), "limit": MOST_TOLD})
    failures = [LineFailure(key, word, detail or "") for key, word, detail in failed]
    return Summary(counts, failures, sum(count for word, count in counts.items() if word not in good))


# --- which lines: each of these gives ids in ascending order --------------------------------------------


async def matching(
    connection: AsyncConnection,
    company_id: str,
    wanted: TransactionFilter,
    *,
    there_at: datetime,
    after: str,
    limit: int,
) -> list[str]:
    """Lines that ``wanted`` means, of those that were imported by ``there_at``."""
    query = select(transactions.c.transaction_id).where(
        *conditions(company_id, wanted), transactions.c.created_at <= there_at
    )
    return await _ids(connection, query, transactions.c.transaction_id, after, limit)


async def imported_by(
    connection: AsyncConnection, company_id: str, job_id: str, *, after: str, limit: int
) -> list[str]:
    query = select(transactions.c.transaction_id).where(
        transactions.c.company_id == company_id, transactions.c.import_job_id == job_id
    )
    return await _ids(connection, query, transactions.c.transaction_id, after, limit)


async def came_to(
    connection: AsyncConnection, job_id: str, words: Collection[str], *, after: str, limit: int
) -> list[str]:
    """Lines of an earlier job with one of these outcomes."""
    return await _earlier(connection, job_id, outcomes.c.outcome.in_(words), after, limit)


async def came_to_none_of(
    connection: AsyncConnection, job_id: str, words: Collection[str], *, after: str, limit: int
) -> list[str]:
    """Lines of an earlier job with any other outcome, or with none because it was cut off."""
    return await _earlier(connection, job_id, outcomes.c.outcome.not_in(words), after, limit)


async def _earlier(
    connection: AsyncConnection, job_id: str, condition: Any, after: str, limit: int
) -> list[str]:
    query = select(outcomes.c.transaction_id).where(outcomes.c.job_id == job_id, condition)
    return await _ids(connection, query, outcomes.c.transaction_id, after, limit)


async def _ids(
    connection: AsyncConnection, query: Select[Any], column: Any, after: str, limit: int
) -> list[str]:
    found = await connection.execute(query.where(column > after).order_by(column).limit(limit))
    return list(found.scalars())


_MINE = outcomes.c.job_id == bindparam("job")
_ENLIST = insert(outcomes).values(outcome=WAITING)
_STILL_WAITING = (
    select(outcomes.c.transaction_id)
    .where(_MINE, outcomes.c.outcome == WAITING, outcomes.c.transaction_id > bindparam("after"))
    .order_by(outcomes.c.transaction_id)
    .limit(bindparam("limit"))
)
# By its whole key, one by one: asked for a hundred at once, a planner without statistics goes through all of a job's.
_SETTLE = (
    update(outcomes)
    .where(_MINE, outcomes.c.transaction_id == bindparam("id"))
    .values(outcome=bindparam("word"), detail=bindparam("why"))
)
_COUNT = select(outcomes.c.outcome, func.count().label("lines")).where(_MINE).group_by(outcomes.c.outcome)
_FAILED = (
    select(outcomes.c.transaction_id, outcomes.c.outcome, outcomes.c.detail)
    .where(_MINE, outcomes.c.outcome.not_in(bindparam("good", expanding=True)))
    .order_by(outcomes.c.transaction_id)
    .limit(bindparam("limit"))
)
