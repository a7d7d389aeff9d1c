"""Text as rows of cells, whatever a bank does with line ends and quotation marks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import msgspec

from workers.books.statements.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from workers.books.statements.refusal import refuse_length, refuse_line

DELIMITERS = (",", ";", "\t", "|")
#: Excel is told its delimiter by a first line of its own.
SEPARATOR_LINE = re.compile(r"sep=(.)\n?", re.IGNORECASE)
#: Lines that are blank, titles or notes are not held against the limit.
SPARE_ROWS = 1_000
#: ``="00123"`` keeps Excel from making a number of it.
FORMULA = re.compile(r'="([^"]*)"')
#: What a cell begins with that has more than its text.
MARKS = "\"'="
SAMPLE_LINES = 400


class Row(msgspec.Struct, frozen=True):
    #: Where it starts in the file, from 1.
    line_no: int
    #: Stripped.
    cells: list[str]
    #: Its quotation marks did not pair up, and it was cut at the delimiters.
    mended: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)

    @property
    def width(self) -> int:
        return len(self.cells)

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell]

    def cell(self, index: int) -> str:
        return self.cells[index] if index < len(self.cells) else ""


def top_of(text: str) -> str:
    """Enough of it to find the header and the kind of its columns."""
    return "\n".join(text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES])


def read_rows(text: str, delimiter: str) -> list[Row]:
    """Every row of the text, blank ones too; raises StatementError beyond the limits."""
    rows: list[Row] = []
    for row in _rows(text, delimiter):
        if len(rows) > MAX_ROWS + SPARE_ROWS:
            raise refuse_length()
        rows.append(row)
    return _unwrapped(rows, delimiter)


def delimiters_of(text: str) -> tuple[str, ...]:
    """Those worth trying: what the first line says, else all that occur."""
    if match := SEPARATOR_LINE.match(text):
        return (match[1],)
    return tuple(each for each in DELIMITERS if each in text) or DELIMITERS[:1]


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """As CSV is meant; with the backslash where a quotation mark is escaped by it; else line by line."""
    quote = _quote(text, delimiter)
    for escape in (None, "\\") if '\\"' in text else (None,):
        try:
            yield from list(_strict(text, delimiter, quote, escape))
        except csv.Error:
            continue
        return
    yield from _line_by_line(text, delimiter, quote)


def _strict(text: str, delimiter: str, quote: str, escape: str | None) -> Iterator[Row]:
    # Not strict, a missing quotation mark would swallow the lines up to the next one.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, escapechar=escape, strict=True
    )
    start = 1
    for count, cells in enumerate(reader):
        yield _row(start, cells)
        start = reader.line_num + 1
        if count > MAX_ROWS + SPARE_ROWS:
            return


def _line_by_line(text: str, delimiter: str, quote: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            cells = next(csv.reader([line], delimiter=delimiter, quotechar=quote, strict=True), [])
            yield _row(number, cells)
        except csv.Error:
            yield _row(number, _cut(line, delimiter), mended=True)
        if number > MAX_ROWS + SPARE_ROWS:
            return


def _row(line_no: int, cells: list[str], *, mended: bool = False) -> Row:
    """Of a row of a million cells, as many as a table may have and one more, which tells that it has too many."""
    kept = cells
    if len(cells) > MAX_COLUMNS:
        kept = [*cells[:MAX_COLUMNS], *(["…"] if any(cells[MAX_COLUMNS:]) else [])]
    return Row(line_no, [_clean(cell, line_no) for cell in kept], mended)


def _cut(line: str, delimiter: str) -> list[str]:
    """At delimiters that stand outside of pairs of quotation marks; a mark that is alone is no pair."""
    mark = re.escape(delimiter)
    pattern = rf'("[^"]*"|[^{mark}]*)({mark}|$)'
    cells = []
    for match in re.finditer(pattern, line):
        cells.append(match[1].strip('"'))
        if not match[2]:
            break
    return cells


def _clean(cell: str, line_no: int) -> str:
    if len(cell) > MAX_CELL:
        raise refuse_line(line_no, f"has a cell of more than {MAX_CELL:,} characters")
    stripped = cell.strip()
    if not stripped or (stripped[0] not in MARKS and stripped[-1] != '"'):
        return stripped
    if stripped.count('"') == 1:
        # A mark whose partner is missing stands at an edge.
        stripped = stripped.strip('"').strip()
    if stripped.startswith("'") and stripped[1:2].isdigit() and not stripped.endswith("'"):
        # So that Excel does not make a number of it.
        return stripped[1:]
    if stripped.startswith('="') and (match := FORMULA.fullmatch(stripped)):
        return match[1].strip()
    return stripped


def _quote(text: str, delimiter: str) -> str:
    """Some banks quote by apostrophes: then most lines have a cell between two of them, and no other marks."""
    top = top_of(text)
    if "'" not in top or '"' in top:
        return '"'
    mark = re.escape(delimiter)
    lines = [line for line in top.split("\n") if line.strip()]
    quoted = sum(bool(re.search(rf"(?:^|{mark})'[^']*'(?:{mark}|$)", line)) for line in lines)
    return "'" if 2 * quoted > len(lines) else '"'


def _unwrapped(rows: list[Row], delimiter: str) -> list[Row]:
    """Some programs put a whole line into one pair of quotation marks: then each cell is a line of its own."""
    filled = [row for row in rows if not row.is_blank]
    if not filled or any(len(row.filled) > 1 or delimiter not in row.filled[0] for row in filled):
        return rows
    return [
        _row(row.line_no, next(csv.reader(row.filled, delimiter=delimiter), [])) if row.filled else row
        for row in rows
    ]
