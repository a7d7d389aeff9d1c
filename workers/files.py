"""Uploaded bytes: put, open, sweep. Kept by what they are, never by what the sender called them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Container
from pathlib import Path
from typing import BinaryIO

from ledgerwire.submissions import Upload

SHA256 = re.compile(r"[0-9a-f]{64}")


class FileTooLarge(ValueError):
    """More bytes than ``limit``; nothing was kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The file is larger than {limit // 2**20} MB.")


class Files:
    """A folder of ``ab/cdef…``, one file per SHA-256. Safe to share between processes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, name: str, chunks: AsyncIterator[bytes], *, limit: int) -> Upload:
        """Store the bytes, on disk before it returns; raises FileTooLarge as soon as ``limit`` is passed."""
        await asyncio.to_thread(self.root.mkdir, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self.root, prefix="part-")
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as target:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLarge(limit)
                    digest.update(chunk)
                    await asyncio.to_thread(target.write, chunk)
                await asyncio.to_thread(_flush, target)
            sha256 = digest.hexdigest()
            await asyncio.to_thread(_place, Path(part), self.path(sha256))
        except BaseException:
            # Without an await: the task may be being cancelled. It may have found its place already.
            Path(part).unlink(missing_ok=True)  # noqa: ASYNC240
            raise
        return Upload(name=name, sha256=sha256, size=size)

    def path(self, sha256: str) -> Path:
        """Where the bytes of ``sha256`` lie or would lie."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:]

    def open(self, sha256: str) -> BinaryIO:
        """Raises FileNotFoundError where they were swept."""
        return self.path(sha256).open("rb")

    def sweep(self, keep: Container[str], *, older_than: float, now: Callable[[], float] = time.time) -> int:
        """Remove what nothing refers to and is older than ``older_than`` seconds; returns how many.

        The age protects bytes whose row is about to be committed.
        """
        limit = now() - older_than
        return sum(self._name(path) not in keep and _remove_older(path, limit) for path in self._all())

    def _all(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    def _name(self, path: Path) -> str:
        return "".join(path.relative_to(self.root).parts)


def _remove_older(path: Path, limit: float) -> bool:
    """Age and removal stand side by side: the same bytes may be arriving again. Another process may sweep too."""
    try:
        if path.stat().st_mtime >= limit:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _flush(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())


def _place(part: Path, final: Path) -> None:
    final.parent.mkdir(exist_ok=True)
    part.replace(final)
    # An upload that refers to bytes about to be swept must find them fresh; the rename alone is not durable.
    os.utime(final)
    for folder in (final.parent, final.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
