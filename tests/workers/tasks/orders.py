"""Files that say what becomes of them, read by children that do as they are told: what no picture can be made to do.

The children are real ones: they are started, killed and cancelled as those are that read pictures.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Self

import msgspec

from ledgerwire.submissions import Ocr, Upload
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.reading import Read, Unreadable
from workers.child import run_in_child
from workers.jobs.kernel import Kernel
from workers.jobs.kinds import Kind
from workers.outside.ocr.engine import EngineMissing
from workers.settings import Settings
from workers.tasks.ocr import PLAN, reading_by


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    number: int
    #: ``read``, ``unsure``, ``die`` (always), ``die once``, ``hang``, ``fail``, ``no engine``, or the code of an
    #: Unreadable.
    what: str = "read"
    seconds: float = 0.0


class Obedient:
    """A pool of two."""

    size = 2

    @classmethod
    def open(cls, _settings: Settings) -> Self:
        return cls()

    async def read(
        self, path: Path, *, scratch: Path, engine: str, today: date, vendors: Sequence[str]
    ) -> Read | Unreadable:
        order = msgspec.json.decode(path.read_bytes(), type=Order)
        seconds = 0.5 if order.what == "hang" else 20.0
        result: Read | Unreadable = await run_in_child(
            "tests.workers.tasks.orders:obey",
            *(msgspec.to_builtins(order), str(scratch)),
            result=Read | Unreadable,  # type: ignore[arg-type]  # msgspec reads unions, mypy's type[T] does not
            seconds=seconds,
        )
        return result

    async def close(self) -> None: ...


KIND = Kind(Ocr, reading_by(Obedient.open), PLAN)


async def submit_orders(kernel: Kernel, company: str, *orders: Order | None) -> str:
    """A pile of them, None being an empty file; returns its job_id."""
    files = [await _put(kernel, number, order) for number, order in enumerate(orders, start=1)]
    submitted = await kernel.submit(Ocr(company_id=company, files=files), submitted_by="Ann")
    return submitted.record.job_id


async def _put(kernel: Kernel, number: int, order: Order | None) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"" if order is None else msgspec.json.encode(order)

    return await kernel.files.put(f"IMG_{number}.png", chunks(), limit=2**20)


# --- in the child -------------------------------------------------------------------------------------------


def obey(order: dict[str, object], scratch: str) -> Read | Unreadable:
    told = msgspec.convert(order, Order)
    mark = Path(scratch, f"tried-{told.number}")
    Path(scratch, f"pid-{os.getpid()}").touch()
    time.sleep(told.seconds)
    match told.what:
        case "read":
            return _read(told.number, scratch)
        case "unsure":
            return _read(told.number, scratch, text=f"SHOP {told.number}\nTOTAL {told.number}.50")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once":
            if mark.exists():
                return _read(told.number, scratch)
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(60)
        case "no engine":
            raise EngineMissing("Install one.")
        case "fail":
            raise RuntimeError(told.what)
    return Unreadable(told.what, "Send another.")


def _read(number: int, scratch: str, *, text: str = "") -> Read:
    """With ``text`` nobody is sure of its total."""
    page = Path(scratch, f"{number}.jpg")
    page.write_bytes(f"page of {number}".encode())
    findings = Findings(
        vendor=Found(value=f"Shop {number}", confidence=0.95),
        date=Found(value=date(2026, 6, 1), confidence=0.95),
        total=Found(value=Decimal(number), confidence=0.95 if number % 2 and not text else 0.5),
        text=text or f"SHOP {number}",
    )
    return Read(
        findings=findings,
        pages_read=1,
        pages_in_file=1,
        media_type="image/png",
        engine="tesseract",
        phash="",
        previews=[str(page)],
        seconds=0.0,
    )
