"""``bulk-approve``: approve many lines, each on its own; that some cannot be is a result and no failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.review import LineFailure
from ledgerwire.submissions import BulkApprove
from workers.books.approval import approve_lines
from workers.books.enlisting import came_to_none_of, matching
from workers.books.outcomes import Outcome
from workers.jobs.attempt import Attempt
from workers.tasks.bulk import Choose, act_on_all, chosen_ids, plan
from workers.tasks.earlier import find_earlier
from workers.tasks.learn import learn_if_due

PLAN = plan("approve")
GOOD = ("approved", "already")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``approved + skipped + failed_count`` is all lines that were meant."""

    approved: int
    #: They were approved before.
    skipped: int
    #: The first 500 of ``failed_count``; submit ``failed_of`` to try all of them again.
    failed: list[LineFailure]
    failed_count: int
    #: By the words of ApprovedLine.outcome.
    outcomes: dict[str, int]


async def bulk_approve(attempt: Attempt, submission: BulkApprove) -> Result:
    if submission.failed_of is not None:
        await find_earlier(
            attempt, submission.failed_of, BulkApprove, pointer="/failed_of", noun="bulk approval"
        )
    # Whoever says to have looked later than they asked has a clock that is fast.
    asked_at = attempt.record.created_at
    seen_at = min(submission.seen_at or asked_at, asked_at)

    async def act(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> list[Outcome]:
        return await approve_lines(
            connection,
            attempt.company_id,
            ids,
            actor=attempt.actor,
            now=now,
            job_id=attempt.job_id,
            revisions=submission.revisions,
            seen_at=seen_at,
        )

    choose = _choice(attempt.company_id, submission, seen_at)
    found = await act_on_all(attempt, "approve", choose, act, good=GOOD)
    await learn_if_due(attempt)
    return Result(
        approved=found.outcomes.get("approved", 0),
        skipped=found.outcomes.get("already", 0),
        failed=found.failed,
        failed_count=found.failed_count,
        outcomes=found.outcomes,
    )


def _choice(company_id: str, submission: BulkApprove, seen_at: datetime) -> Choose:
    async def choose(connection: AsyncConnection, after: str, limit: int) -> list[str]:
        if submission.filter is not None:
            return await matching(
                connection, company_id, submission.filter, there_at=seen_at, after=after, limit=limit
            )
        if submission.failed_of is not None:
            return await came_to_none_of(connection, submission.failed_of, GOOD, after=after, limit=limit)
        return chosen_ids(submission.transaction_ids or (), after, limit)

    return choose
