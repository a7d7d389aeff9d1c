"""A company's receipts: reading them in lists and one by one, correcting, matching and attaching them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.books import Transaction
from ledgerwire.receipts import (
    Attachment,
    AttachmentOutcomes,
    Attachments,
    MatchList,
    NewLineOfReceipt,
    OneAttachment,
    Receipt,
    ReceiptCorrection,
    ReceiptPage,
    ReceiptText,
)
from server.answers import created, page
from server.auth import require
from server.filters import RECEIPTS, WantedReceipts
from server.parameters import Caller, CompanyId, Count, Cursor, Limit, ReceiptId, TheKernel
from workers.books.access import Role
from workers.books.errors import Conflict, Missing
from workers.books.receipts import attaching, booking, correcting, listing, matching, removing

ONE = "/companies/{company_id:str}/receipts/{receipt_id:str}"


@get(
    "/companies/{company_id:str}/receipts",
    operation_id="listReceipts",
    summary="A company's receipts, newest first",
    tags=["Receipts"],
    dependencies=RECEIPTS,
    responses={200: ResponseSpec(ReceiptPage, description="As they came, each with its likeliest bank line")},
)
async def list_receipts(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    wanted: WantedReceipts,
    count: Count = False,  # noqa: FBT002 - a query parameter
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found, more = await listing.list_receipts(sql, company_id, wanted, limit=limit, cursor=cursor)
        total = await listing.count_receipts(sql, company_id, wanted) if count else None
    return page(request, found, more, total=total)


@get(
    ONE,
    operation_id="getReceipt",
    summary="A receipt",
    tags=["Receipts"],
    responses={200: ResponseSpec(Receipt, description="As it is now")},
)
async def get_receipt(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> Receipt:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return await listing.find_receipt(sql, company_id, receipt_id)


@get(
    f"{ONE}/text",
    operation_id="getReceiptText",
    summary="All that was read of a receipt",
    tags=["Receipts"],
    responses={200: ResponseSpec(ReceiptText, description="Row by row, without numbers of cards")},
)
async def get_text(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> ReceiptText:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return await listing.text_of(sql, company_id, receipt_id)


@get(
    f"{ONE}/matches",
    operation_id="listMatches",
    summary="Bank lines that may have paid a receipt",
    tags=["Receipts"],
    responses={200: ResponseSpec(MatchList, description="Best first, ten at most")},
)
async def list_matches(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> MatchList:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return MatchList(await matching.matches_of(sql, company_id, receipt_id))


@patch(
    ONE,
    operation_id="correctReceipt",
    summary="Say what is right about a receipt, and that it is",
    tags=["Receipts"],
    opt={"body": ReceiptCorrection, "problems": (409,)},
    responses={200: ResponseSpec(Receipt, description="As it is now")},
)
async def correct_receipt(
    company_id: CompanyId,
    receipt_id: ReceiptId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[ReceiptCorrection],
) -> Receipt:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        await correcting.correct_receipt(
            sql, company_id, receipt_id, data, actor=principal.name, now=datetime.now(UTC)
        )
        return await listing.find_receipt(sql, company_id, receipt_id)


@delete(
    ONE,
    operation_id="removeReceipt",
    summary="Remove a receipt",
    tags=["Receipts"],
    status_code=204,
)
async def remove_receipt(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> None:
    """Its bank lines stay."""
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        await removing.remove_receipt(
            sql, company_id, receipt_id, actor=principal.name, now=datetime.now(UTC)
        )


@post(
    "/companies/{company_id:str}/receipts/attach",
    operation_id="attachReceipts",
    summary="Attach many receipts to their bank lines",
    tags=["Receipts"],
    status_code=200,
    opt={"body": Attachments},
    responses={200: ResponseSpec(AttachmentOutcomes, description="What became of each, in their order")},
)
async def attach_receipts(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[Attachments]
) -> AttachmentOutcomes:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        outcomes = await attaching.attach(
            sql, company_id, data.attachments, actor=principal.name, now=datetime.now(UTC)
        )
    return AttachmentOutcomes(outcomes)


@post(
    f"{ONE}/attach",
    operation_id="attachReceipt",
    summary="Attach a receipt to the bank line that paid it",
    tags=["Receipts"],
    status_code=200,
    opt={"body": OneAttachment, "problems": (409,)},
    responses={200: ResponseSpec(Receipt, description="Attached, now or before")},
)
async def attach_receipt(
    company_id: CompanyId,
    receipt_id: ReceiptId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[OneAttachment],
) -> Receipt:
    require(principal, company_id, Role.BOOKKEEPER)
    wanted = Attachment(receipt_id=receipt_id, transaction_id=data.transaction_id)
    async with kernel.database.transaction() as sql:
        (outcome,) = await attaching.attach(
            sql, company_id, [wanted], actor=principal.name, now=datetime.now(UTC)
        )
        if outcome.outcome == "unknown":
            raise Missing("receipt or transaction")
        if outcome.outcome == "many_to_many":
            raise Conflict(
                "many_to_many", "A receipt of several lines cannot share one of them", outcome.detail
            )
        if outcome.outcome == "booked":
            raise Conflict("booked", "The line that was booked from the receipt is approved", outcome.detail)
        return await listing.find_receipt(sql, company_id, receipt_id)


@post(
    f"{ONE}/detach",
    operation_id="detachReceipt",
    summary="Take a receipt off a bank line",
    tags=["Receipts"],
    status_code=200,
    opt={"body": OneAttachment},
    responses={200: ResponseSpec(Receipt, description="No longer attached to that line")},
)
async def detach_receipt(
    company_id: CompanyId,
    receipt_id: ReceiptId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[OneAttachment],
) -> Receipt:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        await attaching.detach(
            sql, company_id, receipt_id, data.transaction_id, actor=principal.name, now=datetime.now(UTC)
        )
        return await listing.find_receipt(sql, company_id, receipt_id)


@post(
    f"{ONE}/transaction",
    operation_id="bookReceipt",
    summary="Make a bank line of a receipt that no bank line tells of",
    tags=["Receipts"],
    opt={"body": NewLineOfReceipt, "problems": (409, 422)},
    responses={201: ResponseSpec(Transaction, description="A proposal, attached to the receipt")},
)
async def book_receipt(
    company_id: CompanyId,
    receipt_id: ReceiptId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[NewLineOfReceipt],
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        line = await booking.book_line(
            sql, company_id, receipt_id, data, actor=principal.name, now=datetime.now(UTC)
        )
    return created(line, f"/api/companies/{company_id}/transactions/{line.transaction_id}")


route_handlers = [
    list_receipts,
    get_receipt,
    get_text,
    list_matches,
    correct_receipt,
    remove_receipt,
    attach_receipts,
    attach_receipt,
    detach_receipt,
    book_receipt,
]
