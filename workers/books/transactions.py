"""A company's transactions, page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Transaction
from ledgerwire.errors import FieldError
from workers.books.errors import BooksError
from workers.books.merchants import normalise
from workers.books.schema import transactions

COLUMNS = [
    transactions.c.import_job_id.label("job_id") if name == "job_id" else transactions.c[name]
    for name in Transaction.__struct_fields__
]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended."""

    date: date
    transaction_id: str


async def list_transactions(
    connection: AsyncConnection,
    company_id: str,
    *,
    states: Sequence[str] = (),
    job_id: str | None = None,
    text: str | None = None,
    category: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[Transaction], str | None]:
    """Newest date first, with the cursor of the next page or null; raises BooksError ``bad_cursor``.

    ``text`` is looked for in the description, whatever its case.
    """
    query = _filtered(company_id, states=states, job_id=job_id, text=text, category=category)
    newest = (transactions.c.date, transactions.c.transaction_id)
    if cursor:
        place = _read_cursor(cursor)
        query = query.where(tuple_(*newest) < tuple_(place.date, place.transaction_id))
    found = await connection.execute(query.order_by(*(each.desc() for each in newest)).limit(limit + 1))
    page = [Transaction(**row) for row in found.mappings()]
    more = len(page) > limit
    return page[:limit], _write_cursor(page[limit - 1]) if more else None


def _filtered(
    company_id: str, *, states: Sequence[str], job_id: str | None, text: str | None, category: str | None
) -> Select[Any]:
    query = select(*COLUMNS).where(transactions.c.company_id == company_id)
    if states:
        query = query.where(transactions.c.state.in_(states))
    if job_id:
        query = query.where(transactions.c.import_job_id == job_id)
    if text:
        query = query.where(transactions.c.normalised.contains(normalise(text), autoescape=True))
    if category:
        query = query.where(transactions.c.category == category)
    return query


def _write_cursor(last: Transaction) -> str:
    place = msgspec.json.encode(Place(last.date, last.transaction_id))
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _read_cursor(cursor: str) -> Place:
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(place, type=Place)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        detail = "Take next_cursor of the page before, unchanged."
        raise BooksError(
            "bad_cursor", "The cursor cannot be read", detail, [FieldError("/cursor", detail)]
        ) from None
