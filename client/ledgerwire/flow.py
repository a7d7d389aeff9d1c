"""What the SDK's decisions ask of a body that can do I/O.

A *flow* is a generator: it yields one of the effects below, is sent back what came of it, and returns its
result. It decides everything (what to send, whether to try again, what to tell the caller) and touches
nothing, so that the two bodies, ``body.py`` and ``async_body.py``, share every decision and
tests drive it with plain values.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import msgspec

from ledgerwire.attachment import Source
from ledgerwire.exchange import Request

T = TypeVar("T")


class Now(msgspec.Struct, frozen=True):
    """Sends back seconds of a monotonic clock."""


class Pause(msgspec.Struct, frozen=True):
    """Sleep a random time between ``least`` and ``most`` seconds."""

    least: float
    most: float


class Load(msgspec.Struct, frozen=True):
    """Sends back the source's Attachment."""

    source: Source


class Send(msgspec.Struct, frozen=True):
    """Sends back an Answer or Lost."""

    request: Request


class Open(msgspec.Struct, frozen=True):
    """Open a stream of events in place of the one before.

    Sends back Opened, an Answer that is no stream, NoSocket, or Lost.
    """

    request: Request
    socket: bool


class Read(msgspec.Struct, frozen=True):
    """Sends back bytes of the open stream, Silent, or Closed."""


class Say(msgspec.Struct, frozen=True):
    """Write a message to the open socket. Sends back nothing: a loss shows at the next Read."""

    message: bytes


class HangUp(msgspec.Struct, frozen=True):
    """Close the open stream, if there is one."""


class Emit(msgspec.Struct, frozen=True):
    """Hand a value to whoever iterates."""

    value: Any


Effect = Now | Pause | Load | Send | Open | Read | Say | HangUp | Emit


class Opened(msgspec.Struct, frozen=True):
    pass


class NoSocket(msgspec.Struct, frozen=True):
    """Something between here and the server does not speak WebSocket."""

    reason: str


class Silent(msgspec.Struct, frozen=True):
    """Nothing came for the request's ``silence``; the stream is still open."""


class Closed(msgspec.Struct, frozen=True):
    """The stream is over; ``code`` is a WebSocket close code, where there was one."""

    code: int | None = None
    reason: str = ""


Flow = Generator[Effect, Any, T]


def now() -> Flow[float]:
    seconds: float = yield Now()
    return seconds
