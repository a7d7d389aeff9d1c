"""What is due to be told: collected here, handed to the live side in one trip per turn.

A newer report of a job takes the older one's place, so that a burst costs one event. While the broker is away
the newest of each job waits; nothing here ever makes a task fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ledgerwire.jobs import LogEntry
from workers.database import is_unknown_outcome
from workers.jobs.ledger import Ledger
from workers.jobs.live import BROKER_AWAY, Live, Write, job_write
from workers.jobs.record import JobRecord, Picture
from workers.jobs.told import Told

log = logging.getLogger(__name__)

#: Checkpoints' lines that wait for an absent broker, per process; beyond it the oldest stay in SQL only.
MOST_LOGS = 1_000
FIRST_DELAY = 0.05
#: How old a row may be that makes a live job anew.
FRESH_SECONDS = 1.0


class _Due(msgspec.Struct):
    write: Write
    #: The ``(job_id, fence)`` to mark told once it was answered.
    tells: tuple[str, int] | None = None
    #: When the row was read that a full job was made of, on the monotonic clock.
    read_at: float = 0.0


class Publisher:
    """One per process. ``on_behind(job_id)`` hears that a writer's fence is no longer the newest."""

    def __init__(self, live: Live, ledger: Ledger, *, on_behind: Callable[[str], None] | None = None) -> None:
        self.live = live
        self.ledger = ledger
        self.on_behind = on_behind or (lambda _job_id: None)
        self._due: list[_Due] = []
        #: Where in _due the newest report of a job under one fence stands.
        self._place: dict[tuple[str, int], _Due] = {}
        #: What of _due is to be marked told: the ticks tell again while the broker is away.
        self._telling: set[tuple[str, int]] = set()
        self._told = Told(ledger)
        self._wake = asyncio.Event()
        self._stopped = False
        self._idle = asyncio.Event()
        self._idle.set()

    def tell(self, record: JobRecord, *, fresh: bool = False) -> None:
        """A status as it was just committed."""
        tells = (record.job_id, record.fence)
        if tells not in self._telling:
            self._telling.add(tells)
            write = job_write(record.wire(), fence=record.fence, seq=0, full=True, fresh=fresh)
            self._add(_Due(write, tells=tells, read_at=time.monotonic()))

    def report(self, record: JobRecord, picture: Picture, *, seq: int) -> None:
        """Progress of a running job under its fence; ``seq`` counts from 1."""
        due = _Due(job_write(record.wire(picture), fence=record.fence, seq=seq))
        place = (record.job_id, record.fence)
        older = self._place.get(place)
        if older is not None:
            older.write = due.write
            return
        self._place[place] = due
        self._add(due)

    def announce(self, record: JobRecord, entry: LogEntry) -> None:
        """The lines of a committed checkpoint."""
        lines = msgspec.json.encode(entry.lines)
        write = Write(record.company_id, record.job_id, "log", record.fence, 0, entry.number, lines, 0)
        self._add(_Due(write))
        self._bound_logs()

    def note_cancel(self, record: JobRecord) -> None:
        self._add(_Due(Write(record.company_id, record.job_id, "note", record.fence, 0)))

    def _add(self, due: _Due) -> None:
        self._due.append(due)
        self._idle.clear()
        self._wake.set()

    def _bound_logs(self) -> None:
        if len(self._due) > 2 * MOST_LOGS:
            logs = [due for due in self._due if due.write.what == "log"]
            surplus = set(map(id, logs[:-MOST_LOGS]))
            self._due = [due for due in self._due if id(due) not in surplus]

    async def flushed(self, *, within: float) -> bool:
        """Wait until all that is due was answered; False where the broker took longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._idle.wait()
                return True
        return False

    async def run(self) -> None:
        """Flush until ``stop``; start it as a task."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._told.run())
            await self._flush_for_ever()

    async def _flush_for_ever(self) -> None:
        delay = FIRST_DELAY
        while not self._stopped:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
                delay = FIRST_DELAY
            except Exception as error:
                if not (isinstance(error, BROKER_AWAY) or is_unknown_outcome(error)):
                    log.exception("Progress could not be sent.")
                elif delay == FIRST_DELAY:
                    log.warning("Progress waits for broker or database: %s", type(error).__name__)
                self._keep_newest()
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)
                self._wake.set()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        self._told.stop()

    async def _flush(self) -> None:
        while self._due:
            batch, self._due = self._due[:500], self._due[500:]
            for due in batch:
                self._place.pop((due.write.job_id, due.write.fence), None)
                _grow_old(due)
            try:
                answers = await self.live.advance([due.write for due in batch])
                await self._heed(batch, answers)
            except BaseException:
                # It stays due: fence and seq make the repeat harmless.
                self._due[:0] = batch
                raise
            self._telling.difference_update(due.tells for due in batch if due.tells)
        self._idle.set()

    def _keep_newest(self) -> None:
        """While nothing gets through, one report per job and fence waits, in the oldest one's place."""
        kept: list[_Due] = []
        self._place.clear()
        for due in self._due:
            place = (due.write.job_id, due.write.fence)
            if due.write.what != "job" or due.tells is not None:
                kept.append(due)
            elif (older := self._place.get(place)) is not None:
                older.write = due.write
            else:
                self._place[place] = due
                kept.append(due)
        self._due = kept

    async def _heed(self, batch: Sequence[_Due], answers: Sequence[str]) -> None:
        for due, answer in zip(batch, answers, strict=True):
            if due.tells is not None and answer != "unknown":
                self._told.add(*due.tells)
            elif answer == "behind":
                self.on_behind(due.write.job_id)
        if unknown := [d for d, answer in zip(batch, answers, strict=True) if answer == "unknown"]:
            await self._reload(unknown)

    async def _reload(self, unknown: Sequence[_Due]) -> None:
        """The live job is gone. Where the row still has the writer's fence it is sent whole, else nothing."""
        ids = {due.write.job_id for due in unknown}
        rows = {row.job_id: row for row in await self.ledger.find_many(sorted(ids))}
        full: dict[str, _Due] = {}
        rest: list[_Due] = []
        for due in unknown:
            row = rows.get(due.write.job_id)
            if row is None or row.fence != due.write.fence:
                self.on_behind(due.write.job_id)
            elif due.write.what == "job":
                full[row.job_id] = _Due(_as_full(due.write))
            else:
                full.setdefault(row.job_id, _Due(_whole(row)))
                if due.write.what == "log":
                    rest.append(_Due(due.write))
        self._due[:0] = [*full.values(), *rest]


def _grow_old(due: _Due) -> None:
    """What has waited is no longer just read: where the live job is gone, the row is read again."""
    if due.tells is not None and time.monotonic() - due.read_at > FRESH_SECONDS:
        due.write = msgspec.structs.replace(due.write, c=_text(due.write.c).replace("f", ""))


def _as_full(write: Write) -> Write:
    return msgspec.structs.replace(write, c=f"{_text(write.c)}f")


def _whole(row: JobRecord) -> Write:
    return job_write(row.wire(), fence=row.fence, seq=0, full=True)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
