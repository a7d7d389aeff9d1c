"""``categorize``: decide the lines that are imported and wait."""

from __future__ import annotations

from typing import Any

import msgspec

from ledgerwire.submissions import Categorize
from workers.books.categorizing import Line, count_waiting, waiting_lines
from workers.jobs.attempt import Attempt
from workers.jobs.plan import Plan
from workers.tasks.asking import Asked, ask_lines, load_questionnaire
from workers.tasks.categorizing import Tally, categorize_lines

PLAN = Plan(categorize=75, ask=25)


class State(msgspec.Struct, frozen=True, kw_only=True):
    #: Fixed at the start: a resumed job means the same number of lines.
    total: int | None = None
    tally: Tally = Tally()
    asked: Asked = Asked()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    categorized: int
    needs_review: int


async def categorize(attempt: Attempt, submission: Categorize) -> Result:
    state = msgspec.convert(attempt.state or {}, State)
    # In ascending order, as waiting_lines wants them; whoever names lines means all of them, whatever limit says.
    ids = submission.transaction_ids and sorted(set(submission.transaction_ids))
    total = state.total
    if total is None:
        async with attempt.database.reading() as connection:
            total = await count_waiting(
                connection,
                attempt.company_id,
                limit=len(ids) if ids else submission.limit,
                transaction_ids=ids,
            )

    async def next_lines(cursor: Any, limit: int) -> list[Line]:
        async with attempt.database.reading() as connection:
            return await waiting_lines(
                connection, attempt.company_id, after=cursor or "", limit=limit, transaction_ids=ids
            )

    questionnaire = await load_questionnaire(attempt)
    tally = await categorize_lines(
        attempt,
        next_lines,
        lambda line: line.transaction_id,
        total=total,
        tally=state.tally,
        keep={"total": total},
        questionnaire=questionnaire,
    )
    await ask_lines(
        attempt,
        questionnaire,
        next_lines,
        lambda line: line.transaction_id,
        tally=tally,
        asked=state.asked,
        keep={"total": total, "tally": tally},
    )
    return Result(categorized=tally.categorized, needs_review=tally.needs_review)
