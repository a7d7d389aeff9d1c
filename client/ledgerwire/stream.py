"""Watching, as a flow: what to do on a line, where to resume, what to show, when to give up.

A Watch keeps the position, drops what was seen already, reconnects with jitter and raises what waiting cannot
mend; which kind of line it takes is the ladder's. ``watches.py`` has the two kinds there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from ledgerwire.calls import Calls
from ledgerwire.errors import Problem
from ledgerwire.events import Event, Ping
from ledgerwire.exceptions import (
    APIError,
    ConnectionFailed,
    LedgerwireError,
    UnexpectedAnswer,
    refusal,
)
from ledgerwire.exchange import Answer, Lost
from ledgerwire.flow import Closed, Emit, Flow, HangUp, NoSocket, Opened, Read, Say, Send, Silent, now
from ledgerwire.held import Seen
from ledgerwire.ladder import Ladder, Rung
from ledgerwire.line import Line, SocketLine, SSELine
from ledgerwire.persistence import PASSING, asked_pause, failure, passing
from ledgerwire.polled import PolledLine

#: Close codes 4400-4499 carry an HTTP status: waiting does not mend them.
REFUSED = range(4400, 4500)
#: How a server drops a watcher that reads too slowly; coming back at once would only repeat it.
TRY_AGAIN_LATER = 1013
PROBLEM = "application/problem+json"

#: What ends a line without ending the watch.
Trouble = Answer | Lost | Closed | APIError


class Watched(msgspec.Struct, frozen=True):
    """A company, or one job of it."""

    #: Where its events are, as a stream and as JSON.
    path: str
    company: str
    job_id: str | None = None


class Watch:
    def __init__(self, calls: Calls, watched: Watched, since: str | None) -> None:
        self.position = since
        self._calls = calls
        self._watched = watched
        self._ladder = Ladder(*Rung)
        self._seen = Seen()
        self._over = False
        self._failures = 0
        #: When something was last heard; None until then.
        self._heard_at: float | None = None

    def run(self) -> Flow[None]:
        if self._calls.sockets.are_blocked((yield from now())):
            self._ladder.begin_below_sockets()
        while not self._over:
            if self._ladder.rung is Rung.POLLING:
                trouble, retry = (yield from self._poll()), None
            else:
                line = self._line()
                trouble = yield from self._follow(line)
                retry = line.retry
                yield HangUp()
            if trouble is not None and not self._over:
                yield from self._rest(trouble, retry)

    # --- what the two kinds of watch decide for themselves ------------------------------------------

    def _took(self, event: Event) -> None:
        """An event was taken over."""

    def _nothing_more(self) -> Flow[None]:
        """The server says that the stream is over (204)."""
        self._over = True
        yield from ()

    def _nothing_new(self) -> Flow[None]:
        """The server was asked, and had nothing to tell."""
        yield from ()

    @property
    def _is_nearly_over(self) -> bool:
        """There is no need to wait long for news."""
        return False

    # --- one line -----------------------------------------------------------------------------------

    def _line(self) -> Line:
        watched = self._watched
        if self._ladder.rung is Rung.SOCKET:
            return SocketLine(watched.company, watched.job_id, self.position)
        return SSELine(watched.path, self.position, proven=self._ladder.is_proven)

    def _follow(self, line: Line) -> Flow[Trouble | None]:
        """Opens it and listens; what it was lost by, or None where the next one need not wait."""
        opened: Opened | Answer | NoSocket | Lost = yield line.open()
        match opened:
            case Opened():
                return (yield from self._listen(line))
            case NoSocket():
                self._calls.sockets.block((yield from now()))
                self._ladder.without_sockets()
                return None
            case Answer(status=HTTPStatus.NO_CONTENT):
                yield from self._nothing_more()
                return None if self._over else Lost("the stream ended before its job")
            case Answer() if not (_is_ours(opened) or passing(opened, self._calls.persistence)):
                yield from self._died(blocked=True)
                return None
        self._assert_passing(opened)
        yield from self._died(blocked=isinstance(opened, Lost) and opened.silent)
        return opened

    def _listen(self, line: Line) -> Flow[Trouble | None]:
        if hello := line.hello():
            yield Say(hello)
        heard = False
        while True:
            data: bytes | Silent | Closed = yield Read()
            if isinstance(data, bytes):
                refused = yield from self._hear(line, data)
                heard = heard or refused is None
                if refused and heard:
                    yield from self._count(Closed(TRY_AGAIN_LATER), heard=True)
                if self._over or refused:
                    return refused
            elif isinstance(data, Closed) or not (question := line.silence()):
                yield from self._count(data, heard=heard)
                return _trouble(data)
            else:
                yield Say(question)

    def _hear(self, line: Line, data: bytes) -> Flow[APIError | None]:
        try:
            events = line.hear(data)
        except APIError as error:
            if error.status not in PASSING:
                raise
            return error
        except msgspec.DecodeError as error:
            raise UnexpectedAnswer(self._calls.base, f"not as this version expects ({error})") from None
        yield from self._take(events)
        return None

    def _count(self, end: Silent | Closed, *, heard: bool) -> Flow[None]:
        if not heard:
            yield from self._died(blocked=isinstance(end, Silent))
            return
        self._ladder.heard()
        self._heard_at = yield from now()
        if not (isinstance(end, Closed) and end.code == TRY_AGAIN_LATER):
            self._failures = 0

    def _died(self, *, blocked: bool) -> Flow[None]:
        if blocked and self._ladder.rung is Rung.SOCKET:
            self._calls.sockets.block((yield from now()))
        self._ladder.died(blocked=blocked)

    # --- without a line -----------------------------------------------------------------------------

    def _poll(self) -> Flow[Trouble | None]:
        """Asks again and again; what ended it, or None where the better lines are due to be tried."""
        line = PolledLine(self._watched.path, self._calls.persistence)
        began = yield from now()
        while True:
            asked = yield from now()
            answer: Answer | Lost = yield Send(line.ask(self.position, briefly=self._is_nearly_over))
            answered = yield from now()
            if isinstance(answer, Answer) and answer.fine:
                news = yield from self._hear_answer(line, answer)
            elif line.stops_waiting(answer):
                news = False
            else:
                self._assert_passing(answer)
                self._ladder.died()
                return answer
            if self._over or self._ladder.climb(answered - began):
                return None
            yield line.pause(news=news, took=answered - asked)

    def _hear_answer(self, line: PolledLine, answer: Answer) -> Flow[bool]:
        """Whether there was anything new in it."""
        try:
            events = line.hear(answer)
        except msgspec.DecodeError as error:
            told = f"with {answer.media_type or 'nothing'}, not with events ({error})"
            raise UnexpectedAnswer(self._calls.base, told) from None
        self._ladder.heard()
        self._heard_at, self._failures = (yield from now()), 0
        news = yield from self._take(events)
        if not (news or self._over):
            yield from self._nothing_new()
        return news

    # --- what was told ------------------------------------------------------------------------------

    def _take(self, events: Iterable[Event]) -> Flow[bool]:
        """Shows what is new; whether there was any."""
        news = False
        for event in events:
            self.position = event.position
            self._took(event)
            if not isinstance(event, Ping) and self._seen.fresh(event):
                news = True
                yield Emit(event)
            if self._over:
                break
        return news

    # --- between two lines --------------------------------------------------------------------------

    def _assert_passing(self, trouble: Answer | Lost) -> None:
        if not passing(trouble, self._calls.persistence):
            raise failure(trouble, self._calls.base, tries=self._failures + 1)

    def _rest(self, trouble: Trouble, retry: float | None) -> Flow[None]:
        self._failures += 1
        if (yield from self._exhausted()):
            if self._ladder.last_resort():
                return
            raise self._failure(trouble)
        asked = asked_pause(trouble) if isinstance(trouble, Answer) else None
        yield self._calls.persistence.pause(self._failures, asked or retry)

    def _exhausted(self) -> Flow[bool]:
        persistence = self._calls.persistence
        if self._heard_at is None:
            return self._failures >= persistence.tries
        return (yield from now()) - self._heard_at > persistence.patience

    def _failure(self, trouble: Trouble) -> LedgerwireError:
        match trouble:
            case APIError():
                return trouble
            case Closed(code=code, reason=reason):
                told = f"the stream was closed ({code or 'without a code'}) {reason}".rstrip()
                return ConnectionFailed(self._calls.base, told, tries=self._failures)
        return failure(trouble, self._calls.base, tries=self._failures)


def _is_ours(answer: Answer) -> bool:
    """Our server refuses in problems only; anything else was said by something on the way."""
    return answer.media_type == PROBLEM


def _trouble(end: Silent | Closed) -> Trouble:
    if isinstance(end, Silent):
        return Lost("nothing was heard for too long")
    if end.code in REFUSED:
        raise refusal(_problem(end))
    return end


def _problem(end: Closed) -> Problem:
    status = (end.code or 0) - 4000
    known = status in {known.value for known in HTTPStatus}
    title = HTTPStatus(status).phrase if known else "The server closed the stream"
    return Problem(title=title, status=status, detail=end.reason or None)
