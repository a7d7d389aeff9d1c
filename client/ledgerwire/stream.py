"""Watching, as a flow: which line to take, where to resume, what to show, when to give up.

A Watch keeps the position, drops what was seen already, reconnects with jitter and raises what waiting cannot
mend. A JobWatch ends with its job; a CompanyWatch goes on until its caller stops.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from ledgerwire.calls import Calls, company_path, job_path
from ledgerwire.errors import Problem
from ledgerwire.events import Event, JobEvent, Ping, Snapshot
from ledgerwire.exceptions import (
    APIError,
    ConnectionFailed,
    LedgerwireError,
    UnexpectedAnswer,
    refusal,
)
from ledgerwire.exchange import Answer, Lost
from ledgerwire.flow import Closed, Emit, Flow, HangUp, NoSocket, Opened, Read, Say, Silent, now
from ledgerwire.held import Held, Seen
from ledgerwire.line import Line, SocketLine, SSELine
from ledgerwire.persistence import PASSING, asked_pause, failure, passing

#: Close codes 4400-4499 carry an HTTP status: waiting does not mend them.
REFUSED = range(4400, 4500)
#: How a server drops a watcher that reads too slowly; coming back at once would only repeat it.
TRY_AGAIN_LATER = 1013
#: So many dead lines in a row, and the other kind of line is tried.
DEAD_LINES = 2

#: What ends a line without ending the watch.
Trouble = Answer | Lost | Closed | APIError


class Watch:
    def __init__(self, calls: Calls, since: str | None) -> None:
        self.position = since
        self._calls = calls
        self._seen = Seen()
        self._over = False
        #: Lines in a row on which nothing was heard.
        self._dead = 0
        self._failures = 0
        #: When something was last heard; None until then.
        self._heard_at: float | None = None

    def run(self) -> Flow[None]:
        while not self._over:
            line = self._line()
            trouble = yield from self._follow(line)
            yield HangUp()
            if trouble is not None and not self._over:
                yield from self._rest(line, trouble)

    # --- what the two kinds of watch decide for themselves ------------------------------------------

    def _line(self) -> Line:
        raise NotImplementedError

    def _took(self, event: Event) -> None:
        """An event was taken over."""

    def _nothing_more(self) -> Flow[None]:
        """The server says that the stream is over (204)."""
        self._over = True
        yield from ()

    def _no_socket(self) -> None:
        """WebSocket does not get through."""

    # --- one line -----------------------------------------------------------------------------------

    def _follow(self, line: Line) -> Flow[Trouble | None]:
        """Opens it and listens; what it was lost by, or None where the next one need not wait."""
        opened: Opened | Answer | NoSocket | Lost = yield line.open()
        match opened:
            case Opened():
                return (yield from self._listen(line))
            case NoSocket():
                self._no_socket()
                return None
            case Answer(status=HTTPStatus.NO_CONTENT):
                yield from self._nothing_more()
                return None if self._over else Lost("the stream ended before its job")
            case Answer() if opened.fine:
                told = opened.media_type or "nothing"
                raise UnexpectedAnswer(self._calls.base, f"with {told}, not with a stream")
        if not passing(opened, self._calls.persistence):
            raise failure(opened, self._calls.base, tries=self._failures + 1)
        self._dead += 1
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
        for event in events:
            yield from self._take(event)
            if self._over:
                break
        return None

    def _take(self, event: Event) -> Flow[None]:
        self.position = event.position
        self._took(event)
        if not isinstance(event, Ping) and self._seen.fresh(event):
            yield Emit(event)

    def _count(self, end: Silent | Closed, *, heard: bool) -> Flow[None]:
        if not heard:
            self._dead += 1
            return
        self._dead = 0
        self._heard_at = yield from now()
        if not (isinstance(end, Closed) and end.code == TRY_AGAIN_LATER):
            self._failures = 0

    # --- between two lines --------------------------------------------------------------------------

    def _rest(self, line: Line, trouble: Trouble) -> Flow[None]:
        self._failures += 1
        if (yield from self._exhausted()):
            raise self._failure(trouble)
        asked = asked_pause(trouble) if isinstance(trouble, Answer) else None
        yield self._calls.persistence.pause(self._failures, asked or line.retry)

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


class JobWatch(Watch):
    """The last event it shows always tells the job's end."""

    def __init__(self, calls: Calls, held: Held, since: str | None) -> None:
        super().__init__(calls, since or held.position)
        self._held = held

    def _line(self) -> Line:
        return SSELine(f"{job_path(self._held.job.job_id)}/events", self.position)

    def _took(self, event: Event) -> None:
        self._held.take(event)
        self._over = _tells_end(event, self._held.job.job_id)

    def _nothing_more(self) -> Flow[None]:
        yield from self._calls.refresh(self._held, patience=self._calls.persistence.patience)
        job = self._held.job
        self._over = job.status.terminal
        if self._over:
            position = self.position or ""
            yield Emit(Snapshot(company_id=job.company_id, position=position, jobs=[job], reason="gap"))


class CompanyWatch(Watch):
    """Over a WebSocket, and over SSE where that does not get through."""

    def __init__(self, calls: Calls, company: str, since: str | None) -> None:
        super().__init__(calls, since)
        self._company = company
        self._sockets = True

    def _line(self) -> Line:
        other = self._dead // DEAD_LINES % 2 == 1
        if self._sockets and not other:
            return SocketLine(self._company, self.position)
        return SSELine(f"{company_path(self._company)}/events", self.position)

    def _no_socket(self) -> None:
        self._sockets = False


def _tells_end(event: Event, job_id: str) -> bool:
    match event:
        case JobEvent(job=job):
            return job.job_id == job_id and job.status.terminal
        case Snapshot(jobs=jobs):
            return any(job.job_id == job_id and job.status.terminal for job in jobs)
    return False


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
