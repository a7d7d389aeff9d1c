"""A file for a person's disk: one that somebody sent, byte for byte, or one that is sent while it is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import BinaryIO, Final
from urllib.parse import quote

from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from workers.books.errors import Missing
from workers.files import Files

PIECE: Final = 64 * 1024
#: What somebody sent is data: no browser may take it for a page of ours, whatever its bytes say.
INERT: Final = {"Content-Security-Policy": "sandbox; default-src 'none'"}
ORIGINAL_ANSWER: Final = ResponseSpec(
    bytes, media_type="application/octet-stream", generate_examples=False, description="Byte for byte"
)
CSV: Final = "text/csv"
CSV_ANSWER: Final = ResponseSpec(
    str,
    media_type=CSV,
    generate_examples=False,
    description="RFC 4180, UTF-8; amounts are numbers, and no text can be a formula",
)


async def original_file(files: Files, sha256: str, name: str, size: int) -> Stream:
    """What was uploaded under ``name``; raises Missing."""
    headers = {
        **INERT,
        "Content-Disposition": disposition(name),
        "Content-Length": str(size),
        "Cache-Control": "private, no-cache",
    }
    return Stream(await kept_bytes(files, sha256), media_type="application/octet-stream", headers=headers)


async def kept_bytes(files: Files, sha256: str) -> AsyncIterator[bytes]:
    """Piece by piece; raises Missing."""
    try:
        return _pieces(await asyncio.to_thread(files.open, sha256))
    except FileNotFoundError:
        raise Missing("file") from None


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def disposition(name: str) -> str:
    """A download under ``name``, whatever a sender has put into it (RFC 6266, RFC 8187)."""
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " ._-()") else "_" for each in name)
    return f"attachment; filename=\"{plain.strip() or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


async def csv_file(name: str, content: AsyncIterator[bytes]) -> Stream:
    """``name`` is of letters, digits, ``-`` and ``_``. A failure before the first bytes is still told as one."""
    first = await anext(content)

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for each in content:
            yield each

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Stream(all_of_it(), media_type=f"{CSV}; charset=utf-8; header=present", headers=headers)
