"""What is streamed: the same JSON over WebSocket, SSE and polling.

``position`` is ``<epoch>.<offset>`` of the company's stream; hand the last one you saw back to resume.
Positions on one connection strictly increase but need not be contiguous.
"""

from __future__ import annotations

import msgspec

from ledgerwire.errors import FieldError
from ledgerwire.jobs import Job, LogLine


class JobEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="job"):
    """The whole job as it is now."""

    company_id: str
    position: str
    job: Job


class LogEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="log"):
    """The log lines of one checkpoint. A ``number`` already seen is dropped."""

    company_id: str
    position: str
    job_id: str
    number: int
    lines: list[LogLine]
    #: Lines left out of this event; ``GET /api/jobs/{id}/log`` has them.
    dropped: int = 0


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """Replaces what the watcher holds: all unfinished jobs and the newest finished, or the one job watched."""

    company_id: str
    position: str
    jobs: list[Job]
    #: ``subscribed``, ``gap``, ``too_far_behind``, ``broker_away`` or ``broker_back``.
    reason: str
    #: The subscription it answers; null where it is for all of the company's.
    id: int | None = None


class Ping(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """Nothing happened; ``position`` may still have moved."""

    company_id: str
    position: str


Event = JobEvent | LogEvent | Snapshot | Ping


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON answer of an events address: a snapshot first where a replay was not possible."""

    position: str
    snapshot: Snapshot | None
    events: list[JobEvent | LogEvent]


# --- what a client says on the socket ---------------------------------------------------------------


class Subscribe(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="subscribe", forbid_unknown_fields=True
):
    """Watch a company, or one job of it, from ``since`` on."""

    id: int
    company_id: str
    job_id: str | None = None
    since: str | None = None


class Unsubscribe(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unsubscribe", forbid_unknown_fields=True
):
    """End the subscription ``id``."""

    id: int


class ClientPing(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ping", forbid_unknown_fields=True
):
    """Answered with ``pong``."""


class Authenticate(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="type",
    tag="authenticate",
    forbid_unknown_fields=True,
):
    """A fresh token for a socket that lives longer than the one it began with."""

    token: str


Request = Subscribe | Unsubscribe | ClientPing | Authenticate


# --- what only the socket answers -------------------------------------------------------------------


class Subscribed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="subscribed"):
    """``recovered`` says that all missed events follow; otherwise a snapshot does.

    A snapshot also follows, whatever else, where one job is watched whose end lies before the position asked for.
    """

    id: int
    company_id: str
    job_id: str | None
    position: str
    recovered: bool


class Unsubscribed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unsubscribed"):
    """The subscription ``id`` has ended."""

    id: int


class Pong(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """The answer to a client's ping."""


class Authenticated(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="authenticated"):
    """The token of ``authenticate`` is the socket's from now on."""


class SocketError(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="error"):
    """A refused request, as a problem; the socket stays open."""

    id: int | None
    title: str
    status: int
    detail: str | None = None
    problem: str = "about:blank"
    errors: list[FieldError] = []


Reply = Event | Subscribed | Unsubscribed | Pong | Authenticated | SocketError
