"""What a language model's answer makes of a line: never more than a suggestion."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from tests.workers.books.making import COFFEE, NOW, categorize, company, import_all, job_lines, statement
from workers.books.answers import keep_answers, load_choices
from workers.books.categorizer import UNKNOWN, Decision
from workers.books.categorizing import Decided, decide, load_categorizer, store_decisions
from workers.books.questions import Answer, Questionnaire
from workers.books.schema import transactions
from workers.books.suggestions import NOT_KNOWN, suggested, unsure_decisions, with_known_answers
from workers.database import Database

MODEL = "gpt-x"
UNSURE = Decision(category="Utilities", state="review", source="model", confidence=0.61, reason="model 0.61")


@pytest.mark.parametrize(
    ("standing", "answer", "category", "reason"),
    [
        (UNKNOWN, Answer("Utilities", 0.9), "Utilities", "LLM (gpt-x) 0.90"),
        (UNSURE, Answer("Utilities", 0.9), "Utilities", "LLM (gpt-x) 0.90; the learned model agrees (0.61)"),
        (
            UNSURE,
            Answer("Insurance", 1),
            "Insurance",
            "LLM (gpt-x) 1.00; the learned model: Utilities (0.61)",
        ),
    ],
)
def test_its_word_alone_is_never_more_than_a_suggestion(
    standing: Decision, answer: Answer, category: str, reason: str
) -> None:
    found = suggested(standing, answer, MODEL)
    assert (found.state, found.source, found.category) == ("review", "llm", category)
    assert (found.confidence, found.reason) == (answer.confidence, reason)


def test_where_it_does_not_know_what_stood_stands() -> None:
    for standing in (UNKNOWN, UNSURE):
        found = suggested(standing, Answer(None, 0.1), MODEL)
        assert (found.category, found.source, found.state) == (standing.category, standing.source, "review")
        assert found.reason == f"{standing.reason}; {NOT_KNOWN}"


async def decided_of(
    database: Database, *rows: tuple[str, str]
) -> tuple[str, str, list[Decided], Questionnaire]:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(*rows))
    lines = await job_lines(database, company_id, job_id)
    async with database.reading() as connection:
        decided = decide(await load_categorizer(connection, company_id), lines)
        questionnaire = Questionnaire(await load_choices(connection, company_id), MODEL)
    return company_id, job_id, decided, questionnaire


async def keep(
    database: Database, company_id: str, asking: Questionnaire, line: Decided, answer: Answer
) -> None:
    answers = {asking.question(line.line).key: answer}
    async with database.transaction() as connection:
        await keep_answers(connection, company_id, answers, model=MODEL, now=NOW)


async def test_what_was_answered_before_is_known_at_once_but_only_where_nothing_else_decides(
    database: Database,
) -> None:
    company_id, _, decided, asking = await decided_of(
        database, COFFEE, ("QZX VENTURES 9", "-20"), ("ZZ", "-1")
    )
    coffee, ventures, unheard = decided
    await keep(database, company_id, asking, coffee, Answer("Utilities", 0.9))
    await keep(database, company_id, asking, ventures, Answer("Insurance", 0.7))
    async with database.reading() as connection:
        found = await with_known_answers(connection, company_id, decided, asking)
        nothing = await with_known_answers(connection, company_id, [], asking)
    assert found[0] == coffee
    assert (found[1].decision.category, found[1].decision.source) == ("Insurance", "llm")
    assert found[2] == unheard
    assert nothing == []


async def store(database: Database, company_id: str, decided: Sequence[Decided]) -> None:
    async with database.transaction() as connection:
        await store_decisions(connection, company_id, decided, actor="Test", job_id="j", now=NOW)


async def test_unsure_is_what_waits_for_review_without_a_word_of_a_person_or_a_language_model(
    database: Database,
) -> None:
    rows = [("COFFEE", "-4"), *((f"QZX{letter} VENTURES", "-20") for letter in "ABCDE")]
    company_id, job_id, decided, _ = await decided_of(database, *rows)
    await categorize(database, company_id, job_id)
    _coffee, plain, by_model, by_llm, by_person, not_known = decided
    for line, decision in (
        (by_model, UNSURE),
        (by_llm, suggested(UNKNOWN, Answer("Utilities", 0.9), MODEL)),
        (not_known, suggested(UNKNOWN, Answer(None, 0.9), MODEL)),
    ):
        await store(database, company_id, [Decided(line.line, decision)])
    async with database.transaction() as connection:
        await connection.execute(
            update(transactions)
            .where(transactions.c.transaction_id == by_person.line.transaction_id)
            .values(source="person", category="Utilities")
        )
    ids = [each.line.transaction_id for each in decided]
    async with database.transaction() as connection:
        found = await unsure_decisions(connection, company_id, ids)
        held = await unsure_decisions(connection, company_id, ids, hold=True)
        foreign = await unsure_decisions(connection, "somebody-else", ids)
    assert found == held == {plain.line.transaction_id: UNKNOWN, by_model.line.transaction_id: UNSURE}
    assert foreign == {}
