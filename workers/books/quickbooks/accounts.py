"""The accounts of QuickBooks as they were fetched last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import QuickBooksAccount
from workers.books.quickbooks.schema import quickbooks_accounts as accounts
from workers.books.quickbooks.schema import quickbooks_connections as connections


class FetchedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account as QuickBooks tells of it."""

    qbo_id: str
    name: str
    full_name: str
    #: AccountType and AccountSubType in Intuit's words.
    type: str
    subtype: str | None = None
    currency: str | None = None
    active: bool = True


async def keep_accounts(
    connection: AsyncConnection,
    company_id: str,
    realm_id: str,
    fetched: Sequence[FetchedAccount],
    *,
    now: datetime,
) -> None:
    """In place of what was fetched before; what is gone over there stays known, as inactive."""
    realm = {"company": company_id, "realm": realm_id}
    # First, and it holds the row: two that fetch at the same moment come one after the other.
    await connection.execute(_FETCHED, {**realm, "now": now})
    known = {row.qbo_id: row for row in await connection.execute(_ALL, realm)}
    told = {each.qbo_id for each in fetched}
    rows = [{**msgspec.structs.asdict(each)} for each in fetched]
    rows += [{**row._mapping, "active": False} for key, row in known.items() if key not in told]  # noqa: SLF001
    await connection.execute(_CLEAR, realm)
    if rows:
        own = {"company_id": company_id, "realm_id": realm_id}
        await connection.execute(insert(accounts), [{**row, **own} for row in rows])


async def list_accounts(
    connection: AsyncConnection, company_id: str, realm_id: str
) -> list[QuickBooksAccount]:
    """By their full names."""
    found = await connection.execute(_ALL, {"company": company_id, "realm": realm_id})
    return [
        QuickBooksAccount(
            qbo_id=row.qbo_id,
            name=row.name,
            full_name=row.full_name,
            type=row.type,
            currency=row.currency,
            active=row.active,
        )
        for row in found
    ]


_OF_REALM = (accounts.c.company_id == bindparam("company"), accounts.c.realm_id == bindparam("realm"))
_ALL = (
    select(*(accounts.c[name] for name in FetchedAccount.__struct_fields__))
    .where(*_OF_REALM)
    .order_by(accounts.c.full_name, accounts.c.qbo_id)
)
_CLEAR = delete(accounts).where(*_OF_REALM)
_FETCHED = (
    update(connections)
    .where(connections.c.company_id == bindparam("company"), connections.c.realm_id == bindparam("realm"))
    .values(fetched_at=bindparam("now"))
)
