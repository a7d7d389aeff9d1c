"""A measurement's command line: one option per field of its size."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import uvloop

from tests.benchmarks.figures import Report, say

Size = TypeVar("Size", bound=msgspec.Struct)


def run(description: str | None, size: type[Size], measure: Callable[[Size], Awaitable[Report]]) -> int:
    """Measure, then print the table; ``--json FILE`` writes the figures there, ``-`` prints them."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--json", metavar="FILE")
    for name, default in msgspec.structs.asdict(size()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    options: dict[str, Any] = vars(parser.parse_args())
    target = options.pop("json")

    async def measured() -> Report:
        return await measure(size(**options))

    report = uvloop.run(measured())
    sys.stdout.write(f"{report.table()}\n")
    if target == "-":
        sys.stdout.write(f"{report.json()}\n")
    elif target:
        Path(target).write_text(report.json())
        say(f"The figures are in {target}.")
    return 0
