"""What keeps uploaded bytes beside the jobs that brought them: a row each, written with what it belongs to.

It stands on the ground that the kernel, which sweeps, and the books, which keep, have in common: neither knows the
other. A job is forgotten after some months, a receipt's picture never.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Index, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.database import metadata

kept_files = Table(
    "kept_files",
    metadata,
    # Whatever it belongs to: the id of a receipt.
    Column("owner_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Index(None, "sha256"),
)


async def keep_files(connection: AsyncConnection, owner_id: str, hashes: Iterable[str]) -> None:
    """In the transaction that writes the owner."""
    rows = [{"owner_id": owner_id, "sha256": sha256} for sha256 in sorted(set(hashes))]
    if rows:
        await connection.execute(insert(kept_files), rows)


async def let_go(connection: AsyncConnection, owner_id: str) -> None:
    """In the transaction that removes the owner; the bytes go at a later sweep, if nobody else keeps them."""
    await connection.execute(delete(kept_files).where(kept_files.c.owner_id == owner_id))


async def files_kept(connection: AsyncConnection) -> frozenset[str]:
    return frozenset((await connection.execute(select(kept_files.c.sha256).distinct())).scalars())
