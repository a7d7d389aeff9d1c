"""Uploaded bytes: kept by what they are, on disk before anybody hears of it, swept when nobody needs them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from workers.files import Files, FileTooLarge

DAY = 86_400.0


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def put(files: Files, *parts: bytes, limit: int = 100) -> str:
    return (await files.put("june.csv", chunks(*parts), limit=limit)).sha256


def kept(files: Files) -> list[Path]:
    return [path for path in files.root.rglob("*") if path.is_file()]


def later() -> float:
    return time.time() + 2 * DAY


async def test_bytes_are_found_by_what_they_are(files: Files) -> None:
    upload = await files.put("../../etc/june.csv", chunks(b"date,", b"amount"), limit=100)
    assert upload.sha256 == hashlib.sha256(b"date,amount").hexdigest()
    assert (upload.name, upload.size) == ("../../etc/june.csv", 11)
    with files.open(upload.sha256) as stored:
        assert stored.read() == b"date,amount"
    assert kept(files) == [files.path(upload.sha256)]


async def test_the_same_bytes_are_kept_once_whoever_sends_them(files: Files) -> None:
    many = await asyncio.gather(*(put(files, b"x" * 50, b"y" * 50) for _ in range(20)))
    assert len(set(many)) == 1
    assert kept(files) == [files.path(many[0])]


async def test_an_empty_file_is_a_file(files: Files) -> None:
    with files.open(await put(files)) as stored:
        assert stored.read() == b""


async def test_too_much_is_refused_as_soon_as_it_is_too_much_and_leaves_nothing(files: Files) -> None:
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 2**20

    with pytest.raises(FileTooLarge, match="larger than 3 MB"):
        await files.put("big.csv", endless(), limit=3 * 2**20)
    assert len(read) == 4
    assert kept(files) == []
    await put(files, b"x" * 100, limit=100)


async def test_an_upload_that_breaks_off_leaves_nothing(files: Files) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.put("june.csv", broken(), limit=100)
    assert kept(files) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(files: Files) -> None:
    inside = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b"half"
        inside.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(files.put("june.csv", stuck(), limit=100))
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept(files) == []


@pytest.mark.parametrize("name", ["", "june.csv", "../" + "a" * 61, "A" * 64, "a" * 63 + "\n", "a" * 65])
def test_only_a_sha_256_names_a_file(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.open(name)


async def test_the_sweep_removes_what_is_old_and_needed_by_nobody(files: Files) -> None:
    needed, unneeded = await put(files, b"needed"), await put(files, b"unneeded")
    (files.root / "part-left-over").write_bytes(b"of a process that was killed")
    assert files.sweep({needed}, older_than=DAY) == 0
    assert files.sweep({needed}, older_than=DAY, now=later) == 2
    assert kept(files) == [files.path(needed)]
    with pytest.raises(FileNotFoundError):
        files.open(unneeded)


async def test_bytes_that_arrive_again_are_young_again(files: Files) -> None:
    sha256 = await put(files, b"again")
    old = time.time() - 2 * DAY
    os.utime(files.path(sha256), (old, old))
    await put(files, b"again")
    assert files.sweep(frozenset(), older_than=DAY) == 0


async def test_several_may_sweep_at_once(files: Files) -> None:
    for number in range(300):
        path = files.path(hashlib.sha256(bytes([number % 256, number // 256])).hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    together = threading.Barrier(4)

    def sweep() -> int:
        together.wait()
        return files.sweep(frozenset(), older_than=DAY, now=later)

    counts = await asyncio.gather(*(asyncio.to_thread(sweep) for _ in range(4)))
    assert sum(counts) == 300
    assert kept(files) == []


def test_nothing_to_sweep_is_nothing(files: Files) -> None:
    assert files.sweep(frozenset(), older_than=DAY) == 0
