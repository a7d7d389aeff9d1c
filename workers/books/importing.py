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
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount
from ledgerwire.errors import FieldError
from workers.books.errors import AccountError
from workers.books.merchants import merchant_key, normalise
from workers.books.schema import transactions
from workers.books.statements import Statement, StatementLine
from workers.database import insert_new

#: An account number kept short (last four digits) still names its account; fewer digits would be chance.
LEAST_DIGITS = 4


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A statement line, ready to become a transaction if it is not one yet."""

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


def choose_account(
    accounts: Sequence[BankAccount], statement: Statement, account_id: str | None
) -> BankAccount:
    """The account asked for, else the one the file names, else the only one; raises AccountError.

    Also refused: a file in another currency than the account's, since nothing is converted silently.
    """
    account = _asked(accounts, account_id) if account_id else _named(accounts, statement.account_number)
    _check_currency(account, statement)
    return account


def prepare(statement: Statement, account: BankAccount) -> list[NewLine]:
    """The whole file's lines; occurrence numbers need all of it, so never call it with a part."""
    normalised = [normalise(line.description) for line in statement.lines]
    marks = fingerprints(statement.lines, normalised, account.currency)
    rows = zip(statement.lines, normalised, marks, strict=True)
    return [_new_line(line, text, mark, account.currency) for line, text, mark in rows]


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


async def insert_lines(
    connection: AsyncConnection,
    company_id: str,
    account_id: str,
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
        "account_id": account_id,
        "import_job_id": job_id,
        "created_at": now,
        "updated_at": now,
        "state": "imported",
    }
    rows = [{**common, "transaction_id": str(uuid_utils.uuid7()), **_row(line)} for line in lines]
    # Two imports that overlap lock the same keys in the same order, so that PostgreSQL sees no deadlock.
    rows.sort(key=_by_fingerprint)
    statement = insert_new(connection.dialect, transactions)
    added = await connection.execute(statement.returning(transactions.c.line_no), rows)
    return len(added.all())


def _asked(accounts: Sequence[BankAccount], account_id: str) -> BankAccount:
    for account in accounts:
        if account.account_id == account_id:
            return account
    raise AccountError(
        "unknown_account",
        "There is no such bank account",
        f"This company has no bank account {account_id!r}. {_listed(accounts)}",
        [FieldError("/account_id", "is not a bank account of this company")],
    )


def _named(accounts: Sequence[BankAccount], number: str | None) -> BankAccount:
    matching = [account for account in accounts if number and _same_number(account.number, number)]
    if len(matching) == 1:
        return matching[0]
    if len(accounts) == 1 and (accounts[0].number is None or number is None):
        return accounts[0]
    named = f"The file is of account {number}, which is none of them. " if number and not matching else ""
    raise AccountError(
        "choose_account",
        "Which bank account is this file from?",
        f"{named}Send account_id along. {_listed(accounts)}",
        [FieldError("/account_id", f"{account.account_id} is {_label(account)}") for account in accounts],
    )


def _same_number(ours: str | None, theirs: str) -> bool:
    short, long = sorted((compact(ours or ""), compact(theirs)), key=len)
    return len(short) >= LEAST_DIGITS and long.endswith(short)


def compact(number: str) -> str:
    """An account number without what banks print between its digits."""
    return "".join(filter(str.isalnum, number)).upper()


def _check_currency(account: BankAccount, statement: Statement) -> None:
    for line in statement.lines:
        currency = line.currency or statement.currency
        if currency and currency != account.currency:
            raise AccountError(
                "currency_mismatch",
                "The file is in another currency than the bank account",
                f"Line {line.line_no} is in {currency}, but {_label(account)} is kept in {account.currency}. "
                "Nothing is converted silently: choose or create an account in that currency.",
                [FieldError(f"line {line.line_no}", f"is in {currency}")],
            )


def _listed(accounts: Sequence[BankAccount]) -> str:
    if not accounts:
        return "There is no bank account yet: create one first."
    return "Its bank accounts: " + "; ".join(f"{_label(each)} = {each.account_id}" for each in accounts) + "."


def _label(account: BankAccount) -> str:
    return " ".join(filter(None, (account.name, account.number, f"({account.currency})")))


def _canonical(amount: Decimal) -> str:
    """5, 5.0 and 5.00 are one amount."""
    return format(amount.normalize() if amount else Decimal(0), "f")


def _new_line(line: StatementLine, normalised: str, fingerprint: str, currency: str) -> NewLine:
    return NewLine(
        line_no=line.line_no,
        date=line.date,
        amount=line.amount,
        sign=(line.amount > 0) - (line.amount < 0),
        currency=line.currency or currency,
        description=line.description,
        normalised=normalised,
        merchant_key=merchant_key(line.description),
        bank_id=line.bank_id,
        fingerprint=fingerprint,
    )


_row = msgspec.structs.asdict


def _by_fingerprint(row: dict[str, Any]) -> str:
    return str(row["fingerprint"])
