"""What `doctor` finds, and what it says to do about what is missing."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest

from server import broker as brokers
from server import doctor
from server.doctor import State
from tests.brokers import Broker
from workers.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DATA_DIR": str(tmp_path), "PORT": "0"})


def changed(settings: Settings, **changes: object) -> Settings:
    return msgspec.structs.replace(settings, **changes)


async def test_a_fresh_folder_is_enough_to_run(settings: Settings) -> None:
    findings = await doctor.examine(settings)
    assert all(finding.can_run for finding in findings)
    assert [finding.subject for finding in findings] == [
        "Python", "DATA_DIR", "Database", "Broker", "Port", "Tesseract", "RapidOCR", "Language model", "QuickBooks"
    ]  # fmt: skip
    assert "Ledgerwire can run here." in doctor.report(findings)


async def test_what_is_broken_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = tmp_path / "file" / "data"
    broken = changed(
        settings,
        data_dir=nowhere,
        database_url=f"sqlite+aiosqlite:///{nowhere}/ledgerwire.db",
        redis_url="redis://127.0.0.1:1/0",
        host="192.0.2.1",
    )
    findings = {each.subject: each for each in await doctor.examine(broken)}
    for subject in ("DATA_DIR", "Database", "Broker", "Port"):
        assert findings[subject].state is State.BROKEN, subject
        assert findings[subject].todo, subject
    assert "Ledgerwire cannot run." in doctor.report(list(findings.values()))


def test_a_broker_that_may_forget_gets_advice(settings: Settings, broker: Broker) -> None:
    ours = changed(settings, redis_url=broker.url)
    assert doctor.the_broker(ours, is_running=False).state is State.OK
    with broker.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        found = doctor.the_broker(ours, is_running=False)
        client.config_set("maxmemory-policy", "noeviction")
    assert found.state is State.LACKING
    assert "Set maxmemory-policy noeviction" in str(found.todo)


def test_all_that_a_broker_should_change_is_told_together() -> None:
    # Not tried on the shared one: turning the file on again rewrites it beside what the next test does.
    forgetful = brokers.Facts("Redis", "7.0.0", "no", "allkeys-lru")
    assert "appendonly yes and maxmemory-policy noeviction" in str(brokers.advice(forgetful))
    assert brokers.advice(brokers.Facts("Managed", "7.0.0", None, None)) is None


def test_no_broker_at_all_cannot_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> brokers.Program:
        raise brokers.BrokerError("No broker found.")

    monkeypatch.setattr(brokers, "find_program", none)
    assert doctor.the_broker(settings, is_running=False).state is State.BROKEN


def test_a_broker_that_runs_for_us_is_asked_itself(broker: Broker) -> None:
    settings = read_settings({"DATA_DIR": str(broker.data_dir)})
    found = doctor.the_broker(settings, is_running=True)
    assert found.state is State.OK
    assert "ours" in found.found


def test_a_port_in_use_is_fine_while_it_is_we_who_use_it(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        there = changed(settings, port=taken.getsockname()[1])
        assert doctor.port(there, is_running=True).state is State.OK
        assert doctor.port(there, is_running=False).state is State.BROKEN


def test_a_full_disk_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_NEEDED", 2**80)
    assert doctor.folder(settings).state is State.LACKING


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99,))
    assert doctor.python().state is State.BROKEN


def test_tesseract_is_named_found_or_missed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    named = doctor.tesseract(changed(settings, tesseract_cmd="/nowhere/tesseract"))
    assert (named.state, named.found) == (State.LACKING, "/nowhere/tesseract")
    monkeypatch.setenv("PATH", "")
    assert doctor.tesseract(settings).state is State.OK
    monkeypatch.setattr(doctor, "_bundled_tesseract", lambda: None)
    assert doctor.tesseract(settings).found == "not found"


def test_a_language_model_needs_its_key_and_its_name(settings: Settings) -> None:
    off = doctor.language_model(settings)
    assert (off.state, off.found) == (State.LACKING, "off")
    assert "Set OPENAI_API_KEY and OPENAI_MODEL; " in str(off.todo)
    keyed = changed(settings, openai_api_key="sk-secret")
    assert "Set OPENAI_MODEL; " in str(doctor.language_model(keyed).todo)
    named = changed(settings, openai_model="some-model")
    assert "Set OPENAI_API_KEY; " in str(doctor.language_model(named).todo)


def test_a_language_model_is_told_with_its_host_and_without_any_secret(settings: Settings) -> None:
    on = changed(settings, openai_api_key="sk-secret", openai_model="some-model")
    found = doctor.language_model(on)
    assert found.state is State.OK
    assert found.found == "some-model at api.openai.com, 1,000,000 tokens a day and company"
    local = changed(on, openai_base_url="http://me:hunter2@127.0.0.1:8011/v1", openai_daily_tokens=5)
    assert doctor.language_model(local).found == "some-model at 127.0.0.1:8011, 5 tokens a day and company"


def test_quickbooks_needs_an_application(settings: Settings) -> None:
    assert doctor.quickbooks(settings).state is State.LACKING
    set_up = changed(settings, qbo_client_id="id", qbo_client_secret="secret")
    assert doctor.quickbooks(set_up).state is State.OK


async def test_no_secret_is_ever_shown(settings: Settings) -> None:
    secretive = changed(
        settings,
        database_url="postgresql+psycopg://me:hunter2@127.0.0.1:1/books",
        redis_url="redis://me:hunter2@127.0.0.1:1/0",
        openai_api_key="hunter2",
        openai_model="m",
        qbo_client_id="id",
        qbo_client_secret="hunter2",
    )
    assert "hunter2" not in doctor.report(await doctor.examine(secretive))
