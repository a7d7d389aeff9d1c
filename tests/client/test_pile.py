"""A pile of receipts from a program's first line to the last: sent, read, matched, attached, and had back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledgerwire import Ledgerwire
from ledgerwire.events import LogEvent
from tests.running import Running
from tests.workers.outside.ocr.drawing import ROWS, drawn, encoded

BANK = "Date,Description,Amount\n{day},COPPER KETTLE GRILL PORTLAND OR,-{total}\n2024-03-19,SOMETHING ELSE,-9.99\n"


@pytest.mark.story
def test_a_pile_is_sent_watched_matched_attached_and_had_back(running: Running, tmp_path: Path) -> None:
    picture = encoded(drawn(ROWS))
    with Ledgerwire(running.url, running.api_key) as client:
        company = running.company
        job = client.read_receipts(
            [("lunch.png", picture), ("again.png", picture), ("notes.png", b"no picture")], company=company
        )
        told = [line.data for event in job.events() if isinstance(event, LogEvent) for line in event.lines]
        files = job.result()["files"]
        assert [each["outcome"] for each in files] == ["read", "duplicate", "failed"]
        assert sorted(each["file_no"] for each in told if each) == [1, 2, 3]
        assert files[2]["code"] == "unsupported_type"

        receipts = client.receipts(company)
        (receipt,) = receipts.list(job_id=job.id)
        assert (receipt.vendor or "").casefold() == ROWS[0].casefold()
        assert receipt.total is not None
        line = BANK.format(day=receipt.date, total=receipt.total)
        client.upload_and_categorize(("bank.csv", line.encode()), company=company).result()

        (match, *_) = receipts.matches(receipt.receipt_id)
        paid = match.transaction.transaction_id
        assert receipts.attach(receipt.receipt_id, paid).transaction_ids == [paid]
        confirmed = receipts.confirm(receipt.receipt_id, revision=receipts.show(receipt.receipt_id).revision)
        assert confirmed.state == "confirmed"
        assert [each.receipt_id for each in receipts.list(transaction_id=paid)] == [receipt.receipt_id]
        assert receipts.download(receipt.receipt_id, tmp_path / "lunch.png").read_bytes() == picture
        assert receipts.page(receipt.receipt_id).startswith(b"\xff\xd8")
        assert "TOTAL" in receipts.text(receipt.receipt_id).upper()
        receipts.remove(receipt.receipt_id)
        assert list(receipts.list(job_id=job.id)) == []
