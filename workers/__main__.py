"""``python -m workers``: a worker, or (``--solitary``) one job in a process of its own."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Mapping, Sequence

import uuid_utils
import uvloop

from workers.jobs.kinds import Kind
from workers.jobs.solitary import COMMAND
from workers.settings import SettingError, Settings, read_settings
from workers.tasks import KINDS
from workers.worker import run_solitary, run_worker


def main(kinds: Mapping[str, Kind] = KINDS, command: Sequence[str] = COMMAND) -> int:
    """Whoever brings more kinds of work calls this with them, and with the command line that leads here."""
    options = _options()
    try:
        settings = read_settings()
        _configure_logging(settings)
        return uvloop.run(_run(settings, options, kinds, command))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _run(
    settings: Settings, options: argparse.Namespace, kinds: Mapping[str, Kind], command: Sequence[str]
) -> int:
    if options.solitary:
        return await run_solitary(settings, kinds, options.solitary, options.fence)
    await run_worker(settings, kinds, options.worker_id or _new_worker_id(), command=command)
    return 0


def _new_worker_id() -> str:
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid_utils.uuid4().hex[:8]}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="workers")
    parser.add_argument("--worker-id")
    parser.add_argument("--solitary", metavar="JOB_ID")
    parser.add_argument("--fence", type=int, default=0)
    return parser.parse_args()


def _configure_logging(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    # arq prints a job's arguments at INFO.
    logging.getLogger("arq").setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
