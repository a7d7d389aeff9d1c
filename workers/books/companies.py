"""Companies, with the bank account and the chart of accounts they begin with.

accounts.py and bank_accounts.py have what people do to them later.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Account, BankAccount, CompanyChange
from ledgerwire.errors import FieldError
from workers.books.chart import DEFAULT_CHART, FIRST_BANK_CODE, STARTER_RULES
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.schema import accounts, bank_accounts, companies, rules, transactions
from workers.database import insert_new

DEFAULT_CURRENCY = "USD"
DEFAULT_BANK_ACCOUNT = "Checking"


class CompanyRecord(msgspec.Struct, frozen=True, kw_only=True):
    company_id: str
    name: str
    base_currency: str
    #: There are lines, so that it cannot be changed any more.
    base_currency_fixed: bool
    closed_through: date | None
    created_at: datetime


async def create_company(
    connection: AsyncConnection,
    company_id: str,
    *,
    name: str | None = None,
    base_currency: str = DEFAULT_CURRENCY,
    starter_rules: bool = False,
) -> bool:
    """Create it with the default chart and one bank account; says whether it was new and else changes nothing."""
    row = {
        "company_id": company_id,
        "name": name or company_id,
        "base_currency": base_currency,
        "created_at": datetime.now(UTC),
    }
    added = insert_new(connection.dialect, companies).values(row).returning(companies.c.company_id)
    if (await connection.execute(added)).first() is None:
        return False
    await connection.execute(accounts.insert(), [_chart_row(company_id, each) for each in DEFAULT_CHART])
    await create_bank_account(connection, company_id, name=DEFAULT_BANK_ACCOUNT, currency=base_currency)
    if starter_rules:
        await connection.execute(rules.insert(), _starter_rows(company_id))
    return True


async def find_company(connection: AsyncConnection, company_id: str) -> CompanyRecord | None:
    found = await connection.execute(_companies().where(companies.c.company_id == company_id))
    row = found.first()
    return CompanyRecord(**row._mapping) if row else None  # noqa: SLF001


async def list_companies(connection: AsyncConnection) -> list[CompanyRecord]:
    found = await connection.execute(_companies().order_by(companies.c.company_id))
    return [CompanyRecord(**row) for row in found.mappings()]


async def hold_company(connection: AsyncConnection, company_id: str, *, keep_lines_out: bool = False) -> None:
    """Alone, until the transaction ends: nobody else changes its chart, rules or closing date, or works on its lines.

    Those hold it together with each other (holding.py), and importing goes on, which only needs the company to be
    there. With ``keep_lines_out`` that waits, too: a new line's foreign key is a lock on the company's row, which
    FOR UPDATE excludes and FOR NO KEY UPDATE does not. Raises Missing.
    """
    held = select(companies.c.company_id).where(companies.c.company_id == company_id)
    if (await connection.execute(held.with_for_update(key_share=not keep_lines_out))).first() is None:
        raise Missing("company")


async def change_company(
    connection: AsyncConnection, company_id: str, wanted: CompanyChange, *, today: date
) -> CompanyRecord:
    """Bank accounts in the former base currency are in the new one then.

    Raises Missing; Conflict where the base currency is to change and there are lines; BooksError where the books would
    be closed through a day that is still to come.
    """
    await hold_company(connection, company_id, keep_lines_out=wanted.base_currency is not msgspec.UNSET)
    if isinstance(wanted.closed_through, date) and wanted.closed_through > today:
        detail = (
            f"Books can be closed through {today} at the latest: what is still to come could not be booked."
        )
        fault = FieldError("/closed_through", f"is after {today}")
        raise BooksError("closed_too_far", "The books cannot be closed ahead of time", detail, [fault])
    if isinstance(wanted.base_currency, str):
        await _change_currency(connection, company_id, wanted.base_currency)
    given = {
        name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET
    }
    if given:
        await connection.execute(update(companies).where(companies.c.company_id == company_id).values(given))
    return await _read(connection, company_id)


async def create_bank_account(
    connection: AsyncConnection, company_id: str, *, name: str, currency: str, number: str | None = None
) -> BankAccount:
    """The account of that name, with its asset account in the chart; an existing one is returned as it is."""
    row = {
        "account_id": str(uuid_utils.uuid7()),
        "company_id": company_id,
        "name": name,
        "currency": currency,
        "number": number,
        "created_at": datetime.now(UTC),
    }
    added = insert_new(connection.dialect, bank_accounts).values(row)
    if (await connection.execute(added.returning(bank_accounts.c.account_id))).first():
        await _chart_bank_account(connection, company_id, name)
    found = await connection.execute(_bank_accounts(company_id).where(bank_accounts.c.name == name))
    return _bank_account(found.one())


async def list_bank_accounts(connection: AsyncConnection, company_id: str) -> list[BankAccount]:
    found = await connection.execute(_bank_accounts(company_id).order_by(bank_accounts.c.account_id))
    return [_bank_account(row) for row in found]


async def find_bank_account(
    connection: AsyncConnection, company_id: str, account_id: str
) -> BankAccount | None:
    """Null also where it is another company's."""
    found = await connection.execute(
        _bank_accounts(company_id).where(bank_accounts.c.account_id == account_id)
    )
    row = found.first()
    return _bank_account(row) if row else None


