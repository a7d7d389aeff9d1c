"""Who was paid: the vendor of a line's receipt, else the merchant its description names; and who of them is there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.merchants import merchant_name
from workers.books.quickbooks.schema import quickbooks_vendors as vendors
from workers.books.receipts.schema import attachments, receipts
from workers.books.schema import transactions
from workers.database import insert_new

#: Letters of DisplayName.
LONGEST = 100
#: Intuit takes none of these in a name.
FORBIDDEN = re.compile(r"[:\t\n\r\x00-\x1f\x7f]+")
#: Words that stay as they are: BP, IKEA's own case is nobody's business.
SHORT = 3


async def vendor_names(connection: AsyncConnection, company_id: str, ids: Sequence[str]) -> dict[str, str]:
    """By line, as far as somebody is to be seen."""
    found = await connection.execute(_LINES, {"company": company_id, "ids": list(ids)})
    names = {row.transaction_id: vendor_name(row.vendor, row.description) for row in found}
    return {key: name for key, name in names.items() if name}


def vendor_name(of_receipt: str | None, description: str) -> str:
    """As it may stand in QuickBooks; empty where nobody is to be seen."""
    name = of_receipt or _readable(merchant_name(description))
    return " ".join(FORBIDDEN.sub(" ", name).split())[:LONGEST].strip()


def folded(name: str) -> str:
    """DisplayName is unique in any case."""
    return name.casefold()


async def known_vendors(
    connection: AsyncConnection, company_id: str, realm_id: str, names: Sequence[str]
) -> dict[str, str]:
    """Ids over there by folded name, as far as they were met before."""
    values = {"company": company_id, "realm": realm_id, "names": [folded(name) for name in names]}
    return {row.name: row.qbo_id for row in await connection.execute(_KNOWN, values)}


async def remember_vendors(
    connection: AsyncConnection, company_id: str, realm_id: str, ids: Mapping[str, str]
) -> None:
    """``ids`` by name."""
    own = {"company_id": company_id, "realm_id": realm_id}
    rows = [{**own, "name": folded(name), "qbo_id": qbo_id} for name, qbo_id in ids.items()]
    if rows:
        await connection.execute(insert_new(connection.dialect, vendors), rows)


async def forget_vendors(
    connection: AsyncConnection, company_id: str, realm_id: str, names: Collection[str]
) -> None:
    """They are looked for again before they are used."""
    if names:
        values = {"company": company_id, "realm": realm_id, "names": [folded(name) for name in names]}
        await connection.execute(_FORGET, values)


def _readable(name: str) -> str:
    return " ".join(word if len(word) <= SHORT else word.capitalize() for word in name.split())


_OF_RECEIPT = (
    select(receipts.c.vendor)
    .join_from(attachments, receipts, receipts.c.receipt_id == attachments.c.receipt_id)
    .where(attachments.c.transaction_id == transactions.c.transaction_id, receipts.c.vendor.is_not(None))
    .order_by(receipts.c.receipt_id)
    .limit(1)
    .scalar_subquery()
)
_LINES = select(transactions.c.transaction_id, transactions.c.description, _OF_RECEIPT.label("vendor")).where(
    transactions.c.company_id == bindparam("company"),
    transactions.c.transaction_id.in_(bindparam("ids", expanding=True)),
)
_OF_NAMES = (
    vendors.c.company_id == bindparam("company"),
    vendors.c.realm_id == bindparam("realm"),
    vendors.c.name.in_(bindparam("names", expanding=True)),
)
_KNOWN = select(vendors.c.name, vendors.c.qbo_id).where(*_OF_NAMES)
_FORGET = delete(vendors).where(*_OF_NAMES)
