"""Receipts go along with their lines, each once for each object, through a real worker and the double."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ledgerwire.receipts import Attachment
from ledgerwire.submissions import ExportQbo, Upload
from tests.workers.books.receipts.filing import findings, new_receipt
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)
from workers.books.receipts.attaching import attach, detach
from workers.books.receipts.recording import record_receipt

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]

PICTURE = b"\xff\xd8\xff\xe0 a picture of a receipt"


async def kept(branch: Branch, content: bytes) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    return await branch.kernel.files.put("IMG.jpg", chunks(), limit=2**20)


async def attached(branch: Branch, line: str, content: bytes = PICTURE, *, media: str = "image/jpeg") -> str:
    """The id of a receipt of this line."""
    file, preview = await kept(branch, content), await kept(branch, b"preview of " + content)
    receipt = new_receipt(
        findings(vendor="Blue Door", text=content.hex()),
        sha256=file.sha256,
        previews=[preview.sha256],
        media_type=media,
        name='lunch "é"/../x.heic' if media == "image/heic" else "lunch.jpg",
    )
    now = datetime.now(UTC)
    async with branch.database.transaction() as tx:
        recorded = await record_receipt(tx, branch.company_id, receipt, actor="Ann", now=now)
        receipt_id = recorded.receipt.receipt_id
        wanted = Attachment(receipt_id=receipt_id, transaction_id=line)
        [outcome] = await attach(tx, branch.company_id, [wanted], actor="Ann", now=now)
    assert outcome.outcome == "attached"
    return receipt_id


def files_of(branch: Branch) -> list[tuple[str, bytes]]:
    """The object that each file over there belongs to, and its bytes."""
    company = branch.double.company
    return sorted(
        (row["AttachableRef"][0]["EntityRef"]["value"], company.files[row["Id"]])
        for row in company.rows("Attachable")
    )


def object_of(branch: Branch, line: str) -> str:
    [found] = [row["Id"] for row in branch.sent if line in row["PrivateNote"]]
    return str(found)


async def test_a_receipt_goes_along_with_its_line(branch: Branch) -> None:
    first, second = await branch.approved(2)
    await attached(branch, first)
    assert (await branch.export())["receipts"] == 1
    assert files_of(branch) == [(object_of(branch, first), PICTURE)]
    assert (await branch.export(transaction_ids=[first, second]))["receipts"] == 0
    assert len(files_of(branch)) == 1


async def test_one_that_is_attached_later_follows(branch: Branch) -> None:
    (line,) = await branch.approved(1)
    await branch.export()
    await attached(branch, line)
    result = await branch.export(transaction_ids=[line])
    assert (result["skipped"], result["receipts"]) == (1, 1)
    assert files_of(branch) == [(object_of(branch, line), PICTURE)]


async def test_what_quickbooks_cannot_show_goes_as_the_picture_of_its_page(branch: Branch) -> None:
    (line,) = await branch.approved(1)
    await attached(branch, line, media="image/heic")
    assert (await branch.export())["receipts"] == 1
    assert files_of(branch) == [(object_of(branch, line), b"preview of " + PICTURE)]
    [row] = branch.double.company.rows("Attachable")
    assert row["FileName"].startswith("lunch ___")
    assert row["FileName"].endswith(".jpg")


@pytest.mark.parametrize("kind", ["drop", "drop_after", "html503", "429"])
async def test_an_answer_that_is_lost_doubles_no_file(branch: Branch, kind: str) -> None:
    """An upload has no request id: it is looked for before it is sent again."""
    lines = await branch.approved(3)
    for number, line in enumerate(lines):
        await attached(branch, line, PICTURE + bytes([number]))
    branch.double.switch(kind, "upload", count=2)
    assert (await branch.export())["receipts"] == 3
    assert [content for _object, content in files_of(branch)] == [PICTURE + bytes([n]) for n in range(3)]


async def test_a_line_that_comes_back_brings_its_receipt_again(branch: Branch) -> None:
    (line,) = await branch.approved(1)
    await attached(branch, line)
    await branch.export()
    await branch.reopen([line])
    assert (await branch.export())["outcomes"] == {"deleted": 1}
    await branch.approve([line])
    assert (await branch.export())["receipts"] == 1
    assert (object_of(branch, line), PICTURE) in files_of(branch)


async def test_one_whose_file_is_gone_or_that_was_detached_stops_nothing(branch: Branch) -> None:
    first, second, third = await branch.approved(3)
    gone, detached = PICTURE + b"1", PICTURE + b"3"
    await attached(branch, first, gone)
    await attached(branch, second, PICTURE + b"2")
    receipt = await attached(branch, third, detached)
    async with branch.database.transaction() as tx:
        await detach(tx, branch.company_id, receipt, third, actor="Ann", now=datetime.now(UTC))
    branch.kernel.files.path(hashlib.sha256(gone).hexdigest()).unlink()
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result is not None
    assert (record.result["exported"], record.result["receipts"]) == (3, 1)
    assert [content for _object, content in files_of(branch)] == [PICTURE + b"2"]
    [said] = [line.text for line in await branch.log(record.job_id) if line.level == "warning"]
    assert "Its file is not here any more." in said
