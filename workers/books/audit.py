"""Who changed a transaction's category or state, when, and from what: written with the change or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.journal import AuditEntry
from workers.books.schema import audit

COLUMNS = [audit.c[name] for name in AuditEntry.__struct_fields__]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one transaction. ``source`` to ``reason`` are those of the category it has now."""

    transaction_id: str
    #: ``decided`` (by a job), ``changed`` (by a person), ``approved``, ``reopened`` or ``removed``.
    action: str
    from_state: str | None
    #: Null where the transaction is gone.
    to_state: str | None
    from_category: str | None
    to_category: str | None
    source: str | None = None
    confidence: float | None = None
    reason: str | None = None

    @property
    def is_one(self) -> bool:
        """Deciding a line anew mostly ends as before, which is no change; a person's word always is one."""
        ends_elsewhere = (self.from_state, self.from_category) != (self.to_state, self.to_category)
        return ends_elsewhere or self.action != "decided"


async def record_changes(
    connection: AsyncConnection,
    company_id: str,
    changes: Sequence[Change],
    *,
    actor: str,
    now: datetime,
    job_id: str | None = None,
) -> None:
    """In the transaction that makes the changes."""
    common = {"company_id": company_id, "actor": actor, "job_id": job_id, "at": now}
    rows = [{**common, **msgspec.structs.asdict(change)} for change in changes if change.is_one]
    if rows:
        await connection.execute(_RECORD, rows)


async def list_changes(
    connection: AsyncConnection,
    company_id: str,
    *,
    transaction_id: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Newest first; ``before`` is the ``audit_id`` that the last page ended with."""
    query = select(*COLUMNS).where(audit.c.company_id == company_id)
    if transaction_id is not None:
        query = query.where(audit.c.transaction_id == transaction_id)
    if before is not None:
        query = query.where(audit.c.audit_id < before)
    found: Any = await connection.execute(query.order_by(audit.c.audit_id.desc()).limit(limit))
    return [AuditEntry(**row) for row in found.mappings()]


_RECORD = insert(audit)
