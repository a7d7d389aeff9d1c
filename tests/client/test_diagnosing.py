"""The commands that look, and those that take any kind of work, as a shell runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledgerwire import AsyncLedgerwire
from ledgerwire.access import Session as Who
from ledgerwire.books import Company, TransactionPage
from tests.client.conftest import CliRun
from tests.client.jobs import a_job, a_line, snapped
from tests.client.server import Server, problem, reply, socket

ACME = Company(company_id="demo", name="Demo", base_currency="USD", closed_through=None, role="admin")
SUBSCRIBED = {
    "type": "subscribed",
    "id": 1,
    "company_id": "demo",
    "job_id": None,
    "position": "e.1",
    "recovered": False,
}


def test_the_doctor_says_what_is_well(run: CliRun, server: Server) -> None:
    server.on("GET", "/api/session", reply(Who("Ann\x1b[2J", [ACME])))
    server.on("SOCKET", "/api/ws", socket(SUBSCRIBED, snapped(1), code=None))
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["ok", "Server"],
        ["ok", "You"],
        ["ok", "Events"],
    ]
    assert "admin of demo" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_doctor_says_what_is_wrong_and_what_to_do(run: CliRun, server: Server) -> None:
    server.on("GET", "/api/session", problem(401, "Not signed in"))
    done = run("doctor")
    assert done.exit_code == 1
    assert "create-key" in done.stderr
    server.on("GET", "/api/session", reply(Who("Ann", [])))
    done = run("doctor")
    assert done.exit_code == 1
    assert "none of your companies" in done.stderr


async def test_who_one_is_can_be_awaited(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("GET", "/api/session", reply(Who("Ann", [ACME])))
    assert (await async_client.session()).companies == [ACME]


def test_any_kind_is_submitted_with_its_fields(run: CliRun, server: Server, tmp_path: Path) -> None:
    server.on("POST", "/api/jobs/categorize", reply(a_job("pending"), 202))
    assert run("submit", "categorize", '{"limit": 10}').exit_code == 0
    assert server.calls[-1].json == {"company_id": "demo", "limit": 10}
    server.on("POST", "/api/jobs/ocr", reply(a_job("pending"), 202))
    picture = tmp_path / "lunch.jpg"
    picture.write_bytes(b"a picture")
    assert run("submit", "ocr", "--file", str(picture)).exit_code == 0
    assert b"a picture" in server.calls[-1].body
    for words in (
        ["categorize", "nonsense"],
        ["categorize", "[1]"],
        ["nothing"],
        ["categorize", '{"limit": -1}'],
    ):
        assert run("submit", *words).exit_code == 2


@pytest.mark.usefixtures("server")
def test_what_waits_is_listed_where_nobody_can_be_asked(run: CliRun, server: Server) -> None:
    server.on(
        "GET", "/api/companies/demo/transactions", reply(TransactionPage([a_line(state="review")], None))
    )
    assert run("review").stdout.startswith("t1\t")
    assert server.calls[-1].query["state"] == "review"
    server.on("GET", "/api/companies/demo/transactions", reply(TransactionPage([], None)))
    assert "Nothing waits" in run("review").stderr
