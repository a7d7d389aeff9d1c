"""Journal entries and the audit trail, as they cross the wire."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    debit: Decimal
    credit: Decimal


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Debits equal credits, in one currency."""

    entry_id: str
    transaction_id: str
    date: date
    currency: str
    #: ``proposed`` or, once its transaction is approved, ``posted``.
    state: str
    description: str
    lines: list[JournalLine]


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a transaction's category or state: who, when, from what to what."""

    audit_id: int
    transaction_id: str
    at: datetime
    #: The person or key that acted, or that submitted the job.
    actor: str
    job_id: str | None
    #: ``decided`` (by a job), ``changed`` (by a person), ``approved``, ``reopened`` or ``removed``.
    action: str
    from_state: str | None
    to_state: str | None
    from_category: str | None
    to_category: str | None
    source: str | None
    confidence: float | None
    reason: str | None


class JournalPage(msgspec.Struct, frozen=True):
    data: list[JournalEntry]
    next_cursor: str | None


class AuditPage(msgspec.Struct, frozen=True):
    data: list[AuditEntry]
    next_cursor: str | None
