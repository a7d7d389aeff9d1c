"""The public names, and what importing them may cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

import ledgerwire
from tests.client.jobs import a_job, told
from tests.client.server import Server, block, reply, stream

BASE = {"click", "httpx2", "msgspec", "rich", "websockets"}


def test_every_public_name_has_a_home_and_a_docstring_worth_reading() -> None:
    assert ledgerwire.__all__ == sorted(ledgerwire.__all__)
    assert dir(ledgerwire) == ledgerwire.__all__
    for name in ledgerwire.__all__:
        assert getattr(ledgerwire, name).__name__ == name
    assert not hasattr(ledgerwire, "Nonsense")


def test_errors_form_one_tree() -> None:
    errors = [
        found for name in ledgerwire.__all__ if issubclass(found := getattr(ledgerwire, name), Exception)
    ]
    assert len(errors) == 15
    assert all(issubclass(error, ledgerwire.LedgerwireError) for error in errors)


def test_the_contract_does_not_load_the_client() -> None:
    code = """
import sys
import ledgerwire.events
from ledgerwire import Job, Problem, Submission
assert not {"httpx2", "websockets", "rich", "click", "asyncio"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def closure(names: set[str]) -> Iterator[str]:
    """The distributions that `pip install ledgerwire` brings."""
    todo, done = list(names), set()
    while todo:
        name = todo.pop()
        if name in done:
            continue
        done.add(name)
        yield name
        for text in metadata.requires(name) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                todo.append(need.name)


ALONE = """
import json, sys
allowed = set(json.loads(sys.argv[1])) | set(sys.stdlib_module_names)

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"{name} is not among the base dependencies", name=name)

sys.meta_path.insert(0, Refuse())
from ledgerwire import Ledgerwire
from ledgerwire.cli import main
with Ledgerwire(sys.argv[2]) as client:
    job = client.upload_and_categorize(("june.csv", b"Date,Amount"), company="demo")
    assert len(list(job.events())) == 1
    assert job.result() == {"read": 1}
main(["--help"])
"""


def test_the_sdk_works_with_its_base_dependencies_alone(server: Server) -> None:
    declared = {
        Requirement(text).name for text in metadata.requires("ledgerwire") or () if "extra" not in text
    }
    assert declared == BASE
    installed = set(closure(BASE))
    modules = [
        module
        for module, homes in metadata.packages_distributions().items()
        if installed & {home.lower().replace("_", "-") for home in homes}
    ]
    end = told(a_job("complete", 2, result={"read": 1}), 1)
    server.on("POST", "/api/jobs/upload-and-categorize", reply(a_job("pending", 0), 202))
    server.on("GET", "/api/jobs/j1/events", stream(block(end)))
    command = [sys.executable, "-c", ALONE, json.dumps([*modules, "ledgerwire"]), server.url]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "upload" in done.stdout
