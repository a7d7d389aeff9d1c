"""The command, run as a shell would run it, against a real server."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledgerwire.books import TransactionPage
from ledgerwire.errors import Problem
from ledgerwire.jobs import Attempt, AttemptPage, LogEntry, LogLine, LogPage, Page, Step, Units
from tests.client.conftest import CliRun
from tests.client.jobs import NOON, a_job, a_line, failed, logged, snapped, told
from tests.client.server import Server, block, lose, problem, raw, reply, socket, stream

JOB = "/api/jobs/j1"
EVENTS = f"{JOB}/events"
UPLOAD = "/api/jobs/upload-and-categorize"
COMPANY = "/api/jobs/company/demo"

ONE = told(
    a_job(
        version=1,
        progress=42,
        step=Step("categorize", 3, 4),
        units=Units(1200, 3000, "lines"),
        eta_seconds=75,
    ),
    1,
)
END = told(a_job("complete", 5, progress=100, result={"categorized": 4, "needs_review": 1}), 5)


@pytest.fixture
def june(tmp_path: Path) -> str:
    path = tmp_path / "june.csv"
    path.write_bytes(b"Date,Amount\n")
    return str(path)


def test_upload_tells_the_job_and_how_to_watch_it(run: CliRun, server: Server, june: str) -> None:
    server.on("POST", UPLOAD, reply(a_job("pending", 0), 202))
    done = run(
        "upload", june, "--account", "checking", "--mapping", '{"date":"Booked"}', LEDGERWIRE_COMPANY="acme"
    )
    assert done.exit_code == 0
    assert done.stdout.startswith("j1  pending")
    assert "ledgerwire watch j1" in done.stderr
    assert b"acme" in server.calls[0].body


def test_upload_and_watch_writes_a_line_per_change(run: CliRun, server: Server, june: str) -> None:
    server.on("POST", UPLOAD, reply(a_job("pending", 0), 202))
    server.on("GET", EVENTS, stream(*map(block, (ONE, logged(1, 2), END))))
    done = run("upload", june, "--watch")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert "42 %" in lines[1]
    assert "categorize (3/4) · 1,200/3,000 lines · 1 min 15 s left" in lines[1]
    assert "categorized 4, needs review 1" in lines[2]
    assert done.exit_code == 0


def test_receipts_sends_files_and_folders_as_one_pile(run: CliRun, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "june"
    folder.mkdir()
    for path in (tmp_path / "lunch.jpg", folder / "a.pdf", folder / "b.png", folder / ".hidden"):
        path.write_bytes(path.name.encode())
    (folder / "below").mkdir()
    result = {"files": [{"file_no": 1, "outcome": "failed"}], "read": 2, "failed": 1}
    server.on("POST", "/api/jobs/ocr", reply(a_job("complete", kind="ocr", result=result), 202))
    done = run("receipts", str(tmp_path / "lunch.jpg"), str(folder))
    assert done.exit_code == 0
    assert done.stdout.rstrip().endswith("ocr  read 2, failed 1")
    (call,) = server.calls
    assert call.body.count(b'name="files"') == 3
    assert b"hidden" not in call.body


def test_a_pile_that_cannot_be_is_refused_before_it_is_sent(
    run: CliRun, server: Server, tmp_path: Path
) -> None:
    assert run("receipts", str(tmp_path)).exit_code == 2
    for number in range(101):
        (tmp_path / f"{number}.jpg").write_bytes(b"")
    done = run("receipts", str(tmp_path))
    assert done.exit_code == 2
    assert "100" in done.stderr
    assert server.calls == []


def test_watch_in_json_writes_the_events_as_they_came(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(a_job("pending", 0)))
    server.on("GET", EVENTS, stream(*map(block, (ONE, logged(1, 2), END))))
    done = run("watch", "j1", "--json", "--since", "e.0")
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["job", "log", "job"]
    assert server.calls_of("GET", EVENTS)[0].headers["last-event-id"] == "e.0"


def test_a_company_is_watched_until_the_server_refuses(run: CliRun, server: Server) -> None:
    server.on("SOCKET", "/api/ws", socket(ONE, END, code=4401, reason="Your key was revoked"))
    done = run("watch", "--company", "acme")
    assert len(done.stdout.splitlines()) == 2
    assert done.exit_code == 1
    assert done.stderr == "Error: Unauthorized (401): Your key was revoked\n"
    assert server.calls[0].said[0]["company_id"] == "acme"


def test_a_pipe_gets_a_line_for_each_step_and_tenth_of_the_work(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(a_job("pending", 0)))
    ticks = [
        told(a_job(version=at, progress=at, step=Step("import", 1, 2), units=Units(at, 50, "lines")), at)
        for at in range(1, 51)
    ]
    asks = told(a_job(version=51, progress=50, step=Step("ask", 2, 2), message="Ask: 0 lines"), 51)
    server.on("GET", EVENTS, stream(*map(block, (*ticks, asks, END))))
    shown = [line.split("  ", 2) for line in run("watch", "j1").stdout.splitlines()]
    progress = [line.rsplit(" %", 1)[0].split()[-1] for line in map(str.strip, map("  ".join, shown))]
    assert progress == ["0", "1", "10", "20", "30", "40", "50", "50", "100"]


def test_what_ended_before_the_watch_began_is_no_news(run: CliRun, server: Server) -> None:
    begin = snapped(1, a_job(job_id="old", status="complete"), a_job(job_id="now"), reason="subscribed")
    later = snapped(2, a_job("complete", 2, job_id="missed"), a_job("complete", 2, job_id="now"))
    server.on("SOCKET", "/api/ws", socket(begin, later, code=4401))
    done = run("watch")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["now", "running"],
        ["missed", "complete"],
        ["now", "complete"],
    ]


@pytest.mark.parametrize(
    ("job", "code"), [(END.job, 0), (failed(title="Disk full"), 1), (a_job("cancelled"), 3)]
)
def test_the_exit_code_tells_how_the_job_ended(run: CliRun, server: Server, job: object, code: int) -> None:
    server.on("GET", JOB, reply(job))
    server.on("GET", EVENTS, reply(None, 204))
    assert run("wait", "j1").exit_code == code
    assert run("watch", "j1").exit_code == code


def test_a_failed_job_says_why(run: CliRun, server: Server) -> None:
    why = Problem(title="Line 7 cannot be read", detail="Amount is '12,3,4'.")
    server.on("GET", JOB, reply(a_job("failed", error=why)))
    assert "Line 7 cannot be read: Amount is '12,3,4'." in run("wait", "j1").stdout


def test_wait_times_out_with_124(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(a_job(progress=42), etag='"1"'), reply(None, 304))
    done = run("wait", "j1", "--timeout", "0.1")
    assert done.exit_code == 124
    assert "still running (42 %)" in done.stderr


def test_trouble_is_one_line_and_a_code(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, problem(404, "Not found"), problem(401, "No key"), problem(503, "Away"))
    for code in (4, 1, 5):
        done = run("show", "j1")
        assert done.exit_code == code
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
    server.on("GET", JOB, lose)
    assert run("show", "j1").exit_code == 5


def test_usage_errors_are_2(run: CliRun, june: str) -> None:
    assert run("upload", "no-such-file.csv").exit_code == 2
    assert run("upload", june, "--mapping", "[1]").exit_code == 2
    assert run("upload", june, "--mapping", "{").exit_code == 2
    assert run("upload", june, "--company", "NOT A COMPANY").exit_code == 2
    assert run("watch", "j1", "--company", "demo").exit_code == 2
    assert run("categorize", "--limit", "0").exit_code == 2


def test_categorize_submits_what_is_asked(run: CliRun, server: Server) -> None:
    server.on("POST", "/api/jobs/categorize", reply(a_job("pending", 0), 202))
    done = run("categorize", "--limit", "5", "--transaction", "t1", "--transaction", "t2", "--json")
    assert json.loads(done.stdout)["job_id"] == "j1"
    assert server.calls[0].json == {"company_id": "demo", "limit": 5, "transaction_ids": ["t1", "t2"]}


def test_list_stops_at_its_limit(run: CliRun, server: Server) -> None:
    server.on("GET", COMPANY, reply(Page([a_job(job_id=f"j{n}") for n in range(50)], "more")))
    done = run("list", "--limit", "3", "--status", "running", "--kind", "categorize", "--text", "june")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["j0", "j1", "j2"]
    assert server.calls[0].query == {"status": "running", "kind": "categorize", "text": "june"}
    assert len(run("list", "--limit", "70", "--json").stdout.splitlines()) == 70


def test_an_empty_list_names_the_next_step(run: CliRun, server: Server) -> None:
    server.on("GET", COMPANY, reply(Page([], None)))
    done = run("list")
    assert "ledgerwire upload FILE" in done.stderr


def test_show_and_log(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(ONE.job))
    server.on("GET", f"{JOB}/attempts", reply(AttemptPage([Attempt(1, "w1", NOON, None, "lost")], None)))
    lines = [LogLine(NOON, "info", "coffee"), LogLine(NOON, "warning", "no rule for tea")]
    server.on("GET", f"{JOB}/log", reply(LogPage([LogEntry(1, lines)], None)))
    assert "attempt 1: lost on w1, 2026-06-01 12:00:00 UTC\n" in run("show", "j1").stdout
    assert json.loads(run("show", "j1", "--json").stdout)["progress"] == 42
    assert run("log", "j1").stdout == (
        "2026-06-01 12:00:00 UTC  coffee\n2026-06-01 12:00:00 UTC  warning: no rule for tea\n"
    )
    assert len(run("log", "j1", "--json").stdout.splitlines()) == 2


def test_show_tells_the_file_and_who_wanted_it_when(run: CliRun, server: Server) -> None:
    server.on("GET", f"{JOB}/attempts", reply(AttemptPage([], None)))
    server.on("GET", JOB, reply(a_job(title="june.csv", submitted_by="Ann")))
    assert run("show", "j1").stdout.splitlines()[1:] == [
        "  title: june.csv",
        "  submitted by Ann, 2026-06-01 12:00:00 UTC",
    ]
    server.on("GET", JOB, reply(a_job()))
    assert run("show", "j1").stdout.splitlines()[1:] == ["  submitted, 2026-06-01 12:00:00 UTC"]


def test_show_saves_the_file_that_was_given(run: CliRun, server: Server, tmp_path: Path) -> None:
    server.on("GET", JOB, reply(a_job(title="june.csv")))
    server.on("GET", f"{JOB}/attempts", reply(AttemptPage([], None)))
    server.on("GET", f"{JOB}/files/2", raw(b"bytes", media_type="application/octet-stream"))
    done = run("show", "j1", "--download", str(tmp_path / "june.csv"), "--file", "2")
    assert (done.exit_code, done.stderr) == (0, f"Saved as {tmp_path / 'june.csv'}.\n")
    assert (tmp_path / "june.csv").read_bytes() == b"bytes"
    assert run("show", "j1", "--download", str(tmp_path / "none.csv")).exit_code == 4
    assert not (tmp_path / "none.csv").exists()


def test_a_job_without_lines_says_so_beside_its_log(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("GET", f"{JOB}/log", reply(LogPage([], None)))
    done = run("log", "j1")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "Job j1 has logged no line.\n")


def test_a_list_in_a_pipe_tells_file_and_zone(run: CliRun, server: Server) -> None:
    server.on("GET", COMPANY, reply(Page([a_job(title="june.csv")], None)))
    fields = run("list").stdout.rstrip("\n").split("\t")
    assert fields == ["j1", "running", "0", "categorize", "2026-06-01 12:00 UTC", "", "june.csv"]


def test_cancel_and_retry(run: CliRun, server: Server) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("POST", f"{JOB}/cancel", reply(a_job(cancel_requested=True), 202))
    server.on(
        "POST", f"{JOB}/retry", problem(409, "It is running", detail="Only a finished job can be retried.")
    )
    done = run("cancel", "j1", "--reason", "wrong file")
    assert "cancelling" in done.stdout
    assert server.calls_of("POST", f"{JOB}/cancel")[0].json == {"reason": "wrong file"}
    done = run("retry", "j1")
    assert done.exit_code == 1
    assert "Only a finished job" in done.stderr


def test_what_a_bank_file_says_cannot_drive_the_terminal(run: CliRun, server: Server) -> None:
    evil = LogLine(NOON, "info", "\x1b[2J\x07[red]coffee\r\nj9  complete")
    server.on("GET", JOB, reply(a_job(message="\x1b]0;owned\x07")))
    server.on("GET", f"{JOB}/log", reply(LogPage([LogEntry(1, [evil])], None)))
    assert run("log", "j1").stdout == "2026-06-01 12:00:00 UTC   [2J [red]coffee  j9  complete\n"
    assert "\x1b" not in run("show", "j1").stdout
    evil_job = a_job(title="\x1b]0;owned\x07\nj9", submitted_by="\x1b[2J\nAnn")
    server.on("GET", JOB, reply(evil_job))
    server.on("GET", COMPANY, reply(Page([evil_job], None)))
    for done in (run("show", "j1"), run("list")):
        assert not set(done.stdout) & {"\x1b", "\x07"}
        assert not any(line.startswith("j9") for line in done.stdout.splitlines())
    assert "Ann" not in run("show", "j1").stdout.splitlines()


# --- in a real terminal, as a real process ----------------------------------------------------------


def in_terminal(server: Server, *words: str, keys: bytes = b"", columns: int = 160) -> tuple[int, str]:
    """Runs the command in a pseudo-terminal; its exit code and all that it wrote there."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "LEDGERWIRE_URL": server.url, "TERM": "xterm", "COLUMNS": str(columns)}
    command = [sys.executable, "-m", "ledgerwire", *words]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        os.write(ours, keys)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.returncode, written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other side has closed
        return b""


