"""The second half: decide each line, propose its journal entry, and say so in one log line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from workers.books.categorizing import Decided, Line, decide, load_categorizer, store_decisions
from workers.books.journal import replace_proposals
from workers.books.learning.experts import Experts
from workers.books.questions import Questionnaire
from workers.books.suggestions import with_known_answers
from workers.jobs.attempt import Attempt, Batch

#: Hands out the lines after a cursor, at most ``limit`` of them.
NextLines = Callable[[Any, int], Awaitable[list[Line]]]

BATCH = 100
#: Read ahead of the batches: each batch's transaction looks at its lines again before it writes.
READ_AHEAD = 1_000


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How far the categorizing is: lines after ``cursor`` are still to do."""

    cursor: str | int | None = None
    done: int = 0
    categorized: int = 0
    needs_review: int = 0


async def categorize_lines(
    attempt: Attempt,
    next_lines: NextLines,
    cursor_of: Callable[[Line], str | int],
    *,
    total: int,
    tally: Tally,
    keep: dict[str, Any],
    questionnaire: Questionnaire | None,
) -> Tally:
    """Decide line after line, batch by batch; ``keep`` is what else the checkpoint must remember.

    What a language model has answered before is known at once; what it has not is for the next step to ask.
    """
    attempt.begin("categorize", total=total, done=tally.done)
    expert = await attempt.shared.get(Experts).newest(attempt.database)
    async with attempt.database.reading() as connection:
        categorizer = await load_categorizer(connection, attempt.company_id, expert=expert)
    async for lines in _batches(next_lines, cursor_of, tally.cursor, total - tally.done):
        decided = decide(categorizer, lines)
        if questionnaire is not None:
            decided = await _recalled(attempt, decided, questionnaire)
        async with attempt.checkpoint() as batch:
            stored = await store(attempt, batch, decided)
            tally = _counted(tally, stored, cursor_of(lines[-1]), len(lines))
            batch.state = {**keep, "tally": tally}
            batch.done = tally.done
    return tally


async def _batches(
    next_lines: NextLines, cursor_of: Callable[[Line], str | int], cursor: Any, left: int
) -> AsyncIterator[list[Line]]:
    while left > 0 and (lines := await next_lines(cursor, min(READ_AHEAD, left))):
        for start in range(0, len(lines), BATCH):
            yield lines[start : start + BATCH]
        cursor, left = cursor_of(lines[-1]), left - len(lines)


async def _recalled(
    attempt: Attempt, decided: Sequence[Decided], questionnaire: Questionnaire
) -> list[Decided]:
    async with attempt.database.reading() as connection:
        return await with_known_answers(connection, attempt.company_id, decided, questionnaire)


async def store(attempt: Attempt, batch: Batch, decided: Sequence[Decided]) -> list[Decided]:
    """Write the decisions and their journal proposals, and say each in a line of the log; what was written."""
    now = datetime.now(UTC)
    stored = await store_decisions(
        batch.connection, attempt.company_id, decided, actor=attempt.actor, job_id=attempt.job_id, now=now
    )
    await replace_proposals(batch.connection, attempt.company_id, stored, now=now)
    for one in stored:
        batch.log(_sentence(one), data=one.wire)
    return stored


def _sentence(one: Decided) -> str:
    category, review = one.decision.category, one.decision.state == "review"
    found = f"needs review, perhaps {category}" if review and category else (category or "needs review")
    return f"{one.line.description}: {found}"


def _counted(tally: Tally, stored: Sequence[Decided], cursor: str | int, seen: int) -> Tally:
    categorized = sum(1 for one in stored if one.decision.state == "proposed")
    return Tally(
        cursor=cursor,
        done=tally.done + seen,
        categorized=tally.categorized + categorized,
        needs_review=tally.needs_review + len(stored) - categorized,
    )
