"""Refusals that name a line and a column, so that a person finds the place."""

from __future__ import annotations

from ledgerwire.errors import FieldError
from workers.books.errors import StatementError
from workers.books.statements.limits import MAX_ROWS

NOTHING = "Nothing was imported."


def refuse_line(line_no: int, fault: str, *, column: str | None = None) -> StatementError:
    where = f", column {column!r}," if column else ""
    pointer = f"line {line_no}" + (f", column {column}" if column else "")
    return StatementError(
        "unreadable_line",
        "A line cannot be read with certainty",
        f"Line {line_no}{where} {fault}. {NOTHING}",
        [FieldError(pointer, fault)],
    )


def refuse_column(code: str, title: str, column: str, fault: str, advice: str) -> StatementError:
    detail = f"Column {column!r} {fault}. {NOTHING} {advice}"
    return StatementError(code, title, detail, [FieldError(f"column {column}", fault)])


def refuse_entry(number: int, fault: str) -> StatementError:
    """For formats that may stand on one line: an entry is counted instead, from 1."""
    return StatementError(
        "unreadable_line",
        "An entry cannot be read with certainty",
        f"Entry {number} {fault}. {NOTHING}",
        [FieldError(f"entry {number}", fault)],
    )


def refuse_length() -> StatementError:
    detail = f"It has more than {MAX_ROWS:,} lines. Export it in parts."
    return StatementError("too_many_rows", "The file is too long", detail)


def refuse_damaged(detail: str) -> StatementError:
    return StatementError("damaged_file", "The file is damaged", f"{detail} {NOTHING} Export it again.")
