"""The books through both clients: the same calls, blocking and awaited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerwire import (
    AsyncLedgerwire,
    Categorized,
    Conflict,
    InvalidSubmission,
    Ledgerwire,
    Transaction,
    TransactionFilter,
)
from ledgerwire.books import TransactionPage
from tests.client.jobs import NOON, a_job, a_line
from tests.client.server import Server, lose, problem, reply, unavailable

LINES = "/api/companies/demo/transactions"
LINE = f"{LINES}/t1"


def submits(server: Server, kind: str) -> None:
    server.on("POST", f"/api/jobs/{kind}", reply(a_job("pending", kind=kind), 202))


def sent(server: Server) -> dict[str, Any]:
    body: dict[str, Any] = server.calls[-1].json
    return body


def test_every_kind_of_review_work_is_submitted_by_its_name(client: Ledgerwire, server: Server) -> None:
    for kind in ("bulk-approve", "undo-approve", "undo-import", "learn"):
        submits(server, kind)
    client.bulk_approve(company="demo", transaction_ids=["t1"], revisions={"t1": 3}, seen_at=NOON)
    assert sent(server) == {
        "company_id": "demo",
        "transaction_ids": ["t1"],
        "revisions": {"t1": 3},
        "seen_at": "2026-06-01T12:00:00Z",
    }
    client.bulk_approve(company="demo", matching=TransactionFilter(state=["proposed"], text="tea"))
    assert sent(server) == {"company_id": "demo", "filter": {"state": ["proposed"], "text": "tea"}}
    client.bulk_approve(company="demo", matching={"amount_max": "-5"})
    assert sent(server)["filter"] == {"amount_max": "-5"}
    client.bulk_approve(company="demo", failed_of="j7")
    assert sent(server) == {"company_id": "demo", "failed_of": "j7"}
    client.undo_approve("j7", company="demo")
    assert sent(server) == {"company_id": "demo", "approve_job_id": "j7"}
    client.undo_import("j8", company="demo")
    assert sent(server) == {"company_id": "demo", "import_job_id": "j8"}
    assert client.learn(company="demo").job.kind == "learn"
    assert sent(server) == {"company_id": "demo"}


async def test_awaited_they_are_the_same(async_client: AsyncLedgerwire, server: Server) -> None:
    for kind in ("bulk-approve", "undo-approve", "undo-import", "learn"):
        submits(server, kind)
    await async_client.bulk_approve(company="demo", matching={"state": ["proposed"]}, idempotency_key="june")
    assert (sent(server)["filter"], server.calls[-1].headers["idempotency-key"]) == (
        {"state": ["proposed"]},
        "june",
    )
    await async_client.undo_approve("j7", company="demo")
    await async_client.undo_import("j8", company="demo")
    assert (await async_client.learn(company="demo")).job.kind == "learn"


@pytest.mark.parametrize("more", [{}, {"transaction_ids": ["t1"], "failed_of": "j7"}, {"matching": {"x": 1}}])
def test_what_does_not_say_which_lines_is_not_sent(
    client: Ledgerwire, server: Server, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidSubmission):
        client.bulk_approve(company="demo", **more)
    assert server.calls == []


def test_transactions_are_read_to_the_last_page(client: Ledgerwire, server: Server) -> None:
    first, second = TransactionPage([a_line("t1"), a_line("t2")], "c2"), TransactionPage([a_line("t3")], None)
    server.on("GET", LINES, reply(first), unavailable(), reply(second))
    wanted: dict[str, Any] = {
        "state": ["review", "proposed"],
        "date_from": date(2026, 6, 1),
        "amount_min": Decimal("-5.00"),
        "text": None,
    }
    assert [line.transaction_id for line in client.transactions("demo", **wanted)] == ["t1", "t2", "t3"]
    assert sorted(server.calls[0].pairs) == [
        ("amount_min", "-5.00"),
        ("date_from", "2026-06-01"),
        ("limit", "500"),
        ("state", "proposed"),
        ("state", "review"),
    ]
    assert sorted(server.calls[-1].pairs) == sorted([*server.calls[0].pairs, ("cursor", "c2")])


async def test_awaited_transactions_are_the_same(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("GET", LINES, reply(TransactionPage([a_line("t1")], None)))
    assert [line async for line in async_client.transactions("demo", job_id="j1")] == [a_line("t1")]


def test_what_is_no_filter_is_not_sent(client: Ledgerwire, server: Server) -> None:
    for wanted in ({"stat": ["review"]}, {"state": ["lost"]}, {"amount_min": "NaN"}):
        with pytest.raises(InvalidSubmission):
            next(client.transactions("demo", **wanted))
    assert server.calls == []


def test_a_word_on_one_line_survives_a_lost_answer(client: Ledgerwire, server: Server) -> None:
    said = Categorized(transaction=a_line("t1", category="Rent"), alike=2, rule=None)
    server.on("PATCH", LINE, lose, reply(said))
    assert client.set_category("t1", "Rent", company="demo", revision=4) == said
    assert [call.json for call in server.calls] == [{"category": "Rent", "revision": 4}] * 2
    server.on("PATCH", LINE, problem(409, "It has changed since", detail="Look again."))
    with pytest.raises(Conflict, match="Look again"):
        client.set_category("t1", None, company="demo")
    assert sent(server) == {"category": None, "revision": None}


def test_one_line_is_approved_and_reopened(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{LINE}/approve", lose, reply(a_line("t1", state="approved")))
    server.on("POST", f"{LINE}/reopen", reply(a_line("t1")))
    assert client.approve("t1", company="demo", revision=4).state == "approved"
    assert sent(server) == {"revision": 4}
    assert client.reopen("t1", company="demo").state == "proposed"


async def test_awaited_a_line_is_reviewed_the_same(async_client: AsyncLedgerwire, server: Server) -> None:
    said = Categorized(transaction=a_line("t1"), alike=0, rule=None)
    server.on("PATCH", LINE, reply(said))
    server.on("POST", f"{LINE}/approve", reply(a_line("t1", state="approved")))
    server.on("POST", f"{LINE}/reopen", reply(a_line("t1")))
    assert await async_client.set_category("t1", "Rent", company="demo") == said
    approved: Transaction = await async_client.approve("t1", company="demo")
    assert approved.state == "approved"
    assert (await async_client.reopen("t1", company="demo")).state == "proposed"
