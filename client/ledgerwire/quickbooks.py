"""QuickBooks Online as it crosses the wire: the connection, whose account is whose, and what was sent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from ledgerwire.books import Category
from ledgerwire.text import Identifier, Label

#: ``none``, ``connected``, or ``refused``: QuickBooks takes our word no more, and somebody has to connect again.
ConnectionState = Literal["none", "connected", "refused"]
#: What a bank line becomes in QuickBooks.
ObjectType = Literal["Purchase", "Deposit", "Transfer", "JournalEntry"]


class QuickBooksConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A company's connection to one company of QuickBooks."""

    #: False where the server has no application of Intuit's: an administrator sets QBO_CLIENT_ID and _SECRET.
    available: bool
    #: A word of ConnectionState.
    state: str
    #: ``sandbox`` or ``production``.
    environment: str
    #: The company's id and name over there.
    realm_id: str | None = None
    company_name: str | None = None
    home_currency: str | None = None
    #: Up to this day the books over there are closed.
    closed_through: date | None = None
    connected_at: datetime | None = None
    connected_by: str | None = None
    #: When the accounts were fetched last.
    fetched_at: datetime | None = None
    #: What stands in the way, for people.
    problem: str | None = None
    #: How many accounts that approved lines need are not confirmed yet.
    unconfirmed: int = 0
    #: How many approved lines wait to be sent, and how many objects over there no longer agree with ours.
    to_send: int = 0
    to_correct: int = 0


class ConnectStart(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person's browser goes to say yes; it comes back to ``/api/quickbooks/callback``."""

    authorize_url: str
    expires_at: datetime


class Consent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Intuit sent back along with the person (RFC 6749, section 4.1.2)."""

    state: Annotated[str, msgspec.Meta(min_length=16, max_length=200)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
    realm_id: Annotated[str, msgspec.Meta(pattern=r"^\d{1,32}$")]


# --- accounts -------------------------------------------------------------------------------------------


class QuickBooksAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account over there, as it was fetched last."""

    qbo_id: str
    name: str
    #: With its parents: ``Utilities:Telephone``.
    full_name: str
    #: Intuit's words: ``Bank``, ``Credit Card``, ``Expense``, …
    type: str
    currency: str | None = None
    active: bool = True


class AccountMapping(msgspec.Struct, frozen=True, kw_only=True):
    """One of our accounts, and the one of QuickBooks that a person has confirmed or that we propose."""

    #: The name of our account; a bank account is one, too.
    account: str
    type: str
    is_bank: bool
    #: How many lines that are approved and not sent are of it.
    lines: int
    qbo_id: str | None = None
    confirmed: bool = False
    #: Of a proposal: 0-1.
    confidence: float | None = None
    #: For people: same name, alike name, the only one of this type.
    reason: str | None = None
    #: What type of account it may be over there, in Intuit's words.
    types: list[str] = []


class MappingList(msgspec.Struct, frozen=True):
    data: list[AccountMapping]
    #: What can be chosen from.
    accounts: list[QuickBooksAccount]


class AccountChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: Category
    #: Null takes the choice back.
    qbo_id: Label | None


class AccountChoices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word: all of it stands, or none."""

    choices: Annotated[list[AccountChoice], msgspec.Meta(min_length=1, max_length=500)]


# --- what was sent --------------------------------------------------------------------------------------


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """``data`` of a log line, one of ``failed`` in the job's result, and a row of the history."""

    transaction_id: str
    #: ``created``, ``updated``, ``deleted``; ``already`` (it is over there as it is here); of a dry run
    #: ``would_create``, ``would_update``, ``would_delete``; else why not: ``not_approved``, ``unmapped``, ``closed``,
    #: ``foreign_currency``, ``zero``, ``needs_name``, ``rejected``, ``conflict``, ``unsure``, ``unknown``.
    outcome: str
    #: What to do about it; empty where it was done.
    detail: str = ""
    date: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    description: str | None = None
    category: str | None = None
    #: A word of ObjectType.
    object_type: str | None = None
    qbo_id: str | None = None
    #: Where a person sees it in QuickBooks.
    url: str | None = None
    vendor: str | None = None
    #: Intuit's number of the fault, where there was one.
    code: str | None = None
    #: Receipts that went along.
    receipts: int = 0
    at: datetime | None = None
    job_id: str | None = None


class SentPage(msgspec.Struct, frozen=True):
    data: list[SentLine]
    next_cursor: str | None


class ExportFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of what was sent; of several conditions all must hold."""

    job_id: Identifier | None = None
    transaction_id: Identifier | None = None
    object_type: ObjectType | None = None
    date_from: date | None = None
    date_to: date | None = None
