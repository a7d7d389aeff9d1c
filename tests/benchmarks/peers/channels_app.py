"""``python -m tests.benchmarks.peers.channels_app REDIS_URL PORT``: Litestar's ChannelsPlugin over Redis pub/sub.

The server's settings are those of ours.
"""

from __future__ import annotations

import sys

import uvicorn
from litestar import Litestar
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.redis import RedisChannelsPubSubBackend
from redis.asyncio import Redis

CHANNEL = "bench"
PATH = f"/{CHANNEL}"
ENTRY = (sys.executable, "-m", "tests.benchmarks.peers.channels_app")


def backend(redis: Redis) -> RedisChannelsPubSubBackend:
    return RedisChannelsPubSubBackend(redis=redis)


def serve(url: str, port: int) -> None:
    plugin = ChannelsPlugin(
        backend=backend(Redis.from_url(url)), channels=[CHANNEL], create_ws_route_handlers=True
    )
    uvicorn.run(
        Litestar(plugins=[plugin], openapi_config=None),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
