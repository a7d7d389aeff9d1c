"""The group of child processes: kept alive, heard, given up, stopped; none is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from server.supervisor import LINE_LIMIT, GivenUpError, Part, Patience, Supervisor, describe
from tests.processes import assert_gone

SLEEPER = "import signal, os; print('pid', os.getpid(), flush=True); signal.pause()"
STUBBORN = (
    "import signal; signal.signal(15, signal.SIG_IGN); print('ready', flush=True)\nwhile True: signal.pause()"
)
HASTY = Patience(first_delay=0.01, longest_delay=0.02)


class Heard:
    """What the group said, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._news = asyncio.Event()

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        self._news.set()

    async def until(self, wanted: Callable[[list[tuple[str, str]]], bool]) -> None:
        async with asyncio.timeout(10):
            while not wanted(self.lines):
                self._news.clear()
                await self._news.wait()

    async def pids(self, count: int = 1) -> list[int]:
        """The first ``count`` pids that sleepers said."""
        await self.until(lambda lines: len(self._pids(lines)) >= count)
        return self._pids(self.lines)

    def _pids(self, lines: list[tuple[str, str]]) -> list[int]:
        return [int(line.split()[1]) for _, line in lines if line.startswith("pid ")]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def group(heard: Heard) -> AsyncIterator[Supervisor]:
    found = Supervisor(heard, patience=HASTY)
    yield found
    await found.stop(grace=0.0)
    found.kill()


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-S", "-c", code, *arguments]


def part(code: str, name: str = "part", **more: object) -> Part:
    return Part(name=name, command=lambda: python(code), **more)  # type: ignore[arg-type]


async def test_a_killed_child_is_back_at_once(group: Supervisor, heard: Heard) -> None:
    group.keep(part(SLEEPER))
    (first,) = await heard.pids()
    os.kill(first, signal.SIGKILL)
    first, second = await heard.pids(2)
    assert first != second
    assert ("up", "The part ended (killed by SIGKILL); starting it again.") in heard.lines


async def test_a_child_killed_again_and_again_is_never_given_up(group: Supervisor, heard: Heard) -> None:
    group.keep(part(SLEEPER))
    for count in range(1, 8):
        os.kill((await heard.pids(count))[-1], signal.SIGKILL)
    await heard.pids(8)
    assert not group.has_given_up()


async def test_a_child_that_ends_at_once_five_times_is_given_up(group: Supervisor, heard: Heard) -> None:
    group.keep(part("print('no'); raise SystemExit(3)", name="worker"))
    with pytest.raises(GivenUpError, match=r"worker ended 5 times as soon as it started \(exit code 3\)"):
        await asyncio.wait_for(group.watch(), 10)
    assert [line for _, line in heard.lines].count("no") == 5


async def test_a_part_may_be_mended_once_before_it_is_given_up(
    group: Supervisor, heard: Heard, tmp_path: Path
) -> None:
    obstacle = tmp_path / "obstacle"
    obstacle.touch()

    def mend() -> bool:
        obstacle.unlink()
        return True

    group.keep(part(f"import os; os.path.exists({str(obstacle)!r}) and os._exit(1)\n{SLEEPER}", mend=mend))
    await heard.pids()
    assert not group.has_given_up()


async def test_whoever_depends_on_a_child_is_told_of_its_end(group: Supervisor, heard: Heard) -> None:
    told = asyncio.Event()

    async def ended() -> None:
        told.set()
        raise LookupError("and its own trouble does no harm")

    group.keep(part(SLEEPER, ended=ended))
    os.kill((await heard.pids())[0], signal.SIGTERM)
    await asyncio.wait_for(told.wait(), 10)
    await heard.pids(2)
    await heard.until(lambda lines: ("up", "LookupError: and its own trouble does no harm") in lines)


async def test_lines_of_both_streams_carry_the_name_of_their_part(group: Supervisor, heard: Heard) -> None:
    group.keep(part(f"import sys; print('out'); print('err', file=sys.stderr)\n{SLEEPER}", name="api"))
    await heard.pids()
    assert {("api", "out"), ("api", "err")} <= set(heard.lines)


async def test_a_line_without_end_is_cut_into_pieces(group: Supervisor, heard: Heard) -> None:
    group.keep(part(f"print('x' * 20_000 + '.')\n{SLEEPER}"))
    await heard.pids()
    pieces = [line for _, line in heard.lines if not line.startswith("pid")]
    assert max(map(len, pieces)) <= LINE_LIMIT
    assert "".join(pieces) == "x" * 20_000 + "."


async def test_a_stop_is_orderly_and_in_stages(group: Supervisor, heard: Heard) -> None:
    bye = "import signal, sys\nsignal.signal(15, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
    group.keep(part(bye + SLEEPER, name="broker"))
    group.keep(part(bye + SLEEPER, name="worker"))
    pids = await heard.pids(2)
    await group.stop(["worker"], ["broker"], grace=10)
    assert [name for name, line in heard.lines if line == "bye"] == ["worker", "broker"]
    for pid in pids:
        assert_gone(pid)


async def test_who_does_not_stop_in_time_is_killed(group: Supervisor, heard: Heard) -> None:
    group.keep(part(STUBBORN))
    await heard.until(lambda lines: ("part", "ready") in lines)
    await group.stop(["part"], grace=0.05)
    assert not group.is_running("part")
    assert ("up", "The part did not stop in time; it is killed.") in heard.lines


async def test_nothing_is_started_again_after_a_stop(group: Supervisor, heard: Heard) -> None:
    group.keep(part(SLEEPER))
    await heard.pids()
    await group.stop(["part"], grace=10)
    assert len(await heard.pids()) == 1
    assert not any(line.endswith("starting it again.") for _, line in heard.lines)


def test_no_child_survives_a_killed_supervisor(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, SLEEPER], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline().split()[1])
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert_gone(child)


PARENT = """
import asyncio, sys
from server.supervisor import Part, Supervisor
async def main():
    group = Supervisor(lambda name, line: print(line, flush=True))
    group.keep(Part(name="child", command=lambda: [sys.executable, "-S", "-c", sys.argv[1]]))
    await group.watch()
asyncio.run(main())
"""


def test_a_lifeline_without_its_supervisor_starts_nothing() -> None:
    lifeline = Path("server/lifeline.py")
    ended = subprocess.run(
        [sys.executable, "-I", "-S", lifeline, "1", "echo", "no"], capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, b"")


def test_where_the_kernel_does_not_help_a_watcher_ends_the_program() -> None:
    """macOS has no PR_SET_PDEATHSIG; its watcher is portable, so it can be tried here."""
    code = (
        "import os, signal, sys; sys.path.insert(0, 'server'); import lifeline\n"
        "supervisor = os.fork()\n"
        "if supervisor == 0: os._exit(0)\n"
        "os.waitpid(supervisor, 0)\n"
        "if os.fork() == 0: lifeline.watch(supervisor, os.getppid()); os._exit(0)\n"
        "signal.pause()"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=20).returncode == -signal.SIGKILL


def test_ends_are_described_in_words() -> None:
    assert [describe(3), describe(-9), describe(-200)] == [
        "exit code 3",
        "killed by SIGKILL",
        "killed by signal 200",
    ]
