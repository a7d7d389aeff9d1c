"""The likeliest reading of a file that leaves something open, put together for a person to confirm."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ledgerwire.statements import ColumnMapping, FileColumn, FileRow, MappingProposal, ProposedLine
from workers.books.errors import StatementError
from workers.books.statements.columns import ref_of
from workers.books.statements.grid import Row
from workers.books.statements.interpreting import Reading
from workers.books.statements.questions import Question, patched
from workers.books.statements.statement import StatementLine
from workers.books.statements.tables import Table

#: Questions of one file, and answers that are tried for each: every try reads the file once.
MOST_QUESTIONS, MOST_ANSWERS = 5, 2
MOST_ROWS = 8
MOST_COLUMNS = 40
MOST_SAMPLES = 3
MOST_LETTERS = 80

Read = Callable[[ColumnMapping], Reading]


class _Answered(msgspec.Struct, frozen=True):
    questions: list[Question]
    mapping: ColumnMapping
    reading: Reading


def propose(read: Read, mapping: ColumnMapping, question: Question) -> StatementError:
    """The question as an error for the sender, with a mapping that reads the file.

    Where the file cannot be read whatever the answer is, the error is its fault, if it is always the same.
    ``read`` raises as ``interpret``.
    """
    faults: list[StatementError] = []
    answered = _answer(read, mapping, [question], faults)
    if answered is None:
        same = len({(fault.code, fault.detail) for fault in faults}) == 1
        return faults[0] if same else question.error
    error = question.error
    return StatementError(
        error.code, error.title, error.detail, error.errors, proposal=_proposal(read, answered)
    )


def _answer(
    read: Read, mapping: ColumnMapping, asked: list[Question], faults: list[StatementError]
) -> _Answered | None:
    """The first answers, the likeliest tried first, by which the file is read to its end."""
    for answer in asked[-1].choices[:MOST_ANSWERS]:
        trial = patched(mapping, answer.patch)
        try:
            return _Answered(asked, trial, read(trial))
        except StatementError as fault:
            faults.append(fault)
        except Question as another:
            is_new = another.code not in {question.code for question in asked}
            return (
                _answer(read, trial, [*asked, another], faults)
                if is_new and len(asked) < MOST_QUESTIONS
                else None
            )
    return None


def _proposal(read: Read, answered: _Answered) -> MappingProposal:
    table, statement = answered.reading.table, answered.reading.statement
    return MappingProposal(
        mapping=_complete(read, answered),
        questions=[question.wire for question in answered.questions],
        columns=_columns(table),
        header_line=table.columns.line_no,
        rows=[_cut(row) for row in _first_rows(table)],
        lines=[_proposed(line) for line in statement.lines[:MOST_ROWS]],
    )


def _complete(read: Read, answered: _Answered) -> ColumnMapping:
    """All that was decided, if the file reads the same by it: not every reading can be told in a mapping."""
    whole = answered.reading.mapping
    try:
        again = read(whole).statement.lines
    except (Question, StatementError):
        return answered.mapping
    return whole if again == answered.reading.statement.lines else answered.mapping


def _columns(table: Table) -> list[FileColumn]:
    header = table.columns.header
    return [
        FileColumn(ref=ref_of(header, index), name=name[:MOST_LETTERS], samples=_samples(table, index))
        for index, name in enumerate(header[:MOST_COLUMNS])
    ]


def _samples(table: Table, index: int) -> list[str]:
    cells = dict.fromkeys(cell[:MOST_LETTERS] for row in table.rows[:100] if (cell := row.cell(index)))
    return list(cells)[:MOST_SAMPLES]


def _first_rows(table: Table) -> list[Row]:
    header = [Row(table.columns.line_no, table.columns.header)] if table.columns.line_no else []
    return [*header, *(row for row in table.rows if not row.is_blank)][:MOST_ROWS]


def _cut(row: Row) -> FileRow:
    return FileRow(line_no=row.line_no, cells=[cell[:MOST_LETTERS] for cell in row.cells[:MOST_COLUMNS]])


def _proposed(line: StatementLine) -> ProposedLine:
    return ProposedLine(
        line_no=line.line_no,
        date=line.date,
        amount=line.amount,
        description=line.description[: 2 * MOST_LETTERS],
    )
