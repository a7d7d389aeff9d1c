"""Runs a program that dies with its supervisor: ``python -I -S lifeline.py SUPERVISOR_PID PROGRAM ARGS…``.

The process becomes the program (same pid, same standard streams). It is started by path and imports nothing
of ours, so that it costs 20 ms; a ``preexec_fn`` would run Python between fork and exec, unsafe with threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1


def main() -> None:
    supervisor, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        # Survives exec. Trap: "parent" is the very thread that forked: start children from the main one.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    elif os.fork() == 0:
        watch(supervisor, os.getppid())
        return
    if os.getppid() != supervisor:
        sys.exit(1)  # it died before we asked to die with it
    os.execvp(program[0], program)  # noqa: S606 (running what the supervisor names is its purpose)


def watch(supervisor: int, program: int) -> None:
    """Where the kernel does not do it for us: kill ``program``, our parent, when ``supervisor`` is gone."""
    os.closerange(3, 256)  # a lock or a listening socket must not live on in the watcher
    while os.getppid() == program:
        if not is_alive(supervisor):
            os.kill(program, signal.SIGKILL)
            return
        time.sleep(0.25)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
