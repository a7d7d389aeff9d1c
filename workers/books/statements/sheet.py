"""Text as rows of cells, with the header found among them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec

from ledgerwire.errors import FieldError
from workers.books.errors import StatementError
from workers.books.statements.columns import Columns, find_columns
from workers.books.statements.limits import MAX_CELL, MAX_COLUMNS, MAX_PREAMBLE, MAX_ROWS
from workers.books.statements.mapping import Mapping
from workers.books.statements.refusal import refuse_line

DELIMITERS = (",", ";", "\t", "|")


class Row(msgspec.Struct, frozen=True):
    #: Where it starts in the file, from 1.
    line_no: int
    #: As many as the header has.
    cells: list[str]
    #: How many the file has.
    width: int


class Sheet(msgspec.Struct, frozen=True):
    columns: Columns
    #: Below the header, blank ones left out.
    rows: list[Row]


def read_sheet(text: str, mapping: Mapping) -> Sheet:
    """Raises StatementError where no header names a date and an amount, or rows cannot be told apart."""
    text = _one_line_end(text)
    delimiter, columns = _find_header(text, mapping)
    rows = _rows_below(text, delimiter, columns)
    if not rows:
        detail = f"Below the header on line {columns.line_no} stands nothing."
        raise StatementError("no_lines", "The file has no lines", detail)
    return Sheet(columns, rows)


def _one_line_end(text: str) -> str:
    # Some banks double the carriage return.
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")


def _find_header(text: str, mapping: Mapping) -> tuple[str, Columns]:
    top = "\n".join(text.split("\n", MAX_PREAMBLE)[:MAX_PREAMBLE])
    found = [
        (delimiter, columns)
        for delimiter in ([mapping.delimiter] if mapping.delimiter else DELIMITERS)
        if (columns := _first_header(top, delimiter, mapping))
    ]
    if not found:
        raise _no_header(top, mapping)
    return max(found, key=lambda item: item[1].recognised)


def _first_header(top: str, delimiter: str, mapping: Mapping) -> Columns | None:
    for number, line in enumerate(top.split("\n"), start=1):
        cells = next(csv.reader([line], delimiter=delimiter), [])
        if len(cells) <= MAX_COLUMNS and (columns := find_columns(cells, number, mapping)):
            return columns
    return None


def _rows_below(text: str, delimiter: str, columns: Columns) -> list[Row]:
    try:
        return list(_rows(text, delimiter, columns, escape=None))
    except StatementError:
        if '\\"' not in text:
            raise
        # Some banks write \" for a quotation mark inside quotation marks, where CSV doubles it.
        return list(_rows(text, delimiter, columns, escape="\\"))


def _rows(text: str, delimiter: str, columns: Columns, *, escape: str | None) -> Iterator[Row]:
    count = 0
    for line_no, cells in _parse(text, delimiter, columns.line_no, escape):
        # Two exports pasted together repeat the header.
        if cells == columns.header or not any(map(str.strip, cells)):
            continue
        count += 1
        if count > MAX_ROWS:
            detail = f"It has more than {MAX_ROWS:,} lines. Export it in parts."
            raise StatementError("too_many_rows", "The file is too long", detail)
        yield Row(line_no, _fitted(line_no, cells, len(columns.header)), len(cells))


def _parse(text: str, delimiter: str, skip: int, escape: str | None) -> Iterator[tuple[int, list[str]]]:
    """Where each row below the first ``skip`` lines starts, and its cells."""
    stream = io.StringIO(text, newline="")
    for _ in range(skip):
        stream.readline()
    # Not strict, a missing quotation mark would swallow the lines up to the next one.
    reader = csv.reader(stream, delimiter=delimiter, escapechar=escape, strict=True)
    start = skip + 1
    try:
        for cells in reader:
            yield start, cells
            start = skip + reader.line_num + 1
    except csv.Error:
        raise refuse_line(start, "has quotation marks that do not pair up") from None


def _fitted(line_no: int, cells: list[str], width: int) -> list[str]:
    if any(len(cell) > MAX_CELL for cell in cells):
        raise refuse_line(line_no, f"has a cell of more than {MAX_CELL:,} characters")
    if any(map(str.strip, cells[width:])):
        raise refuse_line(line_no, f"has {len(cells)} cells, but the header names {width}")
    return [*cells[:width], *[""] * (width - len(cells))]


def _no_header(top: str, mapping: Mapping) -> StatementError:
    if named := [name for name in (mapping.date, mapping.amount, mapping.debit, mapping.credit) if name]:
        detail = f"No line near the top has the columns the mapping names: {', '.join(map(repr, named))}."
        return StatementError(
            "bad_mapping",
            "The column mapping does not fit the file",
            detail,
            [FieldError("/mapping", detail)],
        )
    first = next((line.strip() for line in top.split("\n") if line.strip()), "")[:80]
    return StatementError(
        "no_header",
        "The file's columns cannot be told apart",
        "No line near the top names a date column and an amount (or debit and credit) column. "
        f"The file begins {first!r}. Export it with a header, or send a mapping of its columns.",
        [FieldError("line 1", "is no header with a date and an amount")],
    )
