"""A company with bank lines, and receipts that nobody had to read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from ledgerwire.books import Transaction
from ledgerwire.receipts import (
    Attachment,
    Match,
    NewLineOfReceipt,
    Receipt,
    ReceiptCorrection,
    ReceiptFilter,
)
from tests.workers.books.making import JUNE
from tests.workers.books.reviewing import LATER, Reviewed
from workers.books.receipts.attaching import attach, detach
from workers.books.receipts.audit import AuditedDeed, deeds_of
from workers.books.receipts.booking import book_line
from workers.books.receipts.correcting import correct_receipt
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.listing import find_receipt, list_receipts
from workers.books.receipts.matching import matches_of
from workers.books.receipts.recording import NewReceipt, Recorded, record_receipt
from workers.books.receipts.removing import remove_receipt

NUMBERS = count(1)


def found(value: Any, confidence: float = 0.97) -> Found[Any]:
    return Found(value=value, confidence=confidence)


def findings(
    vendor: str | None = "Blue Door Coffee",
    total: str | None = "4.50",
    day: date | None = JUNE,
    *,
    confidence: float = 0.97,
    text: str = "BLUE DOOR COFFEE\nTOTAL 4.50",
    **more: Any,
) -> Findings:
    return Findings(
        vendor=found(vendor, confidence) if vendor else None,
        date=found(day, confidence) if day else None,
        total=found(Decimal(total), confidence) if total else None,
        text=text,
        **{name: found(value) for name, value in more.items()},
    )


def new_receipt(read: Findings, **more: Any) -> NewReceipt:
    """Of bytes that nobody else has."""
    number = next(NUMBERS)
    known: dict[str, Any] = {
        "job_id": str(uuid4()),
        "file_no": 1,
        "name": f"IMG_{number}.jpg",
        "sha256": sha256(number),
        "size": 1_000,
        "media_type": "image/jpeg",
        "previews": [sha256(-number)],
        "pages_in_file": 1,
        "engine": "tesseract",
        "phash": None,
    }
    return NewReceipt(findings=read, **{**known, **more})


def sha256(of: object) -> str:
    return hashlib.sha256(str(of).encode()).hexdigest()


class Filed(Reviewed):
    """Receipts beside the lines; Ann acts."""

    async def record(self, read: Findings, **more: Any) -> Recorded:
        async with self.database.transaction() as tx:
            return await record_receipt(
                tx, self.company_id, new_receipt(read, **more), actor="Ann", now=LATER
            )

    async def receipt(self, *args: Any, **more: Any) -> str:
        """The id of a new one, of these findings."""
        return (await self.record(findings(*args, **more))).receipt.receipt_id

    async def find(self, key: str) -> Receipt:
        async with self.database.reading() as connection:
            return await find_receipt(connection, self.company_id, key)

    async def listed(self, **wanted: Any) -> list[str]:
        async with self.database.reading() as connection:
            page, _cursor = await list_receipts(connection, self.company_id, ReceiptFilter(**wanted))
            return [each.receipt_id for each in page]

    async def matches(self, key: str) -> list[Match]:
        async with self.database.reading() as connection:
            return await matches_of(connection, self.company_id, key)

    async def correct(self, key: str, **said: Any) -> Receipt:
        async with self.database.transaction() as tx:
            return await correct_receipt(
                tx, self.company_id, key, ReceiptCorrection(**said), actor="Ann", now=LATER
            )

    async def attach(self, *pairs: tuple[str, str]) -> list[str]:
        """The outcomes' words."""
        wanted = [Attachment(receipt_id=receipt, transaction_id=line) for receipt, line in pairs]
        async with self.database.transaction() as tx:
            done = await attach(tx, self.company_id, wanted, actor="Ann", now=LATER)
        assert [(each.receipt_id, each.transaction_id) for each in done] == list(pairs)
        assert all(bool(each.detail) == (each.outcome not in {"attached", "already"}) for each in done)
        return [each.outcome for each in done]

    async def detach(self, receipt: str, line: str) -> Receipt:
        async with self.database.transaction() as tx:
            return await detach(tx, self.company_id, receipt, line, actor="Ann", now=LATER)

    async def book(self, key: str, category: str | None = None, account: str | None = None) -> Transaction:
        wanted = NewLineOfReceipt(account_id=account or self.account.account_id, category=category)
        async with self.database.transaction() as tx:
            return await book_line(tx, self.company_id, key, wanted, actor="Ann", now=LATER)

    async def remove_receipt(self, key: str) -> None:
        async with self.database.transaction() as tx:
            await remove_receipt(tx, self.company_id, key, actor="Ann", now=LATER)

    async def deeds(self, key: str) -> Sequence[AuditedDeed]:
        async with self.database.reading() as connection:
            return await deeds_of(connection, self.company_id, key)
