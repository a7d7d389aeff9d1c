"""Who may do what in which company: API keys for programs, one-use links and sessions for people.

Secrets are 256 random bits and kept as SHA-256 only: a stolen table opens nothing, and a look-up by hash
tells a guesser nothing by its time.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import uuid_utils
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.access_schema import api_keys, session_companies, sessions, sign_in_links, tickets

KEY_MARK = "lw_"
TICKET_MARK = "lwt_"
TICKET_LIFE = timedelta(seconds=30)
PREFIX_LENGTH = 11
SESSION_ID_LENGTH = 16
LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(days=30)
#: How exactly ``last_used`` is kept: a write for every request would cost more than it tells.
LAST_USED_STEP = timedelta(minutes=1)


class Role(enum.StrEnum):
    #: Reads.
    VIEWER = "viewer"
    #: Also submits, cancels and retries.
    BOOKKEEPER = "bookkeeper"
    #: Also manages who may do what.
    ADMIN = "admin"

    def covers(self, wanted: Role) -> bool:
        return RANKS.index(self) >= RANKS.index(wanted)


RANKS = (Role.VIEWER, Role.BOOKKEEPER, Role.ADMIN)


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever asks: a key or a person, and its role in each of its companies."""

    name: str
    memberships: Mapping[str, Role]
    #: Came by the dashboard's cookie, which a browser also sends for other sites' pages: check the Origin.
    session: bool
    #: One of the three says by what: a key, a session, or a token of the host application, which ends.
    key_id: str | None = None
    session_hash: str | None = None
    expires_at: datetime | None = None
    last_used: datetime | None = None

    def role_in(self, company_id: str) -> Role | None:
        return self.memberships.get(company_id)

    def may(self, company_id: str, wanted: Role) -> bool:
        role = self.role_in(company_id)
        return role is not None and role.covers(wanted)


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a key."""

    prefix: str
    name: str
    role: Role
    created_at: datetime
    last_used: datetime | None
    revoked_at: datetime | None


class SessionRecord(msgspec.Struct, frozen=True, kw_only=True):
    session_hash: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime

    @property
    def session_id(self) -> str:
        """What tells it apart, and opens nothing."""
        return self.session_hash[:SESSION_ID_LENGTH]


# --- keys -------------------------------------------------------------------------------------------


async def create_key(
    connection: AsyncConnection, company_id: str, *, role: Role = Role.BOOKKEEPER, name: str = "API key"
) -> str:
    """A new secret, which nobody can read again. The company must exist."""
    secret = KEY_MARK + secrets.token_urlsafe(32)
    await connection.execute(
        insert(api_keys).values(
            key_id=str(uuid_utils.uuid7()),
            company_id=company_id,
            role=role,
            name=name,
            prefix=secret[:PREFIX_LENGTH],
            secret_hash=hash_of(secret),
            created_at=datetime.now(UTC),
        )
    )
    return secret


async def find_key(connection: AsyncConnection, secret: str) -> Principal | None:
    """Whose ``secret`` it is; None for an unknown or revoked one."""
    if not secret.startswith(KEY_MARK):
        return None
    return await _key(connection, api_keys.c.secret_hash == hash_of(secret))


async def _key(connection: AsyncConnection, which: ColumnElement[bool]) -> Principal | None:
    found = await connection.execute(select(api_keys).where(which, api_keys.c.revoked_at.is_(None)))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    return Principal(
        name=row["name"],
        memberships={row["company_id"]: Role(row["role"])},
        session=False,
        key_id=row["key_id"],
        last_used=row["last_used"],
    )


def needs_touch(principal: Principal, now: datetime) -> bool:
    """Whether ``last_used`` of the principal's key is due to be written."""
    if principal.key_id is None:
        return False
    return principal.last_used is None or now - principal.last_used >= LAST_USED_STEP


async def touch_key(connection: AsyncConnection, key_id: str, now: datetime) -> None:
    await connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(last_used=now))


async def list_keys(connection: AsyncConnection, company_id: str) -> list[KeyRecord]:
    """Oldest first, revoked ones included."""
    columns = [api_keys.c[name] for name in KeyRecord.__struct_fields__]
    rows = await connection.execute(
        select(*columns).where(api_keys.c.company_id == company_id).order_by(api_keys.c.key_id)
    )
    return [KeyRecord(**{**row, "role": Role(row["role"])}) for row in rows.mappings()]


async def revoke_key(connection: AsyncConnection, company_id: str, prefix: str) -> bool:
    """False where the company has no living key that begins so."""
    done = await connection.execute(
        update(api_keys)
        .where(
            api_keys.c.company_id == company_id,
            api_keys.c.prefix == prefix[:PREFIX_LENGTH],
            api_keys.c.revoked_at.is_(None),
        )
        .values(revoked_at=datetime.now(UTC))
    )
    return done.rowcount > 0


# --- sign-in links and sessions ---------------------------------------------------------------------


async def make_sign_in_link(
    connection: AsyncConnection,
    company_id: str,
    *,
    name: str,
    role: Role = Role.BOOKKEEPER,
    until: datetime | None = None,
) -> str:
    """A token that opens one session as ``name``, once, within 24 hours, or until then."""
    token = secrets.token_urlsafe(32)
    await connection.execute(
        insert(sign_in_links).values(
            token_hash=hash_of(token),
            company_id=company_id,
            role=role,
            name=name,
            expires_at=until or datetime.now(UTC) + LINK_LIFE,
        )
    )
    return token


