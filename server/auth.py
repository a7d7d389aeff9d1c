"""Who asks, and whether they may: keys, sessions, roles, and the Origin of what a browser sends by itself."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from server.host_tokens import HostTokens
from server.refusals import KeyRefused, NotSignedIn, OriginRefused, RoleTooLow, Unknown
from workers.books import access, companies
from workers.books.access import RANKS, Principal, Role
from workers.database import Database
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.settings import Settings

COOKIE = "lw_session"
BEARER = "bearer "
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]

logger = logging.getLogger(__name__)


class Authenticator:
    """Finds out who asks. One per app, at ``app.state.auth``."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._touches: dict[str, asyncio.Task[None]] = {}
        self._host = HostTokens(settings) if settings.takes_jwts else None
        #: Companies that are known to exist: a host application's come into being with its first token.
        self._companies: set[str] = set()

    async def identify(self, connection: Connection) -> Principal | None:
        """By its bearer key or token; a stream without one, by its ticket; else by the session cookie.

        None where it shows nothing, or a session that is not valid; raises NotSignedIn, KeysAway.
        """
        header = connection.headers.get("authorization")
        if header is not None:
            marked = header[: len(BEARER)].lower() == BEARER
            return await self.by_token(header[len(BEARER) :].strip()) if marked else None
        if (ticket := stream_ticket(connection)) is not None:
            async with self._database.transaction() as sql:
                found = await access.redeem_ticket(sql, ticket, datetime.now(UTC))
            if found is None:
                raise NotSignedIn
            return found
        token = session_token(connection)
        if not token:
            return None
        async with self._database.reading() as sql:
            return await access.find_session(sql, token)

    async def by_token(self, secret: str) -> Principal:
        """Whose API key it is, or whose token of the host application; raises KeyRefused, TokenRefused, KeysAway."""
        if self._host is not None and not secret.startswith(access.KEY_MARK):
            user = await self._host.verify(secret)
            await self._found_companies(user)
            return user
        async with self._database.reading() as sql:
            found = await access.find_key(sql, secret)
        if found is None:
            raise KeyRefused
        if access.needs_touch(found, datetime.now(UTC)):
            self._touch(str(found.key_id))
        return found

    async def again(self, known: Principal) -> Principal | None:
        """Who ``known`` is by now; None where that has ended."""
        async with self._database.reading() as sql:
            return await access.find_again(sql, known, datetime.now(UTC))

    async def _found_companies(self, principal: Principal) -> None:
        missing = principal.memberships.keys() - self._companies
        if missing:
            async with self._database.transaction() as sql:
                for company_id in sorted(missing):
                    await companies.create_company(sql, company_id, starter_rules=True)
            self._companies |= missing

    def check_origin(self, connection: Connection, principal: Principal | None = None) -> None:
        """Raises OriginRefused unless a page of ours sent the cookie; a key proves itself.

        Browsers add cookies to WebSocket handshakes and to forms of foreign pages as well, and SameSite
        counts another port of this host as ours: only the exact Origin tells.
        """
        if principal is not None and not principal.session:
            return
        origin = connection.headers.get("origin")
        if origin not in self._settings.origins:
            raise OriginRefused(origin)

    async def close(self) -> None:
        await asyncio.gather(*self._touches.values(), return_exceptions=True)

    def _touch(self, key_id: str) -> None:
        """Note the use of a key beside the request, which must not wait for a write."""
        if key_id not in self._touches:
            task = asyncio.create_task(self._write_last_used(key_id))
            self._touches[key_id] = task
            task.add_done_callback(lambda _: self._touches.pop(key_id, None))

    async def _write_last_used(self, key_id: str) -> None:
        try:
            async with self._database.transaction() as sql:
                await access.touch_key(sql, key_id, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not outlive this note
            logger.debug("last_used of a key was not noted: %s", error)


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of everything below /api: sets ``connection.user``, a Principal.

    It leaves out what is marked ``public``, and sockets: they are accepted first, so that a browser is told
    why it is turned away.
    """
    if not isinstance(connection, Request) or handler.opt.get("public"):
        return
    auth: Authenticator = connection.app.state.auth
    principal = await auth.identify(connection)
    if principal is None:
        raise NotSignedIn
    if connection.method not in SAFE_METHODS:
        auth.check_origin(connection, principal)
    connection.scope["user"] = principal


def require(principal: Principal, company_id: str, wanted: Role) -> None:
    """Raises Unknown for a company that is not the principal's, RoleTooLow where the role does not do."""
    role = principal.role_in(company_id)
    if role is None:
        raise Unknown("company")
    if not role.covers(wanted):
        raise RoleTooLow(role, wanted, by_token=_is_by_token(principal))


def require_anywhere(principal: Principal, wanted: Role) -> None:
    """The same before the company is known: raises unless the role would do in some company."""
    roles = sorted(principal.memberships.values(), key=RANKS.index)
    if not roles:
        raise Unknown("company")
    if not roles[-1].covers(wanted):
        raise RoleTooLow(roles[-1], wanted, by_token=_is_by_token(principal))


def _is_by_token(principal: Principal) -> bool:
    """Of those who come in, only a token of the host application says when it ends."""
    return principal.expires_at is not None


async def find_job(kernel: Kernel, principal: Principal, job_id: str, wanted: Role) -> JobRecord:
    """Raises Unknown for no such job and for another company's alike."""
    record = await kernel.ledger.find(job_id)
    if record is None or principal.role_in(record.company_id) is None:
        raise Unknown("job")
    require(principal, record.company_id, wanted)
    return record


def stream_ticket(connection: Connection) -> str | None:
    """Of the address of a stream, to which a browser can give nothing else; other routes take none."""
    is_stream = not isinstance(connection, Request) or connection.scope["path"].endswith("/events")
    ticket = connection.query_params.get("ticket") if is_stream else None
    return ticket if isinstance(ticket, str) else None


def session_token(connection: Connection) -> str | None:
    return connection.cookies.get(COOKIE)


def session_cookie(token: str, settings: Settings) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=int(access.SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        secure=settings.secure_cookies,
        samesite="strict",
    )
