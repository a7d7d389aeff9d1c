"""Which rows of a sheet are posted lines: not the pending, the notes, the totals and the continuations."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workers.books.statements.columns import Column, Columns
from workers.books.statements.refusal import refuse_column, refuse_line
from workers.books.statements.sheet import Row, Sheet
from workers.books.statements.words import BALANCES, NEVER_POSTED, PENDING, POSTED, TOTALS, simplify


class Posted(msgspec.Struct, frozen=True):
    """A row that is a line, and what the rows below it add to its description."""

    row: Row
    more: tuple[str, ...] = ()

    @property
    def line_no(self) -> int:
        return self.row.line_no

    def cell(self, column: Column) -> str:
        return self.row.cells[column.index].strip()


def posted_rows(sheet: Sheet) -> list[Posted]:
    """Raises StatementError at the first row that is neither a line nor known to be none."""
    columns = sheet.columns
    posted: list[Posted] = []
    for row in sheet.rows:
        if _has_money(row, columns):
            if not _is_pending(row, columns) and not _is_total(row, columns):
                posted.append(Posted(_plain(row, columns)))
        elif (text := _continuation(row, columns)) and posted:
            posted[-1] = msgspec.structs.replace(posted[-1], more=(*posted[-1].more, text))
        elif not _is_note(row, columns):
            raise refuse_line(row.line_no, "has no amount", column=money_columns(columns)[0].name)
    if posted:
        _check_end(posted, sheet)
    return _without_unposted(posted, columns.first("status"))


def money_columns(columns: Columns) -> list[Column]:
    return [column for role in ("amount", "debit", "credit") for column in columns.of(role)]


def _has_money(row: Row, columns: Columns) -> bool:
    return any(row.cells[column.index].strip() for column in money_columns(columns))


def _is_pending(row: Row, columns: Columns) -> bool:
    return any(simplify(row.cells[column.index]) in PENDING for column in columns.of("date"))


def _is_total(row: Row, columns: Columns) -> bool:
    """A word for sum where the date should stand, or instead of it."""
    dated = any(any(map(str.isdigit, row.cells[column.index])) for column in columns.of("date"))
    first = next(simplify(cell) for cell in row.cells if cell.strip())
    return not dated and first in TOTALS


def _plain(row: Row, columns: Columns) -> Row:
    if any(simplify(row.cells[column.index]) in BALANCES for column in columns.of("description")):
        raise refuse_line(row.line_no, "is a balance with an amount, so it may or may not be a transaction")
    return row


def _continuation(row: Row, columns: Columns) -> str:
    """The text of a row that has nothing but more of the description of the one above."""
    texts = {column.index for role in ("description", "payee") for column in columns.of(role)}
    filled = [index for index, cell in enumerate(row.cells) if cell.strip()]
    return " ".join(row.cells[index].strip() for index in filled) if set(filled) <= texts else ""


def _is_note(row: Row, columns: Columns) -> bool:
    """One cell of text, a line of balance, or a sum: legal words and footers."""
    filled = [cell for cell in row.cells if cell.strip()]
    described = {simplify(row.cells[column.index]) for column in columns.of("description")}
    return len(filled) == 1 or bool(described & BALANCES) or _is_total(row, columns)


def _check_end(posted: list[Posted], sheet: Sheet) -> None:
    """A file cut off in its last line may have lost digits of an amount."""
    last = sheet.rows[-1]
    usual = max((each.row.width for each in posted[:-1]), default=len(sheet.columns.header))
    if posted[-1].row is last and last.width < usual:
        raise refuse_line(last.line_no, "has fewer cells than the others: the file seems to be cut off")


def _without_unposted(posted: list[Posted], status: Column | None) -> list[Posted]:
    if status is None:
        return posted
    words = {each.line_no: simplify(each.cell(status)) for each in posted}
    unknown = set(words.values()) - PENDING - NEVER_POSTED - POSTED - {""}
    if simplify(status.name) == "info" and unknown:
        return posted
    if unknown and len(set(words.values())) > 1:
        raise _unknown_status(status, unknown)
    return [each for each in posted if words[each.line_no] not in PENDING | NEVER_POSTED]


def _unknown_status(status: Column, words: Iterable[str]) -> Exception:
    fault = f"says {', '.join(map(repr, sorted(words)))}, which may or may not mean that a line is posted"
    return refuse_column(
        "unreadable_column",
        "The status of the lines cannot be told",
        status.name,
        fault,
        "Export posted lines only.",
    )
