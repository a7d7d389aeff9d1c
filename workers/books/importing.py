"""From the lines of a statement to transactions, each once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount
from workers.books.merchants import merchant_key, normalise
from workers.books.routing import Share
from workers.books.schema import bank_accounts, companies, transactions
from workers.books.statements import Statement, StatementLine
from workers.database import insert_new


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A statement line, ready to become a transaction if it is not one yet."""

    account_id: str
    line_no: int
    date: date
    amount: Decimal
    sign: int
    currency: str
    description: str
    normalised: str
    merchant_key: str
    bank_id: str | None
    fingerprint: str


def prepare_shares(shares: Iterable[Share]) -> list[NewLine]:
    """The lines of a whole file in its order, each with the account it goes to."""
    lines = [line for share in shares for line in prepare(share.statement, share.account)]
    return sorted(lines, key=lambda line: line.line_no)


def prepare(statement: Statement, account: BankAccount) -> list[NewLine]:
    """All the lines a file has for one account; occurrence numbers need all, so never call it with a part."""
    normalised = [normalise(line.description) for line in statement.lines]
    marks = fingerprints(statement.lines, normalised, account.currency)
    rows = zip(statement.lines, normalised, marks, strict=True)
    return [_new_line(line, text, mark, account) for line, text, mark in rows]


def fingerprints(
    lines: Iterable[StatementLine], normalised: Iterable[str], account_currency: str
) -> Iterator[str]:
    """What tells one bank line from every other of its account, whatever file it comes in.

    The bank's own id where there is one: banks enrich a description and move a date later, and the line stays
    the same. Else date, amount, currency and description. Either way the occurrence number within the file
    stands behind it: two identical coffees are two, and the same two in the next export are the same two.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for line, text in zip(lines, normalised, strict=True):
        money = (_canonical(line.amount), line.currency or account_currency)
        what = ("id", line.bank_id, *money) if line.bank_id else ("line", str(line.date), *money, text)
        seen[what] += 1
        yield hashlib.blake2b("\x1f".join((*what, str(seen[what]))).encode(), digest_size=16).hexdigest()


async def hold_currencies(
    connection: AsyncConnection, company_id: str, accounts: Iterable[BankAccount]
) -> bool:
    """Whether each account is still in the currency in which its lines were read.

    If so it stays in it until the transaction ends: companies.py changes it only where there are no lines, and keeps
    new ones out meanwhile. What is asked first is the company, as everywhere (holding.py).
    """
    await connection.execute(_HOLD_COMPANY, {"company": company_id})
    found = await connection.execute(_CURRENCIES, {"company": company_id})
    now = {row.account_id: row.currency for row in found}
    return all(now.get(account.account_id) == account.currency for account in accounts)


async def insert_lines(
    connection: AsyncConnection,
    company_id: str,
    lines: Sequence[NewLine],
    *,
    job_id: str,
    now: datetime,
) -> int:
    """How many were new; the others were there already, perhaps put there by someone else this moment."""
    if not lines:
        return 0
    common = {
        "company_id": company_id,
        "import_job_id": job_id,
        "created_at": now,
        "updated_at": now,
        "state": "imported",
    }
    rows = [{**common, "transaction_id": str(uuid_utils.uuid7()), **_row(line)} for line in lines]
    # Two imports that overlap lock the same keys in the same order, so that PostgreSQL sees no deadlock.
    rows.sort(key=_by_key)
    statement = insert_new(connection.dialect, transactions)
    added = await connection.execute(statement.returning(transactions.c.line_no), rows)
    return len(added.all())


def _canonical(amount: Decimal) -> str:
    """5, 5.0 and 5.00 are one amount."""
    return format(amount.normalize() if amount else Decimal(0), "f")


def _new_line(line: StatementLine, normalised: str, fingerprint: str, account: BankAccount) -> NewLine:
    return NewLine(
        account_id=account.account_id,
        line_no=line.line_no,
        date=line.date,
        amount=line.amount,
        sign=(line.amount > 0) - (line.amount < 0),
        currency=line.currency or account.currency,
        description=line.description,
        normalised=normalised,
        merchant_key=merchant_key(line.description),
        bank_id=line.bank_id,
        fingerprint=fingerprint,
    )


_row = msgspec.structs.asdict
_HOLD_COMPANY = (
    select(companies.c.company_id)
    .where(companies.c.company_id == bindparam("company"))
    .with_for_update(read=True, key_share=True)
)
_CURRENCIES = select(bank_accounts.c.account_id, bank_accounts.c.currency).where(
    bank_accounts.c.company_id == bindparam("company")
)


def _by_key(row: dict[str, Any]) -> tuple[str, str]:
    return row["fingerprint"], row["account_id"]
