"""Work on what came from outside, in a process of its own: it can be killed, and it dies with us.

``python -m workers.child`` reads msgpack ``Call``s from stdin and answers each with one ``Answer`` on stdout; before
each stand four bytes of length. The end of its stdin means that the parent is gone, or has no more to ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import importlib
import os
import queue
import resource
import signal
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar, cast

import msgspec

from workers.settings import export

T = TypeVar("T")
LENGTH = struct.Struct(">I")
PR_SET_PDEATHSIG = 1
#: How libraries that are not written in Python say that they got no memory.
OUT_OF_MEMORY = (
    "bad_alloc",
    "bad allocation",
    "failed to allocate",
    "insufficient memory",
    "cannot allocate memory",
    # A library that is loaded in the middle of it.
    "failed to map segment",
)
#: How much of a child's stderr is kept for the log of a failure.
STDERR_KEPT = 4_000


class ChildFailed(RuntimeError):
    """The child gave no result.

    ``kind`` is ``error`` (the function raised), ``memory``, ``time``, or ``died`` (a signal from elsewhere).
    """

    def __init__(self, kind: str, detail: str) -> None:
        self.kind = kind
        self.detail = detail
        super().__init__(f"{kind}: {detail}")


class Call(msgspec.Struct, frozen=True):
    #: ``module:name``, importable.
    function: str
    args: list[Any]
    memory_mb: int
    #: Of processor time; the parent watches the clock on the wall.
    seconds: float
    parent: int
    variables: dict[str, str]


class Answer(msgspec.Struct, frozen=True):
    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    kind: str | None = None
    detail: str = ""


async def run_in_child(
    function: str, *args: Any, result: type[T], memory_mb: int = 1024, seconds: float = 60.0
) -> T:
    """``function(*args)`` with hard limits; arguments and result must be what msgpack can carry.

    Cancelling kills the child. Raises ChildFailed. A function tells of bad input by a value, not by an error.
    """
    async with await Child.start(memory_mb=memory_mb) as child:
        return await child.call(function, *args, result=result, seconds=seconds)


class Child:
    """One process for call after call: what it has imported and loaded stays with it.

    Whatever goes wrong with a call but an error of its function ends the process: ``alive`` says so.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, memory_mb: int, variables: Mapping[str, str]
    ) -> None:
        self._ended = False
        self._process = process
        self._memory_mb = memory_mb
        self._variables = dict(variables)
        self._complaint = b""
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, *, memory_mb: int, variables: Mapping[str, str] | None = None) -> Self:
        """``variables`` is set in the child before it imports what it is called for."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "workers.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # A group of its own, so that what it starts is killed with it.
            start_new_session=True,
        )
        return cls(process, memory_mb, variables or {})

    @property
    def alive(self) -> bool:
        return not self._ended and self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def call(self, function: str, *args: Any, result: type[T], seconds: float) -> T:
        """As run_in_child; one at a time."""
        call = Call(function, list(args), self._memory_mb, seconds, os.getpid(), self._variables)
        try:
            async with asyncio.timeout(seconds):
                output = await self._converse(msgspec.msgpack.encode(call))
        except TimeoutError:
            await self.end()
            raise ChildFailed("time", f"It took longer than {seconds:g} s.") from None
        except BaseException:
            await self.end()
            raise
        if output is None:
            raise await self._died()
        answer = msgspec.msgpack.decode(output, type=Answer)
        if answer.kind == "memory":
            # What it could not get it may still hold.
            await self.end()
        if answer.kind:
            raise ChildFailed(answer.kind, answer.detail)
        return msgspec.msgpack.decode(answer.result, type=result)

    async def _converse(self, call: bytes) -> bytes | None:
        """The answer's bytes; None where there is none."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: PT018, S101
        # A child that dies early closes the pipe; its answer, or the lack of one, says the rest.
        with contextlib.suppress(ConnectionError):
            stdin.write(LENGTH.pack(len(call)) + call)
            await stdin.drain()
        try:
            (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
            return await stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            return None

    async def _died(self) -> ChildFailed:
        await self.end()
        code = self._process.returncode or 0
        if code == -signal.SIGXCPU:
            return ChildFailed("time", "It took more processor time than it may.")
        complaint = self._complaint.decode(errors="replace")
        return ChildFailed("died", f"It ended with {code}. {complaint}".strip())

    async def end(self) -> None:
        """Kill it, if it has not died by itself, and what it has started with it."""
        self._ended = True
        await asyncio.shield(self._end())

    async def _end(self) -> None:
        # Its answers have ended: it may be on its way out, and its own end says more than ours for it.
        if self._process.stdout is None or not self._process.stdout.at_eof():
            self._kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self._process.wait()
        self._kill()
        await self._process.wait()
        await self._listening
        if self._process.stdin:
            self._process.stdin.close()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _listen(self) -> None:
        """Somebody has to read what it complains of, or it would stand still on a full pipe."""
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101
        while chunk := await stderr.read(STDERR_KEPT):
            self._complaint = (self._complaint + chunk)[-STDERR_KEPT:]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.end()


# --- in the child -----------------------------------------------------------------------------------------------


def main() -> None:
    answers = os.dup(1)
    # Whatever prints must not spoil an answer.
    os.dup2(2, 1)
    calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
    # In a thread, which also ends a process whose parent has gone while it works.
    threading.Thread(target=_receive, args=(calls,), daemon=True).start()
    with os.fdopen(answers, "wb") as out:
        while True:
            call = calls.get()
            _die_with(call.parent)
            _limit(call)
            export(**call.variables)
            answer = msgspec.msgpack.encode(_run(call))
            out.write(LENGTH.pack(len(answer)) + answer)
            out.flush()


def _receive(calls: queue.SimpleQueue[Call]) -> None:
    while True:
        (length,) = LENGTH.unpack(_read(LENGTH.size))
        calls.put(msgspec.msgpack.decode(_read(length), type=Call))


def _run(call: Call) -> Answer:
    try:
        value = _load(call.function)(*call.args)
        return Answer(msgspec.Raw(msgspec.msgpack.encode(value)))
    except MemoryError:
        return Answer(kind="memory", detail=f"It needed more than {call.memory_mb} MB.")
    except Exception as error:  # noqa: BLE001 - the parent gets whatever it is
        if any(words in str(error).lower() for words in OUT_OF_MEMORY):
            return Answer(kind="memory", detail=f"It needed more than {call.memory_mb} MB.")
        return Answer(kind="error", detail=f"{type(error).__name__}: {error}"[:STDERR_KEPT])


def _load(function: str) -> Callable[..., Any]:
    module, _, name = function.partition(":")
    return cast("Callable[..., Any]", getattr(importlib.import_module(module), name))


def _read(count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(0, count - len(parts))
        if not part:
            os._exit(1)
        parts += part
    return bytes(parts)


def _die_with(parent: int) -> None:
    """The thread is for every system; the signal also ends a child that is deep in C and runs no thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(call: Call) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime + call.seconds) + 1
    for kind, limit in ((resource.RLIMIT_AS, call.memory_mb * 2**20), (resource.RLIMIT_CPU, cpu)):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # macOS knows RLIMIT_AS and refuses to set it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    main()
