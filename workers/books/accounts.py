"""A company's chart of accounts as people change it.

An account is named, not numbered, wherever it is used: transactions, rules and journal movements carry its name.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Account, AccountChange, NewAccount
from ledgerwire.errors import FieldError
from workers.books.companies import hold_company
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.schema import (
    accounts,
    bank_accounts,
    journal_entries,
    journal_movements,
    llm_answers,
    rules,
    transactions,
)

COLUMNS = [accounts.c[name] for name in Account.__struct_fields__]
#: What a bank account may be: money that is there, or (a credit card's) that is owed.
BANK_TYPES = ("asset", "liability")
#: Archived ones included. All are read with every batch of lines, and shown in full.
MOST_ACCOUNTS = 1_000


async def is_category(connection: AsyncConnection, company_id: str, name: str) -> bool:
    """Whether lines may get it: an account of the chart that is not archived."""
    query = select(accounts.c.code).where(
        accounts.c.company_id == company_id, accounts.c.name == name, accounts.c.archived.is_(False)
    )
    return (await connection.execute(query)).first() is not None


async def find_account(connection: AsyncConnection, company_id: str, code: str) -> Account:
    """Raises Missing."""
    query = select(*COLUMNS).where(accounts.c.company_id == company_id, accounts.c.code == code)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise Missing("account")
    return Account(**row)


async def create_account(connection: AsyncConnection, company_id: str, wanted: NewAccount) -> Account:
    """Raises Conflict where its code or its name is taken, BooksError where the chart is full."""
    await hold_company(connection, company_id)
    await check_room(connection, company_id)
    account = Account(wanted.code, tidy(wanted.name), wanted.type)
    await _check_free(connection, company_id, accounts.c.code, account.code)
    await check_name_is_free(connection, company_id, account.name)
    await connection.execute(
        insert(accounts).values(company_id=company_id, **msgspec.structs.asdict(account))
    )
    return account


async def change_account(
    connection: AsyncConnection, company_id: str, code: str, wanted: AccountChange
) -> Account:
    """Raises Missing, Conflict where the name is taken, or BooksError where the type cannot be."""
    await hold_company(connection, company_id)
    held = await find_account(connection, company_id, code)
    given = {
        name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET
    }
    changed = msgspec.structs.replace(held, **given)
    if changed.type != held.type:
        await _check_type(connection, company_id, changed)
    if changed.name != held.name:
        changed = msgspec.structs.replace(changed, name=tidy(changed.name))
        await rename(connection, company_id, held.name, changed.name)
    row = update(accounts).where(accounts.c.company_id == company_id, accounts.c.code == code)
    await connection.execute(row.values(type=changed.type, archived=changed.archived))
    return changed


async def rename(connection: AsyncConnection, company_id: str, old: str, new: str) -> None:
    """Everywhere. The caller holds the company; raises Conflict where the name is taken."""
    if old == new:
        return
    await check_name_is_free(connection, company_id, new)
    row = update(accounts).where(accounts.c.company_id == company_id, accounts.c.name == old)
    await connection.execute(row.values(name=new))
    await _carry(connection, company_id, old, new)


async def delete_account(connection: AsyncConnection, company_id: str, code: str) -> None:
    """Raises Missing, or Conflict where it is in use: then it can only be archived."""
    await hold_company(connection, company_id)
    held = await find_account(connection, company_id, code)
    if await _is_used(connection, company_id, held.name):
        detail = (
            f"Transactions, rules or journal entries carry {held.name!r}. Archive it: it is proposed no more."
        )
        raise Conflict("account_in_use", "This account is in use", detail)
    row = delete(accounts).where(accounts.c.company_id == company_id, accounts.c.code == code)
    await connection.execute(row)


def tidy(name: str) -> str:
    """One blank between words; raises BooksError where nothing is left."""
    if tidied := " ".join(name.split()):
        return tidied
    raise invalid("/name", "should have a letter or two")


def invalid(pointer: str, detail: str) -> BooksError:
    title = "This account cannot be so"
    return BooksError(
        "invalid_account", title, f"{pointer[1:].capitalize()} {detail}.", [FieldError(pointer, detail)]
    )


async def check_room(connection: AsyncConnection, company_id: str) -> None:
    """Raises BooksError where the chart has as many accounts as it may."""
    counted = select(func.count()).select_from(accounts).where(accounts.c.company_id == company_id)
    if (await connection.execute(counted)).scalar_one() >= MOST_ACCOUNTS:
        detail = f"A chart may have {MOST_ACCOUNTS:,} accounts. Delete those that nothing uses, or use one for more."
        raise BooksError("too_many_accounts", "There are too many accounts", detail)


async def check_name_is_free(connection: AsyncConnection, company_id: str, name: str) -> None:
    """Raises Conflict where an account of the chart has it; bank accounts are accounts of the chart, too."""
    await _check_free(connection, company_id, accounts.c.name, name)


async def _check_free(connection: AsyncConnection, company_id: str, column: Any, value: str) -> None:
    query = select(*COLUMNS).where(accounts.c.company_id == company_id, column == value)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return
    taken, state = Account(**row), "archived account" if row["archived"] else "account"
    detail = (
        f"The {state} {taken.code} has the {column.name} {value!r}. Take another, or change that one first."
    )
    fault = FieldError(f"/{column.name}", f"is taken by {taken.code} {taken.name}")
    raise Conflict("account_taken", f"There is an account of this {column.name} already", detail, [fault])


async def _check_type(connection: AsyncConnection, company_id: str, account: Account) -> None:
    query = select(bank_accounts.c.account_id).where(_names_bank_account(company_id, account.name))
    if account.type in BANK_TYPES or (await connection.execute(query)).first() is None:
        return
    raise invalid("/type", f"of a bank account's own account is {' or '.join(BANK_TYPES)}")


# --- where an account's name stands -------------------------------------------------------------------


async def _carry(connection: AsyncConnection, company_id: str, old: str, new: str) -> None:
    """The new name everywhere, the audit excepted, which tells what was said at the time.

    Revisions and audit stay as they are: nobody has categorized anything anew, and who looked at a line before
    may still approve it.
    """
    entries = select(journal_entries.c.entry_id).where(journal_entries.c.company_id == company_id)
    places: list[tuple[Any, ColumnElement[bool]]] = [
        (transactions.c.category, transactions.c.company_id == company_id),
        (rules.c.category, rules.c.company_id == company_id),
        (llm_answers.c.category, llm_answers.c.company_id == company_id),
        (bank_accounts.c.name, bank_accounts.c.company_id == company_id),
        (journal_movements.c.debit_account, journal_movements.c.entry_id.in_(entries)),
        (journal_movements.c.credit_account, journal_movements.c.entry_id.in_(entries)),
    ]
    await _lock_lines(connection, company_id, old)
    for column, of_company in places:
        await connection.execute(update(column.table).where(of_company, column == old).values({column: new}))


async def _lock_lines(connection: AsyncConnection, company_id: str, name: str) -> None:
    """In the order in which everybody locks transactions, so that PostgreSQL sees no deadlock."""
    ids = select(transactions.c.transaction_id).where(_categorized(company_id, name))
    locked = ids.order_by(transactions.c.transaction_id).with_for_update().subquery()
    # Counted, so that every row is visited.
    await connection.execute(select(func.count()).select_from(locked))


async def _is_used(connection: AsyncConnection, company_id: str, name: str) -> bool:
    moved = or_(journal_movements.c.debit_account == name, journal_movements.c.credit_account == name)
    entry = journal_movements.c.entry_id == journal_entries.c.entry_id
    used = or_(
        exists().where(_categorized(company_id, name)),
        exists().where(rules.c.company_id == company_id, rules.c.category == name),
        exists().where(_names_bank_account(company_id, name)),
        exists().where(journal_entries.c.company_id == company_id, entry, moved),
    )
    return bool((await connection.execute(select(used))).scalar_one())


def _categorized(company_id: str, name: str) -> ColumnElement[bool]:
    return (transactions.c.company_id == company_id) & (transactions.c.category == name)


def _names_bank_account(company_id: str, name: str) -> ColumnElement[bool]:
    return (bank_accounts.c.company_id == company_id) & (bank_accounts.c.name == name)
