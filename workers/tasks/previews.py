"""The pictures of a receipt's pages: from a scratch folder to where they stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from workers.files import Files

#: Far above what a page of 1,600 pixels comes to.
MOST_BYTES = 50 * 2**20


async def keep_previews(files: Files, paths: Sequence[str]) -> list[str]:
    """Their SHA-256 in order, once all of them are on disk."""
    kept = [await files.put(Path(path).name, _content(path), limit=MOST_BYTES) for path in paths]
    return [each.sha256 for each in kept]


async def _content(path: str) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(Path(path).read_bytes)
