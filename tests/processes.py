"""Claims about processes, on Linux and macOS."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


class Process:
    """A row of ``ps``."""

    def __init__(self, row: str) -> None:
        pid, parent, state, command = row.split(None, 3)
        self.pid, self.parent, self.command = int(pid), int(parent), command
        #: Ended, but not yet waited for.
        self.is_gone = state.startswith("Z")


def processes() -> list[Process]:
    return [Process(row) for row in _rows()]


def _rows() -> list[str]:
    if PROC.exists():
        return [row for row in map(_row_of, PROC.glob("[0-9]*")) if row]
    listing = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,state=,command="], capture_output=True, text=True, check=True
    )
    return listing.stdout.splitlines()


def _row_of(folder: Path) -> str | None:
    """The same from /proc: a bare Debian has no ``ps``."""
    try:
        # The name in parentheses may itself hold spaces and parentheses.
        state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (OSError, ValueError):
        return None
    return f"{folder.name} {parent} {state} {command or '-'}"


def is_gone(pid: int) -> bool:
    return all(process.is_gone for process in processes() if process.pid == pid)


def children(pid: int) -> list[Process]:
    """The living children of ``pid``."""
    return [process for process in processes() if process.parent == pid and not process.is_gone]


def assert_gone(pid: int, *, within: float = 5.0) -> None:
    until(lambda: is_gone(pid), f"process {pid} to end", within=within)


def until(is_so: Callable[[], bool], what: str, *, within: float = 10.0) -> None:
    """Retry the assertion, never the test."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"waited {within:g} s in vain for {what}"
        time.sleep(0.01)
