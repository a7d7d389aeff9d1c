from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

from ledgerwire.receipts import Box, LineItem, TaxLine
from tests.workers.books.making import JUNE
from tests.workers.books.receipts.filing import Filed, findings, found, sha256
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.listing import files_of, text_of
from workers.database import Database
from workers.kept_files import files_kept


async def test_what_was_found_reads_back_with_its_evidence(filed: Filed, database: Database) -> None:
    box = Box(1, 0.1, 0.2, 0.3, 0.04)
    read = Findings(
        vendor=Found(value="Café\x00 Zürich\nGmbH", confidence=0.7, box=box),
        date=found(JUNE),
        total=found(Decimal("12.90")),
        taxes=found([TaxLine(name="MwSt", rate=Decimal("7.7"), amount=Decimal("0.92"))]),
        items=found([LineItem(description="Gipfeli", amount=Decimal("12.90"))]),
        text="CAFÉ ZÜRICH\nTOTAL\x00 12.90",
    )
    recorded = await filed.record(read, name="a\x07.jpg", sha256=sha256("a"), previews=[sha256("p")])
    receipt = await filed.find(recorded.receipt.receipt_id)
    assert receipt == recorded.receipt
    assert (receipt.vendor, receipt.name, receipt.state) == ("Café Zürich GmbH", "a .jpg", "review")
    assert receipt.fields["vendor"].box == box
    assert receipt.taxes[0].rate == Decimal("7.7")
    assert receipt.items[0].amount == receipt.total == Decimal("12.90")
    async with database.reading() as connection:
        assert (await text_of(connection, "acme", receipt.receipt_id)).text == "CAFÉ ZÜRICH\nTOTAL  12.90"
        assert (await files_of(connection, "acme", receipt.receipt_id)).pages == [sha256("p")]
        assert await files_kept(connection) == {sha256("a"), sha256("p")}
    (deed,) = await filed.deeds(receipt.receipt_id)
    assert (deed.action, deed.actor, deed.job_id) == ("read", "Ann", receipt.job_id)


async def test_it_is_ready_only_where_all_it_is_known_by_is_sure(filed: Filed) -> None:
    assert (await filed.find(await filed.receipt())).state == "ready"
    assert (await filed.find(await filed.receipt("Others", confidence=0.89))).state == "review"
    assert (await filed.find(await filed.receipt("Third", day=None))).state == "review"


async def test_the_same_bytes_are_one_receipt_in_a_company(filed: Filed, other: Filed) -> None:
    first = await filed.record(findings(), sha256=sha256("x"), job_id=str(uuid4()))
    again = await filed.record(findings("Elsewhere"), sha256=sha256("x"), job_id=str(uuid4()))
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.receipt.receipt_id == first.receipt.receipt_id
    assert not (await other.record(findings(), sha256=sha256("x"))).duplicate
    # A job that begins again finds what it has done.
    job = first.receipt.job_id
    assert not (await filed.record(findings(), sha256=sha256("x"), job_id=job)).duplicate
    twin = await filed.record(findings(), sha256=sha256("x"), job_id=job, file_no=2)
    assert twin.duplicate
    assert await filed.listed() == [first.receipt.receipt_id]


async def test_what_looks_the_same_is_kept_and_marked(filed: Filed, other: Filed) -> None:
    first = await filed.receipt(number="A-17")
    marked = await filed.find(await filed.receipt("BLUE DOOR COFEE", number="a17"))
    assert (marked.duplicate_of, marked.state) == (first, "review")
    # Of a duplicate, one more names the first.
    assert (await filed.find(await filed.receipt())).duplicate_of == first
    for another in (
        await filed.receipt(number="A-18"),
        await filed.receipt(total="4.60"),
        await filed.receipt(day=date(2026, 6, 2)),
        await filed.receipt("Green Gate Tea"),
    ):
        assert (await filed.find(another)).duplicate_of is None
    assert (await other.find(await other.receipt(number="A-17"))).duplicate_of is None
    assert await filed.listed(duplicate=True) != []


async def test_one_picture_is_one_receipt_unless_what_it_says_differs(filed: Filed) -> None:
    phash = "f0" * 32
    first = (await filed.record(findings(None, None, None), phash=phash)).receipt.receipt_id
    nearly = "f1" * 7 + "f0" * 25
    assert (await filed.record(findings(), phash=nearly)).receipt.duplicate_of == first
    assert (await filed.record(findings(total="9"), phash=nearly)).receipt.duplicate_of == first
    far = "ff" * 8 + "f0" * 24
    assert (await filed.record(findings("Else", "7"), phash=far)).receipt.duplicate_of is None
