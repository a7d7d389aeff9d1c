"""Work on what came from outside, in a process of its own: it can be killed, and it dies with us.

``python -m workers.child`` reads one msgpack ``Call`` from stdin, four bytes of length before it, and answers with
one msgpack ``Answer`` on stdout. Its stdin stays open: the end of it means that the parent is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import importlib
import os
import resource
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
LENGTH = struct.Struct(">I")
PR_SET_PDEATHSIG = 1
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
    call = msgspec.msgpack.encode(Call(function, list(args), memory_mb, seconds, os.getpid()))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "workers.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A group of its own, so that what it starts is killed with it.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            output, complaint = await _converse(process, LENGTH.pack(len(call)) + call)
    except TimeoutError:
        raise ChildFailed("time", f"It took longer than {seconds:g} s.") from None
    finally:
        await _end(process)
    return _result(output, complaint, process.returncode or 0, result)


async def _converse(process: asyncio.subprocess.Process, call: bytes) -> tuple[bytes, str]:
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin is not None and stdout is not None and stderr is not None  # noqa: PT018, S101
    stdin.write(call)
    # A child that dies early closes the pipe; its answer, or the lack of one, says the rest.
    with contextlib.suppress(ConnectionError):
        await stdin.drain()
    output, complaint = await asyncio.gather(stdout.read(), stderr.read())
    await process.wait()
    return output, complaint[-STDERR_KEPT:].decode(errors="replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())
    if process.stdin:
        process.stdin.close()


def _result(output: bytes, complaint: str, code: int, result: type[T]) -> T:
    if code == -signal.SIGXCPU:
        raise ChildFailed("time", "It took more processor time than it may.")
    try:
        answer = msgspec.msgpack.decode(output, type=Answer)
    except msgspec.DecodeError:
        raise ChildFailed("died", f"It ended with {code}. {complaint}".strip()) from None
    if answer.kind:
        raise ChildFailed(answer.kind, answer.detail)
    return msgspec.msgpack.decode(answer.result, type=result)


# --- in the child -----------------------------------------------------------------------------------------------


def main() -> None:
    answer = os.dup(1)
    # Whatever prints must not spoil the answer.
    os.dup2(2, 1)
    (length,) = LENGTH.unpack(_read(LENGTH.size))
    call = msgspec.msgpack.decode(_read(length), type=Call)
    _die_with(call.parent)
    _limit(call)
    with os.fdopen(answer, "wb") as out:
        out.write(msgspec.msgpack.encode(_run(call)))


def _run(call: Call) -> Answer:
    try:
        value = _load(call.function)(*call.args)
        return Answer(msgspec.Raw(msgspec.msgpack.encode(value)))
    except MemoryError:
        return Answer(kind="memory", detail=f"It needed more than {call.memory_mb} MB.")
    except Exception as error:  # noqa: BLE001 - the parent gets whatever it is
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
    threading.Thread(target=_await_end, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _await_end() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def _limit(call: Call) -> None:
    cpu = int(call.seconds) + 1
    for kind, limit in ((resource.RLIMIT_AS, call.memory_mb * 2**20), (resource.RLIMIT_CPU, cpu)):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # macOS knows RLIMIT_AS and refuses to set it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    main()
