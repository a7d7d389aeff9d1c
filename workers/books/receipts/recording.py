"""What was read of a file becomes a receipt, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import uuid_utils
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Receipt
from workers.books.receipts.audit import Deed, record_deeds
from workers.books.receipts.duplicates import find_duplicate
from workers.books.receipts.findings import Findings
from workers.books.receipts.record import (
    COLUMNS,
    plain,
    receipt_of,
    searched,
    state_of,
    values_of,
)
from workers.books.receipts.schema import receipts
from workers.database import insert_new
from workers.kept_files import keep_files


class NewReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read, its bytes and those of its pages being kept already."""

    job_id: str
    #: From 1.
    file_no: int
    name: str
    sha256: str
    size: int
    media_type: str
    #: The SHA-256 of each page's picture, in order.
    previews: list[str]
    pages_in_file: int
    engine: str
    phash: str | None
    findings: Findings


class Recorded(msgspec.Struct, frozen=True):
    receipt: Receipt
    #: Whether these bytes were a receipt before: that one is left as it was.
    duplicate: bool


async def record_receipt(
    connection: AsyncConnection, company_id: str, new: NewReceipt, *, actor: str, now: datetime
) -> Recorded:
    """Two jobs may read the same bytes at the same time: the unique index lets one of them have it."""
    row = await _row(connection, company_id, new, now)
    added = await connection.execute(
        insert_new(connection.dialect, receipts).returning(receipts.c.receipt_id), [row]
    )
    if not added.all():
        known = await find_bytes(connection, company_id, new.sha256)
        if known is None:
            raise AssertionError(f"File {new.file_no} of job {new.job_id} was recorded with other bytes.")
        return Recorded(known, duplicate=not await _is_this(connection, known, new))
    await keep_files(connection, row["receipt_id"], [new.sha256, *new.previews])
    deed = Deed(receipt_id=row["receipt_id"], action="read")
    await record_deeds(connection, company_id, [deed], actor=actor, now=now, job_id=new.job_id)
    return Recorded(_read_back(row), duplicate=False)


async def find_bytes(connection: AsyncConnection, company_id: str, sha256: str) -> Receipt | None:
    """The receipt that these very bytes are, in this company."""
    found = await connection.execute(_BY_BYTES, {"company": company_id, "sha256": sha256})
    row: Any = found.mappings().first()
    return None if row is None else receipt_of(row)


async def _row(
    connection: AsyncConnection, company_id: str, new: NewReceipt, now: datetime
) -> dict[str, Any]:
    values = values_of(new.findings)
    row: dict[str, Any] = {
        **values,
        "receipt_id": str(uuid_utils.uuid7()),
        "company_id": company_id,
        "job_id": new.job_id,
        "file_no": new.file_no,
        "name": plain(new.name) or f"file {new.file_no}",
        "sha256": new.sha256,
        "size": new.size,
        "media_type": new.media_type,
        "previews": new.previews,
        "pages": len(new.previews),
        "pages_in_file": new.pages_in_file,
        "engine": new.engine,
        "phash": new.phash or None,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    row["searched"] = searched(row["name"], row["vendor"], row["text"])
    row["duplicate_of"] = await find_duplicate(connection, company_id, row)
    row["state"] = state_of(row["fields"], row["duplicate_of"])
    return row


async def _is_this(connection: AsyncConnection, known: Receipt, new: NewReceipt) -> bool:
    """Whether it was recorded as this very file of this job: one that begins again finds what it has done."""
    file_no = await connection.execute(_FILE_NO, {"id": known.receipt_id})
    return (known.job_id, file_no.scalar_one()) == (new.job_id, new.file_no)


def _read_back(row: dict[str, Any]) -> Receipt:
    missing = {column.name: None for column in COLUMNS if column.name not in row}
    return receipt_of({**row, **missing})


_BY_BYTES = select(*COLUMNS).where(
    receipts.c.company_id == bindparam("company"), receipts.c.sha256 == bindparam("sha256")
)
_FILE_NO = select(receipts.c.file_no).where(receipts.c.receipt_id == bindparam("id"))
