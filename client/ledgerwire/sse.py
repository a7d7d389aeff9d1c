"""Server-sent events, bytes in and events out (WHATWG HTML, 9.2.6).

One departure, which the wire asks for: a block that has an ``id`` and no ``data`` is reported too, with empty
data, because such blocks move the position of a quiet stream.
"""

from __future__ import annotations

import codecs

import msgspec

from ledgerwire.exceptions import LedgerwireError

#: Characters of one event; the largest the server sends is a snapshot of some hundred jobs.
LONGEST = 16 * 2**20
_BOM = "\ufeff"


class EventTooLong(LedgerwireError):
    """An event of the stream passes 16 MiB. Ledgerwire sends none so long: check LEDGERWIRE_URL."""

    def __str__(self) -> str:
        return type(self).__doc__ or ""


class ServerSentEvent(msgspec.Struct, frozen=True):
    type: str
    data: str
    #: The last id seen on the stream, this block's included.
    id: str


class SSEParser:
    def __init__(self, *, longest: int = LONGEST) -> None:
        #: Seconds the server wants us to wait before we come back.
        self.retry: float | None = None
        self._longest = longest
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = True
        self._after_cr = False
        self._line: list[str] = []
        self._size = 0
        self._id = ""
        self._forget()

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that this chunk completes. A block cut off by the stream's end is never reported."""
        text = self._decoder.decode(chunk)
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix(_BOM)
        return [event for line in self._lines(text) if (event := self._take(line)) is not None]

    def _lines(self, text: str) -> list[str]:
        """Complete lines. CR, LF and CRLF end one, and the two halves of a CRLF may come in two chunks."""
        if text and self._after_cr:
            self._after_cr = False
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r") or (self._after_cr and not text)
        self._grow(len(text))
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if whole:
            whole[0] = "".join(self._line) + whole[0]
            self._line = []
        self._line.append(rest)
        return whole

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._longest:
            raise EventTooLong

    def _take(self, line: str) -> ServerSentEvent | None:
        if not line:
            return self._finish()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._type = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
                self._moved = True
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value[:9]) / 1000
        return None

    def _finish(self) -> ServerSentEvent | None:
        worth = bool(self._data) or self._moved
        event = ServerSentEvent(self._type or "message", "\n".join(self._data), self._id)
        self._forget()
        return event if worth else None

    def _forget(self) -> None:
        self._type = ""
        self._data: list[str] = []
        self._moved = False
        # What follows in this chunk counts for the next event only in part; the bound is a guard, not a law.
        self._size = 0
