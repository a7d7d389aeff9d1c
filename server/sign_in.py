"""The dashboard's session: in by a one-use link, out at will."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.access import Session, SignIn, Ticket
from server.auth import COOKIE, Authenticator, session_cookie, session_token
from server.companies import shown
from server.parameters import Caller, TheKernel, TheSettings
from server.refusals import LinkRefused
from workers.books import access, companies
from workers.books.access import Principal
from workers.jobs.kernel import Kernel


@post(
    "/sign-in",
    operation_id="signIn",
    summary="Open a session by the token of a sign-in link",
    tags=["Session"],
    status_code=200,
    opt={"public": True},
    responses={200: ResponseSpec(Session, description="Signed in; the session stands in a cookie")},
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[SignIn], kernel: TheKernel, settings: TheSettings
) -> Response[Session]:
    auth: Authenticator = request.app.state.auth
    auth.check_origin(request)
    async with kernel.database.transaction() as sql:
        token = await access.redeem_sign_in(sql, data.token, joining=session_token(request))
    if token is None:
        raise LinkRefused
    async with kernel.database.reading() as sql:
        principal = await access.find_session(sql, token)
    if principal is None:
        raise LinkRefused
    return Response(await _session(kernel, principal), cookies=[session_cookie(token, settings)])


@get(
    "/session",
    operation_id="getSession",
    summary="Who you are, and your companies",
    tags=["Session"],
    responses={200: ResponseSpec(Session, description="You, by key or by session")},
)
async def get_session(principal: Caller, kernel: TheKernel) -> Session:
    return await _session(kernel, principal)


@post(
    "/sign-out",
    operation_id="signOut",
    summary="End the session",
    tags=["Session"],
    status_code=204,
)
async def sign_out(request: Request[Any, Any, Any], principal: Caller, kernel: TheKernel) -> Response[None]:
    token = session_token(request)
    if token is not None and principal.session:
        async with kernel.database.transaction() as sql:
            await access.end_session(sql, token)
    answer = Response(None, status_code=204)
    answer.delete_cookie(COOKIE)
    return answer


@post(
    "/tickets",
    operation_id="createTicket",
    summary="A ticket for one WebSocket or event stream, good once and for 30 seconds",
    tags=["Session"],
    responses={201: ResponseSpec(Ticket, description="Put it into the address: `?ticket=…`")},
)
async def create_ticket(principal: Caller, kernel: TheKernel) -> Response[Ticket]:
    async with kernel.database.transaction() as sql:
        ticket, until = await access.make_ticket(sql, principal, datetime.now(UTC))
    return Response(
        Ticket(ticket=ticket, expires_at=until), status_code=201, headers={"Cache-Control": "no-store"}
    )


async def _session(kernel: Kernel, principal: Principal) -> Session:
    async with kernel.database.reading() as sql:
        known = {record.company_id: record for record in await companies.list_companies(sql)}
    return Session(
        name=principal.name,
        companies=[
            shown(known[company_id], principal) for company_id in principal.memberships if company_id in known
        ],
    )


route_handlers = [sign_in, get_session, sign_out, create_ticket]
