"""Which rows of a table are posted lines: not the pending, the notes, the totals, balances and continuations."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from workers.books.statements.amounts import is_blank, read_figure
from workers.books.statements.columns import Column
from workers.books.statements.contents import is_line
from workers.books.statements.dates import is_day
from workers.books.statements.grid import Row
from workers.books.statements.namings import balance_beside_a_date, row_without_a_date
from workers.books.statements.refusal import refuse_line
from workers.books.statements.tables import Table
from workers.books.statements.words import PENDING, PENDING_SECTIONS, SECTIONS, simplify

CENTS = re.compile(r"\d{2}")
#: Rows that a description may go on over.
MOST_MORE = 30


class Posted(msgspec.Struct, frozen=True):
    """A row that is a line, and what the rows below it add to its description."""

    row: Row
    more: tuple[str, ...] = ()

    @property
    def line_no(self) -> int:
        return self.row.line_no

    def cell(self, column: Column) -> str:
        return self.row.cell(column.index)


class Lines(msgspec.Struct, frozen=True):
    posted: list[Posted]
    #: Rows that state a balance before the first line, and after the last.
    opening: list[Row]
    closing: list[Row]
    #: Whatever else stands around the lines.
    notes: list[Row]
    #: Dated rows without an amount, each before how many posted ones it stands: right where no balance moves.
    empty: list[tuple[int, Row]]
    #: What was left out although it has a date and an amount.
    warnings: list[str]


def lines_of(table: Table) -> Lines:
    """Raises StatementError at the first row that is neither a line nor known to be none."""
    _refuse_cut_decimals(table)
    return _Sorting(table).sort()


def _refuse_cut_decimals(table: Table) -> None:
    """``-4,50`` without quotation marks is two cells where a comma parts them."""
    for column in table.columns.money():
        after = [
            cell for row in table.rows if row.cell(column.index) and (cell := row.cell(column.index + 1))
        ]
        unnamed = column.index + 1 < table.width and not table.columns.header[column.index + 1]
        if table.delimiter == "," and unnamed and after and all(map(CENTS.fullmatch, after)):
            line_no = next(row.line_no for row in table.rows if row.cell(column.index + 1))
            fault = "has an amount that is parted at its decimal comma: it should stand in quotation marks"
            raise refuse_line(line_no, fault, column=column.name)


class _Sorting:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns = table.columns
        self.dates = table.columns.of("date")
        self.money = table.columns.money()
        self.header = [simplify(cell) for cell in table.columns.header]
        self.lines = Lines([], [], [], [], [], [])
        #: By line, what balance a dated row is called.
        self.balances: dict[int, str | None] = {}
        #: Lines left out because they are pending, and those of them below the last heading.
        self.unposted = self.under_heading = 0
        #: Below a heading that says so, lines are pending.
        self.pending = self._last_section(table.above)
        #: Since the last line there was a blank row or a note.
        self.broken = True

    def sort(self) -> Lines:
        rows = self.table.rows
        dated = [place for place, row in enumerate(rows) if self._is_dated(row)]
        last_dated = max(dated, default=-1)
        self.balances = {rows[place].line_no: balance_beside_a_date(rows[place]) for place in dated}
        for place, row in enumerate(rows):
            self._take(row, is_tail=place > last_dated)
        self._check_end()
        if self.unposted:
            self.lines.warnings.append(f"{self.unposted} pending lines were not imported.")
        return self.lines

    def _take(self, row: Row, *, is_tail: bool) -> None:
        if row.is_blank:
            self.broken = True
        elif self._is_dated(row):
            self._take_dated(row)
        elif self._repeats_header(row):
            self._begin_again()
        elif self._has_money(row):
            self._take_undated(row, is_tail=is_tail)
        else:
            self._take_text(row, is_tail=is_tail)

    def _begin_again(self) -> None:
        """The header again: another table, which is pending only if its own heading says so."""
        self.broken = True
        self.pending = self.pending and not self.under_heading

    def _take_dated(self, row: Row) -> None:
        has_money = self._has_money(row)
        kind = self.balances[row.line_no]
        if kind is not None and not (kind == "loose" and has_money and not self._states_balances()):
            self._keep_balance(row, kind)
            if has_money:
                self.lines.warnings.append(f"Line {row.line_no} is a balance and was not imported.")
        elif has_money:
            self._post(row)
        elif self._has_balance(row) or (self.columns.line_no == 0 and not self.lines.posted):
            self.lines.empty.append((len(self.lines.posted), row))
        else:
            raise refuse_line(row.line_no, "has no amount", column=self.money[0].name)

    def _take_undated(self, row: Row, *, is_tail: bool) -> None:
        """Money without a date: pending, a total, a balance, part of another table, or a fault."""
        kind = row_without_a_date(row)
        if kind is not None:
            self._keep_balance(row, kind)
        elif self._is_pending(row) or self.pending:
            self._leave_out()
        elif (is_tail and self.broken and self._is_labelled(row)) or self._is_of_another_kind(row):
            self.lines.notes.append(row)
            self.lines.warnings.append(f"Line {row.line_no} has an amount and no date, and was not imported.")
        else:
            raise self._no_date(row)

    def _take_text(self, row: Row, *, is_tail: bool) -> None:
        """More of the description above, where nothing else stands in the row; else a note or a heading."""
        texts = {column.index for role in ("description", "payee") for column in self.columns.of(role)}
        filled = [index for index, cell in enumerate(row.cells) if cell]
        if set(filled) <= texts and not self.broken:
            self._continue(" ".join(row.cells[index] for index in filled))
            return
        kind = row_without_a_date(row)
        if kind is not None:
            self._keep_balance(row, kind)
        elif is_line(row) and not (is_tail and self.broken):
            raise refuse_line(row.line_no, "has its date and amount in other columns than the other lines")
        else:
            self.pending = self._section(row, self.pending)
            self.lines.notes.append(row)
        self.broken = True

    def _leave_out(self) -> None:
        self.unposted += 1
        self.under_heading += 1

    def _continue(self, text: str) -> None:
        last = self.lines.posted[-1]
        if len(last.more) < MOST_MORE:
            self.lines.posted[-1] = msgspec.structs.replace(last, more=(*last.more, text))

    def _post(self, row: Row) -> None:
        if self.pending or self._is_pending(row):
            self._leave_out()
            return
        if row.mended and row.width != self.table.width:
            raise refuse_line(row.line_no, "has quotation marks that do not pair up")
        if any(row.cells[self.table.width :]):
            named = f"has {row.width} cells, but the header names {self.table.width}"
            raise refuse_line(row.line_no, named)
        self.lines.posted.append(Posted(row))
        self.broken = False

    def _keep_balance(self, row: Row, kind: str) -> None:
        self.broken = True
        kept = {"opening": self.lines.opening, "closing": self.lines.closing}.get(kind, self.lines.notes)
        kept.append(row)

    def _states_balances(self) -> bool:
        """Some dated row is called an opening or closing balance: another may be one, too."""
        return not {"opening", "closing"}.isdisjoint(self.balances.values())

    def _is_dated(self, row: Row) -> bool:
        return any(is_day(row.cell(column.index)) for column in self.dates)

    def _has_money(self, row: Row) -> bool:
        """An amount, or on a dated row anything where an amount should be."""
        cells = [cell for column in self.money if not is_blank(cell := row.cell(column.index))]
        return any(map(read_figure, cells)) or (bool(cells) and self._is_dated(row))

    def _has_balance(self, row: Row) -> bool:
        return any(not is_blank(row.cell(column.index)) for column in self.columns.of("balance"))

    def _is_pending(self, row: Row) -> bool:
        return any(simplify(row.cell(column.index)) in PENDING for column in self.dates)

    def _is_labelled(self, row: Row) -> bool:
        """A word stands first, as in a table of sums."""
        first = row.filled[0]
        return bool(row.cell(0)) and not any(map(str.isdigit, first))

    def _is_of_another_kind(self, row: Row) -> bool:
        """Without a header, what has a word where the lines have their date: a record that opens or closes the file."""
        cell = row.cell(self.dates[0].index)
        return self.columns.line_no == 0 and bool(cell) and not any(map(str.isdigit, cell))

    def _repeats_header(self, row: Row) -> bool:
        """Two exports pasted together repeat the header."""
        return (
            self.columns.line_no > 0
            and [simplify(cell) for cell in row.cells[: self.table.width]] == self.header[: row.width]
        )

    def _last_section(self, rows: Sequence[Row]) -> bool:
        pending = False
        for row in rows:
            pending = self._section(row, pending)
        return pending

    def _section(self, row: Row, pending: bool) -> bool:  # noqa: FBT001
        """Whether the lines below a heading are pending; other notes change nothing."""
        if len(row.filled) != 1:
            return pending
        text = simplify(row.filled[0])
        if text in PENDING_SECTIONS:
            self.under_heading = 0
        return text in PENDING_SECTIONS or (pending and text not in SECTIONS)

    def _no_date(self, row: Row) -> Exception:
        column = self.dates[0]
        cell = row.cell(column.index)
        fault = f"has {cell[:40]!r}, which is no date" if cell else "has an amount and no date"
        return refuse_line(row.line_no, fault, column=column.name)

    def _check_end(self) -> None:
        """A file cut off in its last line may have lost digits of an amount."""
        posted = self.lines.posted
        last = next((row for row in reversed(self.table.rows) if not row.is_blank), None)
        if posted and posted[-1].row is last:
            least = min((each.row.width for each in posted[:-1]), default=self.table.named_width)
            if last.width < least and (len(posted) > 1 or self.table.is_open):
                fault = "has fewer cells than the others: the file seems to be cut off"
                raise refuse_line(last.line_no, fault)
