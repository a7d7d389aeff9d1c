"""The long poll: answer when the job changes, or when the time is over."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Request

from server.hub import Hub
from workers.jobs.record import JobRecord

LONGEST: Final = 30
#: A handler is not told that its client left, so those who wait are counted; above this one answers at once.
MOST_WAITERS: Final = 1_000
#: When the server stops, nobody is kept for longer than this.
LEAVES_WITHIN: Final = 1.0
PREFERENCE = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?(\d{1,4})\"?\s*(?:;|,|$)", re.IGNORECASE)


class Waiters:
    """How many requests wait in this process. One per app, at ``app.state.waiters``."""

    def __init__(self, most: int = MOST_WAITERS) -> None:
        self._most = most
        self._now = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Whether there is room to wait."""
        free = self._now < self._most
        self._now += 1
        try:
            yield free
        finally:
            self._now -= 1


def asked_wait(request: Request[Any, Any, Any], query: int | None) -> int:
    """Seconds from ``?wait=`` or ``Prefer: wait=`` (RFC 7240); 0 where neither asks."""
    if query is not None:
        return query
    found = PREFERENCE.search(request.headers.get("prefer", ""))
    return min(int(found[1]), LONGEST) if found else 0


async def until_changed(
    hub: Hub, record: JobRecord, *, seconds: float, look_every: float, look: Callable[[], Awaitable[bool]]
) -> None:
    """Return as soon as ``look()`` says so, at the latest after ``seconds``.

    It is asked at every event of the job, and every ``look_every`` seconds for what no event told: the
    broker may be away.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    async with hub.watch_job(record.company_id, record.job_id) as changes:
        while not await look():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or hub.is_draining:
                return
            await changes.next(min(left, look_every, LEAVES_WITHIN))
