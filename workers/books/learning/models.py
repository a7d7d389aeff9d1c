"""Learned models as rows: the newest one decides, the one before it stays for a comparison.

The bytes are what model.py writes: coefficients and vocabulary, never code.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import accounts, models, transactions
from workers.database import insert_new

KEPT = 2
APPROVED = ("approved", "exported")


async def newest_version(connection: AsyncConnection) -> int | None:
    """Null where nothing was learned yet."""
    found = await connection.execute(select(func.max(models.c.version)))
    version: int | None = found.scalar_one()
    return version


async def load_content(connection: AsyncConnection, version: int) -> bytes | None:
    """Null where it has been replaced twice since its version was read."""
    found = await connection.execute(select(models.c.content).where(models.c.version == version))
    return found.scalar_one_or_none()


async def save_model(
    connection: AsyncConnection, content: bytes, card: msgspec.Struct, *, job_id: str, now: datetime
) -> int:
    """Its version; a job's model is stored once however often that is tried."""
    row = {"content": content, "card": card, "job_id": job_id, "created_at": now}
    await connection.execute(insert_new(connection.dialect, models).values(row))
    kept = select(models.c.version).order_by(models.c.version.desc()).limit(KEPT)
    versions = list((await connection.execute(kept)).scalars())
    await connection.execute(delete(models).where(models.c.version.not_in(versions)))
    mine = await connection.execute(select(models.c.version).where(models.c.job_id == job_id))
    return int(mine.scalar_one())


async def newest_card(connection: AsyncConnection) -> Any | None:
    """What training said of the newest model; null where there is none."""
    found = await connection.execute(select(models.c.card).order_by(models.c.version.desc()).limit(1))
    return found.scalar_one_or_none()


async def count_approved(connection: AsyncConnection, *, since: datetime | None = None) -> int:
    """Over all companies: what a model could learn from, or of that what was approved after ``since``."""
    query = select(func.count()).select_from(transactions).where(_LESSONS)
    if since is not None:
        query = query.where(transactions.c.approved_at > since)
    return int((await connection.execute(query)).scalar_one())


async def approved_history(connection: AsyncConnection, *, limit: int) -> list[tuple[Any, ...]]:
    """The newest approved lines of all companies: ``(company_id, date, description, amount, category)``."""
    query = select(*_LESSON).where(_LESSONS)
    newest = query.order_by(transactions.c.date.desc(), transactions.c.transaction_id.desc())
    return [tuple(row) for row in await connection.execute(newest.limit(limit))]


async def all_charts(connection: AsyncConnection) -> list[str]:
    """The names of all companies' accounts, without the archived ones."""
    query = select(accounts.c.name).distinct().where(accounts.c.archived.is_(False)).order_by(accounts.c.name)
    return list((await connection.execute(query)).scalars())


_LESSONS = transactions.c.state.in_(APPROVED) & transactions.c.category.is_not(None)
_LESSON = [transactions.c[name] for name in ("company_id", "date", "description", "amount", "category")]
