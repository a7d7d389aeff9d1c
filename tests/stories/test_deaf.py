"""A watcher that reads nothing costs the others nothing, and is dropped."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ledgerwire.jobs import Status
from tests.stories.bank import found_company
from tests.stories.claims import assert_kept
from tests.stories.fleet import POISONED, Api, Fleet
from tests.stories.jobs import reach
from tests.stories.kinds import Patience
from tests.stories.live import beside, new_key, recorded
from tests.stories.watchers import SocketWatcher, StreamWatcher, watching
from tests.waiting import until
from workers.jobs.kernel import Kernel

#: More than the buffers of any kernel hold.
STEPS, WIDTH = 400, 40_000
SOCKETS = Path("/proc/net/tcp")
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ledgerwire.v1\r\n"
)


class Deaf:
    """Asks to be told everything and reads nothing of it."""

    def __init__(self, api: Api, path: str, key: str, *, headers: str = "", message: bytes = b"") -> None:
        self.server = int(urlsplit(api.url).port or 0)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.connect(("127.0.0.1", self.server))
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n{headers}\r\n"
        self.socket.sendall(head.encode())
        if message:
            # No frame may be sent before the handshake is over.
            assert self.socket.recv(1_024).startswith(b"HTTP/1.1 101")
            self.socket.sendall(message)

    def is_held(self) -> bool:
        """Whether a process still has the server's end of it."""
        ends = (f":{self.server:04X}", f":{self.socket.getsockname()[1]:04X}")
        for row in SOCKETS.read_text().splitlines()[1:]:
            fields = row.split()
            if (fields[1][-5:], fields[2][-5:]) == ends:
                return fields[9] != "0"
        return False

    def read_all(self) -> int:
        """How much had been sent, up to the end; nothing else may end it."""
        self.socket.settimeout(10)
        read = 0
        try:
            while part := self.socket.recv(65_536):
                read += len(part)
        except ConnectionError:
            pass
        return read


@pytest.fixture
def api(fleet: Fleet) -> Api:
    fleet.start(POISONED)
    return fleet.start_api().await_ready()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc who holds a socket")
async def test_the_others_hear_everything_and_the_deaf_are_let_go(kernel: Kernel, api: Api) -> None:
    company = await found_company(kernel, "acme")
    key = await new_key(kernel, company)
    hearing = [SocketWatcher(api.url, key, company), StreamWatcher(api.url, key, company)]
    async with recorded(kernel, company) as published, AsyncExitStack() as stack:
        for watcher in hearing:
            await stack.enter_async_context(beside(watching(watcher)))
        await until(lambda: all(watcher.shown for watcher in hearing))
        deaf = [_deaf_stream(api, key, company), _deaf_socket(api, key, company)]
        await until(lambda: all(each.is_held() for each in deaf))
        job = (
            await kernel.submit(Patience(company_id=company, steps=STEPS, width=WIDTH), submitted_by="s")
        ).record
        await reach(kernel, job.job_id, Status.COMPLETE)
        await until(lambda: bool(published) and published[-1].kind == "end")
        last = published[-1].position.offset
        await until(lambda: all(watcher.offset >= last for watcher in hearing), within=2)
        await until(lambda: not any(each.is_held() for each in deaf))
    for watcher in hearing:
        assert watcher.visits == 1
        assert_kept(watcher, published)
    said = sum(len(event.json) for event in published)
    for each in deaf:
        assert await asyncio.to_thread(each.read_all) < said
        each.socket.close()


def _deaf_stream(api: Api, key: str, company: str) -> Deaf:
    return Deaf(api, f"/api/jobs/company/{company}/events", key)


def _deaf_socket(api: Api, key: str, company: str) -> Deaf:
    subscribe = b'{"type":"subscribe","id":1,"company_id":"%s"}' % company.encode()
    return Deaf(api, "/api/ws", key, headers=UPGRADE, message=_masked(subscribe))


def _masked(text: bytes) -> bytes:
    """A text frame under the mask 0."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text
