"""python -m tests.doubles.quickbooks [--port N] [--log FILE] [--minute S] [--token-seconds S] [--latency S] [--at-once]

prints what to export before ``make run``, and serves until Ctrl-C. ``--at-once`` skips the page that asks for consent.

| | |
|---|---|
| ``POST /_double/switches`` | ``{"kind": "drop_after", "on": ["batch"], "count": 2}``: see switches.py |
| ``POST /_double/reset``, ``/_double/forget``, ``/_double/expire`` | behave; forget request ids; end tokens |
| ``GET /_double/books`` | how many objects there are, and what they add up to |
| ``GET /_double/objects?entity=Purchase`` | the objects |
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.doubles.quickbooks import Limits, QuickBooksOnline


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8012)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--minute", type=float, default=60.0)
    parser.add_argument("--token-seconds", type=float, default=3600.0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--at-once", action="store_true")
    return parser.parse_args()


async def serve(given: argparse.Namespace) -> None:
    limits = Limits(minute=given.minute)
    double = QuickBooksOnline(
        limits=limits, token_seconds=given.token_seconds, log=given.log, latency=given.latency
    )
    double.authority.consents_at_once = given.at_once
    await double.start(given.port)
    print("export", *(f"{name}={value}" for name, value in double.variables.items()), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await double.stop()


if __name__ == "__main__":
    try:
        asyncio.run(serve(arguments()))
    except KeyboardInterrupt:
        raise SystemExit(0) from None
