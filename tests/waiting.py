"""Waiting for what has no signal: the claim is tried again until it holds or the time is up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(claim: Callable[[], object], *, within: float = 10.0) -> None:
    """Return as soon as ``claim()`` is true; fail with its source line after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not claim():
        assert time.monotonic() < deadline, f"not true within {within} s"
        await asyncio.sleep(0.005)
