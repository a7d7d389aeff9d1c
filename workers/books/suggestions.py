"""From a language model's answer to a suggestion on a line: never more than that, for somebody must look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.answers import find_answers
from workers.books.categorizer import Decision
from workers.books.categorizing import Decided
from workers.books.questions import Answer, Questionnaire
from workers.books.schema import transactions

NOT_KNOWN = "the language model does not know either"
#: Ids in one statement.
CHUNK = 500


def suggested(standing: Decision, answer: Answer, model: str) -> Decision:
    """What becomes of a line in review once ``model`` was asked; two that agree are no proof, but worth telling."""
    if answer.category is None:
        return msgspec.structs.replace(standing, reason=f"{standing.reason}; {NOT_KNOWN}")
    reason = f"LLM ({model}) {answer.confidence:.2f}"
    if standing.category == answer.category:
        reason += f"; the learned model agrees ({standing.confidence or 0:.2f})"
    elif standing.category is not None:
        reason += f"; the learned model: {standing.category} ({standing.confidence or 0:.2f})"
    return Decision(
        category=answer.category,
        state="review",
        source="llm",
        confidence=answer.confidence,
        reason=reason,
    )


async def with_known_answers(
    connection: AsyncConnection, company_id: str, decided: Sequence[Decided], questionnaire: Questionnaire
) -> list[Decided]:
    """The same, with what a language model has answered before on those that are for review."""
    unsure = [each for each in decided if each.decision.state == "review"]
    keys = {each.line.transaction_id: questionnaire.question(each.line).key for each in unsure}
    answers = await find_answers(connection, company_id, set(keys.values()))
    return [
        _with_answer(each, answers.get(keys.get(each.line.transaction_id, "")), questionnaire.model)
        for each in decided
    ]


def _with_answer(decided: Decided, answer: Answer | None, model: str) -> Decided:
    if answer is None:
        return decided
    return Decided(decided.line, suggested(decided.decision, answer, model))


async def unsure_decisions(
    connection: AsyncConnection, company_id: str, ids: Iterable[str], *, hold: bool = False
) -> dict[str, Decision]:
    """How the lines stand that are for review and have neither a person's nor a language model's word yet.

    With ``hold`` they stay so until the transaction ends.
    """
    wanted, found = sorted(ids), dict[str, Decision]()
    query = _HOLD_UNSURE if hold else _UNSURE
    for start in range(0, len(wanted), CHUNK):
        values = {"company": company_id, "ids": wanted[start : start + CHUNK]}
        for row in await connection.execute(query, values):
            if not (row.reason or "").endswith(NOT_KNOWN):
                found[row.transaction_id] = _standing(row.category, row.source, row.confidence, row.reason)
    return found


def _standing(
    category: str | None, source: str | None, confidence: float | None, reason: str | None
) -> Decision:
    return Decision(
        category=category,
        state="review",
        source=source,
        confidence=confidence,
        reason=reason or "nobody knows",
    )


_UNSURE = (
    select(
        transactions.c.transaction_id,
        transactions.c.category,
        transactions.c.source,
        transactions.c.confidence,
        transactions.c.reason,
    )
    .where(
        transactions.c.transaction_id.in_(bindparam("ids", expanding=True)),
        transactions.c.company_id == bindparam("company"),
        transactions.c.state == "review",
        or_(transactions.c.source.is_(None), transactions.c.source.not_in(("llm", "person"))),
    )
    .order_by(transactions.c.transaction_id)
)
_HOLD_UNSURE = _UNSURE.with_for_update()
