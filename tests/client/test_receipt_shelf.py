"""A company's receipts through the SDK and the command, against a server that behaves and misbehaves."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledgerwire import AsyncLedgerwire, ConnectionFailed, InvalidSubmission, Ledgerwire, NotFound
from ledgerwire.receipts import (
    Alternative,
    AttachmentOutcome,
    AttachmentOutcomes,
    FieldReading,
    Match,
    MatchList,
    Receipt,
    ReceiptPage,
    ReceiptText,
)
from tests.client.conftest import CliRun
from tests.client.jobs import a_job, a_line, logged, told
from tests.client.server import Server, block, lose, problem, raw, reply, stream, unavailable

ROOT = "/api/companies/demo/receipts"
ONE = f"{ROOT}/r1"
OCR = "/api/jobs/ocr"
BYTES = "application/octet-stream"


def a_receipt(receipt_id: str = "r1", **fields: Any) -> Receipt:
    read = {
        "job_id": "j1",
        "name": "lunch.jpg",
        "media_type": "image/jpeg",
        "size": 9,
        "pages": 1,
        "pages_in_file": 1,
        "state": "review",
        "vendor": "Tea\x1b[2J house",
        "date": date(2026, 6, 1),
        "total": Decimal("4.50"),
        "currency": "USD",
        "fields": {"total": FieldReading(confidence=0.6, alternatives=[Alternative("4.80", 0.3)])},
        "engine": "rapidocr",
        "revision": 3,
        "created_at": datetime(2026, 6, 2, tzinfo=UTC),
    }
    return Receipt(receipt_id=receipt_id, **{**read, **fields})


def test_every_page_is_listed(client: Ledgerwire, server: Server) -> None:
    pages = (ReceiptPage([a_receipt("r1")], "more"), ReceiptPage([a_receipt("r2")], None))
    server.on("GET", ROOT, *map(reply, pages))
    found = client.receipts("demo").list(state=["ready"], attached=False, date_from=date(2026, 6, 1))
    assert [each.receipt_id for each in found] == ["r1", "r2"]
    first, second = server.calls
    assert sorted(first.pairs) == [
        ("attached", "false"), ("date_from", "2026-06-01"), ("limit", "500"), ("state", "ready"),
    ]  # fmt: skip
    assert second.query["cursor"] == "more"


def test_a_filter_that_is_none_is_refused_before_anything_is_sent(client: Ledgerwire, server: Server) -> None:
    with pytest.raises(InvalidSubmission, match=r"receipts: .*shop"):
        list(client.receipts("demo").list(shop="Tea"))
    with pytest.raises(InvalidSubmission, match=r"receipt: .*total"):
        client.receipts("demo").correct("r1", total="NaN")
    assert server.calls == []


def test_a_person_s_word_goes_out_as_it_was_said(client: Ledgerwire, server: Server) -> None:
    server.on("PATCH", ONE, reply(a_receipt(state="confirmed")))
    now = client.receipts("demo").confirm("r1", total=Decimal("4.80"), tip=None, revision=3)
    assert now.state == "confirmed"
    assert server.calls[0].json == {"total": "4.80", "tip": None, "confirm": True, "revision": 3}


def test_one_is_shown_with_its_text_and_its_matches(client: Ledgerwire, server: Server) -> None:
    match = Match(transaction=a_line("t1"), confidence=0.95, reason="same amount")
    server.on("GET", ONE, reply(a_receipt()))
    server.on("GET", f"{ONE}/text", reply(ReceiptText("TEA 4.50")))
    server.on("GET", f"{ONE}/matches", reply(MatchList([match])))
    receipts = client.receipts("demo")
    assert receipts.show("r1") == a_receipt()
    assert receipts.text("r1") == "TEA 4.50"
    assert receipts.matches("r1") == [match]


def test_attaching_many_takes_as_many_requests_as_it_needs(client: Ledgerwire, server: Server) -> None:
    outcome = AttachmentOutcome("r1", "t1", "attached")
    server.on("POST", f"{ROOT}/attach", reply(AttachmentOutcomes([outcome])))
    assert client.receipts("demo").attach_all([("r1", "t1")] * 501) == [outcome, outcome]
    assert [len(call.json["attachments"]) for call in server.calls] == [500, 1]


def test_what_is_gone_already_was_removed(client: Ledgerwire, server: Server) -> None:
    """The first request got through, and its answer was lost."""
    server.on("DELETE", ONE, lose, problem(404, "There is no such receipt"))
    client.receipts("demo").remove("r1")
    server.on("DELETE", ONE, problem(404, "There is no such receipt"))
    with pytest.raises(NotFound):
        client.receipts("demo").remove("r1")


def test_a_download_is_there_whole_or_not_at_all(client: Ledgerwire, server: Server, tmp_path: Path) -> None:
    target = tmp_path / "lunch.jpg"
    server.on("GET", f"{ONE}/file", lose)
    with pytest.raises(ConnectionFailed):
        client.receipts("demo").download("r1", target)
    assert list(tmp_path.iterdir()) == []
    server.on("GET", f"{ONE}/file", raw(b"\xff\xd8 picture", media_type=BYTES))
    assert client.receipts("demo").download("r1", target) == target
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"\xff\xd8 picture", [target])


async def test_awaited_it_is_the_same(async_client: AsyncLedgerwire, server: Server, tmp_path: Path) -> None:
    server.on("GET", ROOT, reply(ReceiptPage([a_receipt()], None)))
    server.on("GET", ONE, reply(a_receipt()))
    server.on("PATCH", ONE, reply(a_receipt(state="confirmed")))
    server.on("POST", f"{ONE}/attach", reply(a_receipt(transaction_ids=["t1"])))
    server.on("POST", f"{ONE}/detach", reply(a_receipt()))
    server.on("POST", f"{ONE}/transaction", reply(a_line("t9"), 201))
    server.on("GET", f"{ONE}/file", raw(b"bytes", media_type=BYTES))
    server.on("GET", f"{ONE}/pages/2", raw(b"page", media_type="image/jpeg"))
    receipts = async_client.receipts("demo")
    assert [each.receipt_id async for each in receipts.list()] == ["r1"]
    assert (await receipts.show("r1")).revision == 3
    assert (await receipts.confirm("r1")).state == "confirmed"
    assert (await receipts.attach("r1", "t1")).transaction_ids == ["t1"]
    assert (await receipts.detach("r1", "t1")).transaction_ids == []
    assert (await receipts.book("r1", "a1", "Meals")).transaction_id == "t9"
    assert (await receipts.download("r1", tmp_path / "r1")).read_bytes() == b"bytes"
    assert await receipts.page("r1", 2) == b"page"


async def test_a_pile_is_sent_again_under_the_same_key(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("POST", OCR, lose, unavailable(retry_after=0), reply(a_job("pending", kind="ocr"), 202))
    await async_client.read_receipts([("a.png", b"one"), ("b.png", b"two")], company="demo")
    assert len(server.calls) == 3
    assert len({call.headers["idempotency-key"] for call in server.calls}) == 1
    assert all(call.body.count(b'name="files"') == 2 for call in server.calls)


# --- the command ----------------------------------------------------------------------------------------


def test_receipts_are_listed_and_shown_in_a_shell(run: CliRun, server: Server) -> None:
    match = Match(transaction=a_line("t1", description="TEA\x07"), confidence=0.9, reason="same amount")
    server.on("GET", ROOT, reply(ReceiptPage([a_receipt()], None)))
    server.on("GET", ONE, reply(a_receipt(match=match)))
    listed = run("receipts", "--unattached", "--state", "review")
    assert listed.exit_code == 0, listed.output
    assert listed.stdout == "r1\t2026-06-01\t4.50\tUSD\treview\t\tTea [2J house\n"
    assert sorted(server.calls[0].pairs) == [("attached", "false"), ("limit", "500"), ("state", "review")]
    shown = run("receipt", "r1")
    assert "total           4.50  (check this; or 4.80)" in shown.stdout
    assert "TEA  (same amount): --attach t1" in shown.stdout
    assert json.loads(run("receipt", "r1", "--json").stdout)["total"] == "4.50"


def test_one_command_corrects_attaches_and_saves(run: CliRun, server: Server, tmp_path: Path) -> None:
    server.on("PATCH", ONE, reply(a_receipt()))
    server.on("POST", f"{ONE}/attach", reply(a_receipt()))
    server.on("GET", f"{ONE}/file", raw(b"bytes", media_type=BYTES))
    server.on("GET", ONE, reply(a_receipt(state="confirmed", transaction_ids=["t1"])))
    words = ("--total", "4.80", "--date", "2026-06-01", "--confirm", "--attach", "t1")
    done = run("receipt", "r1", *words, "--download", str(tmp_path / "r1.jpg"))
    assert done.exit_code == 0, done.output
    assert server.calls[0].json == {"total": "4.80", "date": "2026-06-01", "confirm": True, "revision": None}
    assert server.calls[1].json == {"transaction_id": "t1"}
    assert (tmp_path / "r1.jpg").read_bytes() == b"bytes"
    assert "attached to     t1" in done.stdout


def test_each_file_is_told_as_it_is_read(run: CliRun, server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"one")
    done_job = a_job("complete", 9, kind="ocr", progress=100, result={"files": []})
    said = logged(1, 5, "a.png: Tea\x1b house, 4.50 USD")
    failed = logged(2, 6, "b.png: it is empty")
    failed = msgspec.structs.replace(
        failed, lines=[msgspec.structs.replace(failed.lines[0], level="warning")]
    )
    server.on("POST", OCR, reply(a_job("running", kind="ocr"), 202, ledgerwire_position="e.4"))
    server.on("GET", "/api/jobs/j1/events", stream(block(said), block(failed), block(told(done_job, 7))))
    done = run("receipts", str(tmp_path), "--watch")
    assert done.exit_code == 0, done.output
    assert "a.png: Tea  house, 4.50 USD" in done.stdout.splitlines()
    assert "warning: b.png: it is empty" in done.stdout.splitlines()
