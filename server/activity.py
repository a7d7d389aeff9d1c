"""How a company's work stands at large."""

from __future__ import annotations

from litestar import get
from litestar.openapi.datastructures import ResponseSpec

from ledgerwire.activity import Activity
from server.auth import require
from server.parameters import Caller, CompanyId, TheKernel
from workers.books.access import Role
from workers.jobs import activity


@get(
    "/jobs/company/{company_id:str}/activity",
    operation_id="getActivity",
    summary="Counts per status, the last hour's throughput, and the workers",
    tags=["Jobs"],
    responses={200: ResponseSpec(Activity, description="As it is now")},
)
async def get_activity(company_id: CompanyId, kernel: TheKernel, principal: Caller) -> Activity:
    require(principal, company_id, Role.VIEWER)
    return await activity.activity(kernel.database, company_id)


route_handlers = [get_activity]
