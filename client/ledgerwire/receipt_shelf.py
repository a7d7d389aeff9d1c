"""One company's receipts for programs: ``client.receipts("demo")``, blocking or awaited.

receipts = client.receipts("demo")
for receipt in receipts.list(state=["ready"], attached=False):
    if receipt.match and receipt.match.confidence >= SURE:
        receipts.attach(receipt.receipt_id, receipt.match.transaction.transaction_id)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from pathlib import Path
from typing import Any

from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.books import Transaction
from ledgerwire.download import write_whole
from ledgerwire.receipt_calls import ReceiptCalls
from ledgerwire.receipts import AttachmentOutcome, Match, Receipt


class Receipts:
    """Every method raises APIError: NotFound for an unknown id and for another company's."""

    def __init__(self, calls: ReceiptCalls, body: Body) -> None:
        self._calls = calls
        self._body = body

    def list(self, **wanted: Any) -> Generator[Receipt]:
        """Every receipt that matches, newest first; ``wanted`` are fields of ReceiptFilter."""
        return self._body.stream(self._calls.all(wanted))

    def show(self, receipt_id: str) -> Receipt:
        return self._body.run(self._calls.show(receipt_id))

    def text(self, receipt_id: str) -> str:
        """All that was read, row by row."""
        return self._body.run(self._calls.text(receipt_id))

    def matches(self, receipt_id: str) -> Sequence[Match]:
        """Bank lines that may have paid it, best first."""
        return self._body.run(self._calls.matches(receipt_id))

    def correct(self, receipt_id: str, **fields: Any) -> Receipt:
        """``fields`` of ReceiptCorrection; Conflict where the receipt has moved on from the ``revision`` you saw."""
        return self._body.run(self._calls.correct(receipt_id, fields))

    def confirm(self, receipt_id: str, **fields: Any) -> Receipt:
        """It is right now, with these corrections."""
        return self.correct(receipt_id, confirm=True, **fields)

    def attach(self, receipt_id: str, transaction_id: str) -> Receipt:
        """Raises Conflict where the two cannot belong together: it says why."""
        return self._body.run(self._calls.attach(receipt_id, transaction_id))

    def attach_all(self, pairs: Sequence[tuple[str, str]]) -> Sequence[AttachmentOutcome]:
        """Receipts and transactions; each pair stands or is refused by itself."""
        return self._body.run(self._calls.attach_all(pairs))

    def detach(self, receipt_id: str, transaction_id: str) -> Receipt:
        return self._body.run(self._calls.attach(receipt_id, transaction_id, "detach"))

    def book(self, receipt_id: str, account_id: str, category: str | None = None) -> Transaction:
        """Makes a bank line of a receipt that no bank will tell of; Conflict where there is one."""
        return self._body.run(self._calls.book(receipt_id, account_id, category))

    def remove(self, receipt_id: str) -> None:
        """For good, with its file. Its bank lines stay."""
        self._body.run(self._calls.delete(receipt_id))

    def file(self, receipt_id: str) -> bytes:
        """As it was sent."""
        return self._body.run(self._calls.original(receipt_id))

    def download(self, receipt_id: str, to: str | Path) -> Path:
        """The same, into a file; it is there whole or not at all."""
        return write_whole(Path(to), self.file(receipt_id))

    def page(self, receipt_id: str, number: int = 1) -> bytes:
        """The upright picture of a page, a JPEG: the boxes of the fields are fractions of it."""
        return self._body.run(self._calls.page(receipt_id, number))


class AsyncReceipts:
    __doc__ = Receipts.__doc__

    def __init__(self, calls: ReceiptCalls, body: AsyncBody) -> None:
        self._calls = calls
        self._body = body

    def list(self, **wanted: Any) -> AsyncGenerator[Receipt]:
        """Every receipt that matches, newest first; ``wanted`` are fields of ReceiptFilter."""
        return self._body.stream(self._calls.all(wanted))

    async def show(self, receipt_id: str) -> Receipt:
        return await self._body.run(self._calls.show(receipt_id))

    async def text(self, receipt_id: str) -> str:
        """All that was read, row by row."""
        return await self._body.run(self._calls.text(receipt_id))

    async def matches(self, receipt_id: str) -> Sequence[Match]:
        """Bank lines that may have paid it, best first."""
        return await self._body.run(self._calls.matches(receipt_id))

    async def correct(self, receipt_id: str, **fields: Any) -> Receipt:
        """``fields`` of ReceiptCorrection; Conflict where the receipt has moved on from the ``revision`` you saw."""
        return await self._body.run(self._calls.correct(receipt_id, fields))

    async def confirm(self, receipt_id: str, **fields: Any) -> Receipt:
        """It is right now, with these corrections."""
        return await self.correct(receipt_id, confirm=True, **fields)

    async def attach(self, receipt_id: str, transaction_id: str) -> Receipt:
        """Raises Conflict where the two cannot belong together: it says why."""
        return await self._body.run(self._calls.attach(receipt_id, transaction_id))

    async def attach_all(self, pairs: Sequence[tuple[str, str]]) -> Sequence[AttachmentOutcome]:
        """Receipts and transactions; each pair stands or is refused by itself."""
        return await self._body.run(self._calls.attach_all(pairs))

    async def detach(self, receipt_id: str, transaction_id: str) -> Receipt:
        return await self._body.run(self._calls.attach(receipt_id, transaction_id, "detach"))

    async def book(self, receipt_id: str, account_id: str, category: str | None = None) -> Transaction:
        """Makes a bank line of a receipt that no bank will tell of; Conflict where there is one."""
        return await self._body.run(self._calls.book(receipt_id, account_id, category))

    async def remove(self, receipt_id: str) -> None:
        """For good, with its file. Its bank lines stay."""
        await self._body.run(self._calls.delete(receipt_id))

    async def file(self, receipt_id: str) -> bytes:
        """As it was sent."""
        return await self._body.run(self._calls.original(receipt_id))

    async def download(self, receipt_id: str, to: str | Path) -> Path:
        """The same, into a file; it is there whole or not at all."""
        content = await self.file(receipt_id)
        return await asyncio.to_thread(write_whole, Path(to), content)

    async def page(self, receipt_id: str, number: int = 1) -> bytes:
        """The upright picture of a page, a JPEG: the boxes of the fields are fractions of it."""
        return await self._body.run(self._calls.page(receipt_id, number))
