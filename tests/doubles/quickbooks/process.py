"""The double of QuickBooks as a process, which a browser can reach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from server.supervisor import mortal


@contextmanager
def double_of_quickbooks(*options: str) -> Iterator[dict[str, str]]:
    """The environment of a Ledgerwire that exports to it."""
    command = [sys.executable, "-m", "tests.doubles.quickbooks", "--port", "0", *options]
    with subprocess.Popen(
        mortal(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield dict(pair.split("=", 1) for pair in process.stdout.readline().split()[1:])
        finally:
            process.kill()
