"""A person's way to Intuit and back: begun here, by one signed-in person, and taken up once, by the same one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec
import uuid_utils
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import Consent
from workers.books.quickbooks.schema import quickbooks_grants as grants
from workers.books.quickbooks.sealing import Seal

#: How long the way may take.
LIFE = timedelta(minutes=10)


class Begun(msgspec.Struct, frozen=True):
    state: str
    expires_at: datetime


class Grant(msgspec.Struct, frozen=True):
    """What came back."""

    code: bytes
    realm_id: str
    redirect_uri: str
    actor: str


async def begin(
    connection: AsyncConnection,
    company_id: str,
    *,
    actor: str,
    redirect_uri: str,
    now: datetime,
    origin: str = "",
) -> Begun:
    """``origin`` is that of the page to come back to."""
    state = secrets.token_urlsafe(32)
    row = {
        "grant_id": str(uuid_utils.uuid7()),
        "company_id": company_id,
        "state_hash": _hash(state),
        "actor": actor,
        "redirect_uri": redirect_uri,
        "origin": origin,
        "created_at": now,
        "expires_at": now + LIFE,
    }
    await connection.execute(delete(grants).where(grants.c.expires_at < now - LIFE))
    await connection.execute(insert(grants), row)
    return Begun(state, now + LIFE)


async def way_back(connection: AsyncConnection, state: str) -> tuple[str, str] | None:
    """The company and the origin that a person with this state began at."""
    row = (await connection.execute(_WAY_BACK, {"hash": _hash(state)})).first()
    return None if row is None else (row.company_id, row.origin)


async def take_back(
    connection: AsyncConnection, consent: Consent, *, actor: str, seal: Seal, now: datetime
) -> tuple[str, str] | None:
    """The company and the grant; None where ``actor`` began no such way, or it is over, or was taken up before."""
    values = {"hash": _hash(consent.state), "who": actor, "now": now}
    row = (await connection.execute(_OPEN, values)).first()
    if row is None:
        return None
    kept = {"id": row.grant_id, "sealed": seal.seal(consent.code), "realm": consent.realm_id}
    taken = await connection.execute(_TAKE, kept)
    return (row.company_id, row.grant_id) if taken.rowcount == 1 else None


async def find_grant(connection: AsyncConnection, company_id: str, grant_id: str) -> Grant | None:
    """With the code that came back, until ``spend``."""
    row = (await connection.execute(_FIND, {"company": company_id, "id": grant_id})).first()
    return None if row is None or row.code is None else Grant(*row)


async def spend(connection: AsyncConnection, grant_id: str) -> None:
    """Its code has become tokens, or never will."""
    await connection.execute(delete(grants).where(grants.c.grant_id == grant_id))


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


_WAY_BACK = select(grants.c.company_id, grants.c.origin).where(grants.c.state_hash == bindparam("hash"))
_OPEN = select(grants.c.grant_id, grants.c.company_id).where(
    grants.c.state_hash == bindparam("hash"),
    grants.c.actor == bindparam("who"),
    grants.c.expires_at > bindparam("now"),
    grants.c.code.is_(None),
)
_TAKE = (
    update(grants)
    .where(grants.c.grant_id == bindparam("id"), grants.c.code.is_(None))
    .values(code=bindparam("sealed"), realm_id=bindparam("realm"))
)
_FIND = select(grants.c.code, grants.c.realm_id, grants.c.redirect_uri, grants.c.actor).where(
    grants.c.company_id == bindparam("company"), grants.c.grant_id == bindparam("id")
)
