"""Which receipts a person means, and their rows with what they are attached to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Receipt, ReceiptFilter
from workers.books.errors import Missing
from workers.books.merchants import normalise
from workers.books.receipts.record import COLUMNS, receipt_of
from workers.books.receipts.schema import attachments, receipts


def conditions(company_id: str, wanted: ReceiptFilter) -> list[ColumnElement[bool]]:
    """All must hold; the company is the first of them, so that no list can forget it."""
    return [receipts.c.company_id == company_id, *_plainly(wanted), *_attached(wanted), *_words(wanted.text)]


def _plainly(wanted: ReceiptFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield receipts.c.state.in_(wanted.state)
    if wanted.job_id is not None:
        yield receipts.c.job_id == wanted.job_id
    if wanted.duplicate is not None:
        yield receipts.c.duplicate_of.is_not(None) if wanted.duplicate else receipts.c.duplicate_of.is_(None)
    if wanted.date_from is not None:
        yield receipts.c.date >= wanted.date_from
    if wanted.date_to is not None:
        yield receipts.c.date <= wanted.date_to


def _attached(wanted: ReceiptFilter) -> Iterable[ColumnElement[bool]]:
    mine = exists().where(attachments.c.receipt_id == receipts.c.receipt_id)
    if wanted.transaction_id is not None:
        yield mine.where(attachments.c.transaction_id == wanted.transaction_id)
    if wanted.attached is not None:
        yield mine if wanted.attached else ~mine


def _words(text: str | None) -> Iterator[ColumnElement[bool]]:
    for word in dict.fromkeys(normalise(text or "").split()):
        yield receipts.c.searched.contains(word, autoescape=True)


async def read_receipt(connection: AsyncConnection, company_id: str, receipt_id: str) -> Receipt:
    """With its lines and without a match; raises Missing, for another company's too."""
    found: Any = await connection.execute(_ONE, {"company": company_id, "id": receipt_id})
    if (row := found.mappings().first()) is None:
        raise Missing("receipt")
    (receipt,) = await with_lines(connection, [receipt_of(row)])
    return receipt


async def with_lines(connection: AsyncConnection, page: Sequence[Receipt]) -> list[Receipt]:
    """With what each is attached to; some hundred at a time."""
    if not page:
        return []
    lines: dict[str, list[str]] = {each.receipt_id: [] for each in page}
    for row in await connection.execute(_LINES, {"ids": list(lines)}):
        lines[row.receipt_id].append(row.transaction_id)
    return [msgspec.structs.replace(each, transaction_ids=lines[each.receipt_id]) for each in page]


#: By ``company`` and ``id``.
ONE_OF_COMPANY = (
    receipts.c.company_id == bindparam("company"),
    receipts.c.receipt_id == bindparam("id"),
)
_ONE = select(*COLUMNS).where(*ONE_OF_COMPANY)
_LINES = (
    select(attachments.c.receipt_id, attachments.c.transaction_id)
    .where(attachments.c.receipt_id.in_(bindparam("ids", expanding=True)))
    .order_by(attachments.c.attached_at, attachments.c.transaction_id)
)
