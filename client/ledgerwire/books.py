"""The books as they cross the wire. Money is a decimal string; a bank's date is never shifted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from ledgerwire.text import PLAIN, Identifier, Label

#: ISO 4217.
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
#: The name of an account of the chart: what transactions carry as their category.
Category = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=PLAIN)]
AccountType = Literal["asset", "liability", "equity", "income", "expense"]
State = Literal["imported", "proposed", "review", "approved", "exported"]
Source = Literal["rule", "memory", "model", "llm", "person"]
#: Of an amount, before or after its point.
DIGITS = 30


def is_amount(value: Decimal | None) -> bool:
    """False for what Decimal reads and no money is: NaN, infinity, or a million digits in a dozen letters."""
    if value is None:
        return True
    return value.is_finite() and max(abs(value.adjusted()), abs(int(value.as_tuple().exponent))) <= DIGITS


class Company(msgspec.Struct, frozen=True, kw_only=True):
    company_id: str
    name: str
    #: What its books are kept in. Bank accounts may be in others; nothing is converted.
    base_currency: str
    #: Whether there are lines: then the base currency cannot be changed any more.
    base_currency_fixed: bool = False
    #: Up to this day the books are closed: nothing dated there is approved, changed or undone.
    closed_through: date | None = None
    #: What the caller may do here: ``viewer``, ``bookkeeper`` or ``admin``.
    role: str


class CompanyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is; ``closed_through`` null opens the books again.

    ``base_currency`` can be changed until there are lines. Bank accounts in the former one are in the new one then.
    """

    name: Label | msgspec.UnsetType = msgspec.UNSET
    base_currency: Currency | msgspec.UnsetType = msgspec.UNSET
    closed_through: date | msgspec.UnsetType | None = msgspec.UNSET


# --- accounts -----------------------------------------------------------------------------------------


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    account_id: str
    name: str
    currency: str
    #: IBAN or last four digits, as far as it is known.
    number: str | None = None


class NewBankAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Category
    currency: Currency
    number: Annotated[str, msgspec.Meta(min_length=4, max_length=64, pattern=PLAIN)] | None = None


class BankAccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The currency of an account does not change by itself: see CompanyChange."""

    name: Category | msgspec.UnsetType = msgspec.UNSET
    number: (
        Annotated[str, msgspec.Meta(min_length=4, max_length=64, pattern=PLAIN)] | msgspec.UnsetType | None
    ) = msgspec.UNSET


class Account(msgspec.Struct, frozen=True):
    """An account of the chart."""

    code: str
    name: str
    type: str
    #: An archived one keeps its past and is proposed no more.
    archived: bool = False


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    #: ``bank`` is none: bank accounts are found there.
    code: Annotated[str, msgspec.Meta(pattern=r"^(?!bank$)[0-9A-Za-z][0-9A-Za-z.-]{0,15}$")]
    name: Category
    type: AccountType


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new name is carried into every transaction, rule and journal entry of the account."""

    name: Category | msgspec.UnsetType = msgspec.UNSET
    type: AccountType | msgspec.UnsetType = msgspec.UNSET
    archived: bool | msgspec.UnsetType = msgspec.UNSET


# --- transactions -------------------------------------------------------------------------------------


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line. ``amount`` is positive for money into the account."""

    transaction_id: str
    account_id: str
    date: date
    amount: Decimal
    currency: str
    description: str
    category: str | None
    #: ``imported``, ``proposed`` (may be approved unseen), ``review``, ``approved`` or ``exported``. A line in
    #: ``review`` may carry a category: a suggestion that somebody must look at.
    state: str
    #: Who decided: ``rule``, ``memory``, ``model``, ``llm``, ``person``; null where nobody has.
    source: str | None
    confidence: float | None
    reason: str | None
    #: The job that imported it.
    job_id: str | None
    #: Rises by one with every change of category or state: send it along to act on what you saw.
    revision: int
    #: Lines of one merchant share it; empty where none is to be seen.
    merchant_key: str
    approved_at: datetime | None
    approved_by: str | None


class TransactionFilter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which transactions; of several conditions all must hold, and what is left out does not matter."""

    state: list[State] | None = None
    job_id: Identifier | None = None
    account_id: Identifier | None = None
    #: Stands in the description, in any case.
    text: Label | None = None
    category: Category | None = None
    merchant_key: Label | None = None
    source: list[Source] | None = None
    date_from: date | None = None
    date_to: date | None = None
    #: Bounds of the amount as it is signed, both included.
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("amount_min", "amount_max"):
            if not is_amount(getattr(self, name)):
                raise ValueError(f"`{name}` is not an amount of money.")


class CategorizedLine(msgspec.Struct, frozen=True, kw_only=True):
    """``data`` of a log line written as a transaction is categorized."""

    transaction_id: str
    date: date
    amount: Decimal
    currency: str
    description: str
    category: str | None
    state: str
    source: str | None
    confidence: float | None
    reason: str | None


# --- pages --------------------------------------------------------------------------------------------


class TransactionPage(msgspec.Struct, frozen=True):
    data: list[Transaction]
    next_cursor: str | None
    #: How many there are in all, counted up to 100,000, where ``?count=true`` asked for it.
    total: int | None = None


class BankAccountPage(msgspec.Struct, frozen=True):
    data: list[BankAccount]
    next_cursor: str | None


class AccountPage(msgspec.Struct, frozen=True):
    data: list[Account]
    next_cursor: str | None
