"""A company: what it is, and closing its books."""

from __future__ import annotations

from datetime import UTC, datetime

from litestar import get, patch
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.books import Company, CompanyChange
from server.auth import require
from server.parameters import Caller, CompanyId, TheKernel
from server.refusals import Unknown
from workers.books import companies
from workers.books.access import Principal, Role
from workers.books.companies import CompanyRecord


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
    if found is None:
        raise Unknown("company")
    return shown(found, principal)


@patch(
    "/companies/{company_id:str}",
    operation_id="changeCompany",
    summary="Change a company's name or base currency, close its books through a day, or open them again",
    tags=["Books"],
    opt={"body": CompanyChange, "problems": (409, 422)},
    responses={200: ResponseSpec(Company, description="As it is now")},
)
async def change_company(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[CompanyChange]
) -> Company:
    require(principal, company_id, Role.ADMIN)
    today = datetime.now(UTC).date()
    async with kernel.database.transaction() as sql:
        changed = await companies.change_company(sql, company_id, data, today=today)
    return shown(changed, principal)


def shown(record: CompanyRecord, principal: Principal) -> Company:
    """The company as its member sees it."""
    return Company(
        company_id=record.company_id,
        name=record.name,
        base_currency=record.base_currency,
        base_currency_fixed=record.base_currency_fixed,
        closed_through=record.closed_through,
        role=principal.memberships[record.company_id],
    )


route_handlers = [get_company, change_company]