def test_a_terminal_gets_a_bar_with_step_units_and_eta(server: Server) -> None:
    server.on("GET", JOB, reply(a_job("pending", 0)))
    server.on("GET", EVENTS, stream(block(ONE), block(END)))
    code, written = in_terminal(server, "watch", "j1")
    assert code == 0
    assert "categorized 4, needs review 1" in written
    assert "━" in written


def test_a_terminal_gets_a_table(server: Server) -> None:
    server.on("GET", COMPANY, reply(Page([a_job(title="june.csv"), failed(job_id="j2")], None)))
    code, written = in_terminal(server, "list")
    assert code == 0
    assert "Created UTC" in written
    assert "june.csv" in written
    assert "The worker was lost" in written


def test_a_table_fits_80_columns_and_keeps_whole_ids(server: Server) -> None:
    job_id = "0199a3c8-1f6e-7d35-8b44-6d2f0c9e5a17"
    title = "statement of the checking account, june 2026.csv"
    jobs = [a_job("cancelled", job_id=job_id, title=title, progress=100), failed(job_id=job_id[:-1] + "8")]
    server.on("GET", COMPANY, reply(Page(jobs, None)))
    _, written = in_terminal(server, "list", columns=80)
    _, first, second = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in written.splitlines())
    assert max(len(first), len(second)) <= 80
    assert first.split()[:6] == [job_id, "cancelled", "100", "Jun", "01", "12:00"]
    assert "statement" in first
    assert first.rstrip().endswith("…")
    assert second.rstrip().endswith("categorize")


