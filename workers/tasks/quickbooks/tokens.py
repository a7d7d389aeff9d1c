"""A company's way into QuickBooks: the one place that refreshes tokens.

Whoever holds the lease in SQL refreshes; the others wait for what it brings. The rotated refresh token is committed
before the new access token is used by anybody. A holder that died lets go after its lease: Intuit takes the old
refresh token for a day more.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

from ledgerwire.errors import Problem
from workers.books.quickbooks import connections
from workers.books.quickbooks.connections import LEASE, Connected, NewTokens
from workers.books.quickbooks.sealing import Seal, Unsealable
from workers.jobs.attempt import Attempt, Drained, Stop
from workers.jobs.faults import BadInput, TryLater
from workers.outside.quickbooks import oauth
from workers.outside.quickbooks.client import Company
from workers.outside.quickbooks.faults import QuickBooksError, Refused
from workers.tasks.quickbooks.application import application_of, base_url_of

#: Between looks whether somebody else's refresh is done.
LOOK_AGAIN = 0.2
AGAIN = "QuickBooks does not accept our connection any more. Connect it again on the QuickBooks page."
LOST_KEY = "The key that its tokens were encrypted with is gone. Connect QuickBooks again."
AWAY = Problem(
    type="/problems/quickbooks_away",
    title="QuickBooks does not answer.",
    detail="It is tried again by itself; nothing that was done is lost.",
)
NOT_CONNECTED = BadInput.of(*connections.NOT_CONNECTED)
MOVED = BadInput.of(
    connections.NOT_CONNECTED[0],
    "The company of QuickBooks that this was for is not connected any more",
    "Another one was connected meanwhile. Connect the first one again, or do this again for the new one.",
)


class Tokens:
    """Of one attempt, and of one company over there: by default the one that it finds connected."""

    def __init__(self, attempt: Attempt, realm_id: str | None = None) -> None:
        self._attempt = attempt
        self._realm = realm_id
        self._application = application_of(attempt.shared.settings)
        self._seal = attempt.shared.get(Seal.open)
        self._company: Company | None = None
        self._opened: list[Company] = []
        self._generation = 0
        self._turn = asyncio.Lock()

    async def company(self) -> Company:
        """With a token that is good for a while; refreshes where it must. Raises BadInput or TryLater."""
        async with self._turn:
            now = await self._connected()
            if not now.is_fresh(datetime.now(UTC)):
                now = await self._refreshed(now)
            return await self._client(now)

    async def refresh(self, refused: Company) -> None:
        """``refused`` was not accepted with its token; one refresh serves all who were told so."""
        async with self._turn:
            if refused is self._company:
                now = await self._connected()
                if now.generation == self._generation:
                    await self._client(await self._refreshed(now))

    async def close(self) -> None:
        for company in self._opened:
            await company.close()

    async def _client(self, now: Connected) -> Company:
        if self._company is None or now.generation != self._generation:
            # Others may have the old one in hand and be about to call: it is closed with the rest.
            self._company = Company(
                access_token=self._unseal(now.access_token),
                realm_id=now.realm_id,
                base_url=base_url_of(self._attempt),
            )
            self._opened.append(self._company)
            self._generation = now.generation
        return self._company

    async def _connected(self) -> Connected:
        async with self._attempt.database.reading() as connection:
            now = await connections.find_connection(connection, self._attempt.company_id)
        if now is None:
            raise NOT_CONNECTED
        if now.state == "refused":
            raise refused(now.problem)
        self._realm = self._realm or now.realm_id
        if now.realm_id != self._realm:
            # What is on its way was made for the other one: its accounts are not this one's.
            raise MOVED
        return now

    async def _refreshed(self, now: Connected) -> Connected:
        seen = now.generation
        until = datetime.now(UTC) + LEASE + timedelta(seconds=5)
        while now.generation == seen:
            if datetime.now(UTC) > until:
                raise TryLater(AWAY)
            if await self._lease(seen):
                await self._refresh(now)
            else:
                await self._pause()
            now = await self._connected()
        return now

    async def _refresh(self, now: Connected) -> None:
        company_id, holder = self._attempt.company_id, self._attempt.job_id
        asked_at = datetime.now(UTC)
        try:
            given = await self._application.refresh(self._unseal(now.refresh_token))
        except Refused:
            async with self._attempt.database.transaction() as tx:
                await connections.refuse(tx, company_id, AGAIN, holder=holder)
            raise refused(AGAIN) from None
        except QuickBooksError as error:
            async with self._attempt.database.transaction() as tx:
                await connections.end_lease(tx, company_id, holder=holder)
            raise TryLater(AWAY, after=getattr(error, "after", None)) from error
        async with self._attempt.database.transaction() as tx:
            await connections.keep_tokens(
                tx, company_id, new_tokens(given, asked_at), holder=holder, seal=self._seal
            )

    async def _lease(self, seen: int) -> bool:
        async with self._attempt.database.transaction() as tx:
            return await connections.lease_refresh(
                tx, self._attempt.company_id, seen, holder=self._attempt.job_id, now=datetime.now(UTC)
            )

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN):
                await self._attempt.stopping.wait()
                if self._attempt.stop is Stop.DRAIN:
                    raise Drained
                # Whoever ends it otherwise interrupts it here; what is set already is nothing to wait for.
                await asyncio.Event().wait()

    def _unseal(self, sealed: bytes) -> str:
        try:
            return self._seal.unseal(sealed)
        except Unsealable:
            raise refused(LOST_KEY) from None


def new_tokens(given: oauth.Tokens, asked_at: datetime) -> NewTokens:
    return NewTokens(given.access, given.refresh, asked_at + timedelta(seconds=given.expires_in))


def refused(why: str | None) -> BadInput:
    return BadInput.of("quickbooks_refused", "QuickBooks has to be connected again", why or AGAIN)
