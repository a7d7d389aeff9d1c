"""A pile of files, read as many at once as there are readers, and handed on as they finish."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from ledgerwire.submissions import Upload
from workers.books.receipts.reading import Read, Unreadable
from workers.books.receipts.record import plain
from workers.child import ChildFailed
from workers.jobs.attempt import Attempt
from workers.jobs.faults import BadInput

log = logging.getLogger(__name__)

Reading: TypeAlias = Read | Unreadable
#: Of a name, in the message that people watch.
SHOWN = 80
#: What a child that gave no result tells about its file.
ENDS = {
    "time": Unreadable("ocr_timeout", "Reading took too long. Send a smaller or sharper picture."),
    "memory": Unreadable("ocr_memory", "Reading took too much memory. Send a smaller picture."),
}
#: How a child tells that what it should read with is not installed: the name of the error, and then what to do.
NO_ENGINE = "EngineMissing: "
CRASHED = Unreadable("ocr_crashed", "Reading this file broke down. Send another picture of the receipt.")


class Readers(Protocol):
    """Who reads: children, one of which is ended where its caller is cancelled."""

    @property
    def size(self) -> int:
        """How many files they read at once."""

    async def read(
        self, path: Path, *, scratch: Path, engine: str, today: date, vendors: Sequence[str]
    ) -> Reading:
        """Raises ChildFailed."""

    async def close(self) -> None: ...


class Bundle(msgspec.Struct, frozen=True):
    """The files of one content: read once, whatever they are called."""

    sha256: str
    size: int
    #: Number, from 1, and name of each.
    files: list[tuple[int, str]]

    @property
    def file_no(self) -> int:
        return self.files[0][0]

    @property
    def name(self) -> str:
        return self.files[0][1]


def bundles_of(files: Sequence[Upload]) -> list[Bundle]:
    bundles: dict[str, Bundle] = {}
    for number, file in enumerate(files, start=1):
        bundle = bundles.setdefault(file.sha256, Bundle(file.sha256, file.size, []))
        bundle.files.append((number, file.name))
    return list(bundles.values())


async def readings(
    attempt: Attempt,
    readers: Readers,
    bundles: Sequence[Bundle],
    *,
    scratch: Path,
    vendors: Sequence[str],
    total: int,
) -> AsyncGenerator[tuple[Bundle, Reading], None]:
    """Each bundle once, as they finish; closing it kills what is being read.

    A child that died may have been the victim of its neighbour, who took the memory; so its file is read once more,
    after all others and alone. If that dies, too, it is the file's own doing.
    """
    waiting, again, died = deque(bundles), deque[Bundle](), set[str]()
    running: dict[asyncio.Task[Reading | None], Bundle] = {}

    async def read(bundle: Bundle) -> Reading | None:
        """Null where its child died."""
        try:
            return await readers.read(
                attempt.files.path(bundle.sha256),
                scratch=scratch,
                engine=attempt.shared.settings.ocr_engine,
                today=datetime.now(UTC).date(),
                vendors=vendors,
            )
        except ChildFailed as failure:
            return _end(failure, bundle)

    def start(bundle: Bundle) -> None:
        running[asyncio.create_task(read(bundle))] = bundle
        attempt.say(f"Reading {bundle.file_no} of {total}: {plain(bundle.name, SHOWN)}")

    try:
        while waiting or again or running:
            while waiting and len(running) < readers.size:
                start(waiting.popleft())
            if not running:
                start(again.popleft())
            done, _others = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                bundle, reading = running.pop(task), task.result()
                if reading is None and bundle.sha256 not in died:
                    died.add(bundle.sha256)
                    again.append(bundle)
                else:
                    yield bundle, reading or CRASHED
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _end(failure: ChildFailed, bundle: Bundle) -> Unreadable | None:
    """An error is a fault of ours, and yet the other files have a right to be read."""
    if failure.kind == "died":
        log.warning("The child that read %s died: %s", bundle.sha256, failure.detail)
        return None
    if failure.kind == "error" and failure.detail.startswith(NO_ENGINE):
        # No file's fault, and the same for all of them.
        what = failure.detail.removeprefix(NO_ENGINE)
        raise BadInput.of("ocr_engine_missing", "There is nothing here to read receipts with", what)
    if failure.kind == "error":
        log.error("Reading %s failed by a bug: %s", bundle.sha256, failure.detail)
    return ENDS.get(failure.kind, CRASHED)