def test_lines_fit_80_columns_too(server: Server) -> None:
    key = "0199a3c8-1f6e-7d35-8b44-6d2f0c9e5a17"
    lines = [a_line(key, description="A VERY LONG DESCRIPTION OF A CARD PAYMENT")]
    server.on("GET", "/api/companies/demo/transactions", reply(TransactionPage(lines, None)))
    _, written = in_terminal(server, "transactions", columns=80)
    _, first = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in written.splitlines())
    assert len(first.rstrip()) <= 80
    assert first.split()[:5] == [key, "2026-06-01", "-4.50", "USD", "A"]


def test_a_person_is_asked_before_an_undo(server: Server) -> None:
    server.on("GET", JOB, reply(a_job("complete", kind="upload-and-categorize", title="june.csv")))
    server.on("POST", "/api/jobs/undo-import", reply(a_job("pending", 0, kind="undo-import"), 202))
    code, written = in_terminal(server, "undo", "j1", keys=b"n\n")
    assert (code, "Remove what it imported" in written) == (0, True)
    assert len(server.calls) == 1
    assert in_terminal(server, "undo", "j1", "--yes")[0] == 0
    assert server.calls_of("POST", "/api/jobs/undo-import")


def test_a_reader_who_has_seen_enough_is_no_failure(server: Server) -> None:
    page = LogPage([LogEntry(1, [LogLine(NOON, "info", "coffee")] * 20_000)], None)
    server.on("GET", JOB, reply(a_job()))
    server.on("GET", f"{JOB}/log", reply(page))
    command = [sys.executable, "-m", "ledgerwire", "log", "j1"]
    env = {**os.environ, "LEDGERWIRE_URL": server.url}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=env, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert "coffee" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(10) == 141


def test_a_person_is_asked_before_a_cancel(server: Server) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("POST", f"{JOB}/cancel", reply(a_job("cancelled", 2), 202))
    code, written = in_terminal(server, "cancel", "j1", keys=b"n\n")
    assert (code, "Cancel it?" in written) == (0, True)
    assert not server.calls_of("POST", f"{JOB}/cancel")
    assert in_terminal(server, "cancel", "j1", keys=b"y\n")[0] == 0
    assert server.calls_of("POST", f"{JOB}/cancel")
    assert in_terminal(server, "cancel", "j1", "--yes")[0] == 0


def test_ctrl_c_ends_a_watch_with_130(server: Server) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("GET", EVENTS, stream(block(ONE), stay=True))
    command = [sys.executable, "-m", "ledgerwire", "watch", "j1"]
    env = {**os.environ, "LEDGERWIRE_URL": server.url, "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=env, text=True) as process:
        assert process.stdout
        while "42 %" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told_us = process.communicate(timeout=10)
    assert process.returncode == 130
    assert told_us == "Interrupted. The job goes on: ledgerwire watch j1\n"
    assert "Traceback" not in told_us
