"""QuickBooks as people meet it: connected or not, whose account is whose, and what was sent.

Whatever talks to Intuit is a job; here is only what is known already, and a person's way there and back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from ledgerwire.errors import FieldError
from ledgerwire.jobs import Job
from ledgerwire.quickbooks import (
    AccountChoices,
    ConnectStart,
    Consent,
    MappingList,
    QuickBooksConnection,
    SentPage,
)
from ledgerwire.submissions import ConnectQbo, FetchQbo
from server.answers import page
from server.auth import require
from server.filters import EXPORTS, WantedExports
from server.parameters import Caller, CompanyId, Cursor, Limit, TheKernel, TheSettings
from server.refusals import InvalidInput, Unknown
from server.submitting import submit
from workers.books.access import Role
from workers.books.errors import Conflict
from workers.books.quickbooks import connections, grants, history, mapping
from workers.books.quickbooks.intuit import authorize_url, discovery_url, redirect_uri
from workers.books.quickbooks.sealing import Seal
from workers.jobs.kernel import Kernel
from workers.settings import Settings

ROOT = "/companies/{company_id:str}/quickbooks"
#: What Intuit sends a person back with.
Brought = Annotated[str | None, QueryParameter(required=False, max_length=2_048)]


@get(
    ROOT,
    operation_id="getQuickBooks",
    summary="A company's connection to QuickBooks",
    tags=["QuickBooks"],
    responses={
        200: ResponseSpec(QuickBooksConnection, description="As it stands, and what waits to be sent")
    },
)
async def get_quickbooks(
    company_id: CompanyId, kernel: TheKernel, settings: TheSettings, principal: Caller
) -> QuickBooksConnection:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return await connections.show_connection(
            sql, company_id, available=settings.has_quickbooks, environment=settings.qbo_environment
        )


@post(
    f"{ROOT}/connect",
    operation_id="connectQuickBooks",
    summary="Begin to connect QuickBooks: where the browser goes to consent",
    tags=["QuickBooks"],
    status_code=200,
    opt={"problems": (409,)},
    responses={
        200: ResponseSpec(ConnectStart, description="Go there; it is good for ten minutes"),
        202: ResponseSpec(
            Job, description="Intuit's address is asked for first: ask again when this has ended"
        ),
    },
)
async def connect_quickbooks(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    settings: TheSettings,
    principal: Caller,
) -> Response[Any]:
    require(principal, company_id, Role.ADMIN)
    if not settings.has_quickbooks:
        raise Conflict(*connections.NOT_SET_UP)
    async with kernel.database.reading() as sql:
        endpoints = await connections.find_endpoints(sql, discovery_url(settings))
    if endpoints is None:
        return await submit(kernel, principal, FetchQbo(company_id=company_id))
    async with kernel.database.transaction() as sql:
        begun = await grants.begin(
            sql,
            company_id,
            actor=principal.name,
            redirect_uri=redirect_uri(settings),
            now=datetime.now(UTC),
            origin=_origin(request, settings),
        )
    address = authorize_url(settings, endpoints["authorization"], begun.state)
    start = ConnectStart(authorize_url=address, expires_at=begun.expires_at)
    return Response(start, status_code=200, headers={"Cache-Control": "no-store"})


@get(
    "/quickbooks/callback",
    operation_id="returnFromQuickBooks",
    summary="Where Intuit sends a person back to",
    tags=["QuickBooks"],
    status_code=303,
    opt={"public": True},
    responses={303: ResponseSpec(None, description="On to the dashboard, which takes up the consent")},
)
async def return_from_quickbooks(
    kernel: TheKernel,
    given: Annotated[str | None, QueryParameter(name="state", required=False, max_length=2_048)] = None,
    code: Brought = None,
    realm_id: Annotated[str | None, QueryParameter(name="realmId", required=False, max_length=64)] = None,
    error: Brought = None,
) -> Response[None]:
    """The session's cookie does not come along from a foreign page, so nothing is decided here.

    What came stands in the fragment, which no log and no other server sees.
    """
    async with kernel.database.reading() as sql:
        known = await grants.way_back(sql, given) if given else None
    company_id, origin = known or ("", "")
    page_of = urlencode(
        {"company": company_id, "page": "quickbooks"} if company_id else {"page": "quickbooks"}
    )
    brought = {"state": given, "code": code, "realmId": realm_id, "error": error}
    told = urlencode({"qbo": "1", **{name: value for name, value in brought.items() if value}})
    headers = {
        "Location": f"{origin}/?{page_of}#{told}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(None, status_code=303, headers=headers)


@post(
    "/quickbooks/consent",
    operation_id="consentToQuickBooks",
    summary="Take up the consent that a person has brought back",
    tags=["QuickBooks"],
    status_code=202,
    opt={"body": Consent},
    responses={202: ResponseSpec(Job, description="The connection is being made")},
)
async def consent_to_quickbooks(
    kernel: TheKernel, settings: TheSettings, principal: Caller, data: JSONBody[Consent]
) -> Response[bytes]:
    """Only the very person who began, within ten minutes, once."""
    async with kernel.database.transaction() as sql:
        taken = await grants.take_back(
            sql, data, actor=principal.name, seal=Seal.open(settings), now=datetime.now(UTC)
        )
    if taken is None:
        raise Unknown("consent")
    company_id, grant_id = taken
    return await submit(kernel, principal, ConnectQbo(company_id=company_id, grant_id=grant_id))


# --- accounts -------------------------------------------------------------------------------------------


@get(
    f"{ROOT}/mapping",
    operation_id="listQuickBooksMapping",
    summary="Which account of QuickBooks each of ours is",
    tags=["QuickBooks"],
    opt={"problems": (409,)},
    responses={200: ResponseSpec(MappingList, description="Confirmed or proposed; bank accounts first")},
)
async def list_mapping(company_id: CompanyId, kernel: TheKernel, principal: Caller) -> MappingList:
    require(principal, company_id, Role.VIEWER)
    realm_id = await _realm(kernel, company_id)
    async with kernel.database.reading() as sql:
        return await mapping.list_mapping(sql, company_id, realm_id)


@put(
    f"{ROOT}/mapping",
    operation_id="confirmQuickBooksMapping",
    summary="Say which account of QuickBooks some of ours are",
    tags=["QuickBooks"],
    opt={"body": AccountChoices, "problems": (409,)},
    responses={200: ResponseSpec(MappingList, description="As it is now")},
)
async def confirm_mapping(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[AccountChoices]
) -> MappingList:
    require(principal, company_id, Role.BOOKKEEPER)
    realm_id = await _realm(kernel, company_id)
    async with kernel.database.transaction() as sql:
        faults = await mapping.confirm(
            sql, company_id, realm_id, data.choices, actor=principal.name, now=datetime.now(UTC)
        )
        if faults:
            raise InvalidInput(
                *(FieldError(f"/choices/{each.index}/{each.name}", each.detail) for each in faults)
            )
        return await mapping.list_mapping(sql, company_id, realm_id)


# --- what was sent --------------------------------------------------------------------------------------


@get(
    f"{ROOT}/exports",
    operation_id="listQuickBooksExports",
    summary="What was sent to QuickBooks, newest first",
    tags=["QuickBooks"],
    dependencies=EXPORTS,
    responses={200: ResponseSpec(SentPage, description="A row for each line, with where to see it there")},
)
async def list_exports(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    wanted: WantedExports,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        lines, more = await history.list_sent(sql, company_id, wanted, limit=limit, cursor=cursor)
    return page(request, lines, more)


def _origin(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Of the page that asks, if it is one of ours; a program has none."""
    origin = request.headers.get("origin", "")
    return origin if origin in settings.origins else ""


async def _realm(kernel: Kernel, company_id: str) -> str:
    async with kernel.database.reading() as sql:
        connected = await connections.find_connection(sql, company_id)
    if connected is None:
        raise Conflict(*connections.NOT_CONNECTED)
    return connected.realm_id


route_handlers = [
    get_quickbooks,
    connect_quickbooks,
    return_from_quickbooks,
    consent_to_quickbooks,
    list_mapping,
    confirm_mapping,
    list_exports,
]
