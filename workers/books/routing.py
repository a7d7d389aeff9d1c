"""Which bank account each line of a file belongs to: what the file says decides, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount
from ledgerwire.errors import FieldError
from workers.books.account_numbers import is_exactly, is_same_account, kept
from workers.books.errors import AccountError
from workers.books.schema import bank_accounts
from workers.books.statements import Statement, StatementLine


class Share(msgspec.Struct, frozen=True):
    """The lines of a file that belong to one bank account."""

    account: BankAccount
    #: The file, with these lines alone.
    statement: Statement
    #: The number the file gives the account, where it has none yet.
    learned: str | None = None


def route(accounts: Sequence[BankAccount], statement: Statement, account_id: str | None) -> list[Share]:
    """A share for each account: the one the file names, else the one asked for, else the only one.

    Raises AccountError. Asking for an account does not override a file that names another. Also refused: lines in
    another currency than their account's, since nothing is converted silently.
    """
    asked = _asked(accounts, account_id) if account_id else None
    numbers = list(dict.fromkeys(_number(line, statement) for line in statement.lines))
    chosen = {number: _choose(accounts, number, asked, alone=len(numbers) == 1) for number in numbers}
    shares = [
        _share(statement, account, [number for number in numbers if chosen[number] == account])
        for account in dict.fromkeys(chosen.values())
    ]
    for share in shares:
        _check_currency(share)
    return shares


async def learn_number(connection: AsyncConnection, share: Share) -> None:
    """Keep the number a first import gave its account; raises AccountError where another got there before."""
    if share.learned is None:
        return
    account = bank_accounts.c.account_id == share.account.account_id
    row = update(bank_accounts).where(account, bank_accounts.c.number.is_(None))
    if (await connection.execute(row.values(number=share.learned))).rowcount:
        return
    held = (await connection.execute(select(bank_accounts.c.number).where(account))).scalar_one()
    if not is_same_account(held, share.learned):
        raise _contradicted(msgspec.structs.replace(share.account, number=held), share.learned, [])


def _number(line: StatementLine, statement: Statement) -> str | None:
    return line.account_number or statement.account_number


def _share(statement: Statement, account: BankAccount, numbers: Sequence[str | None]) -> Share:
    lines = [line for line in statement.lines if _number(line, statement) in numbers]
    named = numbers[0] if account.number is None else None
    return Share(account, msgspec.structs.replace(statement, lines=lines), kept(named) if named else None)


def _choose(
    accounts: Sequence[BankAccount], number: str | None, asked: BankAccount | None, *, alone: bool
) -> BankAccount:
    """``alone``: the file is of one account. Only then may it be one whose number is not known yet."""
    if number is None and not alone:
        raise _unnamed()
    matching = _matching(accounts, number) if number else []
    if asked:
        return _confirmed(asked, number, matching, alone=alone)
    if len(matching) == 1:
        return matching[0]
    if len(accounts) == 1 and alone and (number is None or accounts[0].number is None):
        return accounts[0]
    raise _unclear(accounts, number, matching)


def _matching(accounts: Sequence[BankAccount], number: str) -> list[BankAccount]:
    """By number; by name, which is all that some formats know. The whole number goes before an end of it."""
    exact = [account for account in accounts if is_exactly(account.number, number)]
    return exact or [
        account
        for account in accounts
        if is_same_account(account.number, number) or account.name.casefold() == number.casefold()
    ]


def _confirmed(
    asked: BankAccount, number: str | None, matching: Sequence[BankAccount], *, alone: bool
) -> BankAccount:
    unknown = asked.number is None and not matching and alone
    if number is None or asked in matching or unknown:
        return asked
    raise _contradicted(asked, number, matching)


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


def _contradicted(asked: BankAccount, number: str, matching: Sequence[BankAccount]) -> AccountError:
    whose = f", which is {_label(matching[0])}," if matching else ""
    advice = (
        "Send the file without account_id, and each line goes where it belongs."
        if matching
        else "Choose or create the account of that number, or correct the number of this one."
    )
    return AccountError(
        "wrong_account",
        "The file is of another bank account",
        f"It has lines of account {number}{whose} and not of {_label(asked)}. {advice}",
        [FieldError("/account_id", f"is not the account {number} that the file names")],
    )


def _unnamed() -> AccountError:
    return AccountError(
        "choose_account",
        "Which bank account are these lines from?",
        "The file names an account for some of its lines and none for others. Export each account by itself.",
    )


def _unclear(
    accounts: Sequence[BankAccount], number: str | None, matching: Sequence[BankAccount]
) -> AccountError:
    named = f"The file is of account {number}, which is {'none' if not matching else 'several'} of them. "
    return AccountError(
        "choose_account",
        "Which bank account is this file from?",
        f"{named if number else ''}Send account_id along. {_listed(accounts)}",
        [FieldError("/account_id", f"{account.account_id} is {_label(account)}") for account in accounts],
    )


def _check_currency(share: Share) -> None:
    account = share.account
    for line in share.statement.lines:
        currency = line.currency or share.statement.currency
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
