"""``upload-and-categorize``: read the file, import what is new, categorize it, propose its journal entries."""

from __future__ import annotations

from typing import Any

import msgspec

from ledgerwire.submissions import UploadAndCategorize
from workers.books.categorizing import Line, count_job_lines, lines_of_job
from workers.books.proof import prove_entries
from workers.jobs.attempt import Attempt
from workers.jobs.plan import Plan
from workers.tasks.asking import Asked, ask_lines, load_questionnaire
from workers.tasks.categorizing import Tally, categorize_lines
from workers.tasks.importing import Imported, import_lines, read_lines

PLAN = Plan(read=4, import_=28, categorize=46, ask=18, journal=4)


class State(msgspec.Struct, frozen=True, kw_only=True):
    imported: Imported = Imported()
    tally: Tally = Tally()
    asked: Asked = Asked()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``read = imported + duplicates`` and ``imported = categorized + needs_review``."""

    read: int
    imported: int
    duplicates: int
    categorized: int
    needs_review: int


async def upload_and_categorize(attempt: Attempt, submission: UploadAndCategorize) -> Result:
    state = msgspec.convert(attempt.state or {}, State)
    imported, tally = state.imported, state.tally
    if tally.cursor is None:
        source, lines = await read_lines(attempt, submission, imported)
        imported = await import_lines(attempt, submission, source, lines, imported)
    tally = await _categorize(attempt, imported, tally, state.asked)
    await _prove_journal(attempt)
    return Result(
        read=imported.read,
        imported=imported.imported,
        duplicates=imported.read - imported.imported,
        categorized=tally.categorized,
        needs_review=imported.imported - tally.categorized,
    )


async def _categorize(attempt: Attempt, imported: Imported, tally: Tally, asked: Asked) -> Tally:
    async with attempt.database.reading() as connection:
        total = await count_job_lines(connection, attempt.company_id, attempt.job_id)

    async def next_lines(cursor: Any, limit: int) -> list[Line]:
        async with attempt.database.reading() as connection:
            return await lines_of_job(
                connection, attempt.company_id, attempt.job_id, after=cursor or 0, limit=limit
            )

    questionnaire = await load_questionnaire(attempt)
    tally = await categorize_lines(
        attempt,
        next_lines,
        lambda line: line.line_no,
        total=total,
        tally=tally,
        keep={"imported": imported},
        questionnaire=questionnaire,
    )
    await ask_lines(
        attempt,
        questionnaire,
        next_lines,
        lambda line: line.line_no,
        tally=tally,
        asked=asked,
        keep={"imported": imported, "tally": tally},
    )
    return tally


async def _prove_journal(attempt: Attempt) -> None:
    """Each proposal was written with its line's category, in one transaction; here they are held against the lines."""
    attempt.begin("journal", noun="entries")
    async with attempt.database.reading() as connection:
        proof = await prove_entries(connection, attempt.company_id, attempt.job_id)
    if proof.wrong:
        raise UnprovenError(attempt.job_id, proof.wrong[:10])
    attempt.begin("journal", total=proof.entries, noun="entries", done=proof.entries)


class UnprovenError(AssertionError):
    """Entries of this job do not tell of their lines' money: a bug, and nothing may be approved on top of it."""
