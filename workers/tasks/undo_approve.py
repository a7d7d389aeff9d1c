"""``undo-approve``: reopen what a bulk approval approved, as far as nothing has happened to it since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.review import LineFailure
from ledgerwire.submissions import BulkApprove, UndoApprove
from workers.books.approval import reopen_lines
from workers.books.enlisting import came_to
from workers.books.outcomes import Outcome
from workers.jobs.attempt import Attempt
from workers.tasks.bulk import act_on_all, plan
from workers.tasks.earlier import find_earlier

PLAN = plan("reopen")
GOOD = ("reopened",)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``reopened + kept_count`` is all that the bulk approval approved."""

    reopened: int
    #: The first 500 of ``kept_count``, each with why it stays.
    kept: list[LineFailure]
    kept_count: int
    outcomes: dict[str, int]


async def undo_approve(attempt: Attempt, submission: UndoApprove) -> Result:
    undone = submission.approve_job_id
    await find_earlier(attempt, undone, BulkApprove, pointer="/approve_job_id", noun="bulk approval")

    async def choose(connection: AsyncConnection, after: str, limit: int) -> list[str]:
        return await came_to(connection, undone, ("approved",), after=after, limit=limit)

    async def act(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> list[Outcome]:
        return await reopen_lines(
            connection,
            attempt.company_id,
            ids,
            actor=attempt.actor,
            now=now,
            job_id=attempt.job_id,
            approved_by_job=undone,
        )

    found = await act_on_all(attempt, "reopen", choose, act, good=GOOD)
    return Result(
        reopened=found.outcomes.get("reopened", 0),
        kept=found.failed,
        kept_count=found.failed_count,
        outcomes=found.outcomes,
    )
