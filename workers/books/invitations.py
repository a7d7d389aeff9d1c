"""Links that nobody has used yet: who is invited into a company, and taking that back."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.access import Role, hash_of
from workers.books.access_schema import sign_in_links

INVITATION_ID_LENGTH = 16


class InvitationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a link that nobody has used yet."""

    invitation_id: str
    name: str
    role: Role
    expires_at: datetime


def invitation_id_of(token: str) -> str:
    """What tells a link apart: of its token's hash, so that it opens nothing."""
    return hash_of(token)[:INVITATION_ID_LENGTH]


async def list_invitations(
    connection: AsyncConnection, company_id: str, now: datetime
) -> list[InvitationRecord]:
    """Links into the company that still sign in, wherever they were made; first the one that ends first."""
    shown_id = func.substr(sign_in_links.c.token_hash, 1, INVITATION_ID_LENGTH)
    rows = await connection.execute(
        select(
            shown_id.label("invitation_id"),
            sign_in_links.c.name,
            sign_in_links.c.role,
            sign_in_links.c.expires_at,
        )
        .where(*_pending(company_id, now))
        .order_by(sign_in_links.c.expires_at, sign_in_links.c.token_hash)
    )
    return [InvitationRecord(**{**row, "role": Role(row["role"])}) for row in rows.mappings()]


async def revoke_invitation(
    connection: AsyncConnection, company_id: str, invitation_id: str, now: datetime
) -> bool:
    """False where the company has no such link that still signs in: it may have been used a moment ago."""
    done = await connection.execute(
        delete(sign_in_links).where(
            *_pending(company_id, now),
            func.substr(sign_in_links.c.token_hash, 1, INVITATION_ID_LENGTH) == invitation_id,
        )
    )
    return done.rowcount > 0


def _pending(company_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        sign_in_links.c.company_id == company_id,
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > now,
    )
