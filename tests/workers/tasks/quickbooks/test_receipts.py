"""Receipts go along with their lines, each once for each object, through a real worker and the double."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ledgerwire.jobs import Status
from ledgerwire.receipts import Attachment
from ledgerwire.submissions import ExportQbo, Upload
from tests.doubles.quickbooks.faults import Refusal
from tests.workers.books.receipts.filing import findings, new_receipt
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    Frail,
    branch,
    double,
    fleet,
    frail,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks.attaching import (
    Parcel,
    enlist_receipts,
    jobs_attaching,
    next_parcels,
    settle_parcels,
    take_over_receipts,
)
from workers.books.quickbooks.sending import Office
from workers.books.receipts.attaching import attach, detach
from workers.books.receipts.recording import record_receipt

__all__ = [
    "branch",
    "double",
    "fleet",
    "frail",
    "kernel",
    "quickbooks_settings",
    "settings",
    "unconnected",
    "workers",
]

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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_worker_that_is_killed_after_the_upload_sends_it_no_second_time(frail: Frail) -> None:
    lines = await frail.approved(2)
    for number, line in enumerate(lines):
        await attached(frail, line, PICTURE + bytes([number]))
    frail.double.deeds["/upload"] = frail.replace_worker
    submitted = await frail.submit(ExportQbo(company_id=frail.company_id))
    record = await reach(frail.kernel, submitted.job_id, Status.COMPLETE, within=90)
    assert record.result is not None
    assert (record.attempt, record.result["receipts"], frail.double.deeds) == (2, 2, {})
    frail.assert_once_each(lines)
    assert sorted(content for _object, content in files_of(frail)) == [PICTURE + bytes([n]) for n in range(2)]


async def test_one_that_was_refused_goes_along_with_the_next_export(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = await branch.approved(1)
    receipt = await attached(branch, line)

    def refuse(_entity: str, _qbo_id: str) -> None:
        raise Refusal("6000", "This file is too large.")

    with monkeypatch.context() as patch:
        patch.setattr(branch.double.company, "read", refuse)
        record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.result is not None
    assert (record.result["exported"], record.result["receipts"]) == (1, 0)
    [said] = [each.text for each in await branch.log(record.job_id) if each.level == "warning"]
    assert receipt[-12:] in said
    assert "too large" in said
    assert (await branch.export(transaction_ids=[line]))["receipts"] == 1
    assert files_of(branch) == [(object_of(branch, line), PICTURE)]


async def parcels_of(branch: Branch, office: Office) -> list[Parcel]:
    async with branch.database.reading() as connection:
        return await next_parcels(connection, office, limit=10)


async def test_what_one_job_has_on_its_way_no_other_takes_until_it_has_ended(branch: Branch) -> None:
    """Two that look for a file at the same moment find none, and both would send it."""
    (line,) = await branch.approved(1)
    await branch.export()
    receipt = await attached(branch, line)
    one, other = (
        Office(
            company_id=branch.company_id,
            realm_id=branch.double.company.realm_id,
            job_id=f"0197c2de-4a10-7c3e-9a51-2f6f0c0d9b1{number}",
            actor="Ann",
        )
        for number in range(2)
    )
    for office in (one, other):
        async with branch.database.transaction() as tx:
            await enlist_receipts(tx, office, [line])
    [parcel] = await parcels_of(branch, one)
    assert parcel.receipt_id == receipt
    assert await parcels_of(branch, other) == []

    async with branch.database.transaction() as tx:
        assert await jobs_attaching(tx, other) == {one.job_id}
        await take_over_receipts(tx, other, [one.job_id])
        # What the first one has to say comes too late.
        await settle_parcels(tx, one, [(parcel, None, "It was too large.")])
    assert await parcels_of(branch, one) == []
    assert await parcels_of(branch, other) == [parcel]
    async with branch.database.transaction() as tx:
        await settle_parcels(tx, other, [(parcel, "77", None)])
        await enlist_receipts(tx, one, [line])
    assert await parcels_of(branch, one) == []


async def test_a_worker_that_goes_down_while_it_waits_for_quickbooks_puts_the_job_back(
    branch: Branch,
) -> None:
    """Another one goes on where it was, and nobody has failed."""
    (line,) = await branch.approved(1)
    await attached(branch, line)
    branch.double.switch("html503", "upload", retry_after=60.0, count=1)
    told_to_wait = asyncio.Event()

    async def tell() -> None:
        told_to_wait.set()

    branch.double.deeds["/upload"] = tell
    submitted = await branch.submit(ExportQbo(company_id=branch.company_id))
    await told_to_wait.wait()
    await branch.restart()
    record = await reach(branch.kernel, submitted.job_id, Status.COMPLETE, Status.FAILED)
    assert (record.status, record.attempt, record.error) == (Status.COMPLETE, 2, None)
    assert files_of(branch) == [(object_of(branch, line), PICTURE)]
