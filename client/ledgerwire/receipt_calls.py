"""What is asked about one company's receipts, as flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ledgerwire.books import Transaction
from ledgerwire.calls import Calls
from ledgerwire.company_calls import CompanyCalls, below, query_of
from ledgerwire.exceptions import InvalidSubmission
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow
from ledgerwire.receipts import (
    Attachment,
    AttachmentOutcome,
    AttachmentOutcomes,
    Attachments,
    Match,
    MatchList,
    NewLineOfReceipt,
    OneAttachment,
    Receipt,
    ReceiptCorrection,
    ReceiptFilter,
    ReceiptPage,
    ReceiptText,
)

#: Attachments of one request; the most the server takes.
TOGETHER = 500


class ReceiptCalls(CompanyCalls):
    def __init__(self, calls: Calls, company: str) -> None:
        super().__init__(calls, company)
        self._path = f"{self.root}/receipts"

    def all(self, wanted: Mapping[str, Any]) -> Flow[None]:
        return self.every(self._path, ReceiptPage, query_of("receipts", wanted, ReceiptFilter))

    def show(self, receipt_id: str) -> Flow[Receipt]:
        return self.read(Request(path=self._one(receipt_id)), Receipt)

    def text(self, receipt_id: str) -> Flow[str]:
        told = yield from self.read(Request(path=f"{self._one(receipt_id)}/text"), ReceiptText)
        return told.text

    def matches(self, receipt_id: str) -> Flow[list[Match]]:
        told = yield from self.read(Request(path=f"{self._one(receipt_id)}/matches"), MatchList)
        return told.data

    def correct(self, receipt_id: str, fields: Mapping[str, Any]) -> Flow[Receipt]:
        """Safe to send again: saying the same twice changes nothing, unless a ``revision`` has moved on."""
        request = Request(
            method="PATCH", path=self._one(receipt_id), json=_encoded(fields, ReceiptCorrection)
        )
        return self.read(request, Receipt)

    def attach(self, receipt_id: str, transaction_id: str, verb: str = "attach") -> Flow[Receipt]:
        """``verb`` is ``attach`` or ``detach``; what is so already is answered like what was made so."""
        body = msgspec.json.encode(OneAttachment(transaction_id=transaction_id))
        return self.read(Request(method="POST", path=f"{self._one(receipt_id)}/{verb}", json=body), Receipt)

    def attach_all(self, pairs: Sequence[tuple[str, str]]) -> Flow[list[AttachmentOutcome]]:
        outcomes: list[AttachmentOutcome] = []
        for start in range(0, len(pairs), TOGETHER):
            some = [
                Attachment(receipt_id=one, transaction_id=other)
                for one, other in pairs[start : start + TOGETHER]
            ]
            body = msgspec.json.encode(Attachments(attachments=some))
            request = Request(method="POST", path=f"{self._path}/attach", json=body)
            outcomes += (yield from self.read(request, AttachmentOutcomes)).data
        return outcomes

    def book(self, receipt_id: str, account_id: str, category: str | None) -> Flow[Transaction]:
        body = msgspec.json.encode(NewLineOfReceipt(account_id=account_id, category=category))
        request = Request(method="POST", path=f"{self._one(receipt_id)}/transaction", json=body)
        return self.read(request, Transaction)

    def delete(self, receipt_id: str) -> Flow[None]:
        return self.remove(self._one(receipt_id))

    def original(self, receipt_id: str) -> Flow[bytes]:
        return self.file(f"{self._one(receipt_id)}/file")

    def page(self, receipt_id: str, number: int) -> Flow[bytes]:
        return self.file(f"{self._one(receipt_id)}/pages/{number}")

    def _one(self, receipt_id: str) -> str:
        return below(self._path, receipt_id)


def _encoded(fields: Mapping[str, Any], shape: type[msgspec.Struct]) -> bytes:
    """Raises InvalidSubmission before anything is sent."""
    plain = msgspec.to_builtins(fields)
    try:
        return msgspec.json.encode(msgspec.convert(plain, shape))
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidSubmission(f"receipt: {error}") from None
