"""One watcher's connection: a writer, a reader, and the reasons to end. WebSocket and SSE are its two bodies."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar.connection import ASGIConnection

from server.auth import Authenticator
from server.frames import Frame
from server.hub import Hub
from server.session import Patience
from server.transport import transport_of
from workers.books.access import Principal, Role

log = logging.getLogger(__name__)

#: How long a watcher that was given up has to take its goodbye.
LAST_WORDS: Final = 1.0


class End(msgspec.Struct, frozen=True):
    """Why a stream ended; ``code`` is the WebSocket close code."""

    code: int
    reason: str


DONE: Final = End(1000, "")
RESTARTING: Final = End(1012, "The server restarts; come again with your position.")
TOO_SLOW: Final = End(1013, "Too slow; come again with your position.")
GARBLED: Final = End(4400, "Not a message of ledgerwire.v1.")
SIGNED_OUT: Final = End(4401, "Not signed in, or no longer.")
FOREIGN: Final = End(4403, "This page may not use the session cookie.")
IDLE: Final = End(4408, "Nothing was asked for.")


class Stream(ABC):
    def __init__(self, hub: Hub, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        self.hub = hub
        self._connection = connection
        self._auth: Authenticator = connection.app.state.auth
        self._loop = asyncio.get_running_loop()
        self._transport = transport_of(connection.scope)
        self._patience = Patience(hub.patience)
        self._due = asyncio.Event()
        self._end: asyncio.Future[End] = self._loop.create_future()
        #: A send has not returned yet: the transport is above its high water.
        self._is_blocked = False
        self._tempo = hub.kernel.settings.tempo
        self._keepalive_at = self._loop.time() + self._tempo.keepalive
        self._recheck_at = self._loop.time() + self._tempo.recheck
        self._recheck: asyncio.Task[None] | None = None
        #: Whose stream it is.
        self.principal: Principal | None = None

    def wake(self) -> None:
        """Something is due."""
        self._due.set()

    def finish(self, end: End) -> None:
        """End for this reason; the first one counts."""
        if not self._end.done():
            self._end.set_result(end)

    def end(self) -> None:
        self.finish(RESTARTING)

    async def run(self) -> End:
        """Write and read until something ends it; what that was."""
        with self.hub.attended(self):
            tasks = [self._loop.create_task(self._write()), self._loop.create_task(self._read())]
            try:
                ending: set[asyncio.Future[Any]] = {*tasks, self._end}
                await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if self._recheck:
                    # Not cancelled: a statement that is cut half-way costs the pool its connection.
                    await asyncio.wait({self._recheck}, timeout=LAST_WORDS)
                for task in tasks:
                    task.cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
        if not self._end.done():
            self._raise_unforeseen(results)
        return self._end.result() if self._end.done() else DONE

    def drop(self) -> None:
        """Close the connection at once, whatever waits in it."""
        if self._transport:
            self._transport.abort()

    # --- looked after by the hub ----------------------------------------------------------------------

    def tick(self, now: float) -> None:
        if self._patience.is_over(now, self._buffered()):
            self.finish(TOO_SLOW)
        if now >= self._keepalive_at:
            self._keepalive_at = now + self._tempo.keepalive
            self.keepalive()
        if self._has_run_out():
            self.finish(SIGNED_OUT)
        if now >= self._recheck_at:
            self.recheck()

    def recheck(self) -> None:
        """Look whether its credential still opens all it watches."""
        if self._recheck is None or self._recheck.done():
            self._recheck_at = self._loop.time() + self._tempo.recheck
            self._recheck = self._loop.create_task(self._check_credential())

    def _has_run_out(self) -> bool:
        """A token has ended that nobody replaced: to the second, not to the next look."""
        until = None if self.principal is None else self.principal.expires_at
        return until is not None and datetime.now(UTC) >= until

    def _buffered(self) -> int:
        if self._transport is not None and not self._transport.is_closing():
            return self._transport.get_write_buffer_size()
        # Unknown: as long as a send hangs, it stands still above every mark.
        return 2**63 if self._is_blocked else 0

    async def _check_credential(self) -> None:
        try:
            principal = await self._found_again()
        except Exception as error:  # noqa: BLE001 (no answer is no reason to end a stream)
            log.warning("A stream's credential could not be looked at: %s", error)
            return
        self.principal = principal
        if principal is None:
            self.finish(SIGNED_OUT)
            return
        lost = [name for name in self.companies() if not principal.may(name, Role.VIEWER)]
        if lost:
            self.lose(lost)

    async def _found_again(self) -> Principal | None:
        """A fresh token may take the old one's place while the old one is looked at."""
        while True:
            known = self.principal
            found = None if known is None else await self._auth.again(known)
            if self.principal is known:
                return found

    def lose(self, companies: list[str]) -> None:
        """These may not be watched any more."""
        self.finish(SIGNED_OUT)

    # --- what a body adds -----------------------------------------------------------------------------

    @abstractmethod
    def companies(self) -> list[str]:
        """The companies watched."""

    @abstractmethod
    def keepalive(self) -> None:
        """Tell the watcher its position, if nothing else is due."""

    @abstractmethod
    def take(self) -> list[Frame]:
        """A part of what is due, in order; empty where nothing is."""

    @abstractmethod
    async def send(self, due: list[Frame]) -> None:
        """Hand it to the server below; returns when there is room for more."""

    @abstractmethod
    async def _read(self) -> None:
        """Until the watcher leaves."""

    async def _write(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            while due := self.take():
                self._is_blocked = True
                await self.send(due)
                self._is_blocked = False

    def _raise_unforeseen(self, results: list[Any]) -> None:
        """A connection that is gone shows as an OSError in whoever used it next; anything else is a fault."""
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, OSError):
                raise result
