"""``pip install ledgerwire`` as somebody else does it: the built wheel, no extra, and nothing but what that asks for.

The environment is a new and empty one. What the wheel asks for is taken over from our own, for the tests need no
network; pip itself then says that nothing is missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ledgerwire.jobs import LogEntry, LogLine, LogPage
from tests.client.jobs import NOON, a_job, told
from tests.client.server import Server, block, reply, stream

ROOT = Path(__file__).parents[2]
#: All that `pip install ledgerwire` may ask for by itself.
BASE = {"click", "httpx2", "msgspec", "rich", "websockets"}
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]

PROGRAM = """
import importlib, json, pkgutil, sys
import ledgerwire
for name in ledgerwire.__all__:
    getattr(ledgerwire, name)
for module in pkgutil.iter_modules(ledgerwire.__path__, "ledgerwire."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
with ledgerwire.Ledgerwire(sys.argv[1]) as client:
    job = client.upload_and_categorize(("june.csv", b"Date,Amount"), company="demo")
    assert [type(event).__name__ for event in job.events()] == ["JobEvent"]
    assert job.result() == {"read": 1}
print(json.dumps({"from": ledgerwire.__file__, "loaded": sorted({name.partition(".")[0] for name in sys.modules})}))
"""
MISSING = """
import importlib.util, sys
found = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
assert not found, found
"""


class Environment:
    """A virtual environment with the wheel and what it asks for."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.bin = folder / "bin"
        self.packages = next(folder.glob("lib/python*/site-packages"))
        assert list(self.packages.iterdir()) == []
        self.pip("install", "--no-index", "--no-deps", "--quiet", str(wheel))

    def take_over(self, name: str) -> None:
        """A distribution as it is installed here."""
        distribution = metadata.distribution(name)
        for file in distribution.files or ():
            # Scripts lie outside, and no program of ours calls them.
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = self.packages / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(distribution.locate_file(file)), target)

    def pip(self, *words: str) -> None:
        _run([*PIP, "--python", str(self.bin / "python"), *words])

    def python(self, code: str, *words: str) -> str:
        return _run([str(self.bin / "python"), "-I", "-c", code, *words])

    def ledgerwire(self, *words: str) -> str:
        return _run([str(self.bin / "ledgerwire"), *words])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"TERM": "dumb"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def requirements(wheel: Path) -> Mapping[str, list[Requirement]]:
    """What the wheel asks for: by itself, and with each extra."""
    (told_of,) = metadata.distributions(name="ledgerwire", path=[str(wheel)])
    extras = ["", *(told_of.metadata.get_all("Provides-Extra") or ())]
    needs = [Requirement(text) for text in told_of.requires or ()]
    return {extra: [need for need in needs if _holds(need, extra)] for extra in extras}


def _holds(need: Requirement, extra: str = "") -> bool:
    return need.marker is None or need.marker.evaluate({"extra": extra})


@pytest.fixture(scope="module")
def alone(
    wheel: Path, requirements: Mapping[str, list[Requirement]], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("alone") / "venv", wheel)
    for name in closure({need.name for need in requirements[""]}):
        environment.take_over(name)
    return environment


def closure(names: set[str]) -> Iterator[str]:
    """These distributions and all that they need in turn."""
    todo, done = list(names), set[str]()
    while todo:
        name = todo.pop()
        if name not in done:
            done.add(name)
            yield name
            needs = map(Requirement, metadata.requires(name) or ())
            todo += [need.name for need in needs if _holds(need)]


def test_it_asks_for_little(requirements: Mapping[str, list[Requirement]]) -> None:
    assert {need.name for need in requirements[""]} == BASE


def test_nothing_that_it_needs_is_missing(alone: Environment) -> None:
    alone.pip("check")


def test_nothing_of_the_server_is_there(
    alone: Environment, requirements: Mapping[str, list[Requirement]]
) -> None:
    others = set(closure({need.name for extra in ("server", "ocr") for need in requirements[extra]}))
    others -= set(closure(BASE))
    modules = [
        module
        for module, homes in metadata.packages_distributions().items()
        if {home.lower().replace("_", "-") for home in homes} <= others
    ]
    assert {"litestar", "arq", "redis", "sqlalchemy", "uvicorn"} <= set(modules)
    alone.python(MISSING, *modules)


def test_a_job_is_submitted_watched_and_read(alone: Environment, server: Server) -> None:
    server.on("POST", "/api/jobs/upload-and-categorize", reply(a_job("pending", 0), 202))
    server.on("GET", "/api/jobs/j1/events", stream(block(told(a_job("complete", 2, result={"read": 1}), 1))))
    said = json.loads(alone.python(PROGRAM, server.url))
    assert said["from"].startswith(str(alone.packages))
    assert not {"server", "workers"} & set(said["loaded"])


def test_the_command_works(alone: Environment, server: Server) -> None:
    assert "Submit bookkeeping jobs" in alone.ledgerwire("--help")
    page = LogPage([LogEntry(1, [LogLine(NOON, "info", "coffee")])], None)
    server.on("GET", "/api/jobs/j1", reply(a_job()))
    server.on("GET", "/api/jobs/j1/log", reply(page))
    assert "coffee" in alone.ledgerwire("--url", server.url, "log", "j1")


def test_the_server_that_is_not_there_says_what_it_needs(alone: Environment) -> None:
    command = [str(alone.bin / "ledgerwire-server"), "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"TERM": "dumb"})
    assert done.returncode == 1
    assert done.stderr.endswith("pip install 'ledgerwire[server]'\n")
    assert "Traceback" not in done.stderr
