"""The books as they cross the wire. Money is a decimal string; a bank's date is never shifted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class Company(msgspec.Struct, frozen=True, kw_only=True):
    company_id: str
    name: str
    base_currency: str
    #: What the caller may do here: ``viewer``, ``bookkeeper`` or ``admin``.
    role: str


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    account_id: str
    name: str
    currency: str
    #: IBAN or last four digits, as far as it is known.
    number: str | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line. ``amount`` is positive for money into the account."""

    transaction_id: str
    account_id: str
    date: date
    amount: Decimal
    currency: str
    description: str
    category: str | None
    #: ``imported``, ``proposed``, ``review``, ``approved`` or ``exported``.
    state: str
    #: Who decided: ``rule``, ``memory``, ``model``, ``llm``, ``person``; null where nobody has.
    source: str | None
    confidence: float | None
    reason: str | None
    #: The job that imported it.
    job_id: str | None


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


class Account(msgspec.Struct, frozen=True):
    """An account of the chart; ``type`` is ``asset``, ``liability``, ``equity``, ``income`` or ``expense``."""

    code: str
    name: str
    type: str


class Rule(msgspec.Struct, frozen=True):
    """Lines whose description holds the words ``match`` get ``category``; the lowest ``position`` decides."""

    rule_id: str
    position: int
    match: str
    category: str
    #: -1 for money out only, 1 for money in only, null for both.
    sign: int | None


class TransactionPage(msgspec.Struct, frozen=True):
    data: list[Transaction]
    next_cursor: str | None


class BankAccountPage(msgspec.Struct, frozen=True):
    data: list[BankAccount]
    next_cursor: str | None


class AccountPage(msgspec.Struct, frozen=True):
    data: list[Account]
    next_cursor: str | None


class RulePage(msgspec.Struct, frozen=True):
    data: list[Rule]
    next_cursor: str | None
