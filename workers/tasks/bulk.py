"""One thing done to many lines: first they are written down, then each gets its outcome, a hundred at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.enlisting import Summary, enlist, settle, summarise, waiting
from workers.books.outcomes import Outcome
from workers.jobs.attempt import Attempt, Batch
from workers.jobs.plan import Plan

BATCH = 100
READ_AHEAD = 1_000
#: Ids written down in one transaction.
CHUNK = 5_000

#: ``(connection, after, limit)``: the ids after ``after``, in ascending order.
Choose = Callable[[AsyncConnection, str, int], Awaitable[list[str]]]
#: ``(connection, ids, now)``: an outcome for each, brought about in this transaction.
Act = Callable[[AsyncConnection, Sequence[str], datetime], Awaitable[list[Outcome]]]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: first with the writing down, then with the lines themselves, each behind ``cursor``."""

    total: int = 0
    #: From then on ``total`` is what the job means, whatever comes or goes.
    enlisted: bool = False
    done: int = 0
    cursor: str = ""


def chosen_ids(ids: Sequence[str], after: str, limit: int) -> list[str]:
    """Of ids that were named one by one, those that are next."""
    ordered = sorted(set(ids))
    start = bisect_right(ordered, after)
    return ordered[start : start + limit]


def plan(verb: str) -> Plan:
    return Plan(**{"select": 5, verb: 95})


async def act_on_all(
    attempt: Attempt, verb: str, choose: Choose, act: Act, *, good: Collection[str]
) -> Summary:
    """``verb`` is its step in ``plan(verb)``; ``good`` the outcomes that are no failure."""
    progress = msgspec.convert(attempt.state or {}, Progress)
    progress = await enlist_all(attempt, choose, progress)
    attempt.begin(verb, total=progress.total, done=progress.done)
    async for ids in _batches(attempt, progress.cursor):
        async with attempt.checkpoint() as batch:
            await _act_on(attempt, batch, ids, act, good)
            progress = msgspec.structs.replace(progress, done=progress.done + len(ids), cursor=ids[-1])
            batch.state, batch.done = progress, progress.done
    async with attempt.database.reading() as connection:
        return await summarise(connection, attempt.job_id, good=good)


async def _act_on(
    attempt: Attempt, batch: Batch, ids: Sequence[str], act: Act, good: Collection[str]
) -> None:
    outcomes = await act(batch.connection, ids, datetime.now(UTC))
    await settle(batch.connection, attempt.job_id, outcomes)
    for each in outcomes:
        batch.log(_sentence(each), level="info" if each.outcome in good else "warning", data=each.wire)


async def enlist_all(attempt: Attempt, choose: Choose, progress: Progress) -> Progress:
    if not progress.enlisted:
        attempt.begin("select", done=progress.total)
    while not progress.enlisted:
        async with attempt.database.reading() as connection:
            ids = await choose(connection, progress.cursor, CHUNK)
        total, last = progress.total + len(ids), len(ids) < CHUNK
        async with attempt.checkpoint() as batch:
            await enlist(batch.connection, attempt.job_id, ids)
            progress = Progress(total=total, enlisted=last, cursor="" if last else ids[-1])
            batch.state, batch.done = progress, total
    return progress


async def _batches(attempt: Attempt, cursor: str) -> AsyncIterator[list[str]]:
    """Read ahead: nobody but this job gives its lines their outcomes."""
    while ids := await _waiting(attempt, cursor):
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]
        cursor = ids[-1]


async def _waiting(attempt: Attempt, cursor: str) -> list[str]:
    async with attempt.database.reading() as connection:
        return await waiting(connection, attempt.job_id, after=cursor, limit=READ_AHEAD)


def _sentence(outcome: Outcome) -> str:
    name = outcome.description or outcome.transaction_id
    word = outcome.outcome.replace("_", " ")
    return f"{name}: {word}, {outcome.detail}" if outcome.detail else f"{name}: {word}"
