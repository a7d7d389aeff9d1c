"""What is asked about one company's receipts, as flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from ledgerwire.books import Transaction
from ledgerwire.calls import Calls, books_path
from ledgerwire.exceptions import InvalidSubmission, NotFound
from ledgerwire.exchange import Answer, Request
from ledgerwire.flow import Emit, Flow
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

T = TypeVar("T")

#: Receipts of a page; the most the server gives.
PAGE = 500
#: Attachments of one request; the most the server takes.
TOGETHER = 500
#: Seconds after which a file that is being sent counts as lost.
FILE_SILENCE = 60.0


class ReceiptCalls:
    """Of one company."""

    def __init__(self, calls: Calls, company: str) -> None:
        self._calls = calls
        self._root = f"{books_path(company)}/receipts"

    def every(self, wanted: Mapping[str, Any]) -> Flow[None]:
        query = _query_of(wanted) | {"limit": str(PAGE)}
        while True:
            page = yield from self._read(Request(path=self._root, query=query), ReceiptPage)
            for receipt in page.data:
                yield Emit(receipt)
            if page.next_cursor is None:
                return
            query = {**query, "cursor": page.next_cursor}

    def show(self, receipt_id: str) -> Flow[Receipt]:
        return self._read(Request(path=self._one(receipt_id)), Receipt)

    def text(self, receipt_id: str) -> Flow[str]:
        told = yield from self._read(Request(path=f"{self._one(receipt_id)}/text"), ReceiptText)
        return told.text

    def matches(self, receipt_id: str) -> Flow[list[Match]]:
        told = yield from self._read(Request(path=f"{self._one(receipt_id)}/matches"), MatchList)
        return told.data

    def correct(self, receipt_id: str, fields: Mapping[str, Any]) -> Flow[Receipt]:
        """Safe to send again: saying the same twice changes nothing, unless a ``revision`` has moved on."""
        request = Request(
            method="PATCH", path=self._one(receipt_id), json=_encoded(fields, ReceiptCorrection)
        )
        return self._read(request, Receipt)

    def attach(self, receipt_id: str, transaction_id: str, verb: str = "attach") -> Flow[Receipt]:
        """``verb`` is ``attach`` or ``detach``; what is so already is answered like what was made so."""
        body = msgspec.json.encode(OneAttachment(transaction_id=transaction_id))
        return self._read(Request(method="POST", path=f"{self._one(receipt_id)}/{verb}", json=body), Receipt)

    def attach_all(self, pairs: Sequence[tuple[str, str]]) -> Flow[list[AttachmentOutcome]]:
        outcomes: list[AttachmentOutcome] = []
        for start in range(0, len(pairs), TOGETHER):
            some = [
                Attachment(receipt_id=one, transaction_id=other)
                for one, other in pairs[start : start + TOGETHER]
            ]
            body = msgspec.json.encode(Attachments(attachments=some))
            request = Request(method="POST", path=f"{self._root}/attach", json=body)
            outcomes += (yield from self._read(request, AttachmentOutcomes)).data
        return outcomes

    def book(self, receipt_id: str, account_id: str, category: str | None) -> Flow[Transaction]:
        body = msgspec.json.encode(NewLineOfReceipt(account_id=account_id, category=category))
        request = Request(method="POST", path=f"{self._one(receipt_id)}/transaction", json=body)
        return self._read(request, Transaction)

    def remove(self, receipt_id: str) -> Flow[None]:
        """Of a request that is sent again, the first may have got through: then it is gone, as was asked."""
        try:
            yield from self._calls.ask(Request(method="DELETE", path=self._one(receipt_id)))
        except NotFound as missing:
            if missing.tries == 1:
                raise

    def file(self, receipt_id: str) -> Flow[bytes]:
        return self._bytes(f"{self._one(receipt_id)}/file")

    def page(self, receipt_id: str, number: int) -> Flow[bytes]:
        return self._bytes(f"{self._one(receipt_id)}/pages/{number}")

    # --- one level down -----------------------------------------------------------------------------

    def _bytes(self, path: str) -> Flow[bytes]:
        answer: Answer = yield from self._calls.ask(Request(path=path, silence=FILE_SILENCE))
        return answer.body

    def _read(self, request: Request, shape: type[T]) -> Flow[T]:
        answer = yield from self._calls.ask(request)
        return self._calls.read(answer, shape, request)

    def _one(self, receipt_id: str) -> str:
        return f"{self._root}/{quote(receipt_id, safe='')}"


def _query_of(wanted: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The fields of a ReceiptFilter as query parameters; raises InvalidSubmission before anything is sent."""
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        msgspec.convert(given, ReceiptFilter)
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"receipts: {error}") from None
    plain: dict[str, Any] = msgspec.to_builtins(given)
    return {name: value if isinstance(value, list) else _word(value) for name, value in plain.items()}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _encoded(fields: Mapping[str, Any], shape: type[msgspec.Struct]) -> bytes:
    """Raises InvalidSubmission before anything is sent."""
    plain = msgspec.to_builtins(fields)
    try:
        return msgspec.json.encode(msgspec.convert(plain, shape))
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidSubmission(f"receipt: {error}") from None
