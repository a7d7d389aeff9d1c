"""One API process: uvicorn, as fast and as quiet as we want it."""

from __future__ import annotations

import logging
import socket

import uvicorn
from litestar import Litestar

from server.app import create_app
from server.hub import Hub
from server.transport import remembering_transport
from workers.settings import Settings

#: Streams are told to end; whoever has not left by then is cut off.
GRACE_SECONDS = 3
#: A subscribe is some hundred bytes; nobody may make us hold more.
LARGEST_FRAME = 2**16


def serve(settings: Settings, listening: socket.socket) -> int:
    """Serve on ``listening`` until SIGTERM or SIGINT; returns the exit code."""
    # uvicorn tells of its own coming and going in four lines a start.
    logging.getLogger("uvicorn.error").setLevel(max(logging.WARNING, logging.getLogger().level))
    server = Server(create_app(settings), settings)
    server.run(sockets=[listening])
    return 0 if server.started else 1


class Server(uvicorn.Server):
    """Ends all streams before it waits for its connections; they would never end by themselves."""

    def __init__(self, app: Litestar, settings: Settings) -> None:
        super().__init__(_config(app, settings))
        self._hub: Hub = app.state.hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.drain()
        await super().shutdown(sockets)


def _config(app: Litestar, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        remembering_transport(app),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        # Costs 33 KB a socket and half the throughput, and our events are 300 bytes.
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
