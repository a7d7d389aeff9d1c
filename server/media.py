"""A body must say that it is JSON: one that a foreign page's form could send is not read."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from server.refusals import WrongMediaType

JSON = "application/json"


def json_bodies(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of everything below /api but what takes multipart; raises WrongMediaType."""
    if not isinstance(connection, Request) or handler.opt.get("multipart") or not _has_body(connection):
        return
    if connection.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise WrongMediaType(JSON)


def _has_body(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    length = connection.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in connection.headers
