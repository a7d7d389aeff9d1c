"""A file for a person's disk, sent while it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

CSV: Final = "text/csv"
CSV_ANSWER: Final = ResponseSpec(
    str,
    media_type=CSV,
    generate_examples=False,
    description="RFC 4180, UTF-8; amounts are numbers, and no text can be a formula",
)


async def csv_file(name: str, content: AsyncIterator[bytes]) -> Stream:
    """``name`` is of letters, digits, ``-`` and ``_``. A failure before the first bytes is still told as one."""
    first = await anext(content)

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for each in content:
            yield each

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Stream(all_of_it(), media_type=f"{CSV}; charset=utf-8; header=present", headers=headers)
