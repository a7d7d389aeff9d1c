"""Taking an import back: its lines are removed, with their proposals; their audit stays for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.audit import Change, record_changes
from workers.books.holding import Books, HeldLine
from workers.books.outcomes import UNKNOWN, Objection, Outcome, act_on_lines
from workers.books.schema import transactions

#: Why a line in this state stays.
STAYS = {
    "approved": Objection("approved", "It is approved. Reopen it first, or undo its bulk approval."),
    "exported": Objection(
        "exported", "It has been exported. Reopen it first, and export again to take it back there."
    ),
}


async def remove_lines(
    connection: AsyncConnection,
    company_id: str,
    ids: Sequence[str],
    *,
    import_job_id: str,
    actor: str,
    now: datetime,
    job_id: str | None = None,
) -> list[Outcome]:
    """Remove those that the job imported and nobody approved; an outcome for each of ``ids``, in their order.

    A closed period does not keep them: an unapproved line is no part of the books, so no closed figure changes, and
    a wrong file of last year could otherwise neither be approved nor ever be got rid of. What is approved stays,
    whatever its date. Once removed, a line can be imported again.
    """

    def objection(line: HeldLine, _books: Books) -> Objection | None:
        if line.import_job_id != import_job_id:
            return Objection("unknown", UNKNOWN)
        return STAYS.get(line.state)

    async def remove(lines: list[HeldLine]) -> None:
        gone = [line.transaction_id for line in lines]
        await connection.execute(_REMOVE, {"ids": gone})
        changes = [_removal(line) for line in lines]
        await record_changes(connection, company_id, changes, actor=actor, now=now, job_id=job_id)

    return await act_on_lines(connection, company_id, ids, word="removed", objection=objection, act=remove)


async def has_imported(connection: AsyncConnection, company_id: str, job_id: str) -> bool:
    """Whether there are lines of the company that this job imported."""
    found = await connection.execute(_IMPORTED, {"company": company_id, "job": job_id})
    return bool(found.scalar_one())


def _removal(line: HeldLine) -> Change:
    return Change(
        transaction_id=line.transaction_id,
        action="removed",
        from_state=line.state,
        to_state=None,
        from_category=line.category,
        to_category=None,
        source=line.source,
        confidence=line.confidence,
        reason=line.reason,
    )


# Its entry goes with it, by the cascade of its foreign key.
_REMOVE = delete(transactions).where(transactions.c.transaction_id.in_(bindparam("ids", expanding=True)))
_IMPORTED = select(func.count()).select_from(
    select(transactions.c.transaction_id)
    .where(
        transactions.c.import_job_id == bindparam("job"), transactions.c.company_id == bindparam("company")
    )
    .limit(1)
    .subquery()
)
