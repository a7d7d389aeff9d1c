"""The line of last resort: what a stream would tell, asked for again and again in plain requests.

The server's event streams have a twin that answers in JSON: all that is new since a position, log lines included, at
once or as soon as there is any. So nothing is lost on this line either.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from ledgerwire.events import Event, JobEvent, LogEvent, Ping, Snapshot
from ledgerwire.exchange import Answer, Lost, Request
from ledgerwire.flow import Pause
from ledgerwire.line import KNOWN, Tagged
from ledgerwire.persistence import Persistence

JSON = "application/json"
#: Seconds the server may hold an answer back, and after which it then counts as lost.
WAIT = 20
WAIT_SILENCE = WAIT + 15.0
#: Seconds to wait for an end that has come and is perhaps not told yet.
BRIEFLY = 2
#: An answer that took so many seconds was held back, and need not be paused for.
HELD = 1.0
#: Empty answers in a row beyond this make the pauses no longer.
SELDOM = 3
#: Held back answers that are cut off in a row, until none is asked to be held back any more.
MOST_CUTS = 2


class _Told(msgspec.Struct):
    """Events, of which a newer server may tell kinds that are not known here."""

    position: str
    snapshot: Snapshot | None
    events: list[msgspec.Raw]


class PolledLine:
    def __init__(self, path: str, persistence: Persistence) -> None:
        self._path = path
        self._persistence = persistence
        self._decoder = msgspec.json.Decoder(JobEvent | LogEvent)
        self._wait = 0
        #: Until answers that were held back are cut off on the way, one after the other.
        self._may_wait = True
        self._cuts = 0
        self._empty = 0

    def ask(self, since: str | None, *, briefly: bool = False) -> Request:
        """The first request is answered at once, which shows that the line gets through."""
        wait = min(self._wait, BRIEFLY) if briefly else self._wait
        query: dict[str, str | list[str]] = {"since": since} if since else {}
        if wait:
            query["wait"] = str(wait)
        headers = {"accept": JSON, "cache-control": "no-store"}
        return Request(path=self._path, query=query, headers=headers, silence=WAIT_SILENCE)

    def hear(self, answer: Answer) -> list[Event]:
        """Raises msgspec.DecodeError where the answer is anything else."""
        if self._wait:
            self._cuts = 0
        self._wait = WAIT if self._may_wait else 0
        told = answer.read(_Told)
        first: list[Event] = [told.snapshot] if told.snapshot else []
        events = [self._decoder.decode(raw) for raw in told.events if _is_known(raw)]
        # The position may have moved beyond all that is told here.
        return [*first, *events, Ping(company_id="", position=told.position)]

    def stops_waiting(self, trouble: Answer | Lost) -> bool:
        """Whether it was the wait that was cut off: the next answer comes at once, after a second cut every one."""
        cut = isinstance(trouble, Lost) or trouble.status == HTTPStatus.GATEWAY_TIMEOUT
        if not (cut and self._wait):
            return False
        # One may have been the server that went away; two in a row are somebody who bears no waiting.
        self._cuts += 1
        self._may_wait, self._wait = self._cuts < MOST_CUTS, 0
        return True

    def pause(self, *, news: bool, took: float) -> Pause:
        """Longer and longer while there is no news, unless it was the server that waited for it."""
        self._empty = 0 if news or took >= HELD else min(self._empty + 1, SELDOM)
        return self._persistence.pause(self._empty)


def _is_known(raw: msgspec.Raw) -> bool:
    return msgspec.json.decode(raw, type=Tagged).type in KNOWN
