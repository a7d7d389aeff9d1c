"""Reading a company's books."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from ledgerwire.books import AccountPage, BankAccountPage, Company, TransactionFilter, TransactionPage
from ledgerwire.rules import RulePage
from ledgerwire.text import PLAIN, Label
from server.answers import page
from server.auth import require
from server.parameters import Caller, CompanyId, Cursor, Limit, TheKernel
from server.refusals import Unknown
from workers.books import companies, rule_book, transactions
from workers.books.access import Role

States = Annotated[
    list[Label] | None,
    QueryParameter(
        # Litestar keeps the name for itself.
        name="state",
        required=False,
        description="Any of `imported`, `proposed`, `review`, `approved`, `exported`; may be repeated",
    ),
]
ImportJob = Annotated[
    str | None, QueryParameter(required=False, pattern=PLAIN, description="What this job imported")
]
Text = Annotated[
    str | None,
    QueryParameter(
        required=False,
        max_length=200,
        pattern=PLAIN,
        description="Stands in the description, in any case",
    ),
]
Category = Annotated[str | None, QueryParameter(required=False, max_length=120, pattern=PLAIN)]


@get(
    "/companies/{company_id:str}",
    operation_id="getCompany",
    summary="A company, and your role in it",
    tags=["Books"],
    responses={200: ResponseSpec(Company, description="The company")},
)
async def get_company(company_id: CompanyId, kernel: TheKernel, principal: Caller) -> Company:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found = await companies.find_company(sql, company_id)
    role = principal.role_in(company_id)
    if found is None or role is None:
        raise Unknown("company")
    return Company(
        company_id=found.company_id,
        name=found.name,
        base_currency=found.base_currency,
        closed_through=found.closed_through,
        role=role,
    )


@get(
    "/companies/{company_id:str}/accounts/bank",
    operation_id="listBankAccounts",
    summary="A company's bank accounts",
    tags=["Books"],
    responses={200: ResponseSpec(BankAccountPage, description="All of them, oldest first")},
)
async def list_bank_accounts(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await companies.list_bank_accounts(sql, company_id), None)


@get(
    "/companies/{company_id:str}/accounts",
    operation_id="listAccounts",
    summary="A company's chart of accounts",
    tags=["Books"],
    responses={200: ResponseSpec(AccountPage, description="All of them, by code")},
)
async def list_accounts(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await companies.list_chart(sql, company_id), None)


@get(
    "/companies/{company_id:str}/rules",
    operation_id="listRules",
    summary="A company's rules",
    tags=["Books"],
    responses={200: ResponseSpec(RulePage, description="All of them, in the order in which they decide")},
)
async def list_rules(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await rule_book.list_rules(sql, company_id), None)


@get(
    "/companies/{company_id:str}/transactions",
    operation_id="listTransactions",
    summary="A company's transactions, newest first",
    tags=["Books"],
    responses={200: ResponseSpec(TransactionPage, description="By date")},
)
async def list_transactions(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    states: States = None,
    job_id: ImportJob = None,
    text: Text = None,
    category: Category = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        wanted = TransactionFilter(state=states, job_id=job_id, text=text, category=category)
        found, more = await transactions.list_transactions(
            sql, company_id, wanted, limit=limit, cursor=cursor
        )
    return page(request, found, more)


route_handlers = [get_company, list_bank_accounts, list_accounts, list_rules, list_transactions]
