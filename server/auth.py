"""Who asks, and whether they may: keys, sessions, roles, and the Origin of what a browser sends by itself."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from server.refusals import NotSignedIn, OriginRefused, RoleTooLow, Unknown
from workers.books import access
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

    async def identify(self, connection: Connection) -> Principal | None:
        """By its bearer key; a request that carries none, by its session cookie."""
        header = connection.headers.get("authorization")
        if header is not None:
            marked = header[: len(BEARER)].lower() == BEARER
            return await self.by_token(header[len(BEARER) :].strip()) if marked else None
        token = session_token(connection)
        if not token:
            return None
        async with self._database.reading() as sql:
            return await access.find_session(sql, token)

    async def by_token(self, secret: str) -> Principal | None:
        """Whose API key it is."""
        async with self._database.reading() as sql:
            found = await access.find_key(sql, secret)
        if found is not None and access.needs_touch(found, datetime.now(UTC)):
            self._touch(str(found.key_id))
        return found

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
        raise RoleTooLow(role, wanted)


def require_anywhere(principal: Principal, wanted: Role) -> None:
    """The same before the company is known: raises unless the role would do in some company."""
    roles = sorted(principal.memberships.values(), key=RANKS.index)
    if not roles:
        raise Unknown("company")
    if not roles[-1].covers(wanted):
        raise RoleTooLow(roles[-1], wanted)


async def find_job(kernel: Kernel, principal: Principal, job_id: str, wanted: Role) -> JobRecord:
    """Raises Unknown for no such job and for another company's alike."""
    record = await kernel.ledger.find(job_id)
    if record is None or principal.role_in(record.company_id) is None:
        raise Unknown("job")
    require(principal, record.company_id, wanted)
    return record


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
