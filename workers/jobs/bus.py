"""One pub/sub connection per process, read without a coroutine per message.

redis-py's ``listen()`` costs 15 µs a message, ``hiredis.Reader`` under a bare protocol a tenth of it. So
redis-py opens and authenticates the connection (TLS, ACL users, unix sockets are its business) and we take
its stream over.

A message may always be lost: the connection drops, the broker restarts. Nobody is told what was missed, only
that something may have been (``on_up``); positions show it and the stream mends it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import hiredis

from workers.jobs.live import connect, ended

log = logging.getLogger(__name__)

Deliver = Callable[[bytes], None]

#: Opening may take this long, TLS and authentication included.
OPEN_WITHIN: Final = 5.0
FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 1.0

_NOTHING: Final = object()


class Bus:
    """Delivers each channel's messages to one callable, for ever: reconnects and subscribes again by itself.

    ``deliver`` must return at once; what it raises is logged and the bus goes on. ``on_up`` follows every
    (re)connection, after Redis confirmed all channels; ``on_down`` every loss of one.
    """

    def __init__(
        self,
        url: str,
        *,
        on_down: Callable[[], None] | None = None,
        on_up: Callable[[], None] | None = None,
        keepalive: float = 5.0,
    ) -> None:
        self._pool = connect(url).connection_pool
        self._on_down = on_down
        self._on_up = on_up
        #: A connection silent for twice this long, asked in between, is given up.
        self._keepalive = keepalive
        self._channels: dict[bytes, _Subscription] = {}
        self._link: _Link | None = None
        self._runner: asyncio.Task[None] | None = None
        self.connected = False

    async def start(self) -> None:
        """Connect in the background; a broker that is away is waited for."""
        self._runner = asyncio.create_task(self._run(), name="bus")

    async def close(self) -> None:
        self._on_down = None
        if self._runner:
            await ended(self._runner)
        for subscription in self._channels.values():
            subscription.confirmed.cancel()
        self._channels.clear()

    def subscribe(self, channel: str, deliver: Deliver) -> asyncio.Future[None]:
        """Done when Redis has confirmed, even if that is after a reconnect."""
        name = channel.encode()
        subscription = _Subscription(deliver, asyncio.get_running_loop().create_future())
        if replaced := self._channels.get(name):
            replaced.confirmed.cancel()
        self._channels[name] = subscription
        if self._link:
            self._link.subscribe([name])
        return subscription.confirmed

    def unsubscribe(self, channel: str, deliver: Deliver) -> None:
        """End what ``deliver`` subscribed to; whoever has taken the channel over since keeps it."""
        name = channel.encode()
        subscription = self._channels.get(name)
        if subscription is None or subscription.deliver != deliver:
            return
        del self._channels[name]
        subscription.confirmed.cancel()
        if self._link:
            self._link.send("UNSUBSCRIBE", name)

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                link = await self._open()
            except Exception as error:  # noqa: BLE001 (whatever it is, the only way out is to try again)
                failures += 1
                log.log(logging.WARNING if failures == 1 else logging.DEBUG, "The broker is away: %s", error)
                await asyncio.sleep(_delay(failures))
                continue
            failures = 0
            try:
                await self._keep(link)
            finally:
                self._let_go(link)
            await asyncio.sleep(_delay(1))

    async def _open(self) -> _Link:
        connection: Any = self._pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await connection.connect()
        except BaseException:
            connection._close()  # noqa: SLF001 (a half-open one would warn when collected)
            raise
        return _Link(connection, self)

    async def _keep(self, link: _Link) -> None:
        """Use ``link`` until it is lost or silent."""
        self._link = link
        link.subscribe(list(self._channels))
        link.send("PING")
        while not link.lost.done():
            link.heard = False
            await asyncio.wait({link.lost}, timeout=self._keepalive)
            if link.heard or link.lost.done():
                link.asked = False
            elif link.asked:
                log.warning("The broker's connection is silent; opening another.")
                return
            else:
                link.asked = True
                link.send("PING")

    def _let_go(self, link: _Link) -> None:
        self._link = None
        link.close()
        if self.connected:
            self.connected = False
            if self._on_down:
                self._on_down()

    def take(self, reply: Any) -> None:
        """Whatever Redis says, in order."""
        match reply:
            case [b"message", channel, payload]:
                self._deliver(channel, payload)
            case [b"subscribe", channel, _]:
                self._confirm(channel)
            case [b"pong", _] | b"PONG":
                self._up()
            case Exception():
                log.error("The broker refuses to let us listen: %s", reply)
                if self._link:
                    self._link.close()

    def _deliver(self, channel: bytes, payload: bytes) -> None:
        if subscription := self._channels.get(channel):
            try:
                subscription.deliver(payload)
            except Exception:
                log.exception("A message on %s could not be delivered.", channel)

    def _confirm(self, channel: bytes) -> None:
        if not (self._link and self._link.is_confirmed(channel)):
            return
        subscription = self._channels.get(channel)
        if subscription and not subscription.confirmed.done():
            subscription.confirmed.set_result(None)

    def _up(self) -> None:
        # The first PONG follows the confirmation of every channel: Redis answers in order.
        if not self.connected:
            self.connected = True
            if self._on_up:
                self._on_up()


class _Subscription:
    __slots__ = ("confirmed", "deliver")

    def __init__(self, deliver: Deliver, confirmed: asyncio.Future[None]) -> None:
        self.deliver = deliver
        self.confirmed = confirmed


class _Link(asyncio.Protocol):
    """One connection, taken over from redis-py.

    The trick, for redis-py 5.3: a connected ``Connection`` holds an asyncio StreamReader and StreamWriter;
    their transport is told to feed this protocol instead. The ``Connection`` is kept, because it closes what
    it opened when it is collected.
    """

    def __init__(self, connection: Any, bus: Bus) -> None:
        self._connection = connection
        self._bus = bus
        self._reader = hiredis.Reader(notEnoughData=_NOTHING)
        self._transport: asyncio.Transport = connection._writer.transport  # noqa: SLF001
        self._unconfirmed: Counter[bytes] = Counter()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = False
        self.asked = False
        self._transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        self.heard = True
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not _NOTHING:
            self._bus.take(reply)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)

    def subscribe(self, channels: list[bytes]) -> None:
        if channels:
            self._unconfirmed.update(channels)
            self.send("SUBSCRIBE", *channels)

    def is_confirmed(self, channel: bytes) -> bool:
        """Counts down: an answer to an older SUBSCRIBE, undone since, confirms nothing."""
        self._unconfirmed[channel] -= 1
        if self._unconfirmed[channel] > 0:
            return False
        del self._unconfirmed[channel]
        return True

    def send(self, *words: str | bytes) -> None:
        self._transport.write(hiredis.pack_command(words))  # type: ignore[arg-type]

    def close(self) -> None:
        self._connection._close()  # noqa: SLF001
        self._transport.abort()


def _delay(failures: int) -> float:
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (only to keep processes apart)
