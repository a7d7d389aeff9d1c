"""A proxy as some offices have one: it collects an answer until it is whole, and knows no WebSocket."""

from __future__ import annotations

from tests.proxy import Proxy, _Pair


class Office(Proxy):
    """Streams of events are taken and never come back; sockets are cut; plain HTTP passes."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.collected = 0
        self.cut_sockets = 0

    async def _forward_requests(self, pair: _Pair) -> None:
        async for chunk in pair.requests():
            said = chunk.lower()
            if b"upgrade: websocket" in said:
                self.cut_sockets += 1
                pair.cut()
            elif b"accept: text/event-stream" in said:
                self.collected += 1
            else:
                pair.server[1].write(chunk)
