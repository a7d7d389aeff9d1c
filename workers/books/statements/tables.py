"""Where in a file its table of lines is: the delimiter, the row that names the columns, and the rows below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ledgerwire.errors import FieldError
from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.amounts import is_blank, read_figure
from workers.books.statements.casting import cast
from workers.books.statements.columns import Columns, index_of, mapped, refs_in
from workers.books.statements.contents import SAMPLE, is_line
from workers.books.statements.dates import is_dated, is_day, stamp_of
from workers.books.statements.grid import Row, delimiters_of, read_rows, top_of
from workers.books.statements.layout import layout_of
from workers.books.statements.limits import MAX_COLUMNS, MAX_PREAMBLE, MAX_ROWS
from workers.books.statements.line_ends import one_line_end
from workers.books.statements.names import names_of
from workers.books.statements.refusal import refuse_length, refuse_line
from workers.books.statements.unnamed import cast_by_balance

#: Cells of a line that a header may at least name.
LEAST_NAMED = 2


class Table(msgspec.Struct, frozen=True):
    delimiter: str
    columns: Columns
    #: Titles, account holder, period: blank ones left out.
    above: list[Row]
    #: All below the header.
    rows: list[Row]
    layout: str
    #: The text ends without a line end: it may have been cut off.
    is_open: bool

    @property
    def width(self) -> int:
        return len(self.columns.header)

    @property
    def named_width(self) -> int:
        """Without the columns behind the last one that has a name."""
        return max((place for place, name in enumerate(self.columns.header, start=1) if name), default=0)


class _Candidate(msgspec.Struct, frozen=True):
    delimiter: str
    columns: Columns
    #: Rows of the sample that are lines under these columns.
    lines: int
    layout: str
    #: A person has answered for this layout before.
    is_known: bool

    @property
    def key(self) -> tuple[bool, bool, bool, int, int, int, int]:
        """The more lines the better, and of two headers above the same lines the one that says more."""
        columns = self.columns
        named = not columns.unnamed & {"date", "amount"}
        found = (columns.recognised, columns.exact, -columns.line_no)
        return (self.lines > 0, self.is_known, named, self.lines, *found)


def find_table(text: str, mapping: ColumnMapping, remembered: Mapping[str, ColumnMapping]) -> Table:
    """Raises StatementError where nothing in the text looks like lines with a date and an amount.

    A header that a person's answer is ``remembered`` for is a header whatever its words.
    """
    text = one_line_end(text)
    candidates = _candidates(top_of(text), mapping, remembered)
    if not candidates:
        raise _not_found(text, mapping)
    best = max(candidates, key=lambda candidate: candidate.key)
    rows = read_rows(text, best.delimiter)
    line_no = best.columns.line_no
    below = [row for row in rows if row.line_no > line_no]
    above = [row for row in rows if row.line_no < line_no and not row.is_blank]
    if line_no == 0:
        above, below = _without_strays(rows)
    if len(below) > MAX_ROWS and sum(not row.is_blank for row in below) > MAX_ROWS:
        raise refuse_length()
    is_open = not text.endswith("\n")
    return Table(best.delimiter, best.columns, above, below, best.layout, is_open)


def _candidates(
    top: str, mapping: ColumnMapping, remembered: Mapping[str, ColumnMapping]
) -> list[_Candidate]:
    found: list[_Candidate] = []
    for delimiter in [mapping.delimiter] if mapping.delimiter else delimiters_of(top):
        rows = read_rows(top, delimiter)
        for header, below in _headers(rows, mapping, remembered, delimiter):
            columns = mapped(cast(header.cells, below, header.line_no), mapping)
            layout = layout_of(delimiter, header.cells, below)
            known = remembered.get(layout)
            columns = mapped(columns, known) if known else columns
            columns = cast_by_balance(columns, below, mapping.decimal)
            if columns.suffice:
                lines = _count_lines(columns, below)
                found.append(_Candidate(delimiter, columns, lines, layout, known is not None))
    return found


def _headers(
    rows: Sequence[Row], mapping: ColumnMapping, remembered: Mapping[str, ColumnMapping], delimiter: str
) -> Iterator[tuple[Row, Sequence[Row]]]:
    """Every row that may name the columns, with those below it; a row of empty names where none does."""
    if mapping.header_line == 0:
        yield from _headless(rows)
        return
    refs = refs_in(mapping)
    for index, row in enumerate(rows[:MAX_PREAMBLE]):
        if row.width > MAX_COLUMNS or row.is_blank:
            continue
        if mapping.header_line is not None:
            is_header = row.line_no == mapping.header_line
        elif refs:
            is_header = all(index_of(row.cells, ref) is not None for ref in refs)
        else:
            is_header = _names_columns(row)
        if is_header or layout_of(delimiter, row.cells, ()) in remembered:
            yield _widened(row, rows[index + 1 :]), rows[index + 1 :]
        if index and mapping.header_line in (None, row.line_no) and _continues(rows[index - 1], row):
            yield _widened(_stacked(rows[index - 1], row), rows[index + 1 :]), rows[index + 1 :]
    if mapping.header_line is None and (not refs or all(ref.startswith("#") for ref in refs)):
        yield from _by_cells(rows)
        if remembered:
            yield from _headless(rows)


def _names_columns(row: Row) -> bool:
    """A date or money is named, something else beside it, and no cell of it is a date or an amount itself."""
    roles = [{name.role for name in names_of(cell)} for cell in row.cells]
    named = sum(map(bool, roles))
    needed = set().union(*roles) & {"date", "amount", "debit", "credit"}
    return named >= LEAST_NAMED and bool(needed) and not any(map(_is_value, row.cells))


def _continues(upper: Row, lower: Row) -> bool:
    """Whether two rows may name the columns together: of one width, without a number, and not enough one by one."""
    cells = [*upper.filled, *lower.filled]
    return (
        upper.width == lower.width
        and min(len(upper.filled), len(lower.filled)) > LEAST_NAMED
        and not any(any(map(str.isdigit, cell)) for cell in cells)
        and _names_columns(_stacked(upper, lower))
    )


def _stacked(upper: Row, lower: Row) -> Row:
    return Row(
        lower.line_no, [f"{one} {other}".strip() for one, other in zip(upper.cells, lower.cells, strict=True)]
    )


def _by_cells(rows: Sequence[Row]) -> Iterator[tuple[Row, Sequence[Row]]]:
    """No row names the columns in words we know: the one above the first line may do so in others."""
    first = next((index for index, row in enumerate(rows) if is_line(row)), None)
    if first is None:
        return
    above = next((row for row in reversed(rows[:first]) if not row.is_blank), None)
    if above and above.width <= MAX_COLUMNS and _may_be_header(above, rows[first]):
        yield _widened(above, rows[first:]), rows[first:]
    else:
        yield from _headless(rows[first:])


def _headless(rows: Sequence[Row]) -> Iterator[tuple[Row, Sequence[Row]]]:
    lines = _alike(rows)
    width = max((row.width for row in lines), default=0)
    if 0 < width <= MAX_COLUMNS:
        yield Row(0, [""] * width), lines


def _alike(rows: Sequence[Row]) -> list[Row]:
    """The lines have their first date where most have it, written as most are: a row of sums above has not."""
    kinds = Counter(frozenset(places) for row in reversed(rows[:SAMPLE]) if (places := _date_places(row)))
    if not kinds:
        return []
    [(most, _)] = kinds.most_common(1)
    first = min(most)
    return [row for row in rows if first in _date_places(row)]


def _without_strays(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows with a date and an amount that are unlike the lines, and all others; raises StatementError below a line."""
    lines = {row.line_no for row in _alike(rows)}
    strays = [row for row in rows if row.line_no not in lines and is_line(row)]
    below = next((row for row in strays if row.line_no > min(lines)), None)
    if below:
        raise refuse_line(below.line_no, "has its date and amount in other places than the lines above")
    return strays, [row for row in rows if row.line_no in lines or not is_line(row)]


