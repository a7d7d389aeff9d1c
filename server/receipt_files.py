"""The bytes of a receipt: the file as it was sent, for a disk, and the pictures of its pages, for eyes."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter
from litestar.response import Stream

from server.answers import is_known
from server.auth import require
from server.download import INERT, ORIGINAL_ANSWER, kept_bytes, original_file
from server.parameters import Caller, CompanyId, ReceiptId, TheKernel
from workers.books.access import Role
from workers.books.errors import Missing
from workers.books.receipts import listing

ONE = "/companies/{company_id:str}/receipts/{receipt_id:str}"
PageNumber = Annotated[int, PathParameter(ge=1, le=100, description="From 1")]


@get(
    f"{ONE}/file",
    operation_id="downloadReceipt",
    summary="The file as it was sent",
    tags=["Receipts"],
    responses={200: ORIGINAL_ANSWER},
)
async def download_receipt(
    company_id: CompanyId, receipt_id: ReceiptId, kernel: TheKernel, principal: Caller
) -> Stream:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        original = await listing.files_of(sql, company_id, receipt_id)
    return await original_file(kernel.files, original.sha256, original.name, original.size)


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
    return Stream(await kept_bytes(kernel.files, sha256), media_type="image/jpeg", headers=headers)


route_handlers = [download_receipt, show_page]
