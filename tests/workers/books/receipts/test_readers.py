"""Receipts are read by warm children: one a place, killed with their caller, replaced when they die."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workers.outside.ocr.drawing import drawn, encoded, on_a_table, written
from workers.books.receipts.readers import Readers
from workers.books.receipts.reading import Read, Unreadable
from workers.child import ChildFailed

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def receipt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("receipt"), encoded(on_a_table(drawn()), "JPEG"))


@pytest.fixture
async def readers() -> AsyncIterator[Readers]:
    pool = Readers(1, seconds=60, tesseract_cmd=None)
    yield pool
    await pool.close()


async def read(readers: Readers, path: Path, scratch: Path, engine: str = "tesseract") -> Read | Unreadable:
    return await readers.read(path, scratch=scratch, engine=engine, today=TODAY)


def pids(readers: Readers) -> list[int]:
    return [child.pid for child in readers._idle]


@pytest.mark.parametrize("engine", ["auto", "rapidocr", "tesseract"])
async def test_a_drawn_receipt_says_all_it_says(
    readers: Readers, receipt: Path, tmp_path: Path, engine: str
) -> None:
    found = await read(readers, receipt, tmp_path, engine)
    assert isinstance(found, Read)
    fields = found.findings
    assert fields.total is not None
    assert fields.total.value == Decimal("43.00")
    assert fields.total.box is not None
    assert fields.total.box.top > 0.5
    assert fields.date is not None
    assert fields.date.value == date(2024, 3, 17)
    assert fields.vendor is not None
    assert fields.vendor.value == "COPPER KETTLE GRILL"
    assert fields.currency is not None
    assert fields.currency.value == "USD"
    assert fields.payment_method is not None
    assert fields.payment_method.value == "cash"
    assert [Path(preview).read_bytes()[:3] for preview in found.previews] == [b"\xff\xd8\xff"]
    assert len(found.phash) == 64


async def test_one_child_reads_file_after_file(readers: Readers, receipt: Path, tmp_path: Path) -> None:
    bad = written(tmp_path, b"nothing")
    assert isinstance(await read(readers, bad, tmp_path), Unreadable)
    (pid,) = pids(readers)
    assert isinstance(await read(readers, receipt, tmp_path), Read)
    assert pids(readers) == [pid]


async def test_a_child_that_died_while_it_was_idle_costs_no_file(
    readers: Readers, receipt: Path, tmp_path: Path
) -> None:
    await read(readers, written(tmp_path, b""), tmp_path)
    child = readers._idle[0]
    os.kill(child.pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        await child._process.wait()
    assert isinstance(await read(readers, receipt, tmp_path), Read)


async def test_a_child_that_is_killed_at_work_is_told_and_the_next_file_is_read(
    readers: Readers, receipt: Path, tmp_path: Path
) -> None:
    await read(readers, written(tmp_path, b""), tmp_path)
    child = readers._idle[0]
    reading = asyncio.create_task(read(readers, receipt, tmp_path))
    await asyncio.sleep(0)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(ChildFailed) as failed:
        await reading
    assert failed.value.kind == "died"
    assert isinstance(await read(readers, receipt, tmp_path), Read)


async def test_cancelling_kills_the_child(readers: Readers, receipt: Path, tmp_path: Path) -> None:
    await read(readers, written(tmp_path, b""), tmp_path)
    child = readers._idle[0]
    reading = asyncio.create_task(read(readers, receipt, tmp_path))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not child.alive
    assert pids(readers) == []


async def test_what_takes_too_long_is_ended(receipt: Path, tmp_path: Path) -> None:
    hurried = Readers(1, seconds=0.05, tesseract_cmd=None)
    with pytest.raises(ChildFailed) as failed:
        await read(hurried, receipt, tmp_path)
    assert failed.value.kind == "time"
    await hurried.close()
