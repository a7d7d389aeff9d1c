"""A proxy as some offices have one: it knows no WebSocket, or collects an answer until it is whole."""

from __future__ import annotations

from tests.proxy import Proxy, _Pair


class Office(Proxy):
    """Plain HTTP passes; sockets are cut and streams of events never come back, unless they are let through."""

    def __init__(self, target: str, *, sockets: bool = False, streams: bool = False) -> None:
        super().__init__(target)
        self._passes = {"socket": sockets, "stream": streams}
        #: How often each was asked for.
        self.asked = {"socket": 0, "stream": 0, "poll": 0}

    async def _forward_requests(self, pair: _Pair) -> None:
        async for chunk in pair.requests():
            kind = _kind(chunk.lower())
            if kind:
                self.asked[kind] += 1
            if self._passes.get(kind, True):
                pair.server[1].write(chunk)
            elif kind == "socket":
                pair.cut()


def _kind(said: bytes) -> str:
    if b"upgrade: websocket" in said:
        return "socket"
    if b"/events" not in said.partition(b"\r\n")[0]:
        return ""
    return "stream" if b"accept: text/event-stream" in said else "poll"
