"""The bytes of a receipt: the file as it was sent, for a disk, and the pictures of its pages, for eyes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter
from litestar.response import Stream

from server.answers import is_known
from server.auth import require
from server.parameters import Caller, CompanyId, ReceiptId, TheKernel
from workers.books.access import Role
from workers.books.errors import Missing
from workers.books.receipts import listing
from workers.files import Files

ONE = "/companies/{company_id:str}/receipts/{receipt_id:str}"
PIECE = 64 * 1024
#: What somebody sent is data: no browser may take it for a page of ours, whatever its bytes say.
INERT = {"Content-Security-Policy": "sandbox; default-src 'none'"}
PageNumber = Annotated[int, PathParameter(ge=1, le=100, description="From 1")]


@get(
    f"{ONE}/file",
    operation_id="downloadReceipt",
    summary="The file as it was sent",
    tags=["Receipts"],
    responses={
        200: ResponseSpec(
            bytes, media_type="application/octet-stream", generate_examples=False, description="Byte for byte"
        )
    },
)
async def download_receipt(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> Stream:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        original = await listing.files_of(sql, company_id, receipt_id)
    headers = {
        **INERT,
        "Content-Disposition": disposition(original.name),
        "Content-Length": str(original.size),
        "Cache-Control": "private, no-cache",
    }
    content = _content(await _opened(kernel.files, original.sha256))
    return Stream(content, media_type="application/octet-stream", headers=headers)


@get(
    f"{ONE}/pages/{{number:int}}",
    operation_id="showReceiptPage",
    summary="The picture of a page, upright: the boxes of the fields are fractions of it",
    tags=["Receipts"],
    responses={
        200: ResponseSpec(bytes, media_type="image/jpeg", generate_examples=False, description="1,600 pixels")
    },
)
async def show_page(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    receipt_id: ReceiptId,
    number: PageNumber,
    kernel: TheKernel,
    principal: Caller,
) -> Response[Any]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        original = await listing.files_of(sql, company_id, receipt_id)
    if number > len(original.pages):
        raise Missing("page")
    sha256 = original.pages[number - 1]
    # Told by its content: it never changes.
    headers = {**INERT, "ETag": f'"{sha256[:32]}"', "Cache-Control": "private, max-age=31536000, immutable"}
    if is_known(request, headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    return Stream(_content(await _opened(kernel.files, sha256)), media_type="image/jpeg", headers=headers)


def disposition(name: str) -> str:
    """A download under ``name``, whatever a sender has put into it (RFC 6266, RFC 8187)."""
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " ._-()") else "_" for each in name)
    return f"attachment; filename=\"{plain.strip() or 'receipt'}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _opened(files: Files, sha256: str) -> BinaryIO:
    try:
        return await asyncio.to_thread(files.open, sha256)
    except FileNotFoundError:
        raise Missing("file") from None


async def _content(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


route_handlers = [download_receipt, show_page]
