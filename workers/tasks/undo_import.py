"""``undo-import``: remove the lines that an upload imported and nobody has approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.review import LineFailure
from ledgerwire.submissions import UndoImport, UploadAndCategorize
from workers.books.enlisting import imported_by
from workers.books.outcomes import Outcome
from workers.books.removing import has_imported, remove_lines
from workers.jobs.attempt import Attempt
from workers.jobs.ledger import Ledger
from workers.tasks.bulk import act_on_all, plan
from workers.tasks.earlier import not_ended, unknown

PLAN = plan("remove")
GOOD = ("removed",)
POINTER, NOUN = "/import_job_id", "import"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``removed + kept_count`` is all that was left of the import."""

    removed: int
    #: The first 500 of ``kept_count``, each with why it stays.
    kept: list[LineFailure]
    kept_count: int
    outcomes: dict[str, int]


async def undo_import(attempt: Attempt, submission: UndoImport) -> Result:
    undone = submission.import_job_id
    await _stop_short(attempt, undone)

    async def choose(connection: AsyncConnection, after: str, limit: int) -> list[str]:
        return await imported_by(connection, attempt.company_id, undone, after=after, limit=limit)

    async def act(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> list[Outcome]:
        return await remove_lines(
            connection,
            attempt.company_id,
            ids,
            import_job_id=undone,
            actor=attempt.actor,
            now=now,
            job_id=attempt.job_id,
        )

    found = await act_on_all(attempt, "remove", choose, act, good=GOOD)
    return Result(
        removed=found.outcomes.get("removed", 0),
        kept=found.failed,
        kept_count=found.failed_count,
        outcomes=found.outcomes,
    )


async def _stop_short(attempt: Attempt, job_id: str) -> None:
    """Raises BadInput where it is no import of this company, or still imports.

    An import that failed half-way may be retried by a person even after this: it then begins with its file again,
    instead of behind lines that are gone. One that the ledger has long forgotten is known by its lines.
    """
    ledger = Ledger(attempt.database)
    record = await ledger.find(job_id)
    if record is None:
        async with attempt.database.reading() as connection:
            known = await has_imported(connection, attempt.company_id, job_id)
        if not known:
            raise unknown(POINTER, NOUN)
        return
    if record.company_id != attempt.company_id or record.kind != UploadAndCategorize.__struct_config__.tag:
        raise unknown(POINTER, NOUN)
    if not await ledger.start_over(job_id):
        raise not_ended(POINTER, NOUN)
