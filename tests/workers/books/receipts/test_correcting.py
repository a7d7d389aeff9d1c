from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ledgerwire.receipts import Alternative, Box
from tests.workers.books.making import JUNE
from tests.workers.books.receipts.filing import Filed, findings
from workers.books.errors import Conflict, Missing
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.listing import count_receipts, list_receipts


async def test_a_persons_word_is_sure_and_what_was_read_stays_to_be_seen(filed: Filed) -> None:
    here, there = Box(1, 0.1, 0.8, 0.2, 0.02), Box(1, 0.1, 0.9, 0.2, 0.02)
    total = Found(
        value=Decimal("4.50"),
        confidence=0.5,
        box=here,
        alternatives=[Alternative("4.80", 0.3, there), Alternative("4.00", 0.1)],
    )
    read = Findings(vendor=Found(value="Blue", confidence=0.95), total=total, text="BLUE 4.50")
    key = (await filed.record(read)).receipt.receipt_id
    said = await filed.correct(key, total=Decimal("4.80"), date=JUNE, vendor="Blue Door")
    assert (said.total, said.date, said.vendor, said.state) == (Decimal("4.80"), JUNE, "Blue Door", "ready")
    assert said.fields["total"].read_by == "person"
    assert said.fields["total"].box == there
    assert [each.value for each in said.fields["total"].alternatives] == ["4.50", "4.00"]
    assert said.revision == 2
    assert await filed.listed(text="door") == [key]
    taken = await filed.correct(key, date=None)
    assert (taken.date, "date" in taken.fields, taken.state) == (None, False, "review")
    _read, first, second = await filed.deeds(key)
    assert first.changes["total"] == ["4.50", "4.80"]
    assert second.changes == {"date": ["2026-06-01", None]}


async def test_confirming_is_done_once_and_stays(filed: Filed) -> None:
    key = await filed.receipt(confidence=0.4)
    confirmed = await filed.correct(key, confirm=True)
    assert (confirmed.state, confirmed.confirmed_by, confirmed.revision) == ("confirmed", "Ann", 2)
    assert await filed.correct(key, confirm=True, revision=1) == confirmed
    later = await filed.correct(key, number="N-1")
    assert (later.state, later.revision) == ("confirmed", 3)
    assert [deed.action for deed in await filed.deeds(key)] == ["read", "confirmed", "corrected"]


async def test_who_saw_an_older_one_changes_nothing(filed: Filed, other: Filed) -> None:
    key = await filed.receipt()
    await filed.correct(key, number="N-1", revision=1)
    with pytest.raises(Conflict, match="changed since"):
        await filed.correct(key, number="N-2", revision=1)
    assert (await filed.correct(key, number="N-1", revision=1)).revision == 2
    with pytest.raises(Missing):
        await other.correct(key, number="N-3")


async def test_a_receipt_of_its_own_is_no_duplicate(filed: Filed) -> None:
    await filed.receipt()
    key = await filed.receipt()
    assert (await filed.correct(key, duplicate_of=None)).state == "ready"
    assert await filed.listed(duplicate=True) == []


async def test_lists_are_filtered_searched_and_paged(filed: Filed, other: Filed) -> None:
    await other.receipt("Blue Door")
    plain = await filed.receipt("Straße & Söhne", day=date(2026, 5, 1), text="50% off_all \\ today")
    ready = await filed.receipt("Green Gate")
    unsure = (await filed.record(findings("Third", confidence=0.3), name="lunch.pdf")).receipt
    assert await filed.listed() == [unsure.receipt_id, ready, plain]
    assert await filed.listed(state=["ready"]) == [ready, plain]
    assert await filed.listed(state=[]) == []
    assert await filed.listed(job_id=unsure.job_id) == [unsure.receipt_id]
    assert await filed.listed(date_from=date(2026, 5, 2), date_to=JUNE) == [unsure.receipt_id, ready]
    for text, expected in (
        ("söhne STRASSE", [plain]),
        ("50%", [plain]),
        ("OFF_ALL", [plain]),
        ("\\", [plain]),
        ("total third", [unsure.receipt_id]),
        ("lunch", [unsure.receipt_id]),
        ("lunch green", []),
        ("5_ 50", []),
    ):
        assert await filed.listed(text=text) == expected, text


async def test_pages_hang_together(filed: Filed) -> None:
    keys = [await filed.receipt(f"Shop {letter}") for letter in "ABCDE"][::-1]
    async with filed.database.reading() as connection:
        first, cursor = await list_receipts(connection, "acme", limit=3)
        rest, end = await list_receipts(connection, "acme", limit=3, cursor=cursor)
        assert await count_receipts(connection, "acme") == 5
    assert [each.receipt_id for each in (*first, *rest)] == keys
    assert end is None
