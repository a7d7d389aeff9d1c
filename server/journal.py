"""A company's journal: its entries, as a page or a file, and what they add up to."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from ledgerwire.journal import JournalPage, TrialBalance
from server.answers import page
from server.auth import require
from server.download import CSV_ANSWER, csv_file
from server.filters import ENTRIES, WantedEntries
from server.parameters import Caller, CompanyId, Cursor, Limit, TheKernel
from workers.books import entries, exporting
from workers.books.access import Role


@get(
    "/companies/{company_id:str}/journal",
    operation_id="listJournal",
    summary="A company's journal entries, newest first",
    tags=["Books"],
    dependencies=ENTRIES,
    responses={200: ResponseSpec(JournalPage, description="By date; the debits of each equal its credits")},
)
async def list_journal(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    wanted: WantedEntries,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found, more = await entries.list_entries(sql, company_id, wanted, limit=limit, cursor=cursor)
    return page(request, found, more)


@get(
    "/companies/{company_id:str}/journal.csv",
    operation_id="exportJournal",
    summary="All of a company's journal entries that match, as CSV",
    tags=["Books"],
    dependencies=ENTRIES,
    responses={200: CSV_ANSWER},
)
async def export_journal(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, wanted: WantedEntries
) -> Stream:
    require(principal, company_id, Role.VIEWER)
    content = exporting.export_journal(kernel.database, company_id, wanted)
    return await csv_file(f"{company_id}-journal", content)


@get(
    "/companies/{company_id:str}/journal/balance",
    operation_id="getTrialBalance",
    summary="What the entries that match bring to each account",
    tags=["Books"],
    dependencies=ENTRIES,
    responses={200: ResponseSpec(TrialBalance, description="In each currency debits equal credits in total")},
)
async def get_trial_balance(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, wanted: WantedEntries
) -> TrialBalance:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return await entries.trial_balance(sql, company_id, wanted)


route_handlers = [list_journal, export_journal, get_trial_balance]
