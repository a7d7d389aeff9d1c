"""The guide tells the truth: its new kind of work runs as printed, and it forgets no endpoint, event or setting."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from litestar.exceptions import MethodNotAllowedException

from ledgerwire.events import Event
from ledgerwire.jobs import Job
from server.__main__ import cli
from server.app import create_app
from server.problems import to_problem
from tests.brokers import Broker
from workers import settings as settings_module
from workers.settings import Settings

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide.md").read_text()
ROOMS = ("client", "workers", "server", "static")
#: What the copied tree is told to do: submit the guide's own kind and print its result.
RUN = """
import asyncio, json, sys
from pathlib import Path
sys.path[:0] = [str(Path("client").resolve()), str(Path.cwd())]
from ledgerwire.jobs import Status
from ledgerwire.submissions import KINDS as SUBMISSIONS
from workers.books.companies import create_company
from workers.settings import Settings, Tempo
from workers.tasks import KINDS
from workers.worker import WorkerProcess
import workers.tasks
assert Path(workers.tasks.__file__).is_relative_to(Path.cwd()), workers.tasks.__file__

async def main(url, redis_url):
    settings = Settings(data_dir=Path("data"), database_url=url, redis_url=redis_url, tempo=Tempo().scaled(0.1))
    worker = WorkerProcess(settings, KINDS, "guide")
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    kernel = worker.kernel
    async with kernel.database.transaction() as tx:
        await create_company(tx, "acme")
    spending = SUBMISSIONS["spending"](company_id="acme", year=2026)
    job = (await kernel.submit(spending, submitted_by="guide")).record
    while not (record := await kernel.ledger.find(job.job_id)).status.terminal:
        await asyncio.sleep(0.01)
    lines = [line.text for entry in await kernel.ledger.log_page(job.job_id) for line in entry.lines]
    stop.set()
    await running
    print(json.dumps({"status": record.status, "result": record.result, "lines": lines}))

asyncio.run(main(*sys.argv[1:]))
"""


def blocks() -> dict[str, str]:
    found = re.findall(r"<!-- new-kind: (\S+) -->\n```python\n(.*?)```", GUIDE, re.DOTALL)
    return dict(found)


def apply(tree: Path) -> None:
    """As the guide says: the Struct above the union, a file of its own, a line in the registry."""
    texts = blocks()
    submissions = tree / "client/ledgerwire/submissions.py"
    union = re.compile(r"^AnySubmission = \(\n", re.MULTILINE)
    above, named = texts["client/ledgerwire/submissions.py"].split("AnySubmission = (\n")
    text = union.sub(lambda found: above + found[0] + named.split(")")[0], submissions.read_text())
    submissions.write_text(text)
    (tree / "workers/tasks/spending.py").write_text(texts["workers/tasks/spending.py"])
    registry = tree / "workers/tasks/__init__.py"
    kinds = re.compile(r"^KINDS = registry\(.*?^\)\n", re.DOTALL | re.MULTILINE)
    text = kinds.sub(lambda _: texts["workers/tasks/__init__.py"], registry.read_text())
    text = text.replace(
        "from workers.tasks import (", "from workers.tasks import (  # noqa: I001\n    spending,"
    )
    registry.write_text(text.replace("    Learn,\n", "    Learn,\n    Spending,\n"))


def test_the_new_kind_runs_as_printed(tmp_path: Path, sqlite_url: str, broker: Broker) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "docs"))
    apply(tmp_path)
    done = subprocess.run(  # noqa: PLW1510 - the answer is read first
        [sys.executable, "-c", RUN, sqlite_url, broker.url],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "complete"
    assert list(answer["result"]) == [f"{month:02}" for month in range(1, 13)]
    assert answer["lines"][0].startswith("January")


def test_the_new_kind_takes_about_twenty_lines() -> None:
    function = blocks()["workers/tasks/spending.py"].split("async def", 1)[1]
    assert len(function.strip().splitlines()) <= 20


def test_every_endpoint_is_in_the_guide(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/x.db",
        redis_url="redis://127.0.0.1:1",
    )
    paths = set(create_app(settings).openapi_schema.to_schema()["paths"]) | {"/api/ws", "/metrics"}
    texts = GUIDE.replace("`…/retry`", "`POST /api/jobs/company/{company_id}/retry`")
    assert [path for path in sorted(paths) if not re.search(rf"{re.escape(path)}[`?\s]", texts)] == []


@pytest.mark.parametrize("event", get_args(Event))
def test_every_event_is_in_the_guide(event: type[msgspec.Struct]) -> None:
    assert f"| `{event.__struct_config__.tag}` |" in GUIDE


def test_every_field_of_a_job_is_in_the_guide() -> None:
    section = GUIDE.split("## Look at jobs")[1].split("## Cancel and retry")[0] + GUIDE.split("## Submit")[1]
    assert [name for name in Job.__struct_fields__ if not re.search(rf"\b{name}\b", section)] == []


# --- what goes wrong --------------------------------------------------------------------------------------

#: Whose first argument is a code; elsewhere a Problem's ``type`` ends with it.
RAISERS = (
    "_refused",
    "BooksError",
    "Conflict",
    "StatementError",
    "AccountError",
    "refuse_column",
    "BadInput.of",
)
#: Said by the books to whoever reads or changes them over the API; everything else of theirs is a job's.
OF_BOOKS = {
    "already_attached",
    "already_booked",
    "other_currency",
    "receipt_incomplete",
    "account_in_use",
    "account_taken",
    "bad_cursor",
    "base_currency_fixed",
    "changed",
    "closed_too_far",
    "invalid_account",
    "invalid_rule",
    "locked_period",
    "not_a_category",
    "too_many_accounts",
    "too_many_rules",
}
#: Made of an outcome, or of a state, or raised at several places.
OUTCOMES = {"already_approved", "already_exported", "exported", "needs_category"}
OUTCOMES |= {"quickbooks_not_set_up", "quickbooks_not_connected"}


def codes_in(room: str) -> set[str]:
    trees = [ast.parse(path.read_text()) for path in (ROOT / room).rglob("*.py") if path.stem != "examples"]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {code for call in calls for code in codes_of(call)}


def codes_of(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    first = call.args[0] if name in RAISERS and call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value
    for keyword in call.keywords:
        value = getattr(keyword.value, "value", None)
        if name == "Problem" and keyword.arg == "type" and isinstance(value, str):
            yield value.removeprefix("/problems/")


def codes_of_table(head: str, column: int) -> set[str]:
    rows = GUIDE.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[column])}


def test_every_code_of_the_api_is_in_the_guide() -> None:
    codes = codes_in("server") | OF_BOOKS | OUTCOMES | {to_problem(MethodNotAllowedException()).code}
    assert len(codes) > 15
    assert codes_of_table("| | the API answers |", 2) == codes


def test_every_code_of_a_job_is_in_the_guide() -> None:
    codes = codes_in("workers")
    assert codes >= OF_BOOKS
    codes -= OF_BOOKS
    assert len(codes) > 20
    assert codes_of_table("| a job's `error` |", 1) == codes


def test_every_command_is_in_the_guide() -> None:
    section = GUIDE.split("## Commands")[1].split("##")[0]
    assert [
        name for name in sorted(cli.commands) if not re.search(rf"`(ledgerwire-server )?{name}\b", section)
    ] == []


def test_every_setting_is_in_the_guide() -> None:
    names = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', inspect.getsource(settings_module)))
    assert len(names) > 15
    assert [name for name in sorted(names) if f"`{name}`" not in GUIDE] == []
