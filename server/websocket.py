"""``/api/ws``: any number of companies and jobs over one socket, protocol ``ledgerwire.v1``.

The socket is accepted before anything is checked, because a browser is told nothing about a refused handshake:
who is turned away reads an error and the close code (4400 garbled, 4401 not signed in, 4403 foreign page, 4408
nothing asked for, 1012 restart, 1013 too slow).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import WebSocket, websocket

from ledgerwire.errors import FieldError
from ledgerwire.events import (
    Authenticate,
    Authenticated,
    ClientPing,
    Pong,
    Request,
    SocketError,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
)
from server import frames
from server.auth import find_job, require
from server.beginning import Answer
from server.ended import is_behind_the_end
from server.frames import Frame
from server.hub import Hub
from server.parameters import TheHub
from server.problems import to_problem
from server.refusals import InvalidInput, KeysAway, NotSignedIn, OriginRefused, Unknown
from server.seats import Seat, Seats
from server.session import NOTHING, Wants
from server.stream import (
    FOREIGN,
    GARBLED,
    IDLE,
    LAST_WORDS,
    SIGNED_OUT,
    TOO_SLOW,
    End,
    Stream,
)
from workers.books.access import Principal, Role
from workers.database import LOST
from workers.jobs.live import BrokerAway
from workers.jobs.position import NOWHERE, Position
from workers.jobs.record import JobRecord

log = logging.getLogger(__name__)

PROTOCOL: Final = "ledgerwire.v1"
#: Characters of one message.
LONGEST_MESSAGE: Final = 65_536
MOST_SUBSCRIPTIONS: Final = 100
#: Seconds to sign in, where the handshake did not.
SIGN_IN_WITHIN: Final = 10.0
#: Seconds a socket may stay without a subscription.
IDLE_FOR: Final = 60.0
TRY_LATER: Final = End(1013, "Who you are cannot be looked up now; come again.")

_decoder: Final[msgspec.json.Decoder[Request]] = msgspec.json.Decoder(Request)

Connection = WebSocket[Any, Any, Any]


@websocket("/ws")
async def socket_handler(socket: Connection, hub: TheHub) -> None:
    offered = socket.scope["subprotocols"]
    await socket.accept(subprotocols=PROTOCOL if PROTOCOL in offered else None)
    speaker = Socket(hub, socket)
    try:
        end = await speaker.serve() if PROTOCOL in offered or not offered else GARBLED
    except OSError:
        return
    finally:
        speaker.leave()
    await speaker.say_goodbye(end)


class Gone(OSError):
    """The watcher has closed the socket."""


class Socket(Stream):
    def __init__(self, hub: Hub, socket: Connection) -> None:
        super().__init__(hub, socket)
        self._socket = socket
        self._seats = Seats(hub, self.wake)
        self._replies: deque[Frame] = deque()
        self._idle_since = self._loop.time()

    async def serve(self) -> End:
        """Until either side has had enough; raises OSError where the watcher left."""
        try:
            self.principal = await self._auth.identify(self._socket) or await self._introduced()
            self._auth.check_origin(self._socket, self.principal)
        except (OriginRefused, NotSignedIn) as error:
            await self._say_why(error)
            return FOREIGN if isinstance(error, OriginRefused) else SIGNED_OUT
        except msgspec.DecodeError:
            return GARBLED
        except (*LOST, KeysAway):
            return TRY_LATER
        return await self.run()

    async def _say_why(self, error: OriginRefused | NotSignedIn) -> None:
        """In full, as HTTP does: the reason of a close frame ends after 123 bytes (RFC 6455, 5.5)."""
        self._refuse(None, error)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self.send(self.take())

    async def _introduced(self) -> Principal:
        """By the first message, where the handshake said nothing."""
        try:
            async with asyncio.timeout(SIGN_IN_WITHIN):
                first = await self._hear()
        except TimeoutError:
            raise NotSignedIn from None
        if not isinstance(first, Authenticate):
            raise NotSignedIn
        principal = await self._auth.by_token(first.token)
        self._reply(Authenticated())
        return principal

    async def say_goodbye(self, end: End) -> None:
        """A close frame, and a watcher that does not take it in time is dropped."""
        try:
            async with asyncio.timeout(LAST_WORDS):
                await self._socket.close(end.code, end.reason)
                while end is TOO_SLOW and (await self._socket.receive())["type"] != "websocket.disconnect":
                    pass
        except TimeoutError:
            self.drop()
        except OSError:
            pass

    def leave(self) -> None:
        self._seats.vacate_all()

    def lose(self, companies: list[str]) -> None:
        """The others go on: each subscription of these ends with what a new one would be told."""
        for company_id in companies:
            seat = self._seats.vacate(company_id)
            for subscription in seat.subscriptions:
                self._refuse(subscription, Unknown("company"))

    # --- what is said to the watcher ------------------------------------------------------------------

    def companies(self) -> list[str]:
        return list(self._seats)

    def keepalive(self) -> None:
        for company_id, seat in self._seats.items():
            if seat.session.is_idle:
                seat.session.pass_by(seat.channel.position)
                seat.session.reply(frames.ping(company_id, seat.session.position))

    def tick(self, now: float) -> None:
        super().tick(now)
        if self._seats:
            self._idle_since = now
        elif now - self._idle_since > IDLE_FOR:
            self.finish(IDLE)

    def take(self) -> list[Frame]:
        due = list(self._replies)
        self._replies.clear()
        for seat in self._seats.values():
            if seat.session.overrun:
                self.finish(TOO_SLOW)
                return []
            due += seat.session.take()
        return due

    async def send(self, due: list[Frame]) -> None:
        for frame in due:
            await self._socket.send({"type": "websocket.send", "bytes": None, "text": frame.text})

    def _reply(self, value: msgspec.Struct) -> None:
        self._replies.append(frames.reply(value, NOWHERE))
        self.wake()

    # --- what the watcher says ------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            try:
                request = await self._hear()
            except msgspec.DecodeError:
                self.finish(GARBLED)
                return
            try:
                await self._do(request)
            except Exception as error:  # noqa: BLE001 (problems.py says what it is)
                self._refuse(getattr(request, "id", None), error)

    async def _hear(self) -> Request:
        """The next message; raises DecodeError for what is none of the protocol, Gone when there is none."""
        message: Any = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        if text is None or len(text) > LONGEST_MESSAGE:
            raise msgspec.DecodeError
        return _decoder.decode(text)

    async def _do(self, request: Request) -> None:
        match request:
            case Subscribe():
                await self._subscribe(request)
            case Unsubscribe():
                self._unsubscribe(request.id)
            case ClientPing():
                self._reply(Pong())
            case Authenticate():
                await self._authenticate(request.token)

    def _refuse(self, request_id: int | None, error: Exception) -> None:
        problem = to_problem(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("A request over a socket failed.", exc_info=error)
        refusal = SocketError(
            id=request_id,
            title=problem.title,
            status=problem.status or 500,
            detail=problem.detail,
            problem=problem.type,
            errors=problem.errors,
        )
        self._reply(refusal)

    async def _authenticate(self, token: str) -> None:
        self.principal = await self._auth.by_token(token)
        self._reply(Authenticated())
        self.recheck()

    async def _subscribe(self, request: Subscribe) -> None:
        self._check_room(request.id)
        record = await self._find(request)
        since = Position.parse(request.since) if request.since else None
        seat = self._seats.take(request.company_id)
        seat.subscriptions[request.id] = request.job_id
        try:
            await self._watch(seat, request, record, since)
        except BaseException:
            self._seats.drop(request.id)
            raise
        finally:
            if self._seats.get(request.company_id) is not seat:
                # It was lost meanwhile, and what was under way has placed it again.
                seat.channel.leave(seat.session)

    async def _watch(
        self, seat: Seat, request: Subscribe, record: JobRecord | None, since: Position | None
    ) -> None:
        shows: Wants = None if request.job_id is None else frozenset({request.job_id})
        is_first = seat.session.wants == NOTHING
        answer = await seat.channel.subscribe(
            seat.session,
            seat.wants(),
            since=since if is_first else None,
            shows=shows,
            answers=None if is_first else request.id,
            greet=lambda answer: _subscribed(request, answer),
        )
        if record and await is_behind_the_end(self.hub.kernel, record, answer):
            # Nothing else will ever come, and a silent socket looks like a job that still runs. Where the broker goes
            # just now, everybody is shown what SQL knows.
            with contextlib.suppress(BrokerAway):
                await seat.channel.subscribe(seat.session, seat.wants(), shows=shows, answers=request.id)

    def _check_room(self, subscription: int) -> None:
        taken = self._seats.subscriptions
        if subscription in taken:
            raise InvalidInput(FieldError("/id", "This id is taken by another subscription of this socket."))
        if len(taken) >= MOST_SUBSCRIPTIONS:
            raise InvalidInput(
                FieldError(
                    "/id", f"A socket holds {MOST_SUBSCRIPTIONS} subscriptions; watch the company instead."
                )
            )

    async def _find(self, request: Subscribe) -> JobRecord | None:
        """The job that is to be watched, where it is one; raises where the caller may not watch."""
        if self.principal is None:
            raise NotSignedIn
        require(self.principal, request.company_id, Role.VIEWER)
        if request.job_id is None:
            return None
        record = await find_job(self.hub.kernel, self.principal, request.job_id, Role.VIEWER)
        if record.company_id != request.company_id:
            raise Unknown("job")
        return record

    def _unsubscribe(self, subscription: int) -> None:
        seat = self._seats.drop(subscription)
        if seat is None:
            raise Unknown("subscription")
        done = frames.reply(Unsubscribed(id=subscription), NOWHERE)
        if seat.subscriptions:
            # Behind what is still due, or it would be answered before its own beginning.
            seat.session.reply(done)
        else:
            self._replies.append(done)
            self.wake()


def _subscribed(request: Subscribe, answer: Answer) -> Frame:
    value = Subscribed(
        id=request.id,
        company_id=request.company_id,
        job_id=request.job_id,
        position=str(answer.position),
        recovered=answer.recovered,
    )
    return frames.reply(value, answer.position)
