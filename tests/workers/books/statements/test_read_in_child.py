from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements import read_statement
from workers.books.statements.reading import read_in_child

SAMPLE = Path("static/sample/june.csv")


async def test_a_child_reads_what_the_reader_reads() -> None:
    assert await read_in_child(SAMPLE, name="june.csv") == read_statement(SAMPLE, name="june.csv")


async def test_a_refusal_crosses_whole(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("Date,Description,Amount\n2026-06-13,x,twelve\n")
    with pytest.raises(StatementError) as refused:
        await read_in_child(path, name="june.csv")
    assert refused.value.code == "unreadable_line"
    assert refused.value.errors[0].pointer == "line 2, column Amount"


async def test_a_mapping_crosses_too(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("Date,Description,Amount\n2026-06-13,x,5.00\n")
    read = await read_in_child(path, name="june.csv", mapping=ColumnMapping(sign="reversed"))
    assert read.lines[0].amount == Decimal("-5.00")


async def test_a_question_crosses_with_its_proposal_and_an_answer_with_its_layout(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("Date,Description,Amount\n03/04/2026,x,-5.00\n")
    with pytest.raises(StatementError) as asked:
        await read_in_child(path, name="june.csv")
    assert asked.value.proposal is not None
    answer = asked.value.proposal.mapping
    confirmed = await read_in_child(path, name="june.csv", mapping=answer)
    assert confirmed.layout is not None
    assert await read_in_child(path, name="june.csv", remembered={confirmed.layout: answer}) == confirmed


@pytest.mark.parametrize("memory_mb", [64, 102])
async def test_a_file_that_takes_too_much_is_the_files_fault(tmp_path: Path, memory_mb: int) -> None:
    """Wherever it strikes: in our own code, or while a library is loaded."""
    path = tmp_path / "upload"
    path.write_bytes(b"Date,Description,Amount\n" + b"2026-06-13,x,-1.00\n" * 50_000)
    with pytest.raises(StatementError) as refused:
        await read_in_child(path, name="june.csv", memory_mb=memory_mb)
    assert refused.value.code == "file_too_complex"
