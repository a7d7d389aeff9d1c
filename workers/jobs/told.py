"""Writes down for whom the live side has answered: many rows in one commit, a moment later.

By then many have moved on, and a status they have left needs no mark. Nothing waits for these; a row that a crash
leaves without one is told again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final

from workers.database import is_unknown_outcome
from workers.jobs.ledger import Ledger

log = logging.getLogger(__name__)

#: Well below ``tempo.retell_after``, or everything would be told twice.
MOMENT: Final = 0.1


class Told:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._fences: set[tuple[str, int]] = set()
        self._some = asyncio.Event()
        self._stopped = asyncio.Event()

    def add(self, job_id: str, fence: int) -> None:
        self._fences.add((job_id, fence))
        self._some.set()

    def stop(self) -> None:
        self._stopped.set()
        self._some.set()

    async def run(self) -> None:
        while not self._stopped.is_set():
            await self._some.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MOMENT):
                    await self._stopped.wait()
            self._some.clear()
            await self._write()
        await self._write()

    async def _write(self) -> None:
        fences, self._fences = self._fences, set()
        if not fences:
            return
        try:
            await self._ledger.mark_told(list(fences))
        except Exception as error:  # noqa: BLE001 (whatever it was, they are told again)
            level = logging.DEBUG if is_unknown_outcome(error) else logging.ERROR
            log.log(level, "It could not be written down who was told: %s", error)
