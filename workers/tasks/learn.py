"""``learn``: train the model that categorizes new lines, from all that is approved in this installation.

One model serves all companies: a merchant that one of them has approved is known to the others by its kind, while
each company's own habits weigh more for itself. It says the names of its own chart only, so that what leaves one
company's books is how likely its words go with a category, and never a word or a name.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.submissions import Learn
from workers.books.learning.card import ModelCard, Trained
from workers.books.learning.models import (
    all_charts,
    approved_history,
    count_approved,
    newest_card,
    newest_version,
    save_model,
)
from workers.child import ChildFailed, run_in_child
from workers.jobs.attempt import Attempt
from workers.jobs.errors import IdempotencyConflict
from workers.jobs.faults import TROUBLE, BadInput, TryLater
from workers.jobs.plan import Plan

PLAN = Plan(gather=10, train=85, store=5)
#: As training.py has them; named here again because that module brings scikit-learn.
MOST_EXAMPLES = 100_000
FEWEST_EXAMPLES = 200
#: A model is worth training anew once so many lines were approved after it, as a share of those it learned from. Not
#: told by how many are approved in all: of those a model leaves many out, and would be out of date for ever.
NEWS = 0.1
#: Of address space: NumPy's libraries reserve for their threads more than they use, and below a gigabyte they spin
#: instead of failing.
MEMORY_MB = 3_072
SECONDS = 540.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    #: The model of this job, or the one that another learned meanwhile; null where there was too little to learn from.
    version: int | None
    #: Lines it learned from, and of how many companies.
    examples: int
    companies: int
    #: On approved lines held back: the share that would be proposed for approval, and how much of it was right.
    auto_share: float | None
    auto_precision: float | None
    #: Why there is no model; null where there is one.
    reason: str | None = None


async def learn(attempt: Attempt, _submission: Learn) -> Result:
    if (done := msgspec.convert(attempt.state, Result | None)) is not None:
        return done
    if (overtaken := await _learned_meanwhile(attempt)) is not None:
        return overtaken
    history, charts = await _gather(attempt)
    trained = await _train(attempt, history, charts)
    return await _store(attempt, trained)


async def learn_if_due(attempt: Attempt) -> None:
    """Submit a training where enough was approved since the last one; at most one a company and model."""
    async with attempt.database.reading() as connection:
        card = await _newest_card(connection)
        news = await count_approved(connection, since=card.trained_at if card else None)
    if news < (NEWS * card.examples if card else FEWEST_EXAMPLES):
        return
    after = card.trained_at.isoformat() if card else "nothing"
    # Where somebody used that key for something else, the next approval after it is free again will do.
    with contextlib.suppress(IdempotencyConflict):
        await attempt.follow_up(Learn(company_id=attempt.company_id), key=f"learn-after-{after}")


async def _learned_meanwhile(attempt: Attempt) -> Result | None:
    """What another job learned after this one was submitted: it knows what this one was to learn.

    Approvals of several companies may each ask for a training; one is enough.
    """
    async with attempt.database.reading() as connection:
        version, card = await newest_version(connection), await _newest_card(connection)
    if card is None or card.trained_at < attempt.record.created_at:
        return None
    return _result(Trained(card=card), version)


async def _newest_card(connection: AsyncConnection) -> ModelCard | None:
    """Null also where it is another version's: a model that is not understood is as good as none."""
    card: Any = await newest_card(connection)
    try:
        return msgspec.convert(card, ModelCard | None)
    except msgspec.ValidationError:
        return None


async def _gather(attempt: Attempt) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What was approved, and the names of all charts: a model says no others."""
    attempt.begin("gather", noun="approved lines")
    async with attempt.database.reading() as connection:
        history = await approved_history(connection, limit=MOST_EXAMPLES)
        charts = await all_charts(connection)
    attempt.begin("gather", noun="approved lines", total=len(history), done=len(history))
    return history, charts


async def _train(attempt: Attempt, history: list[tuple[Any, ...]], charts: list[str]) -> Trained:
    """In a child: it takes seconds of a whole core, and more memory than a worker should keep."""
    attempt.begin("train", noun="approved lines", total=len(history))
    trained_at = datetime.now(UTC).isoformat()
    try:
        return await run_in_child(
            "workers.books.learning.training:train_stored",
            history,
            trained_at,
            charts,
            result=Trained,
            memory_mb=MEMORY_MB,
            seconds=SECONDS,
        )
    except ChildFailed as failure:
        if failure.kind == "died":
            raise TryLater(TROUBLE) from failure
        raise BadInput.of(
            "cannot_learn",
            "The model could not be trained",
            f"Training took more {failure.kind} than it may; the model there is goes on deciding.",
        ) from failure


async def _store(attempt: Attempt, trained: Trained) -> Result:
    attempt.begin("store", noun="models", total=1)
    async with attempt.checkpoint() as batch:
        version = None
        if trained.content is not None and trained.card is not None:
            version = await save_model(
                batch.connection, trained.content, trained.card, job_id=attempt.job_id, now=datetime.now(UTC)
            )
        result = _result(trained, version)
        batch.log(_sentence(result))
        batch.state = result
        batch.done = 1
    return result


def _result(trained: Trained, version: int | None) -> Result:
    card = trained.card
    if card is None:
        return Result(
            version=None,
            examples=0,
            companies=0,
            auto_share=None,
            auto_precision=None,
            reason=trained.reason,
        )
    return Result(
        version=version,
        examples=card.examples,
        companies=card.companies,
        auto_share=card.auto_share,
        auto_precision=card.auto_precision,
    )


def _sentence(result: Result) -> str:
    if result.version is None:
        return f"Nothing was learned: {result.reason}."
    return (
        f"Learned from {result.examples:,} approved lines of {result.companies} companies. Of lines held back, "
        f"{result.auto_share:.0%} would be proposed, {result.auto_precision:.1%} of them rightly."
    )
