"""Bank statements: one door, a reader for each format behind it.

A new format is one module with a reader ``(content, mapping) -> Statement``, and one line in ``READERS`` with the
test that recognises it by its content. The first that recognises a file reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.books.errors import StatementError
from workers.books.statements.delimited import read_delimited
from workers.books.statements.formats import refuse_others
from workers.books.statements.limits import MAX_BYTES
from workers.books.statements.mapping import Mapping, read_mapping
from workers.books.statements.statement import Statement, StatementLine

__all__ = ["READERS", "Statement", "StatementError", "StatementLine", "read_statement"]

Reader = Callable[[bytes, Mapping], Statement]


def _anything(_content: bytes) -> bool:
    return True


#: CSV has no mark of its own, so it comes last and takes what is left.
READERS: tuple[tuple[Callable[[bytes], bool], Reader], ...] = ((_anything, read_delimited),)


def read_statement(path: Path, *, name: str, mapping: dict[str, Any] | None = None) -> Statement:
    """All of the file, exactly, or StatementError. Run it in a child: statements.reading.read_in_child.

    ``name`` is what the sender called it: for messages only.
    """
    confirmed = read_mapping(mapping)
    if path.stat().st_size > MAX_BYTES:
        detail = f"{name!r} is larger than {MAX_BYTES // 2**20} MB. Export it in parts."
        raise StatementError("file_too_large", "The file is too large", detail)
    content = path.read_bytes()
    refuse_others(content, name)
    return next(read for recognises, read in READERS if recognises(content))(content, confirmed)
