"""Whatever a bank might print, it is read back exactly or refused: never wrong."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st

from workers.books.errors import StatementError
from workers.books.statements import read_statement

LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F)
WORDS = st.lists(st.text(LETTERS, min_size=3, max_size=8), min_size=1, max_size=4).map(" ".join)


class Style(msgspec.Struct, frozen=True):
    delimiter: str
    decimal: str
    thousands: str
    day: str
    split: bool
    balance: bool
    newest_first: bool
    encoding: str
    quoted: bool


styles = st.builds(
    Style,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", " ", "'", "other"]),
    day=st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y%m%d", "%d-%b-%Y", "%d/%m/%y"]),
    split=st.booleans(),
    balance=st.booleans(),
    newest_first=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoted=st.booleans(),
)
lines = st.lists(
    st.tuples(
        st.dates(date(2024, 1, 1), date(2025, 12, 31)),
        WORDS,
        st.decimals(min_value=-99_999, max_value=99_999, places=2),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=300)
@given(lines, styles)
def test_a_file_is_read_back_exactly_or_refused(rows: list[tuple[date, str, Decimal]], style: Style) -> None:
    rows.sort(key=lambda row: row[0], reverse=style.newest_first)
    try:
        read = read_bytes(printed(rows, style).encode(style.encoding))
    except StatementError as refusal:
        event(f"refused: {refusal.code}")
        if refusal.code not in {"ambiguous_dates", "ambiguous_sign", "ambiguous_amounts"}:
            raise
        return
    event("read")
    assert [(line.date, line.amount) for line in read.lines] == [(row[0], row[2]) for row in rows]
    assert [line.description for line in read.lines] == [row[1] for row in rows]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for body in (
        content,
        b"Date,Description,Amount\n" + content,
        b"Date;Debit;Credit;Balance\n2026-06-13;1;;5\n" + content,
    ):
        try:
            read = read_bytes(body)
        except StatementError:
            continue
        assert read.lines


def read_bytes(content: bytes) -> Any:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_statement(Path(file.name), name="any.csv")


def printed(rows: list[tuple[date, str, Decimal]], style: Style) -> str:
    target = io.StringIO()
    writer = csv.writer(target, csv.unix_dialect if style.quoted else csv.excel, delimiter=style.delimiter)
    money = ["Debit", "Credit"] if style.split else ["Amount"]
    writer.writerow(["Date", "Description", *money, *(["Balance"] if style.balance else [])])
    for (day, text, amount), balance in zip(rows, balances(rows, style), strict=True):
        cells = split(amount, style) if style.split else [number(amount, style)]
        writer.writerow(
            [day.strftime(style.day), text, *cells, *([number(balance, style)] if style.balance else [])]
        )
    return target.getvalue()


def split(amount: Decimal, style: Style) -> list[str]:
    text = number(abs(amount), style)
    return [text, ""] if amount < 0 else ["", text]


def number(amount: Decimal, style: Style) -> str:
    other = "." if style.decimal == "," else ","
    thousands = other if style.thousands == "other" else style.thousands
    marks: dict[str, str | int | None] = {",": thousands, ".": style.decimal}
    return f"{amount:,.2f}".translate(str.maketrans(marks))


def balances(rows: list[tuple[date, str, Decimal]], style: Style) -> list[Decimal]:
    total = Decimal(1000)
    found = []
    for _, _, amount in reversed(rows) if style.newest_first else rows:
        total += amount
        found.append(total)
    return found[::-1] if style.newest_first else found
