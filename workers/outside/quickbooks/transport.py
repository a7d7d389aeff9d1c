"""python-quickbooks's client as far as it serves: its addresses and bodies, with our patience and our errors.

Its own has no timeout, refreshes tokens as it is made, drops the raw status and keeps state in its class.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self

import msgspec
import requests
from quickbooks import QuickBooks
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from workers.outside.quickbooks.deadline import Deadline, watch_connections
from workers.outside.quickbooks.faults import (
    DENIED,
    QuickBooksError,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
    fault_of,
    seconds_of,
)

#: Seconds to connect, and to wait for an answer.
TIMEOUT = (5.0, 60.0)
#: A thousand accounts are half of it.
LONGEST_BODY = 8 * 2**20
MINOR_VERSION = 75


class BearerSession(requests.Session):
    """What ``process_request`` wants of OAuth2Session: a token, and the sending."""

    def __init__(self, access_token: str) -> None:
        super().__init__()
        self.access_token = access_token
        # No proxy, no .netrc: a token goes to QuickBooks and nowhere else.
        self.trust_env = False
        watch_connections(self)


class Transport(QuickBooks):  # type: ignore[misc]
    """One company, one access token. Not for two threads at once."""

    base_url: str
    within: float
    #: How long the last answer asked us to wait: a Fault of one item has nothing of it, and is told with status 200.
    after: float | None

    def __new__(cls, *, access_token: str, realm_id: str, base_url: str, within: float) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made: Self = super().__new__(
                cls, company_id=realm_id, minorversion=MINOR_VERSION, use_decimal=True
            )
        made.base_url = base_url
        made.within = within
        made.after = None
        made.session = BearerSession(access_token)
        return made

    def __init__(self, **_kwargs: Any) -> None:
        """All is done where it is made."""

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/v3"

    def process_request(
        self, request_type: str, url: str, headers: Any = "", params: Any = "", data: Any = ""
    ) -> Any:
        """An answer that the library can take; raises QuickBooksError for every other."""
        headers = {**headers, "Authorization": f"Bearer {self.session.access_token}"}
        body = data.encode() if isinstance(data, str) else data
        answer = accepted(
            lambda: self.session.request(
                request_type,
                url,
                headers=headers,
                params=params,
                data=body,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,
            ),
            self.within,
        )
        self.after = answer.after
        return answer

    def close(self) -> None:
        self.session.close()


class Text(msgspec.Struct, frozen=True):
    """As much of a response as the library looks at, and how long it asks us to wait."""

    status_code: int
    text: str
    after: float | None


def accepted(send: Callable[[], requests.Response], within: float) -> Text:
    """The answer where it is one; raises QuickBooksError."""
    try:
        with Deadline(within) as deadline, send() as response:
            text = body_of(response, LONGEST_BODY).decode("utf-8", "replace")
            after, status = seconds_of(response.headers.get("Retry-After")), response.status_code
    except requests.exceptions.RequestException as error:
        raise lost(error) from None
    deadline.check()
    if status == requests.codes.unauthorized:
        raise _unauthorized(text, status)
    check_patience(status, after)
    _check(text, status, after)
    return Text(status, text, after)


def check_patience(status: int, after: float | None) -> None:
    """Raises where the other side asks for time."""
    if status == requests.codes.too_many_requests:
        raise Throttled(status, after=after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(status, after=after, may_have_happened=True)


def lost(error: Exception) -> QuickBooksError:
    """No answer: before anything was sent, or who knows when."""
    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    if isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    ):
        return Unavailable()
    return UnknownOutcome()


def body_of(response: requests.Response, most: int) -> bytes:
    """All of it; raises UnknownOutcome where it is cut short, Unavailable where it has more than ``most`` bytes."""
    body = bytearray()
    try:
        while piece := response.raw.read1(64 * 1024, decode_content=True):
            body += piece
            if len(body) > most:
                raise Unavailable(response.status_code, may_have_happened=True)
    except HTTPError:
        raise UnknownOutcome(response.status_code) from None
    return bytes(body)


def _unauthorized(text: str, status: int) -> QuickBooksError:
    """A fresh token helps, except where that company denies access to the person who connected it."""
    with suppress(msgspec.DecodeError):
        fault = _fault_in(msgspec.json.decode(text))
        told = fault_of(fault, status) if isinstance(fault, dict) else None
        if isinstance(told, Rejected) and told.code == DENIED:
            return told
    return Unauthorized(status)


def _check(text: str, status: int, after: float | None) -> None:
    """Fault may come with 200, and HTML with anything."""
    try:
        answer = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise Unavailable(status, may_have_happened=True) from None
    fault = _fault_in(answer)
    if isinstance(fault, dict):
        raise fault_of(fault, status, after)
    if fault is not None or not isinstance(answer, dict) or status != requests.codes.ok:
        raise Unavailable(status, may_have_happened=True)


def _fault_in(answer: Any) -> Any:
    return (answer.get("Fault") or answer.get("fault")) if isinstance(answer, dict) else None
