"""A child does what it is told, within its limits, and never outlives us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from decimal import Decimal
from pathlib import Path

import pytest

from workers.child import ChildFailed, run_in_child


def add(one: int, other: int) -> int:
    return one + other


def noisy() -> str:
    print("this is no answer")
    return "answer"


def amount() -> Decimal:
    return Decimal("1.10")


def fail() -> None:
    raise KeyError("what")


def hoard() -> int:
    return len(bytearray(4 * 2**30))


def spin() -> None:
    while True:
        pass


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def linger(mark: str) -> None:
    """Says who it is, then waits for ever; a real file, since stdout is the answer's."""
    Path(mark).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


HERE = "tests.workers.test_child"


async def test_the_result_comes_back_in_its_type() -> None:
    assert await run_in_child(f"{HERE}:add", 2, 3, result=int) == 5
    assert await run_in_child(f"{HERE}:amount", result=Decimal) == Decimal("1.10")


async def test_what_it_prints_does_not_spoil_the_answer() -> None:
    assert await run_in_child(f"{HERE}:noisy", result=str) == "answer"


@pytest.mark.parametrize(
    ("function", "kind", "seconds"),
    [
        ("fail", "error", 20),
        ("missing", "error", 20),
        ("hoard", "memory", 20),
        ("spin", "time", 1),
        ("crash", "died", 20),
    ],
)
async def test_each_way_to_fail_has_its_kind(function: str, kind: str, seconds: float) -> None:
    with pytest.raises(ChildFailed) as failed:
        await run_in_child(f"{HERE}:{function}", result=int, memory_mb=512, seconds=seconds)
    assert failed.value.kind == kind


async def test_cancelling_kills_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    task = asyncio.create_task(run_in_child(f"{HERE}:linger", str(mark), result=int))
    pid = await written(mark)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(pid)


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    script = f"""
        import asyncio
        from workers.child import run_in_child
        asyncio.run(run_in_child("{HERE}:linger", {str(mark)!r}, result=int))
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)]) as parent:
        pid = await written(mark)
        parent.kill()
    await gone(pid)


async def written(mark: Path) -> int:
    async with asyncio.timeout(20):
        while not (mark.exists() and (text := mark.read_text())):
            await asyncio.sleep(0.01)
    return int(text)


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while alive(pid):
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """A killed process nobody has waited for yet is as good as gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
