"""The processes that read receipts: one a core, warm for a pile, killed where they must be, gone when idle."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from workers.books.receipts.reading import Read, Unreadable
from workers.child import Child
from workers.settings import Settings

FUNCTION = "workers.books.receipts.reader:read_in_child"
#: Of address space. What is in use stays below 1.2 GB: the rest are mapped libraries and what allocators hold back.
MEMORY_MB = 3_072
#: Seconds after which a process that reads nothing is ended: it holds half a gigabyte.
IDLE = 60.0
#: Every library that would start threads of its own, one a core, and fight with its neighbours.
ONE_THREAD = dict.fromkeys(
    ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class Readers:
    """Belongs to one event loop. No more than ``size`` files are read at once; others wait their turn."""

    def __init__(self, size: int, *, seconds: float, tesseract_cmd: str | None) -> None:
        self.size = size
        self._seconds = seconds
        self._tesseract_cmd = tesseract_cmd
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Child] = []
        self._ending: asyncio.TimerHandle | None = None
        self._ended: set[asyncio.Task[None]] = set()

    @classmethod
    def open(cls, settings: Settings) -> Readers:
        size = settings.ocr_processes or os.cpu_count() or 1
        return cls(size, seconds=settings.ocr_timeout, tesseract_cmd=settings.tesseract_cmd)

    async def read(
        self, path: Path, *, scratch: Path, engine: str, today: date, vendors: Sequence[str] = ()
    ) -> Read | Unreadable:
        """Cancelling kills the process that reads. Raises ChildFailed."""
        async with self._turns:
            child = await self._take()
            try:
                return await child.call(
                    FUNCTION,
                    *(str(path), str(scratch), engine, today, list(vendors), self._tesseract_cmd),
                    result=Read | Unreadable,  # type: ignore[arg-type]
                    seconds=self._seconds,
                )
            finally:
                self._put_back(child)

    async def close(self) -> None:
        if self._ending:
            self._ending.cancel()
        self._end_idle()
        while self._ended:
            await asyncio.gather(*self._ended)

    async def _take(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
        return await Child.start(memory_mb=MEMORY_MB, variables=ONE_THREAD)

    def _put_back(self, child: Child) -> None:
        if child.alive:
            self._idle.append(child)
        if self._ending:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE, self._end_idle)

    def _end_idle(self) -> None:
        while self._idle:
            task = asyncio.get_running_loop().create_task(self._idle.pop().end())
            self._ended.add(task)
            task.add_done_callback(self._ended.discard)
