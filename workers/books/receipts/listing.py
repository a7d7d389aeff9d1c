"""A company's receipts: one, page by page, or how many; its text and its files."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Receipt, ReceiptFilter, ReceiptText
from workers.books.cursor import Place, read_cursor, write_cursor
from workers.books.errors import Missing
from workers.books.receipts.matching import with_matches
from workers.books.receipts.record import COLUMNS, receipt_of
from workers.books.receipts.schema import receipts
from workers.books.receipts.selecting import ONE_OF_COMPANY, conditions, read_receipt, with_lines
from workers.books.transactions import MOST_COUNTED

ALL = ReceiptFilter()


class OriginalFile(msgspec.Struct, frozen=True):
    """What was sent, and the picture of each page that was read; bytes by their SHA-256."""

    sha256: str
    name: str
    media_type: str
    size: int
    pages: list[str]


async def list_receipts(
    connection: AsyncConnection,
    company_id: str,
    wanted: ReceiptFilter = ALL,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[Receipt], str | None]:
    """Newest first, as they came; with the cursor of the next page or null. Raises BooksError ``bad_cursor``.

    Each that is attached to nothing comes with its best line, and no line stands twice on a page.
    """
    query = select(*COLUMNS).where(*conditions(company_id, wanted))
    if cursor:
        query = query.where(receipts.c.receipt_id < read_cursor(cursor).row_id)
    found = await connection.execute(query.order_by(receipts.c.receipt_id.desc()).limit(limit + 1))
    page = [receipt_of(row) for row in found.mappings()]
    more = len(page) > limit
    page = await with_matches(connection, company_id, await with_lines(connection, page[:limit]))
    last = page[-1] if more else None
    return page, write_cursor(Place(last.created_at.date(), last.receipt_id)) if last else None


async def count_receipts(connection: AsyncConnection, company_id: str, wanted: ReceiptFilter = ALL) -> int:
    """Up to MOST_COUNTED."""
    some = select(receipts.c.receipt_id).where(*conditions(company_id, wanted)).limit(MOST_COUNTED)
    counted = await connection.execute(select(func.count()).select_from(some.subquery()))
    return int(counted.scalar_one())


async def find_receipt(connection: AsyncConnection, company_id: str, receipt_id: str) -> Receipt:
    """With its best line where it is attached to none; raises Missing, for another company's too."""
    receipt = await read_receipt(connection, company_id, receipt_id)
    (matched,) = await with_matches(connection, company_id, [receipt])
    return matched


async def text_of(connection: AsyncConnection, company_id: str, receipt_id: str) -> ReceiptText:
    """Raises Missing."""
    found = await connection.execute(_TEXT, {"company": company_id, "id": receipt_id})
    if (row := found.first()) is None:
        raise Missing("receipt")
    return ReceiptText(row.text)


async def files_of(connection: AsyncConnection, company_id: str, receipt_id: str) -> OriginalFile:
    """Raises Missing."""
    found = await connection.execute(_FILES, {"company": company_id, "id": receipt_id})
    if (row := found.first()) is None:
        raise Missing("receipt")
    return OriginalFile(*row)


async def known_vendors(connection: AsyncConnection, company_id: str, limit: int = 500) -> list[str]:
    """The names of shops that people have confirmed, newest first."""
    found = await connection.execute(_VENDORS, {"company": company_id, "limit": limit})
    return list(dict.fromkeys(found.scalars()))


_TEXT = select(receipts.c.text).where(*ONE_OF_COMPANY)
_FILES = select(
    receipts.c.sha256, receipts.c.name, receipts.c.media_type, receipts.c.size, receipts.c.previews
).where(*ONE_OF_COMPANY)
_VENDORS = (
    select(receipts.c.vendor)
    .where(
        receipts.c.company_id == bindparam("company"),
        receipts.c.state == "confirmed",
        receipts.c.vendor.is_not(None),
    )
    .order_by(receipts.c.receipt_id.desc())
    .limit(bindparam("limit"))
)
