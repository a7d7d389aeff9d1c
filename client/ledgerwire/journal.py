"""Journal entries and the audit trail, as they cross the wire."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from ledgerwire.books import Category

EntryState = Literal["proposed", "posted"]


class JournalFilter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which entries; of several conditions all must hold."""

    date_from: date | None = None
    date_to: date | None = None
    state: EntryState | None = None
    #: The name of an account that the entry debits or credits.
    account: Category | None = None


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


class AccountBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What the entries bring to one account in one currency."""

    #: Null where the chart has no account of this name any more.
    code: str | None
    account: str
    type: str | None
    currency: str
    debit: Decimal
    credit: Decimal


class TrialBalance(msgspec.Struct, frozen=True, kw_only=True):
    """In each currency the debits of all accounts equal their credits."""

    data: list[AccountBalance]


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a transaction's category or state: who, when, from what to what."""

    audit_id: int
    transaction_id: str
    at: datetime
    #: The person or key that acted, or that submitted the job.
    actor: str
    job_id: str | None
    #: ``decided`` (by a job), ``changed`` (by a person), ``approved``, ``exported``, ``reopened`` or ``removed``.
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
