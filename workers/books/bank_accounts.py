"""Bank accounts as people open and change them. Each is an account of the chart of the same name."""

from __future__ import annotations

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount, BankAccountChange, NewBankAccount
from workers.books.account_numbers import LEAST_DIGITS, kept
from workers.books.accounts import check_name_is_free, check_room, invalid, rename, tidy
from workers.books.companies import create_bank_account, find_bank_account, hold_company
from workers.books.errors import Missing
from workers.books.schema import bank_accounts


async def open_bank_account(
    connection: AsyncConnection, company_id: str, wanted: NewBankAccount
) -> BankAccount:
    """Raises Conflict where an account has that name, BooksError where the number cannot be one or the chart full."""
    await hold_company(connection, company_id)
    await check_room(connection, company_id)
    name, number = tidy(wanted.name), _number(wanted.number)
    await check_name_is_free(connection, company_id, name)
    return await create_bank_account(
        connection, company_id, name=name, currency=wanted.currency, number=number
    )


async def change_bank_account(
    connection: AsyncConnection, company_id: str, account_id: str, wanted: BankAccountChange
) -> BankAccount:
    """A new name goes to its account of the chart, too, and wherever that one stands.

    Raises Missing, Conflict where the name is taken, BooksError where the number cannot be one.
    """
    await hold_company(connection, company_id)
    held = await find_bank_account(connection, company_id, account_id)
    if held is None:
        raise Missing("bank account")
    name = held.name if wanted.name is msgspec.UNSET else tidy(wanted.name)
    number = held.number if wanted.number is msgspec.UNSET else _number(wanted.number)
    await rename(connection, company_id, held.name, name)
    row = update(bank_accounts).where(bank_accounts.c.account_id == account_id)
    await connection.execute(row.values(number=number))
    return msgspec.structs.replace(held, name=name, number=number)


def _number(number: str | None) -> str | None:
    """As a file's own is compared with it."""
    if number is None:
        return None
    if (short := kept(number)) is None:
        raise invalid("/number", f"should have {LEAST_DIGITS} digits at least: an IBAN, or how it ends")
    return short
