"""A company's transactions: one, page by page, and all of them as a file."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from ledgerwire.books import Transaction, TransactionPage
from server.answers import page
from server.auth import require
from server.download import CSV_ANSWER, csv_file
from server.filters import TRANSACTIONS, WantedTransactions
from server.parameters import Caller, CompanyId, Count, Cursor, Limit, TheKernel, TransactionId
from workers.books import exporting, transactions
from workers.books.access import Role


@get(
    "/companies/{company_id:str}/transactions",
    operation_id="listTransactions",
    summary="A company's transactions, newest first",
    tags=["Books"],
    dependencies=TRANSACTIONS,
    responses={200: ResponseSpec(TransactionPage, description="By date")},
)
async def list_transactions(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    wanted: WantedTransactions,
    count: Count = False,  # noqa: FBT002 - a query parameter
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found, more = await transactions.list_transactions(
            sql, company_id, wanted, limit=limit, cursor=cursor
        )
        total = await transactions.count_transactions(sql, company_id, wanted) if count else None
    return page(request, found, more, total=total)


@get(
    "/companies/{company_id:str}/transactions.csv",
    operation_id="exportTransactions",
    summary="All of a company's transactions that match, as CSV",
    tags=["Books"],
    dependencies=TRANSACTIONS,
    responses={200: CSV_ANSWER},
)
async def export_transactions(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, wanted: WantedTransactions
) -> Stream:
    require(principal, company_id, Role.VIEWER)
    content = exporting.export_transactions(kernel.database, company_id, wanted)
    return await csv_file(f"{company_id}-transactions", content)


@get(
    "/companies/{company_id:str}/transactions/{transaction_id:str}",
    operation_id="getTransaction",
    summary="A transaction",
    tags=["Books"],
    responses={200: ResponseSpec(Transaction, description="As it is now")},
)
async def get_transaction(
    company_id: CompanyId, transaction_id: TransactionId, kernel: TheKernel, principal: Caller
) -> Transaction:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return await transactions.find_transaction(sql, company_id, transaction_id)


route_handlers = [list_transactions, export_transactions, get_transaction]
