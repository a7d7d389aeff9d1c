"""The commands about transactions, run as a shell would run them."""

from __future__ import annotations

import json

from ledgerwire.books import TransactionPage
from tests.client.conftest import CliRun
from tests.client.jobs import a_job, a_line
from tests.client.server import Server, reply

LINES = "/api/companies/demo/transactions"
APPROVE = "/api/jobs/bulk-approve"


def test_transactions_are_listed_as_far_as_asked(run: CliRun, server: Server) -> None:
    lines = [a_line(f"t{number}", description="Tea\x1b[2J\thouse") for number in range(5)]
    server.on("GET", LINES, reply(TransactionPage(lines, "more")))
    done = run(
        "transactions", "--limit", "2", "--state", "review", "--state", "proposed", "--from", "2026-06-01"
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"t{number}\t2026-06-01\t-4.50\tUSD\tproposed\tRent\tTea [2J house" for number in (0, 1)
    ]
    assert sorted(server.calls[0].pairs) == [
        ("date_from", "2026-06-01"),
        ("limit", "500"),
        ("state", "proposed"),
        ("state", "review"),
    ]
    told = run("transactions", "--limit", "1", "--json")
    assert json.loads(told.stdout)["amount"] == "-4.50"


def test_an_empty_list_says_so(run: CliRun, server: Server) -> None:
    server.on("GET", LINES, reply(TransactionPage([], None)))
    assert "No such transactions in demo" in run("transactions").stderr


def test_lines_are_approved_by_id_by_filter_or_once_more(run: CliRun, server: Server) -> None:
    server.on("POST", APPROVE, reply(a_job("pending", 0, kind="bulk-approve"), 202))
    for words, body in (
        (["t1", "t2"], {"transaction_ids": ["t1", "t2"]}),
        (["--state", "proposed", "--to", "2026-06-30", "--least", "-50"], {
            "filter": {"state": ["proposed"], "date_to": "2026-06-30", "amount_min": "-50"}
        }),
        (["--failed-of", "j7"], {"failed_of": "j7"}),
    ):  # fmt: skip
        done = run("approve", *words)
        assert (done.exit_code, server.calls[-1].json) == (0, {"company_id": "demo", **body})
    assert "ledgerwire watch j1" in done.stderr


def test_approving_needs_to_be_told_which(run: CliRun, server: Server) -> None:
    for words in ([], ["t1", "--state", "proposed"], ["--failed-of", "j7", "t1"]):
        done = run("approve", *words)
        assert done.exit_code == 2
        assert "Say which" in done.stderr
    assert run("approve", "--state", "lost").exit_code == 2
    assert run("approve", "--least", "much").exit_code == 2
    assert server.calls == []


def test_a_job_is_undone_by_what_it_was(run: CliRun, server: Server) -> None:
    for kind, undoing, field in (
        ("bulk-approve", "undo-approve", "approve_job_id"),
        ("upload-and-categorize", "undo-import", "import_job_id"),
    ):
        server.on("GET", "/api/jobs/j1", reply(a_job("complete", kind=kind, company_id="acme")))
        server.on("POST", f"/api/jobs/{undoing}", reply(a_job("pending", 0, kind=undoing), 202))
        assert run("undo", "j1").exit_code == 0
        assert server.calls[-1].json == {"company_id": "acme", field: "j1"}


def test_what_cannot_be_undone_is_left_alone(run: CliRun, server: Server) -> None:
    server.on("GET", "/api/jobs/j1", reply(a_job("complete")))
    done = run("undo", "j1")
    assert (done.exit_code, len(server.calls)) == (2, 1)
    assert "categorize cannot be undone" in done.stderr
