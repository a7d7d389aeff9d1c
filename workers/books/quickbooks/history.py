"""What was sent to QuickBooks, newest first: a row for each line, as it was told when it arrived."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.errors import FieldError
from ledgerwire.quickbooks import ExportFilter, SentLine
from workers.books.errors import BooksError
from workers.books.quickbooks.schema import quickbooks_objects as objects


class Place(msgspec.Struct, frozen=True, array_like=True):
    """When the last row was sent, and of which line it is."""

    at: datetime
    transaction_id: str


async def list_sent(
    connection: AsyncConnection,
    company_id: str,
    wanted: ExportFilter,
    *,
    limit: int,
    cursor: str | None = None,
) -> tuple[list[SentLine], str | None]:
    """With the cursor of the next page or null; raises BooksError ``bad_cursor``."""
    newest = (objects.c.sent_at, objects.c.transaction_id)
    query = select(objects.c.shown, *newest).where(*_conditions(company_id, wanted))
    if cursor:
        place = _read(cursor)
        # SQLite compares text: the time has to be written as the column writes it.
        at = literal(place.at, objects.c.sent_at.type)
        query = query.where(tuple_(*newest) < tuple_(at, place.transaction_id))
    found = await connection.execute(query.order_by(*(each.desc() for each in newest)).limit(limit + 1))
    rows = found.all()
    lines = [msgspec.convert(row.shown, SentLine) for row in rows[:limit]]
    more = _write(rows[limit - 1]) if len(rows) > limit else None
    return lines, more


def _conditions(company_id: str, wanted: ExportFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [objects.c.company_id == company_id, objects.c.sent_at.is_not(None)]
    found += [
        objects.c[name] == value
        for name in ("job_id", "transaction_id", "object_type")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.date_from is not None:
        found.append(objects.c.sent_at >= datetime.combine(wanted.date_from, time(), UTC))
    if wanted.date_to is not None:
        found.append(objects.c.sent_at < datetime.combine(wanted.date_to, time(), UTC) + timedelta(days=1))
    return found


def _write(row: Any) -> str:
    place = msgspec.json.encode(Place(row.sent_at, row.transaction_id))
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _read(cursor: str) -> Place:
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(place, type=Place)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        detail = "Take next_cursor of the page before, unchanged."
        raise BooksError(
            "bad_cursor", "The cursor cannot be read", detail, [FieldError("/cursor", detail)]
        ) from None
