"""Read every picture and PDF of a folder as the job does, and write what ``score_receipts.py`` scores.

    python -m tests.read_receipts DIR OUT.jsonl [--engine auto|tesseract|rapidocr] [--at-once 2]

One JSON object a line, by name of file: ``file`` (its path below DIR), vendor, date, total, currency, ``confidence``
and ``sure`` by field, what else was found, ``engine`` and ``seconds``; for a file that cannot be read ``error``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from workers.books.receipts.findings import Findings
from workers.books.receipts.readers import Readers
from workers.books.receipts.reading import Read, Unreadable
from workers.child import ChildFailed
from workers.settings import read_settings

#: What the people who made the folder keep beside the receipts.
NOT_RECEIPTS = {".json", ".jsonl", ".md", ".txt", ".csv", ".toml", ".yaml", ".yml", ".py"}
FIELDS = (
    "vendor",
    "date",
    "total",
    "currency",
    "subtotal",
    "tip",
    "taxes",
    "payment_method",
    "card",
    "number",
    "items",
)


def files_below(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in found if path.suffix.lower() not in NOT_RECEIPTS)


async def read_all(folder: Path, *, engine: str, at_once: int) -> list[dict[str, Any]]:
    settings = read_settings()
    readers = Readers(at_once, seconds=settings.ocr_timeout, tesseract_cmd=settings.tesseract_cmd)
    files = files_below(folder)
    done = 0

    async def read(path: Path, scratch: Path) -> dict[str, Any]:
        nonlocal done
        name = path.relative_to(folder).as_posix()
        try:
            today = datetime.now(UTC).date()
            reading = await readers.read(path, scratch=scratch, engine=engine, today=today)
        except ChildFailed as failure:
            reading = Unreadable(f"ocr_{failure.kind}", failure.detail)
        done += 1
        print(f"{done} of {len(files)}: {name}", file=sys.stderr)
        return {"file": name, **_row(reading)}

    with tempfile.TemporaryDirectory() as scratch:
        try:
            return await asyncio.gather(*(read(path, Path(scratch)) for path in files))
        finally:
            await readers.close()


def _row(reading: Read | Unreadable) -> dict[str, Any]:
    if isinstance(reading, Unreadable):
        return {"error": reading.code, "detail": reading.detail}
    return {
        **dict(_fields(reading.findings)),
        "confidence": {name: found.confidence for name, found in _found(reading.findings)},
        "sure": {name: found.confidence >= 0.9 for name, found in _found(reading.findings)},
        "engine": reading.engine,
        "seconds": reading.seconds,
    }


def _fields(findings: Findings) -> Iterator[tuple[str, Any]]:
    for name in FIELDS:
        found = getattr(findings, name)
        yield name, None if found is None else msgspec.to_builtins(found.value)


def _found(findings: Findings) -> list[tuple[str, Any]]:
    return [(name, found) for name in FIELDS if (found := getattr(findings, name)) is not None]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.read_receipts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("out", type=Path, metavar="OUT.jsonl")
    parser.add_argument("--engine", choices=("auto", "tesseract", "rapidocr"), default="auto")
    parser.add_argument("--at-once", type=int, default=2, metavar="N")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    rows = asyncio.run(read_all(options.folder, engine=options.engine, at_once=options.at_once))
    options.out.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


if __name__ == "__main__":
    main()
