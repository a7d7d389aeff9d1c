"""Keeps child processes running as one group: starts them, forwards their lines, restarts and stops them.

Children stand in process groups of their own (within the terminal's session): a Ctrl-C reaches us alone and
we stop them in order. None outlives us, however we end (see lifeline.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

import msgspec

LIFELINE = Path(__file__).with_name("lifeline.py")
#: A line of a child longer than this is cut.
LINE_LIMIT = 4_000
#: What a stage gets after an earlier one has used up all the time.
LEAST_GRACE = 0.4


class GivenUpError(RuntimeError):
    """A part that ends as soon as it is started; the message says which and how."""

    def __init__(self, part: str, times: int, how: str) -> None:
        super().__init__(f"The {part} ended {times} times as soon as it started ({how}).")


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often, and how fast, a part that ends is started again."""

    #: Ending by itself within this many seconds of its start is "at once".
    at_once: float = 5.0
    #: This many times at once in a row, and the group gives up.
    times: int = 5
    first_delay: float = 0.2
    longest_delay: float = 2.0

    def delay(self, failures: int) -> float:
        """None after the first end: whoever was killed from outside should be back at once."""
        return 0.0 if failures == 0 else min(self.longest_delay, self.first_delay * 2.0 ** (failures - 1))


async def _nothing() -> None:
    pass


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of child process; ``command`` is asked anew before each start."""

    name: str
    command: Callable[[], Sequence[str]]
    pass_fds: tuple[int, ...] = ()
    #: Called after each unexpected end, beside the next start.
    ended: Callable[[], Awaitable[None]] = _nothing
    #: Called, once, before the group gives up: may mend what made the part fail and answer True.
    mend: Callable[[], bool] = lambda: False


def mortal(command: Sequence[str]) -> list[str]:
    """The same command line for a process that dies with this one."""
    return [sys.executable, "-I", "-S", str(LIFELINE), str(os.getpid()), *command]


class Supervisor:
    """``keep`` parts, then ``watch``; ``stop`` in stages. ``say`` is given each line for people."""

    def __init__(
        self,
        say: Callable[[str, str], None],
        *,
        shared_fds: Iterable[int] = (),
        patience: Patience | None = None,
    ) -> None:
        self._say = say
        self._shared_fds = tuple(shared_fds)
        self._patience = patience or Patience()
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._aside: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def keep(self, part: Part) -> None:
        """Start ``part`` and start it again whenever it ends, until the group stops."""
        self._keepers[part.name] = asyncio.create_task(self._keep(part), name=part.name)

    def is_running(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and child.returncode is None

    def ended_well(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and child.returncode == 0

    def has_given_up(self) -> bool:
        return any(keeper.done() for keeper in self._keepers.values())

    async def watch(self) -> None:
        """Returns never; raises GivenUpError when a part cannot be kept."""
        done, _ = await asyncio.wait(self._keepers.values(), return_when=asyncio.FIRST_COMPLETED)
        for keeper in done:
            keeper.result()

    async def stop(self, *stages: Sequence[str], grace: float) -> None:
        """SIGTERM to each stage in turn; who is still there after ``grace`` seconds in all is killed."""
        self._stopping.set()
        deadline = time.monotonic() + grace
        for stage in stages:
            await self._stop_stage(stage, deadline)
        await self._stop_stage(tuple(self._children), time.monotonic())
        await self._end_keepers()

    async def _end_keepers(self) -> None:
        # They end by themselves as soon as their child's last line is out, unless they pause before a start.
        if self._keepers:
            await asyncio.wait(self._keepers.values(), timeout=0.5)
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), *self._aside, return_exceptions=True)

    async def _stop_stage(self, names: Sequence[str], deadline: float) -> None:
        running = {name: self._children[name] for name in names if self.is_running(name)}
        if not running:
            return
        for child in running.values():
            child.terminate()
        ends = [asyncio.create_task(child.wait()) for child in running.values()]
        await asyncio.wait(ends, timeout=max(LEAST_GRACE, deadline - time.monotonic()))
        for name, child in running.items():
            if self.is_running(name):
                self._say("up", f"The {name} did not stop in time; it is killed.")
                _kill(child)
        await asyncio.wait(ends)

    def kill(self) -> None:
        """Everything at once, without waiting."""
        self._stopping.set()
        for child in self._children.values():
            _kill(child)

    async def _keep(self, part: Part) -> None:
        failures, quick, mended = 0, 0, False
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run_once(part)
            if self._stopping.is_set():
                return
            lived = time.monotonic() - began
            quick = quick + 1 if lived < self._patience.at_once else 0
            failures = failures + 1 if self._failed_at_once(code, lived) else 0
            if failures >= self._patience.times:
                if mended or not part.mend():
                    raise GivenUpError(part.name, failures, describe(code))
                failures, mended = 0, True
            self._say("up", f"The {part.name} ended ({describe(code)}); starting it again.")
            self._start_aside(part.ended())
            # Whatever ends it so soon each time, a machine out of memory included, must not spin.
            await asyncio.sleep(self._patience.delay(max(failures, quick - 2)))

    def _failed_at_once(self, code: int, lived: float) -> bool:
        # SIGKILL comes from outside (a person, a test, a kernel out of memory) and says nothing of the part.
        return lived < self._patience.at_once and code != -signal.SIGKILL

    async def _run_once(self, part: Part) -> int:
        child = await asyncio.create_subprocess_exec(
            *mortal(part.command()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(*self._shared_fds, *part.pass_fds),
            process_group=0,
            limit=LINE_LIMIT,
        )
        self._children[part.name] = child
        if self._stopping.is_set():
            _kill(child)
        forwarding = asyncio.create_task(self._forward(part.name, child))
        try:
            code = await child.wait()
        finally:
            # A grandchild may hold the pipe open.
            await asyncio.wait([forwarding], timeout=0.2)
            forwarding.cancel()
        return code

    async def _forward(self, name: str, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None  # noqa: S101 (we asked for a pipe)
        while line := await _read_line(child.stdout):
            self._say(name, line.decode(errors="replace").rstrip())

    def _start_aside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._guard(work))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _guard(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 (its failure must not take the group down)
            self._say("up", f"{type(error).__name__}: {error}")


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or what of it fits; b"" at the end."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.readexactly(min(error.consumed, LINE_LIMIT))


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()


def describe(code: int) -> str:
    """An exit status in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
