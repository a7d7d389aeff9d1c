"""Refusals that name a line and a column, so that a person finds the place."""

from __future__ import annotations

from ledgerwire.errors import FieldError
from workers.books.errors import StatementError

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
