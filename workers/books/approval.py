"""Approving lines and taking it back, each with its entry and its audit in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.audit import Change, record_changes
from workers.books.holding import Books, HeldLine
from workers.books.outcomes import Objection, Outcome, act_on_lines
from workers.books.posting import post_entries, unpost_entries
from workers.books.schema import audit, transactions

__all__ = ["Outcome", "approve_lines", "reopen_lines"]

CHANGED = Objection("changed", "It has changed since you looked. Look again, and do it then.")
ALREADY_APPROVED = Objection("already", "It is approved already.")
NOT_APPROVED = Objection("already", "It is not approved (any more).")
EXPORTED = Objection(
    "exported", "It has been exported. Reopen it by itself, and the next export takes it back."
)
APPROVED_ANEW = Objection("changed", "It was reopened and approved again since. Reopen it by itself.")
NO_CATEGORY = Objection("needs_category", "Choose a category first.")


async def approve_lines(
    connection: AsyncConnection,
    company_id: str,
    ids: Sequence[str],
    *,
    actor: str,
    now: datetime,
    job_id: str | None = None,
    revisions: Mapping[str, int] | None = None,
    seen_at: datetime | None = None,
) -> list[Outcome]:
    """Approve what can be; an outcome for each of ``ids``, some hundred at most, in their order.

    Whoever suggested a line's category, approving makes it ``actor``'s word. A line at another revision than
    ``revisions`` has for it, or without one there and changed after ``seen_at``, is ``changed`` and left alone.
    """

    def objection(line: HeldLine, books: Books) -> Objection | None:
        if line.state in {"approved", "exported"}:
            return ALREADY_APPROVED
        return _locked(line, books) or _moved_on(line, revisions, seen_at) or _unbookable(line, books)

    async def approve(lines: list[HeldLine]) -> None:
        mark = {"to": "approved", "at": now, "by": actor, "job": job_id}
        await connection.execute(_MARK, {"ids": _ids(lines), "now": now, **mark})
        await post_entries(connection, company_id, lines, now=now)
        changes = [_change("approved", line, "approved") for line in lines]
        await record_changes(connection, company_id, changes, actor=actor, now=now, job_id=job_id)

    return await act_on_lines(connection, company_id, ids, word="approved", objection=objection, act=approve)


async def reopen_lines(
    connection: AsyncConnection,
    company_id: str,
    ids: Sequence[str],
    *,
    actor: str,
    now: datetime,
    job_id: str | None = None,
    revisions: Mapping[str, int] | None = None,
    approved_by_job: str | None = None,
) -> list[Outcome]:
    """Take approvals back; an outcome for each of ``ids``, some hundred at most, in their order.

    A line is again what it was before: ``proposed``, or ``review`` where somebody had to look at its suggestion,
    which to take back an approval must not turn into one that may be approved unseen. With ``approved_by_job`` only
    those which that job approved last and nobody exported since. What was exported is corrected over there, or
    deleted, by the next export.
    """

    def objection(line: HeldLine, books: Books) -> Objection | None:
        if line.state == "exported" and approved_by_job is not None:
            return EXPORTED
        if line.state not in {"approved", "exported"}:
            return NOT_APPROVED
        if approved_by_job not in {None, line.approval_job_id}:
            return APPROVED_ANEW
        return _locked(line, books) or _moved_on(line, revisions, None)

    async def reopen(lines: list[HeldLine]) -> None:
        before = await _states_before(connection, company_id, lines)
        for state in set(before.values()):
            ids = [key for key, was in before.items() if was == state]
            mark = {"to": state, "at": None, "by": None, "job": None}
            await connection.execute(_MARK, {"ids": ids, "now": now, **mark})
        await unpost_entries(connection, _ids(lines))
        changes = [_change("reopened", line, before[line.transaction_id]) for line in lines]
        await record_changes(connection, company_id, changes, actor=actor, now=now, job_id=job_id)

    return await act_on_lines(connection, company_id, ids, word="reopened", objection=objection, act=reopen)


def _locked(line: HeldLine, books: Books) -> Objection | None:
    return Objection("locked_period", books.closed_sentence) if books.closed_on(line.date) else None


def _moved_on(
    line: HeldLine, revisions: Mapping[str, int] | None, seen_at: datetime | None
) -> Objection | None:
    seen = (revisions or {}).get(line.transaction_id)
    if seen is not None:
        return CHANGED if line.revision != seen else None
    return CHANGED if seen_at is not None and line.updated_at > seen_at else None


def _unbookable(line: HeldLine, books: Books) -> Objection | None:
    if line.category is None:
        return NO_CATEGORY
    why = books.objection(line.category, line.bank_account)
    return Objection("needs_category", why) if why else None


def _change(action: str, line: HeldLine, to_state: str) -> Change:
    return Change(
        transaction_id=line.transaction_id,
        action=action,
        from_state=line.state,
        to_state=to_state,
        from_category=line.category,
        to_category=line.category,
        source=line.source,
        confidence=line.confidence,
        reason=line.reason,
    )


async def _states_before(
    connection: AsyncConnection, company_id: str, lines: Iterable[HeldLine]
) -> dict[str, str]:
    """What each was approved from, as the audit has it; it knows nothing of what was approved before there was one."""
    found = await connection.execute(_APPROVED_FROM, {"company": company_id, "ids": _ids(lines)})
    known = {row.transaction_id: row.from_state for row in found}
    return {line.transaction_id: known.get(line.transaction_id, "proposed") for line in lines}


def _ids(lines: Iterable[HeldLine]) -> list[str]:
    return [line.transaction_id for line in lines]


_CHOSEN = transactions.c.transaction_id.in_(bindparam("ids", expanding=True))
_MARK = (
    update(transactions)
    .where(_CHOSEN)
    .values(
        state=bindparam("to"),
        approved_at=bindparam("at"),
        approved_by=bindparam("by"),
        approval_job_id=bindparam("job"),
        revision=transactions.c.revision + 1,
        updated_at=bindparam("now"),
    )
)
_LAST_APPROVALS = (
    select(func.max(audit.c.audit_id))
    .where(
        audit.c.company_id == bindparam("company"),
        audit.c.transaction_id.in_(bindparam("ids", expanding=True)),
        audit.c.action == "approved",
    )
    .group_by(audit.c.transaction_id)
)
_APPROVED_FROM = select(audit.c.transaction_id, audit.c.from_state).where(
    audit.c.audit_id.in_(_LAST_APPROVALS)
)
