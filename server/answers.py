"""Ready JSON as responses: entity tags, and pages with a Link to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response

from workers.jobs.position import Position
from workers.jobs.record import JobRecord

JSON: Final = "application/json"
#: A stored answer must be asked about before it is used, and never by a shared cache.
REVALIDATE: Final = {"Cache-Control": "private, no-cache"}


def as_json(
    body: bytes, *, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    return Response(body, status_code=status_code, media_type=JSON, headers={**REVALIDATE, **(headers or {})})


def created(value: Any, address: str) -> Response[bytes]:
    """201, with where to find it from now on."""
    return as_json(msgspec.json.encode(value), status_code=201, headers={"Location": address})


def at(position: Position) -> dict[str, str]:
    """Where the company's stream stood: whoever watches from there misses nothing of what the body shows."""
    return {"Ledgerwire-Position": str(position)}


def look_again(record: JobRecord) -> dict[str, str]:
    """When a poller should ask for the job again: in a second, until it has ended."""
    return {} if record.status.terminal else {"Retry-After": "1"}


def entity_tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_known(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether the client already holds the body of ``tag`` (RFC 9110, 13.1.2: weak comparison)."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in held.split(",")}


def page(
    request: Request[Any, Any, Any],
    data: Sequence[Any],
    next_cursor: str | None,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response[bytes]:
    """``data`` holds values or encoded JSON (``msgspec.Raw``); ``more`` stands beside it."""
    body = msgspec.json.encode({"data": data, "next_cursor": next_cursor, **more})
    found = dict(headers or {})
    if next_cursor is not None:
        found["Link"] = f'<{_next_address(request, next_cursor)}>; rel="next"'
    return as_json(body, headers=found)


def _next_address(request: Request[Any, Any, Any], cursor: str) -> str:
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"
