"""What the two bodies share: values made into calls of httpx2 and websockets, and what comes back made into values."""

from __future__ import annotations

import logging
import ssl
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpx2
import msgspec
import websockets.exceptions
from websockets.typing import Subprotocol

from ledgerwire.exceptions import LedgerwireError
from ledgerwire.exchange import Answer, Lost, Request
from ledgerwire.flow import Closed, NoSocket, Silent
from ledgerwire.line import EVENT_STREAM, SUBPROTOCOL
from ledgerwire.persistence import PASSING
from ledgerwire.sse import LONGEST

#: Seconds to reach the server, and to part from it.
CONNECTING = 10.0
PARTING = 1.0
#: At DEBUG websockets writes the headers of a handshake, and so the key: not to be had by a program that logs all.
WIRE = logging.getLogger("ledgerwire.socket")
WIRE.setLevel(logging.INFO)


class Address(msgspec.Struct, frozen=True):
    """Where the server is, and who asks."""

    base: str
    api_key: str | None = None
    tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Address({self.base!r})"

    @property
    def headers(self) -> dict[str, str]:
        mine = {"user-agent": f"ledgerwire-python/{_version()}"}
        if self.api_key:
            mine["authorization"] = f"Bearer {self.api_key}"
        return mine

    @property
    def socket_base(self) -> str:
        return f"ws{self.base.removeprefix('http')}"


def _version() -> str:
    try:
        return version("ledgerwire")
    except PackageNotFoundError:
        return "0"


def http_settings(address: Address) -> dict[str, Any]:
    # A stream keeps its connection: a hundred of them must not keep the client from all else.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
    return {"headers": address.headers, "verify": address.tls or True, "limits": limits}


def http_request(address: Address, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {}
    headers = dict(request.headers)
    if request.json is not None:
        body["content"] = request.json
        headers["content-type"] = "application/json"
    if request.files or request.form:
        body["data"] = request.form
        body["files"] = [(field, (sent.name, sent.content)) for field, sent in request.files]
    return {
        "method": request.method,
        "url": address.base + request.path,
        "params": request.query or None,
        "headers": headers,
        "timeout": httpx2.Timeout(request.silence, connect=CONNECTING),
        **body,
    }


def socket_settings(address: Address) -> dict[str, Any]:
    headers = address.headers
    return {
        "user_agent_header": headers.pop("user-agent"),
        "additional_headers": headers,
        "subprotocols": [Subprotocol(SUBPROTOCOL)],
        "compression": None,
        "max_size": LONGEST,
        "open_timeout": CONNECTING,
        "close_timeout": PARTING,
        "logger": WIRE,
        **({"ssl": address.tls} if address.tls and address.base.startswith("https") else {}),
    }


def answer(response: httpx2.Response) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.content)


def is_stream(response: httpx2.Response) -> bool:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.status_code == httpx2.codes.OK and media_type == EVENT_STREAM


def lost(error: Exception) -> Lost:
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        raise LedgerwireError(f"The request cannot be sent ({error}): check LEDGERWIRE_URL and the API key.")
    return Lost(str(error) or type(error).__name__, silent=isinstance(error, httpx2.ReadTimeout))


def no_socket(error: Exception) -> Answer | NoSocket | Lost:
    match error:
        case websockets.exceptions.InvalidStatus(response=response) if response.status_code in PASSING:
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            return Answer(response.status_code, headers, bytes(response.body))
        case websockets.exceptions.InvalidMessage() | websockets.exceptions.ProxyError():
            return Lost(str(error))
        case websockets.exceptions.InvalidHandshake():
            return NoSocket(str(error))
    return Lost(str(error) or type(error).__name__, silent=isinstance(error, TimeoutError))


def broken(error: httpx2.RequestError) -> Silent | Closed:
    """What the reader of a stream met instead of its next bytes."""
    if isinstance(error, httpx2.ReadTimeout):
        return Silent()
    return Closed(None, str(error) or type(error).__name__)


def closed(error: websockets.exceptions.ConnectionClosed) -> Closed:
    if error.rcvd is None:
        return Closed(None, str(error))
    return Closed(error.rcvd.code, error.rcvd.reason)


NO_SOCKET = (OSError, EOFError, websockets.exceptions.WebSocketException)
