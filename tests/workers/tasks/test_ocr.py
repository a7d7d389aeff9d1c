"""Piles of receipts through a real worker and children that do as their files say; and one real picture."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from ledgerwire.jobs import LogLine, Status
from ledgerwire.submissions import Ocr
from tests.workers.jobs.conftest import Workers, reach
from tests.workers.tasks.orders import KIND, Order, submit_orders
from workers.books.receipts.schema import receipts
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.settings import Settings
from workers.tasks import KINDS


async def test_each_file_of_a_pile_has_its_own_outcome(
    kernel: Kernel, workers: Workers, company: str, settings: Settings
) -> None:
    await workers.start(KIND)
    pile = (
        Order(1),
        None,
        Order(2, "no_text_found"),
        Order(3, "die once"),
        Order(4, "die"),
        Order(1),
        Order(5, "hang"),
        Order(6, "fail"),
        Order(8),
    )
    record = await _complete(kernel, await submit_orders(kernel, company, *pile))
    result: Any = record.result
    assert [(each["outcome"], each["code"]) for each in result["files"]] == [
        ("read", None),
        ("failed", "empty_file"),
        ("failed", "no_text_found"),
        ("read", None),
        ("failed", "ocr_crashed"),
        ("duplicate", None),
        ("failed", "ocr_timeout"),
        ("failed", "ocr_crashed"),
        ("read", None),
    ]
    assert [result[name] for name in ("read", "duplicates", "failed", "needs_review")] == [3, 1, 5, 1]
    assert record.live.message == "3 read, 1 read before, 5 could not be read."
    told = [line.data for line in await _log(kernel, record.job_id) if line.data]
    assert sorted(told, key=lambda each: each["file_no"]) == result["files"]
    assert _left(settings) == []
    await _assert_kept(kernel, company, result)


async def test_bytes_that_were_read_before_are_not_read_again(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(KIND)
    first: Any = (await _complete(kernel, await submit_orders(kernel, company, Order(1)))).result
    again: Any = (await _complete(kernel, await submit_orders(kernel, company, Order(1), Order(3)))).result
    assert [each["outcome"] for each in again["files"]] == ["duplicate", "read"]
    assert again["files"][0]["receipt_id"] == first["files"][0]["receipt_id"]


async def test_a_pile_of_which_nothing_can_be_read_is_complete_and_says_so(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(KIND)
    record = await _complete(kernel, await submit_orders(kernel, company, None, Order(1, "unreadable_image")))
    assert record.live.message == "None of the 2 files could be read."


async def test_where_nothing_can_read_the_job_fails_and_says_what_to_install(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(KIND)
    job_id = await submit_orders(kernel, company, Order(1, "no engine"), Order(2, "no engine"))
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED)
    assert record.error is not None
    assert (record.error.code, record.error.detail) == ("ocr_engine_missing", "Install one.")


async def test_a_cancel_kills_the_children_and_ends_it_at_once(
    kernel: Kernel, workers: Workers, company: str, settings: Settings
) -> None:
    await workers.start(KIND)
    job_id = await submit_orders(kernel, company, *(Order(number, seconds=15) for number in range(1, 5)))
    async with asyncio.timeout(10):
        while len(pids := _children(settings)) < 2:
            await asyncio.sleep(0.01)
        await kernel.cancel(job_id, by="Ann")
        await reach(kernel, job_id, Status.CANCELLED)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert _left(settings) == []
    assert await _rows(kernel) == []


async def test_a_worker_that_is_stopped_puts_back_what_is_not_settled(
    kernel: Kernel, workers: Workers, company: str, settings: Settings
) -> None:
    stopped: Any = await workers.start(KIND)
    job_id = await submit_orders(kernel, company, *(Order(number, seconds=0.2) for number in range(1, 6)))
    async with asyncio.timeout(20):
        while not await _rows(kernel):
            await asyncio.sleep(0.01)
        stopped.stop()
        await stopped.done
    record = await kernel.ledger.find(job_id)
    assert record is not None
    assert record.status is Status.PENDING
    assert _left(settings) == []
    settled = {each["receipt_id"] for each in record.checkpoint["files"]}
    assert 1 <= len(settled) < 5
    await workers.start(KIND)
    result: Any = (await _complete(kernel, job_id)).result
    assert (result["read"], len(await _rows(kernel))) == (5, 5)
    assert settled < {each["receipt_id"] for each in result["files"]}


async def test_a_picture_becomes_a_receipt(kernel: Kernel, workers: Workers, company: str) -> None:
    """Through the readers that the registry names."""
    await workers.start(*KINDS.values())
    files = [await kernel.files.put("lunch.png", _drawn(), limit=2**20)]
    submitted = await kernel.submit(Ocr(company_id=company, files=files), submitted_by="Ann")
    result: Any = (await _complete(kernel, submitted.record.job_id)).result
    (told,) = result["files"]
    assert (told["outcome"], told["date"], told["total"]) == ("read", "2026-06-14", "14.50")
    (row,) = await _rows(kernel)
    assert kernel.files.path(row.previews[0]).read_bytes().startswith(b"\xff\xd8")
    assert "BLUE DOOR COFFEE" in row.searched


async def _drawn() -> AsyncIterator[bytes]:
    image = Image.new("L", (620, 420), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(44)
    rows = ("BLUE DOOR COFFEE LLC", "Date 2026-06-14", "Receipt no 4714", "Total  14.50")
    for number, row in enumerate(rows):
        pen.text((40, 40 + 80 * number), row, fill=0, font=font)
    content = io.BytesIO()
    image.save(content, "PNG")
    yield content.getvalue()


async def _complete(kernel: Kernel, job_id: str) -> JobRecord:
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=60)
    assert record.status is Status.COMPLETE, record.error
    return record


def _left(settings: Settings) -> list[Any]:
    """In the scratch folder."""
    return list((settings.data_dir / "scratch").glob("*"))


def _children(settings: Settings) -> list[str]:
    """The processes that are reading."""
    marks = (settings.data_dir / "scratch").glob("*/pid-*")
    return [mark.name.removeprefix("pid-") for mark in marks]


async def _log(kernel: Kernel, job_id: str) -> list[LogLine]:
    return [line for page in await kernel.ledger.log_page(job_id, limit=100) for line in page.lines]


async def _rows(kernel: Kernel) -> list[Any]:
    async with kernel.database.reading() as connection:
        return list(await connection.execute(select(receipts).order_by(receipts.c.file_no)))


async def _assert_kept(kernel: Kernel, company: str, result: Any) -> None:
    """Each receipt is that of its file, and its bytes outlive the job."""
    rows = await _rows(kernel)
    assert [row.receipt_id for row in rows] == [
        each["receipt_id"] for each in result["files"] if each["outcome"] == "read"
    ]
    in_use = await kernel.ledger.files_in_use()
    for row in rows:
        (page,) = row.previews
        assert row.company_id == company
        assert kernel.files.path(page).read_bytes() == f"page of {row.total:f}".encode()
        assert {row.sha256, page} <= in_use
