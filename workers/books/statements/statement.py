"""What every format is read into."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One posted line, from the account holder's side: money into the account is positive."""

    #: The line of the file it starts on, from 1; in OFX and CAMT, which may stand on one line, the number of the
    #: entry. No two lines of a file have the same, and later ones have more.
    line_no: int
    #: As the bank wrote it, never shifted.
    date: date
    amount: Decimal
    description: str
    #: Null where the file does not say.
    currency: str | None = None
    #: The bank's own id of the line: one per line of the account, for ever.
    bank_id: str | None = None
    #: The balance printed beside it.
    balance: Decimal | None = None
    #: The account it is of, where the file holds more than one.
    account_number: str | None = None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    #: ``csv``, ``ofx``, ``qif``, ``mt940`` or ``camt``.
    format: str
    lines: list[StatementLine]
    #: The account the file says it is of, as printed.
    account_number: str | None = None
    #: The one currency of all lines, where the file says it.
    currency: str | None = None
    #: What a person should know although every line was read, a sentence each: for the job's log.
    warnings: list[str] = []
    #: The same for every export of this layout: what a confirmed mapping is remembered under; null without columns.
    layout: str | None = None