def _date_places(row: Row) -> set[tuple[int, str]]:
    """Where a row has dates, and whether the year stands first or last in them."""
    return (
        {
            (index, stamp.kind)
            for index, cell in enumerate(row.cells)
            if is_dated(cell) and (stamp := stamp_of(cell))
        }
        if is_line(row)
        else set()
    )


def _may_be_header(row: Row, line: Row) -> bool:
    texts = row.filled
    return (
        len(texts) > LEAST_NAMED
        and abs(row.width - line.width) <= 1
        and not any(is_dated(cell) or read_figure(cell) for cell in texts)
    )


def _widened(header: Row, below: Sequence[Row]) -> Row:
    """With an empty name for each column that only the lines have, where nearly all of them have it."""
    widths = [row.width for row in below[:SAMPLE] if is_line(row)]
    width = min(max(widths, default=0), MAX_COLUMNS)
    wider = sum(each > header.width for each in widths)
    if not wider or 10 * wider < 9 * len(widths):
        return header
    return Row(header.line_no, [*header.cells, *[""] * (width - header.width)])


def _count_lines(columns: Columns, rows: Sequence[Row]) -> int:
    dates, money = columns.of("date"), columns.money()
    return sum(
        any(is_day(row.cell(column.index)) for column in dates)
        and any(_is_figure(row.cell(column.index)) for column in money)
        for row in rows[:SAMPLE]
    )


def _is_value(cell: str) -> bool:
    figure = read_figure(cell)
    return is_dated(cell) or (figure is not None and figure.looks_like_money)


def _is_figure(cell: str) -> bool:
    return not is_blank(cell) and read_figure(cell) is not None


def _not_found(text: str, mapping: ColumnMapping) -> StatementError:
    if named := refs_in(mapping):
        detail = f"No line near the top has the columns the mapping names: {', '.join(map(repr, named))}."
        title = "The column mapping does not fit the file"
        return StatementError("bad_mapping", title, detail, [FieldError("/mapping", detail)])
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")[:80]
    return StatementError(
        "no_header",
        "The file's columns cannot be told apart",
        "No line near the top names a date column and an amount (or debit and credit) column, and no lines have "
        f"a date and an amount. The file begins {first!r}. Export the statement from your bank as CSV.",
        [FieldError("line 1", "is no header with a date and an amount")],
    )
