"""A company's connection to QuickBooks: its sealed tokens, who may refresh them, and how it stands.

A refresh rotates the refresh token. Only one process may ask for one at a time, and what it gets is committed before
anybody uses it: else the next refresh would come with a token that is dead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import QuickBooksConnection
from workers.books.quickbooks.claiming import astray
from workers.books.quickbooks.mapping import count_unconfirmed
from workers.books.quickbooks.schema import quickbooks_connections as connections
from workers.books.quickbooks.schema import quickbooks_endpoints as endpoints
from workers.books.quickbooks.sealing import Seal
from workers.books.schema import transactions
from workers.database import insert_new

#: Code, title and detail of what is refused without them.
NOT_SET_UP = (
    "quickbooks_not_set_up",
    "This server has no application of Intuit's",
    "Whoever runs it sets QBO_CLIENT_ID and QBO_CLIENT_SECRET (docs/guide.md, QuickBooks).",
)
NOT_CONNECTED = (
    "quickbooks_not_connected",
    "QuickBooks is not connected",
    "An administrator of the company connects it on the QuickBooks page; then do this again.",
)
#: Longer than a refresh may take.
LEASE = timedelta(seconds=30)
#: A token that ends within this is refreshed before it is used.
MARGIN = timedelta(minutes=2)


class Connected(msgspec.Struct, frozen=True):
    """The connection as a worker needs it; the tokens are sealed."""

    realm_id: str
    environment: str
    state: str
    access_token: bytes
    refresh_token: bytes
    access_expires_at: datetime
    generation: int
    home_currency: str | None
    closed_through: date | None
    problem: str | None

    def is_fresh(self, now: datetime) -> bool:
        return self.access_expires_at > now + MARGIN


class NewTokens(msgspec.Struct, frozen=True):
    access: str
    refresh: str
    expires_at: datetime


async def find_connection(connection: AsyncConnection, company_id: str) -> Connected | None:
    row = (await connection.execute(_FIND, {"company": company_id})).first()
    return None if row is None else Connected(*row)


async def connect(
    connection: AsyncConnection,
    company_id: str,
    realm_id: str,
    tokens: NewTokens,
    *,
    environment: str,
    actor: str,
    seal: Seal,
    now: datetime,
) -> None:
    """In place of whatever there was; what is known of another company over there stays, should it come back."""
    await connection.execute(delete(connections).where(connections.c.company_id == company_id))
    row = {
        "company_id": company_id,
        "realm_id": realm_id,
        "environment": environment,
        "state": "connected",
        **_sealed(tokens, seal),
        "generation": 1,
        "connected_at": now,
        "connected_by": actor,
    }
    await connection.execute(insert(connections), row)


async def describe(
    connection: AsyncConnection,
    company_id: str,
    *,
    name: str,
    home_currency: str | None,
    closed_through: date | None,
) -> None:
    """What QuickBooks says of the company."""
    values = {"name": name[:200], "currency": home_currency, "closed": closed_through, "company": company_id}
    await connection.execute(_DESCRIBE, values)


async def lease_refresh(
    connection: AsyncConnection, company_id: str, generation: int, *, holder: str, now: datetime
) -> bool:
    """Whether ``holder`` may refresh: nobody else does, and nobody has since ``generation``."""
    values = {
        "company": company_id,
        "seen": generation,
        "holder": holder,
        "now": now,
        "until": now + LEASE,
    }
    return (await connection.execute(_LEASE, values)).rowcount == 1


async def keep_tokens(
    connection: AsyncConnection, company_id: str, tokens: NewTokens, *, holder: str, seal: Seal
) -> bool:
    """What ``holder`` was given; False where the connection was replaced or removed meanwhile."""
    sealed = {f"new_{name}": value for name, value in _sealed(tokens, seal).items()}
    values = {"company": company_id, "holder": holder, **sealed}
    return (await connection.execute(_KEEP, values)).rowcount == 1


async def end_lease(connection: AsyncConnection, company_id: str, *, holder: str) -> None:
    await connection.execute(_END_LEASE, {"company": company_id, "holder": holder})


async def refuse(connection: AsyncConnection, company_id: str, problem: str, *, holder: str) -> None:
    """QuickBooks takes the tokens that ``holder`` refreshes no more, and somebody has to connect again.

    Where somebody just did, the lease is gone with the old connection, and the new one stands.
    """
    await connection.execute(_REFUSE, {"company": company_id, "holder": holder, "why": problem})


async def disconnect(connection: AsyncConnection, company_id: str) -> None:
    """What was sent and what was mapped stay known: it may be connected again."""
    await connection.execute(delete(connections).where(connections.c.company_id == company_id))


# --- where to consent -----------------------------------------------------------------------------------


async def keep_endpoints(
    connection: AsyncConnection, discovery_url: str, found: Mapping[str, str], *, now: datetime
) -> None:
    row = {"discovery_url": discovery_url, "endpoints": dict(found), "fetched_at": now}
    changed = update(endpoints).where(endpoints.c.discovery_url == discovery_url).values(row)
    if (await connection.execute(changed)).rowcount == 0:
        # Two may find it out at the same moment, and have found the same.
        await connection.execute(insert_new(connection.dialect, endpoints), row)


async def find_endpoints(connection: AsyncConnection, discovery_url: str) -> dict[str, str] | None:
    query = select(endpoints.c.endpoints).where(endpoints.c.discovery_url == discovery_url)
    found: dict[str, str] | None = (await connection.execute(query)).scalar_one_or_none()
    return found


# --- for people -----------------------------------------------------------------------------------------


async def show_connection(
    connection: AsyncConnection, company_id: str, *, available: bool, environment: str
) -> QuickBooksConnection:
    row = (await connection.execute(_SHOW, {"company": company_id})).mappings().first()
    if row is None:
        return QuickBooksConnection(available=available, state="none", environment=environment)
    realm = {"company": company_id, "realm": row["realm_id"]}
    return QuickBooksConnection(
        available=available,
        **row,
        unconfirmed=await count_unconfirmed(connection, company_id, row["realm_id"]),
        to_send=(await connection.execute(_TO_SEND, {"company": company_id})).scalar_one(),
        to_correct=(await connection.execute(select(func.count()).select_from(astray()), realm)).scalar_one(),
    )


def _sealed(tokens: NewTokens, seal: Seal) -> dict[str, Any]:
    return {
        "access_token": seal.seal(tokens.access),
        "refresh_token": seal.seal(tokens.refresh),
        "access_expires_at": tokens.expires_at,
    }


_MINE = connections.c.company_id == bindparam("company")
_FIND = select(*(connections.c[name] for name in Connected.__struct_fields__)).where(_MINE)
_SHOW = select(
    *(
        connections.c[name]
        for name in (
            "realm_id",
            "environment",
            "state",
            "company_name",
            "home_currency",
            "closed_through",
            "problem",
            "connected_at",
            "connected_by",
            "fetched_at",
        )
    )
).where(_MINE)
_DESCRIBE = (
    update(connections)
    .where(_MINE)
    .values(
        company_name=bindparam("name"),
        home_currency=bindparam("currency"),
        closed_through=bindparam("closed"),
    )
)
_LEASE = (
    update(connections)
    .where(
        _MINE,
        connections.c.generation == bindparam("seen"),
        connections.c.refreshing_until.is_(None) | (connections.c.refreshing_until < bindparam("now")),
    )
    .values(refreshing_by=bindparam("holder"), refreshing_until=bindparam("until"))
)
_HELD = (_MINE, connections.c.refreshing_by == bindparam("holder"))
_KEEP = (
    update(connections)
    .where(*_HELD)
    .values(
        access_token=bindparam("new_access_token"),
        refresh_token=bindparam("new_refresh_token"),
        access_expires_at=bindparam("new_access_expires_at"),
        generation=connections.c.generation + 1,
        state="connected",
        problem=None,
        refreshing_by=None,
        refreshing_until=None,
    )
)
_END_LEASE = update(connections).where(*_HELD).values(refreshing_by=None, refreshing_until=None)
_REFUSE = (
    update(connections)
    .where(*_HELD)
    .values(state="refused", problem=bindparam("why"), refreshing_by=None, refreshing_until=None)
)
_TO_SEND = (
    select(func.count())
    .select_from(transactions)
    .where(transactions.c.company_id == bindparam("company"), transactions.c.state == "approved")
)
