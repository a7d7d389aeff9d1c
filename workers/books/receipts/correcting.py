"""A person's word on a receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Alternative, FieldReading, Receipt, ReceiptCorrection
from workers.books.errors import Conflict, Missing
from workers.books.receipts.audit import Deed, record_deeds
from workers.books.receipts.listing import find_receipt
from workers.books.receipts.record import fields_of, searched, state_of
from workers.books.receipts.schema import receipts
from workers.books.receipts.selecting import ONE_OF_COMPANY

CORRECTED = ("vendor", "date", "total", "currency", "subtotal", "tip", "payment_method", "card", "number")
#: Of what was read before; more nobody looks at.
ALTERNATIVES = 5


async def correct_receipt(
    connection: AsyncConnection,
    company_id: str,
    receipt_id: str,
    correction: ReceiptCorrection,
    *,
    actor: str,
    now: datetime,
) -> Receipt:
    """The receipt as ``actor`` wants it. What was read before stays as an alternative.

    Saying the same again changes nothing, whatever the revision, so a repeated request is harmless. Raises Missing,
    and Conflict where the receipt has moved on from the revision that was seen.
    """
    found: Any = await connection.execute(_HOLD, {"company": company_id, "id": receipt_id})
    if (row := found.mappings().first()) is None:
        raise Missing("receipt")
    changes = _changes(row, correction)
    confirms = correction.confirm and row["state"] != "confirmed"
    if changes or confirms:
        _check(row["revision"], correction.revision)
        values = _values(row, changes)
        if confirms:
            values |= {"state": "confirmed", "confirmed_at": now, "confirmed_by": actor}
        await connection.execute(_STORE.values(**values, updated_at=now), {"id": receipt_id})
        action = "confirmed" if confirms else "corrected"
        deed = Deed(receipt_id=receipt_id, action=action, changes=changes)
        await record_deeds(connection, company_id, [deed], actor=actor, now=now)
    return await find_receipt(connection, company_id, receipt_id)


def _changes(row: Any, correction: ReceiptCorrection) -> dict[str, list[Any]]:
    """What differs, as it was and as it is to be."""
    wanted = {name: getattr(correction, name) for name in (*CORRECTED, "duplicate_of")}
    return {
        name: [row[name], value]
        for name, value in wanted.items()
        if value is not msgspec.UNSET and (value != row[name] or _unsaid(row, name, value))
    }


def _unsaid(row: Any, name: str, value: Any) -> bool:
    """A person who says what was read, says it: from then on it is sure."""
    if name == "duplicate_of" or value is None:
        return False
    reading = fields_of(row).get(name)
    return reading is None or reading.read_by != "person"


def _check(revision: int, seen: int | None) -> None:
    if seen not in {None, revision}:
        detail = f"You saw revision {seen}; it is at {revision} now. Look again, then decide."
        raise Conflict("changed", "The receipt has changed since you looked", detail)


def _values(row: Any, changes: dict[str, list[Any]]) -> dict[str, Any]:
    values = {name: after for name, (_before, after) in changes.items()}
    fields = fields_of(row)
    for name, (before, after) in changes.items():
        if name not in CORRECTED:
            continue
        if after is None:
            fields.pop(name, None)
        else:
            fields[name] = _said(fields.get(name), before, after)
    duplicate_of = values.get("duplicate_of", row["duplicate_of"])
    if row["state"] != "confirmed":
        values["state"] = state_of(fields, duplicate_of)
    vendor = values.get("vendor", row["vendor"])
    return {**values, "fields": fields, "searched": searched(row["name"], vendor, row["text"])}


def _said(reading: FieldReading | None, before: Any, after: Any) -> FieldReading:
    """A person's value: where it stands, if that was among what was read, and what was read instead."""
    if reading is None:
        return FieldReading(confidence=1.0, read_by="person")
    was = Alternative(_text(before), reading.confidence, reading.box)
    said = _text(after)
    known = [was, *reading.alternatives]
    box = next((each.box for each in known if each.value == said), None)
    others = [each for each in known if each.value != said][:ALTERNATIVES]
    return FieldReading(confidence=1.0, read_by="person", box=box, alternatives=others)


def _text(value: Any) -> str:
    """As on the wire."""
    return str(msgspec.to_builtins(value))


_HOLD = select(receipts).where(*ONE_OF_COMPANY).with_for_update()
_STORE = (
    update(receipts).where(receipts.c.receipt_id == bindparam("id")).values(revision=receipts.c.revision + 1)
)
