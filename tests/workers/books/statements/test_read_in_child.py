from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

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
    read = await read_in_child(path, name="june.csv", mapping={"sign": "reversed"})
    assert read.lines[0].amount == Decimal("-5.00")


async def test_a_file_that_takes_too_much_is_the_files_fault(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"Date,Description,Amount\n" + b"2026-06-13,x,-1.00\n" * 50_000)
    with pytest.raises(StatementError) as refused:
        await read_in_child(path, name="june.csv", memory_mb=64)
    assert refused.value.code == "file_too_complex"