async def redeem_sign_in(
    connection: AsyncConnection, token: str, *, joining: str | None = None
) -> str | None:
    """The token of a new session; None for a link that is unknown, used or too old.

    ``joining`` is the session the browser already has: it ends, and its companies move into the new one.
    """
    now = datetime.now(UTC)
    used = await connection.execute(
        update(sign_in_links)
        .where(
            sign_in_links.c.token_hash == hash_of(token),
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(sign_in_links.c.company_id, sign_in_links.c.role, sign_in_links.c.name)
    )
    link = used.one_or_none()
    if link is None:
        return None
    memberships = await _take_over(connection, joining)
    return await _open_session(connection, link.name, {**memberships, link.company_id: Role(link.role)})


async def _take_over(connection: AsyncConnection, session_token: str | None) -> Mapping[str, Role]:
    if session_token is None:
        return {}
    present = await find_session(connection, session_token)
    await end_session(connection, session_token)
    return present.memberships if present else {}


async def _open_session(connection: AsyncConnection, name: str, memberships: Mapping[str, Role]) -> str:
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await connection.execute(
        insert(sessions).values(
            session_hash=hash_of(token), name=name, created_at=now, expires_at=now + SESSION_LIFE
        )
    )
    await connection.execute(
        insert(session_companies),
        [
            {"session_hash": hash_of(token), "company_id": company_id, "role": role}
            for company_id, role in memberships.items()
        ],
    )
    return token


async def find_session(connection: AsyncConnection, session_token: str) -> Principal | None:
    """Whose session it is; None for an unknown, ended or expired one."""
    return await _session(connection, hash_of(session_token))


async def _session(connection: AsyncConnection, session_hash: str) -> Principal | None:
    rows = await connection.execute(
        select(sessions.c.name, session_companies.c.company_id, session_companies.c.role)
        .join(session_companies, session_companies.c.session_hash == sessions.c.session_hash)
        .where(sessions.c.session_hash == session_hash, sessions.c.expires_at > datetime.now(UTC))
        .order_by(session_companies.c.company_id)
    )
    found = rows.all()
    if not found:
        return None
    return Principal(
        name=found[0].name,
        memberships={row.company_id: Role(row.role) for row in found},
        session=True,
        session_hash=session_hash,
    )


async def find_again(connection: AsyncConnection, known: Principal, now: datetime) -> Principal | None:
    """Who ``known`` is by now; None where its key was revoked, its session ended, or its token has run out."""
    if known.key_id is not None:
        return await _key(connection, api_keys.c.key_id == known.key_id)
    if known.session_hash is not None:
        return await _session(connection, known.session_hash)
    return known if known.expires_at is not None and known.expires_at > now else None


async def list_sessions(connection: AsyncConnection, company_id: str, now: datetime) -> list[SessionRecord]:
    """Of the company's people, the newest first."""
    rows = await connection.execute(
        select(
            sessions.c.session_hash,
            sessions.c.name,
            session_companies.c.role,
            sessions.c.created_at,
            sessions.c.expires_at,
        )
        .join(session_companies, session_companies.c.session_hash == sessions.c.session_hash)
        .where(session_companies.c.company_id == company_id, sessions.c.expires_at > now)
        .order_by(sessions.c.created_at.desc(), sessions.c.session_hash)
    )
    return [SessionRecord(**{**row, "role": Role(row["role"])}) for row in rows.mappings()]


async def end_membership(connection: AsyncConnection, company_id: str, session_id: str) -> bool:
    """Take the company out of a session, which keeps its others; False where there is no such session of it."""
    done = await connection.execute(
        delete(session_companies).where(
            session_companies.c.company_id == company_id,
            func.substr(session_companies.c.session_hash, 1, SESSION_ID_LENGTH) == session_id,
        )
    )
    return done.rowcount > 0


async def end_session(connection: AsyncConnection, session_token: str) -> None:
    await connection.execute(delete(sessions).where(sessions.c.session_hash == hash_of(session_token)))


# --- tickets ----------------------------------------------------------------------------------------


async def make_ticket(
    connection: AsyncConnection, principal: Principal, now: datetime
) -> tuple[str, datetime]:
    """What opens one stream as ``principal``, once, and until when."""
    token, until = TICKET_MARK + secrets.token_urlsafe(32), now + TICKET_LIFE
    await connection.execute(delete(tickets).where(tickets.c.expires_at <= now))
    row = {"ticket_hash": hash_of(token), "principal": msgspec.to_builtins(principal), "expires_at": until}
    await connection.execute(insert(tickets), row)
    return token, until


async def redeem_ticket(connection: AsyncConnection, ticket: str, now: datetime) -> Principal | None:
    """Whose it was; None for one that is unknown, used or too old, or whose key or session is no more."""
    used = await connection.execute(
        delete(tickets)
        .where(tickets.c.ticket_hash == hash_of(ticket), tickets.c.expires_at > now)
        .returning(tickets.c.principal)
    )
    held = used.scalar_one_or_none()
    if held is None:
        return None
    found = await find_again(connection, msgspec.convert(held, Principal), now)
    # No browser sends it by itself, as it does a cookie.
    return None if found is None else msgspec.structs.replace(found, session=False)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
