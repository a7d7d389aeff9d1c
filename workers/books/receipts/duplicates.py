"""Receipts that look the same as an earlier one: told by the picture, or by what stands on it. A person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.receipts.alike import look_alike, same_vendor
from workers.books.receipts.schema import receipts

#: Pictures that are compared with a new one, newest first: some hundredths of a second's work.
LOOKED_AT = 20_000


async def find_duplicate(connection: AsyncConnection, company_id: str, row: Mapping[str, Any]) -> str | None:
    """The first receipt that ``row``, which is not yet written, seems to be once more; null where there is none.

    What contradicts is stronger than what agrees: another number, day or sum makes it another receipt, however
    alike they look, since the receipts of one till all look alike. What is a duplicate itself is not compared with:
    where one without a number looks like another, a third may be like the one and unlike the other.
    """
    same = [found async for found in _alike(connection, company_id, row) if not _contradict(found, row)]
    if not same:
        return None
    return str(min(found.receipt_id for found in same))


async def _alike(connection: AsyncConnection, company_id: str, row: Mapping[str, Any]) -> Any:
    for each in await _by_fields(connection, company_id, row):
        yield each
    for each in await _by_picture(connection, company_id, row):
        yield each


async def _by_fields(connection: AsyncConnection, company_id: str, row: Mapping[str, Any]) -> list[Any]:
    if row["date"] is None or row["total"] is None:
        return []
    that_day = await connection.execute(_OF_DAY, {"company": company_id, "day": row["date"]})
    return [
        found
        for found in that_day
        if found.total == row["total"] and same_vendor(found.vendor, row["vendor"])
    ]


async def _by_picture(connection: AsyncConnection, company_id: str, row: Mapping[str, Any]) -> list[Any]:
    if not row["phash"]:
        return []
    hashes = await connection.execute(_PICTURES, {"company": company_id})
    alike = [found.receipt_id for found in hashes if look_alike(found.phash, row["phash"])]
    return list(await connection.execute(_BY_ID, {"ids": alike})) if alike else []


def _contradict(found: Any, row: Mapping[str, Any]) -> bool:
    pairs: Iterator[tuple[Any, Any]] = (
        (getattr(found, name), row[name]) for name in ("number", "date", "total", "currency")
    )
    return any(one is not None and other is not None and _other(one, other) for one, other in pairs)


def _other(one: Any, other: Any) -> bool:
    if isinstance(one, str):
        return _bare(one) != _bare(other)
    return bool(Decimal(one) != Decimal(other) if isinstance(one, Decimal) else one != other)


def _bare(number: str) -> str:
    """Blanks and dashes are read or not."""
    return "".join(filter(str.isalnum, number)).upper()


_TOLD_BY = [receipts.c[name] for name in ("receipt_id", "vendor", "date", "total", "currency", "number")]
_OF_DAY = select(*_TOLD_BY).where(
    receipts.c.company_id == bindparam("company"),
    receipts.c.date == bindparam("day"),
    receipts.c.duplicate_of.is_(None),
)
_BY_ID = select(*_TOLD_BY).where(receipts.c.receipt_id.in_(bindparam("ids", expanding=True)))
_PICTURES = (
    select(receipts.c.receipt_id, receipts.c.phash)
    .where(
        receipts.c.company_id == bindparam("company"),
        receipts.c.phash.is_not(None),
        receipts.c.duplicate_of.is_(None),
    )
    .order_by(receipts.c.receipt_id.desc())
    .limit(LOOKED_AT)
)
