"""Taking a receipt away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.receipts.attaching import hold_alone
from workers.books.receipts.audit import Deed, record_deeds
from workers.books.receipts.record import fields_of, state_of
from workers.books.receipts.schema import receipts
from workers.books.receipts.selecting import read_receipt
from workers.kept_files import let_go

#: What its trail says of one that is gone.
REMEMBERED = ("name", "vendor", "date", "total", "currency", "number")


async def remove_receipt(
    connection: AsyncConnection, company_id: str, receipt_id: str, *, actor: str, now: datetime
) -> None:
    """Its attachments go with it, by the cascade of their foreign key, and its bytes at a later sweep.

    A line that was booked from it stays: it is a part of the books by itself, and may be approved. Receipts that
    looked the same are duplicates of it no more. Raises Missing.
    """
    await hold_alone(connection, company_id)
    receipt = await read_receipt(connection, company_id, receipt_id)
    changes = {name: [value, None] for name in REMEMBERED if (value := getattr(receipt, name)) is not None}
    detached = [
        Deed(receipt_id=receipt_id, action="detached", transaction_id=line)
        for line in receipt.transaction_ids
    ]
    removed = Deed(receipt_id=receipt_id, action="removed", changes=changes)
    await _set_free(connection, receipt_id, now)
    await connection.execute(_REMOVE, {"id": receipt_id})
    await let_go(connection, receipt_id)
    await record_deeds(connection, company_id, [*detached, removed], actor=actor, now=now)


async def _set_free(connection: AsyncConnection, receipt_id: str, now: datetime) -> None:
    """Its duplicates are receipts of their own; nobody need look at one that is sure."""
    found = (await connection.execute(_DUPLICATES, {"id": receipt_id})).mappings().all()
    for row in found:
        state = row["state"] if row["state"] == "confirmed" else state_of(fields_of(row), None)
        freed = {"id": row["receipt_id"], "state_now": state, "now": now}
        await connection.execute(_FREE, freed)


_DUPLICATES = (
    select(receipts.c.receipt_id, receipts.c.state, receipts.c.fields)
    .where(receipts.c.duplicate_of == bindparam("id"))
    .order_by(receipts.c.receipt_id)
    .with_for_update()
)
_FREE = (
    update(receipts)
    .where(receipts.c.receipt_id == bindparam("id"))
    .values(
        {
            "duplicate_of": None,
            "state": bindparam("state_now"),
            "revision": receipts.c.revision + 1,
            "updated_at": bindparam("now"),
        }
    )
)
_REMOVE = delete(receipts).where(receipts.c.receipt_id == bindparam("id"))
