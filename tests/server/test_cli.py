"""The command line: what it prints, what it refuses, and how `up` lives and ends. Real processes throughout."""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from server import broker as brokers
from server.__main__ import ROLES, main
from server.up import own_command
from tests.brokers import Broker, found_program
from tests.processes import assert_gone, until
from tests.running import FOREIGN, Running, environment
from workers.books.access import Role


def run(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        own_command(*arguments),
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class Ended(msgspec.Struct):
    """How a command ended."""

    code: int
    out: str
    err: str


class Here:
    """Runs a command in this very process: a process of its own costs a second of imports."""

    def __init__(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        self.data_dir = data_dir
        # Named first, so that whatever `up` exports is taken back at the end of the test.
        for name in FOREIGN:
            monkeypatch.delenv(name, raising=False)
        self.set(HOST="127.0.0.1", PORT="0", TEMPO="0.1")

    def set(self, **variables: str) -> None:
        for name, value in ({"DATA_DIR": str(self.data_dir)} | variables).items():
            self.monkeypatch.setenv(name, value)

    def __call__(self, *arguments: str, **variables: str) -> Ended:
        self.set(**variables)
        self.monkeypatch.setattr("sys.argv", ["ledgerwire-server", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self.capsys.readouterr()
        code = end.value.code
        assert isinstance(code, int | None)
        return Ended(code or 0, out, err)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path, monkeypatch, capsys)


def query(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(data_dir / "ledgerwire.db", isolation_level=None)) as books:
        return books.execute(statement).fetchall()


# --- keys, links, companies -----------------------------------------------------------------------------


def test_a_key_is_printed_and_nothing_else(here: Here) -> None:
    made = here("create-key", "acme", "--role", "viewer", "--name", "a script")
    assert re.fullmatch(r"lw_\S+\n", made.out)
    assert (made.code, made.err) == (0, "")


def test_keys_are_listed_without_their_secrets(here: Here) -> None:
    secrets = [
        here("create-key", "acme", "--role", role, "--name", f"a {role}").out.strip() for role in ROLES
    ]
    listed = here("list-keys", "acme")
    lines = listed.out.splitlines()
    assert (listed.code, len(lines)) == (0, 3)
    for line, role, secret in zip(lines, ROLES, secrets, strict=True):
        assert line.startswith(f"{secret[:11]}…  {role} ")
        assert line.endswith(f"never used  a {role}")
        assert secret not in line


def test_a_revoked_key_stays_revoked_and_the_others_live(here: Here, tmp_path: Path) -> None:
    first, second, third = (here("create-key", "acme").out.strip() for _ in range(3))
    assert "is revoked" in here("revoke-key", "acme", first[:11], "--yes").out
    assert "is revoked" in here("revoke-key", "acme", second, "-y").out
    living = query(tmp_path, "SELECT prefix FROM api_keys WHERE revoked_at IS NULL")
    assert living == [(third[:11],)]
    assert "revoked 20" in here("list-keys", "acme").out.splitlines()[0]
    assert_refused(here("revoke-key", "acme", first[:11], "--yes"), "has no living key that begins so")


def test_revoking_asks_first(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = here("create-key", "acme").out.strip()
    for answer, left in (("n\n", 1), ("", 1), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        asked = here("revoke-key", "acme", secret[:11])
        assert "Revoke it?" in asked.out
        assert asked.code == left
        assert len(query(tmp_path, "SELECT 1 FROM api_keys WHERE revoked_at IS NULL")) == left


def test_only_whole_beginnings_of_ones_own_keys_are_revoked(here: Here) -> None:
    secret = here("create-key", "acme").out.strip()
    assert here("create-company", "globex").code == 0
    for company, key in (("acme", "lw_"), ("acme", secret[:10]), ("globex", secret)):
        assert_refused(here("revoke-key", company, key, "--yes"), "has no living key that begins so")
    for command in (("list-keys", "initech"), ("revoke-key", "initech", secret, "--yes")):
        assert_refused(here(*command), "There is no company 'initech'")


def test_a_link_is_printed_and_nothing_else(here: Here) -> None:
    made = here("sign-in", "acme", "--name", "Ann", HOST="0.0.0.0", PORT="8123")  # noqa: S104
    assert re.fullmatch(r"http://127\.0\.0\.1:8123/#sign-in=\S+\n", made.out)


@pytest.mark.parametrize(
    ("account", "arguments", "name"),
    [
        ("ann", (), "Ann"),
        ("annaK", ("--role", "viewer"), "AnnaK"),
        ("ann", ("--name", " Bea Ó "), "Bea Ó"),
        ("\x1b\n", (), "Bookkeeper"),
        (None, ("--role", "admin"), "Admin"),
    ],
)
def test_who_signs_in_is_called_by_name(
    here: Here,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    account: str | None,
    arguments: tuple[str, ...],
    name: str,
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: account if account is not None else nobody())
    assert here("sign-in", "acme", *arguments).code == 0
    assert query(tmp_path, "SELECT name FROM sign_in_links") == [(name,)]


def nobody() -> str:
    raise OSError("No username set in the environment")


def test_the_command_line_knows_every_role() -> None:
    assert list(ROLES) == [role.value for role in Role]


def test_a_company_is_created_once(here: Here, tmp_path: Path) -> None:
    made = here("create-company", "acme", "--name", "Acme", "--currency", "eur")
    assert "is created" in made.out
    again = here("create-company", "acme")
    assert (again.code, "stands already" in again.out) == (0, True)
    assert query(tmp_path, "SELECT name, base_currency FROM companies") == [("Acme", "EUR")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("create-key", "Acme Ltd"),
        ("create-key", "acme", "--role", "king"),
        ("create-company", "acme", "--currency", "EURO"),
        ("sign-in", "acme", "--name", " "),
        ("sign-in", "acme", "--name", "Ann\n"),
        ("sign-in", "acme", "--name", "a" * 201),
    ],
)
def test_what_makes_no_sense_is_refused_with_usage(here: Here, arguments: tuple[str, ...]) -> None:
    refused = here(*arguments)
    assert (refused.code, "Usage:" in refused.err) == (2, True)


def test_migrating_twice_is_fine(here: Here) -> None:
    assert here("migrate").code == 0
    assert "are up to date" in here("migrate").out


def test_doctor_ends_by_what_it_found(here: Here) -> None:
    assert here("doctor").code == 0
    broken = here("doctor", REDIS_URL="redis://127.0.0.1:1/0")
    assert broken.code == 1
    assert "→ Start it, or unset REDIS_URL" in broken.out


# --- refusals -------------------------------------------------------------------------------------------


def assert_refused(refused: Ended, words: str) -> None:
    """One line on stderr, exit code 1."""
    assert refused.code == 1, refused
    assert refused.err.count("\n") == 1, refused.err
    assert refused.err.startswith("ledgerwire-server: ")
    assert words in refused.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL redis://127.0.0.1:1/0 cannot be reached"),
        ({"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL should read redis://host:port"),
        (
            {"DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/books"},
            "me:***@127.0.0.1:1/books cannot be used",
        ),
        ({"DATABASE_URL": "oracle://books"}, "speaks sqlite and postgresql"),
        ({"DATABASE_URL": "books"}, "DATABASE_URL should read"),
        ({"PORT": "http"}, "PORT should be a whole number"),
        ({"HOST": "192.0.2.1"}, "HOST '192.0.2.1' is not an address of this machine"),
        ({"HOST": "no such host"}, "HOST 'no such host' is not an address of this machine"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL should be one of"),
    ],
)
def test_a_broken_environment_gets_one_line(here: Here, variables: dict[str, str], words: str) -> None:
    found_program()
    assert_refused(here("up", **variables), words)


def test_a_taken_port_gets_one_line(here: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_refused(here("up", PORT=port), f"Port {port} on 127.0.0.1 is taken")
        assert_refused(here("api", PORT=port), f"Port {port} on 127.0.0.1 is taken")


def test_a_folder_that_cannot_be_written_gets_one_line(here: Here, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_refused(here("up", DATA_DIR=str(tmp_path / "file" / "data")), "cannot be written")


def test_a_file_that_is_no_database_gets_one_line(here: Here, tmp_path: Path) -> None:
    found_program()
    (tmp_path / "ledgerwire.db").write_bytes(b"not a database at all" * 100)
    assert_refused(here("up"), "file is not a database")


def test_a_database_of_a_newer_ledgerwire_gets_one_line(here: Here, tmp_path: Path) -> None:
    assert here("migrate").code == 0
    query(tmp_path, "UPDATE alembic_version SET version_num = 'from_the_future'")
    assert_refused(here("migrate"), "cannot be migrated")


def test_a_refusal_of_the_real_command_shows_no_trace(tmp_path: Path) -> None:
    refused = run(tmp_path, "up", PORT="http")
    assert_refused(Ended(refused.returncode, refused.stdout, refused.stderr), "PORT should be a whole number")


# --- up -------------------------------------------------------------------------------------------------


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Running]:
    found_program()
    found = Running(tmp_path)
    try:
        found.await_start()
        yield found
    finally:
        found.stop()


def all_pids(running: Running) -> list[int]:
    return [running.process.pid, *(child.pid for child in running.children())]


def open_stream(running: Running) -> socket.socket:
    """An SSE stream of the demo company that has begun."""
    where = urlsplit(running.url)
    stream = socket.create_connection((str(where.hostname), where.port or 80), timeout=10)
    stream.sendall(
        f"GET /api/jobs/company/{running.company}/events HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Authorization: Bearer {running.api_key}\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    begun = b""
    while b"data:" not in begun:
        more = stream.recv(65_536)
        assert more, begun
        begun += more
    assert begun.startswith(b"HTTP/1.1 200"), begun
    return stream


def test_ctrl_c_stops_all_in_time_with_a_stream_open(started: Running) -> None:
    pids = all_pids(started)
    assert len(pids) == 4
    with open_stream(started):
        began = time.monotonic()
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(10) == 0
        assert time.monotonic() - began < 5
    for pid in pids:
        assert_gone(pid, within=1)
    assert started.says("Stopped.")
    assert not started.says("Traceback"), "\n".join(started.lines)


def test_a_second_ctrl_c_ends_all_at_once(started: Running) -> None:
    pids = all_pids(started)
    for part in ("api", "worker"):
        os.kill(started.pid(part), signal.SIGSTOP)  # they will never stop in order
    started.process.send_signal(signal.SIGINT)
    until(lambda: started.says("Stopping"), "the first")
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(3) == 130
    for pid in pids:
        assert_gone(pid)


def test_nothing_survives_a_kill_of_up_and_it_starts_again_at_once(started: Running) -> None:
    pids = all_pids(started)
    started.process.kill()
    again = Running(started.data_dir)
    try:
        again.await_start()
        assert again.api_key == started.api_key
        assert again.sign_in_url != started.sign_in_url
        for pid in pids[1:]:
            assert_gone(pid)
    finally:
        again.stop()


def test_one_folder_belongs_to_one_up(started: Running, here: Here) -> None:
    assert_refused(
        here("up", DATA_DIR=str(started.data_dir)), f"already runs on DATA_DIR {started.data_dir} (process "
    )


def test_doctor_knows_the_ledgerwire_that_runs(started: Running, here: Here) -> None:
    port = str(urlsplit(started.url).port)
    found = here("doctor", DATA_DIR=str(started.data_dir), PORT=port)
    assert found.code == 0
    assert "in use by the Ledgerwire that runs" in found.out


def test_up_uses_the_broker_that_is_named_and_names_who_started_it(tmp_path: Path, broker: Broker) -> None:
    found = Running(tmp_path, REDIS_URL=broker.url, LOGNAME="ann")
    try:
        found.await_start()
        assert found.pids("broker") == []
        assert query(tmp_path, "SELECT name, role FROM sign_in_links") == [("Ann", "admin")]
    finally:
        assert found.stop() == 0


def test_a_link_that_nobody_used_is_taken_back_at_the_next_start(tmp_path: Path, broker: Broker) -> None:
    links = []
    for _ in range(2):
        found = Running(tmp_path, REDIS_URL=broker.url)
        try:
            found.await_start()
            links.append(query(tmp_path, "SELECT token_hash FROM sign_in_links"))
        finally:
            assert found.stop() == 0
    assert [len(each) for each in links] == [1, 1]
    assert links[0] != links[1]


def test_a_broker_that_cannot_read_its_data_starts_empty(tmp_path: Path) -> None:
    found_program()
    folder = tmp_path / "broker" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("rubbish")
    found = Running(tmp_path)
    try:
        found.await_start()
        assert found.says("it starts empty")
        assert (tmp_path / "broker.unreadable-1" / "appendonlydir").exists()
    finally:
        found.stop()


@pytest.mark.parametrize("part", ["api", "worker", "broker"])
def test_a_killed_part_is_replaced_and_all_is_ready_again(running: Running, part: str) -> None:
    running.await_ready()
    running.replace(part)
    assert running.says(f"The {part} ended (killed by SIGKILL); starting it again.")


def test_while_the_api_is_replaced_who_calls_waits(running: Running) -> None:
    """Nobody is refused: the listening socket belongs to `up`."""
    running.await_ready()
    old = running.kill("api")
    assert_gone(old)
    assert b"alive" in running.get("/health/live")
    assert running.pid("api") != old


def test_the_command_lines_name_their_part(running: Running) -> None:
    for part in ("api", "worker"):
        (command,) = [each.command for each in running.children() if each.pid == running.pid(part)]
        assert f"ledgerwire-server {part}" in command


def test_the_printed_key_opens_the_api(running: Running) -> None:
    where = urlsplit(running.url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
    path = f"/api/jobs/company/{running.company}"
    connection.request("GET", path, headers={"Authorization": f"Bearer {running.api_key}"})
    answer = connection.getresponse()
    assert (answer.status, b'"data":' in answer.read()) == (200, True)
    connection.close()
    assert (running.data_dir / "dev-key").stat().st_mode & 0o077 == 0


def test_a_new_link_is_another_one(running: Running) -> None:
    assert running.new_sign_in_url() != running.sign_in_url
    assert running.new_sign_in_url().startswith(f"{running.url}/#sign-in=")


# --- parts alone ----------------------------------------------------------------------------------------


def test_a_worker_alone_waits_for_its_broker_and_ends_when_told(tmp_path: Path) -> None:
    """Neither broker nor tables are there yet."""
    worker = subprocess.Popen(
        own_command("worker"),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert worker.stdout is not None
    for line in worker.stdout:
        if "jobs at a time" in line:
            break
    worker.send_signal(signal.SIGTERM)
    rest = worker.stdout.read()
    worker.stdout.close()
    assert worker.wait(20) == 0, rest


def test_the_address_of_our_own_broker_follows_from_the_folder(running: Running) -> None:
    assert brokers.trouble(brokers.address(running.data_dir)) is None
