"""A double of a language model as a process, and what its log proves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from tests.doubles.standing import LanguageModel
from workers.books.answers import Spending, load_choices
from workers.books.questions import Questionnaire
from workers.books.schema import audit, llm_answers, llm_spending, transactions
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.jobs.tables import job_logs


async def assert_never_asked_again(kernel: Kernel, model: LanguageModel, merchants: set[str]) -> None:
    """No question arrives there after its answer was kept here: the first that was kept has stayed."""
    kept = await _kept(kernel, merchants)
    assert kept.keys() == merchants
    asked = model.asked()
    assert {merchant for merchant, _at in asked} == merchants
    late = [(merchant, at, kept[merchant]) for merchant, at in asked if at > kept[merchant]]
    assert late == []


async def _kept(kernel: Kernel, merchants: set[str]) -> dict[str, datetime]:
    """When each merchant's answer was kept."""
    async with kernel.database.reading() as connection:
        choices = await load_choices(connection, "acme")
        found = await connection.execute(select(llm_answers.c.question, llm_answers.c.created_at))
        moments = {row.question: row.created_at for row in found}
    asking = Questionnaire(choices, "double-1")
    keys = {asking.key(merchant, -1): merchant for merchant in merchants}
    return {keys[key]: moment for key, moment in moments.items()}


async def assert_paid_for_what_was_kept(kernel: Kernel, record: JobRecord, model: LanguageModel) -> None:
    """The job, the books and the log agree; what is missing was in flight when its worker was killed."""
    async with kernel.database.reading() as connection:
        sums = (func.sum(llm_spending.c[name]).label(name) for name in Spending.__struct_fields__)
        spent = (await connection.execute(select(*sums))).one()
    used = record.live.usage
    assert (spent.calls, spent.output_tokens) == (used.llm_calls, used.output_tokens)
    # What was reserved for a call whose worker was killed stays reserved: somebody may have to pay it.
    assert spent.input_tokens >= used.input_tokens
    answered = sum(entry.answered == "well" for entry in model.entries())
    assert record.live.usage.llm_calls <= answered <= model.calls()


async def assert_decided_once(kernel: Kernel, record: JobRecord) -> None:
    """A line is decided once by rules and memory and, where they did not know, once by the model's answer."""
    async with kernel.database.reading() as connection:
        rows = (await connection.execute(select(transactions))).mappings().all()
        trail = (await connection.execute(select(audit).where(audit.c.action == "decided"))).mappings().all()
        logs = (
            await connection.execute(select(job_logs.c.lines).where(job_logs.c.job_id == record.job_id))
        ).scalars()
        logged = Counter(line["data"]["transaction_id"] for lines in logs for line in lines if line["data"])
    assert {row["source"] for row in rows} == {"rule", "llm"}
    wanted = {row["transaction_id"]: 2 if row["source"] == "llm" else 1 for row in rows}
    assert Counter(each["transaction_id"] for each in trail) == wanted
    assert logged == wanted
    suggestions = {each["transaction_id"]: each for each in trail if each["source"] == "llm"}
    for row in rows:
        if row["source"] == "llm":
            told = suggestions[row["transaction_id"]]
            assert (told["from_state"], told["to_state"], row["state"]) == ("review", "review", "review")
            assert (told["from_category"], told["to_category"]) == (None, row["category"])
        assert row["revision"] == 1 + wanted[row["transaction_id"]]
