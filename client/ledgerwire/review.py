"""What a person says about lines, one or many, and what became of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from ledgerwire.books import Category, Transaction
from ledgerwire.rules import NewRule


class Categorization(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word on one line; null takes its category away."""

    category: Category | None
    #: What you saw; where the line has moved on since, 409 answers and nothing changes.
    revision: int | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``revision`` a person acted on; null acts on whatever is there now."""

    revision: int | None = None


class Categorized(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a Categorization."""

    transaction: Transaction
    #: How many other open lines of this merchant and direction stand with another category or none.
    alike: int
    #: A rule that would do the same from now on; null where no words of the description stand out.
    rule: NewRule | None


class ApprovedLine(msgspec.Struct, frozen=True, kw_only=True):
    """``data`` of a log line: what became of one line that a job was asked to approve, reopen or remove."""

    transaction_id: str
    #: Of an approval ``approved``, ``already``, ``needs_category``, ``locked_period``, ``changed`` or ``unknown``;
    #: of its undo ``reopened``, ``already`` (it is not approved), ``changed``, ``exported``, ``locked_period`` or
    #: ``unknown``; of an import's undo ``removed``, or ``approved``, ``exported`` or ``unknown`` where it stays.
    outcome: str
    date: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    description: str | None = None
    category: str | None = None


class LineFailure(msgspec.Struct, frozen=True):
    """One of ``failed`` in the result of a job over many lines."""

    transaction_id: str
    #: A word of ApprovedLine.outcome.
    outcome: str
    #: What to do about it.
    detail: str