async def list_chart(connection: AsyncConnection, company_id: str) -> list[Account]:
    """By code, archived ones included."""
    query = select(*(accounts.c[name] for name in Account.__struct_fields__))
    found = await connection.execute(
        query.where(accounts.c.company_id == company_id).order_by(accounts.c.code)
    )
    return [Account(*row) for row in found]


async def _read(connection: AsyncConnection, company_id: str) -> CompanyRecord:
    """One that is held."""
    found = await connection.execute(_companies().where(companies.c.company_id == company_id))
    return CompanyRecord(**found.mappings().one())


async def _change_currency(connection: AsyncConnection, company_id: str, currency: str) -> None:
    """Of the bank accounts. They have no lines, or it would be refused: hold the company against new ones first."""
    held = await _read(connection, company_id)
    if held.base_currency == currency:
        return
    if held.base_currency_fixed:
        detail = (
            f"The books are kept in {held.base_currency} and have lines, of which nothing is converted. For books in "
            f"{currency} have another company created by whoever runs the server; or reopen what is approved, undo "
            "each import, and change it then."
        )
        fault = FieldError("/base_currency", f"stays {held.base_currency} while there are lines")
        raise Conflict("base_currency_fixed", "The base currency cannot be changed any more", detail, [fault])
    former = (bank_accounts.c.company_id == company_id, bank_accounts.c.currency == held.base_currency)
    await connection.execute(update(bank_accounts).where(*former).values(currency=currency))


async def _chart_bank_account(connection: AsyncConnection, company_id: str, name: str) -> None:
    taken = {account.code for account in await list_chart(connection, company_id)}
    code = next(code for code in map(str, count(FIRST_BANK_CODE)) if code not in taken)
    row = _chart_row(company_id, Account(code, name, "asset"))
    await connection.execute(insert_new(connection.dialect, accounts).values(row))


def _companies() -> Any:
    # In the order of an index: for a mere EXISTS PostgreSQL would go through the lines of all companies.
    first = select(transactions.c.transaction_id).where(transactions.c.company_id == companies.c.company_id)
    first = first.order_by(transactions.c.date, transactions.c.transaction_id).limit(1)
    return select(companies, first.scalar_subquery().is_not(None).label("base_currency_fixed"))


def _bank_accounts(company_id: str) -> Any:
    columns = (
        bank_accounts.c.account_id,
        bank_accounts.c.name,
        bank_accounts.c.currency,
        bank_accounts.c.number,
    )
    return select(*columns).where(bank_accounts.c.company_id == company_id)


def _bank_account(row: Row[Any]) -> BankAccount:
    return BankAccount(account_id=row.account_id, name=row.name, currency=row.currency, number=row.number)


def _chart_row(company_id: str, account: Account) -> dict[str, Any]:
    return {"company_id": company_id, **msgspec.structs.asdict(account)}


def _starter_rows(company_id: str) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [
        {
            "rule_id": str(uuid_utils.uuid7()),
            "company_id": company_id,
            "position": position,
            "match": match,
            "category": category,
            "sign": sign,
            "created_at": now,
        }
        for position, (match, category, sign) in enumerate(STARTER_RULES, start=1)
    ]
