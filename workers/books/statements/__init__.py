"""Bank statements: one door, a reader for each format behind it.

A new format is one module with a reader ``(content, mapping) -> Statement``, and one line in ``READERS`` with the
test that recognises it by its content. The first that recognises a file reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.camt import read_camt
from workers.books.statements.delimited import read_delimited
from workers.books.statements.formats import (
    is_camt,
    is_mt940,
    is_ofx,
    is_qif,
    opening,
    refuse_binary,
    refuse_markup,
)
from workers.books.statements.limits import MAX_BYTES
from workers.books.statements.mt940 import read_mt940
from workers.books.statements.ofx import read_ofx
from workers.books.statements.qif import read_qif
from workers.books.statements.statement import Statement, StatementLine

__all__ = ["READERS", "Statement", "StatementError", "StatementLine", "read_statement"]

Reader = Callable[[bytes, ColumnMapping], Statement]

#: Each with its test of the file's first characters. CSV has no mark of its own: it is what is left.
READERS: tuple[tuple[Callable[[str], bool], Reader], ...] = (
    (is_camt, read_camt),
    (is_ofx, read_ofx),
    (is_qif, read_qif),
    (is_mt940, read_mt940),
)


def read_statement(
    path: Path,
    *,
    name: str,
    mapping: ColumnMapping | None = None,
    remembered: Mapping[str, ColumnMapping] | None = None,
) -> Statement:
    """All of the file, exactly, or StatementError. Run it in a child: statements.reading.read_in_child.

    ``name`` is what the sender called it: for messages only. ``remembered`` are earlier answers, by layout; a
    ``mapping`` of its own stands above them.
    """
    confirmed = mapping or ColumnMapping()
    if path.stat().st_size > MAX_BYTES:
        detail = f"{name!r} is larger than {MAX_BYTES // 2**20} MB. Export it in parts."
        raise StatementError("file_too_large", "The file is too large", detail)
    content = path.read_bytes()
    refuse_binary(content, name)
    top = opening(content)
    for recognises, read in READERS:
        if recognises(top):
            return read(content, confirmed)
    refuse_markup(top, name)
    return read_delimited(content, confirmed, remembered)
