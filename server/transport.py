"""The one seam to what is below ASGI: how much waits to be sent, and how to drop a connection at once.

ASGI has no word for either. uvicorn hands its applications a bound ``send`` whose object knows its transport; under
another server, or behind something that wraps ``send``, there is none and watchers are judged by time alone.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from litestar.types import ASGIApp, Receive, Scope, Send

_KEY: Final = "ledgerwire.connection"


def remembering_transport(app: ASGIApp) -> ASGIApp:
    """The same application; must be the outermost, where ``send`` is still the server's own."""

    async def remember(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":  # type: ignore[comparison-overlap]
            cast("dict[str, Any]", scope)[_KEY] = getattr(send, "__self__", None)
        await app(scope, receive, send)

    return remember


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The transport below this connection, if it can be had."""
    owner = cast("dict[str, Any]", scope).get(_KEY)
    transport = getattr(owner, "transport", None)
    able = hasattr(transport, "abort") and hasattr(transport, "get_write_buffer_size")
    return cast("asyncio.Transport", transport) if able else None
