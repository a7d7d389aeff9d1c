"""Books as CSV: whole, exact, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerwire.books import TransactionFilter
from ledgerwire.journal import JournalFilter
from tests.workers.books.making import COFFEE
from tests.workers.books.reviewing import Reviewed
from workers.books import exporting
from workers.books.exporting import FORMULA, encode, export_journal, export_transactions
from workers.database import Database


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-5% OFF", "'-5% OFF"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "'=1"),
        (" =1", " =1"),
        ("A=1", "A=1"),
        ("", ""),
    ],
)
def test_text_that_would_be_run_gets_an_apostrophe(text: str, cell: str) -> None:
    assert read(encode([[text, "x"]])) == [[cell, "x"]]


def test_amounts_stay_numbers() -> None:
    row = (Decimal("-4.50"), Decimal("1E+3"), Decimal("0.0000001"), Decimal(0))
    assert encode([row]) == b"-4.50,1000,0.0000001,0\r\n"


def test_quotes_commas_and_lines_survive() -> None:
    row = ('say "x"', "a,b", "two\r\nlines", "é", None)
    assert read(encode([row])) == [['say "x"', "a,b", "two\r\nlines", "é", ""]]


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=4), max_size=4))
def test_any_text_is_one_cell_and_never_a_formula(rows: list[list[str]]) -> None:
    cells = read(encode(rows))
    assert [len(row) for row in cells] == [len(row) for row in rows]
    for row, written in zip(rows, cells, strict=True):
        for text, cell in zip(row, written, strict=True):
            assert cell.removeprefix("'") == text or cell == text
            assert not cell.startswith(FORMULA)


async def test_every_line_is_exported_once_with_its_account_and_who_approved_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    reviewed = await Reviewed.found(database)
    coffee, *_ = await reviewed.imported(
        COFFEE, ("=CMD()", "-7"), ("PAYOUT", "1000.00"), ("A", "1"), ("B", "2")
    )
    await reviewed.approve([coffee])
    other = await Reviewed.found(database)
    await other.imported(("THEIRS", "-1"))
    chunks = [each async for each in export_transactions(database, reviewed.company_id, TransactionFilter())]
    rows = list(csv.DictReader(io.StringIO(b"".join(chunks).decode(), newline="")))
    assert len(chunks) == 3
    assert sorted(row["amount"] for row in rows) == ["-4.50", "-7", "1", "1000.00", "2"]
    assert {row["account"] for row in rows} == {"Checking"}
    assert [row["description"] for row in rows if row["amount"] == "-7"] == ["'=CMD()"]
    (mine,) = [row for row in rows if row["transaction_id"] == coffee]
    assert (mine["state"], mine["approved_by"], mine["confidence"]) == ("approved", "Ann", "1.0")
    assert mine["approved_at"] == "2026-06-30T13:00:00+00:00"


async def test_the_lines_of_an_entry_stand_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    reviewed = await Reviewed.found(database)
    await reviewed.imported(COFFEE, ("UBER", "-9.90"))
    chunks = [each async for each in export_journal(database, reviewed.company_id, JournalFilter())]
    rows = list(csv.DictReader(io.StringIO(b"".join(chunks).decode(), newline="")))
    assert [row["entry_id"] for row in rows[::2]] == [row["entry_id"] for row in rows[1::2]]
    assert [(row["account"], row["debit"], row["credit"]) for row in rows[:2]] == [
        ("Travel transport", "9.90", "0"),
        ("Checking", "0", "9.90"),
    ]
