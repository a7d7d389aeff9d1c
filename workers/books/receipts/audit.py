"""Who did what to a receipt, and when: written with the change or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.receipts.schema import receipt_audit


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    receipt_id: str
    #: ``read``, ``corrected``, ``confirmed``, ``attached``, ``detached``, ``booked`` or ``removed``.
    action: str
    #: The line that it was attached to, taken off or booked as.
    transaction_id: str | None = None
    #: Of each field that changed, what it was and what it is.
    changes: Mapping[str, Sequence[Any]] = {}


class AuditedDeed(Deed, frozen=True, kw_only=True):
    at: datetime
    actor: str
    job_id: str | None


async def record_deeds(
    connection: AsyncConnection,
    company_id: str,
    deeds: Sequence[Deed],
    *,
    actor: str,
    now: datetime,
    job_id: str | None = None,
) -> None:
    """In the transaction that does them."""
    common = {"company_id": company_id, "actor": actor, "job_id": job_id, "at": now}
    rows = [{**common, **msgspec.structs.asdict(deed)} for deed in deeds]
    if rows:
        await connection.execute(_RECORD, rows)


async def deeds_of(connection: AsyncConnection, company_id: str, receipt_id: str) -> list[AuditedDeed]:
    """Oldest first, of one that is gone too."""
    found: Any = await connection.execute(_READ, {"company": company_id, "receipt": receipt_id})
    return [AuditedDeed(**row) for row in found.mappings()]


_RECORD = insert(receipt_audit)
_READ = (
    select(*(receipt_audit.c[name] for name in AuditedDeed.__struct_fields__))
    .where(
        receipt_audit.c.company_id == bindparam("company"),
        receipt_audit.c.receipt_id == bindparam("receipt"),
    )
    .order_by(receipt_audit.c.audit_id)
)
