"""One request and its answer, as values: built, sent and read by different hands."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec

from ledgerwire.attachment import Attachment
from ledgerwire.errors import Problem

T = TypeVar("T")

#: How much of an answer that is not ours is shown to people.
EXCERPT = 200


class Request(msgspec.Struct, frozen=True, kw_only=True):
    method: str = "GET"
    #: Below the base URL, ids already quoted.
    path: str
    #: A list is said once for each of its members.
    query: dict[str, str | list[str]] = {}
    headers: dict[str, str] = {}
    #: A JSON body ...
    json: bytes | None = None
    #: ... or a multipart form, if there are files.
    form: dict[str, str] = {}
    files: tuple[tuple[str, Attachment], ...] = ()
    #: Seconds of silence after which the answer counts as lost.
    silence: float = 30.0


class Answer(msgspec.Struct, frozen=True):
    status: int
    #: Names in lower case.
    headers: dict[str, str]
    body: bytes = b""

    @property
    def fine(self) -> bool:
        return self.status < HTTPStatus.MULTIPLE_CHOICES or self.status == HTTPStatus.NOT_MODIFIED

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after(self) -> float | None:
        """Seconds; a date counts from the answer's own ``Date``, so no clock is asked."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            until = parsedate_to_datetime(text)
            sent = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None
        # RFC 9110 dates are GMT; one written with "-0000" parses as naive.
        return max(0.0, (until.replace(tzinfo=UTC) - sent.replace(tzinfo=UTC)).total_seconds())

    def read(self, shape: type[T]) -> T:
        """Raises msgspec.DecodeError where the body is anything else."""
        return msgspec.json.decode(self.body, type=shape)

    @property
    def problem(self) -> Problem:
        """The body's problem, or one made of what else the answer says."""
        if self.media_type in {"application/problem+json", "application/json"}:
            try:
                told = self.read(Problem)
            except msgspec.DecodeError:
                pass
            else:
                return msgspec.structs.replace(told, status=told.status or self.status)
        return Problem(title=_phrase(self.status), status=self.status, detail=self._excerpt())

    def _excerpt(self) -> str | None:
        if location := self.headers.get("location"):
            return f"The server sends you to {location[:EXCERPT]}; set LEDGERWIRE_URL accordingly."
        if self.media_type != "text/plain":
            return None
        return self.body[:EXCERPT].decode("utf-8", "replace").strip() or None


class Lost(msgspec.Struct, frozen=True):
    """No answer: refused, cut or silent. What was asked may have been done nevertheless."""

    reason: str
    #: Nothing came at all for the request's ``silence``.
    silent: bool = False


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "The server refused"
