"""Each common shape is read exactly; what is not certain is refused, with the place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements import Statement, read_statement


def read(tmp_path: Path, content: str | bytes, *, name: str = "june.csv", **mapping: Any) -> Statement:
    path = tmp_path / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_statement(path, name=name, mapping=ColumnMapping(**mapping) if mapping else None)


def refused(tmp_path: Path, content: str | bytes, **mapping: Any) -> StatementError:
    with pytest.raises(StatementError) as refusal:
        read(tmp_path, content, **mapping)
    assert refusal.value.problem.detail
    return refusal.value


def rows(statement: Statement) -> list[tuple[str, str, str]]:
    return [(str(line.date), str(line.amount), line.description) for line in statement.lines]


COFFEE_AND_PAY = [("2026-06-13", "-4.50", "Blue Door"), ("2026-06-14", "1200.00", "Payout")]

SHAPES = {
    "signed amount": "Date,Description,Amount\n2026-06-13,Blue Door,-4.50\n2026-06-14,Payout,1200.00\n",
    "debit and credit": "Date,Description,Debit,Credit\n13/06/2026,Blue Door,4.50,\n14/06/2026,Payout,,1200.00\n",
    "signed debit": "Date;Details;Debit;Credit\n13.06.2026;Blue Door;-4,50;\n14.06.2026;Payout;;1200,00\n",
    "direction word": "Date,Name,Amount,Debit/Credit\n6/13/2026,Blue Door,4.50,Debit\n"
    "6/14/2026,Payout,1200.00,Credit\n",
    "decimal comma": 'Datum;Betrag;Verwendungszweck\n13.06.26;-4,50;Blue Door\n14.06.26;"1.200,00";Payout\n',
    "thousands": 'Date,Description,Amount\n2026-06-13,Blue Door,-4.50\n2026-06-14,Payout,"1,200.00"\n',
    "apostrophes": "Date;Text;Amount\n2026-06-13;Blue Door;-4.50\n2026-06-14;Payout;1'200.00\n",
    "tab": "Date\tDescription\tAmount\n2026-06-13\tBlue Door\t-4.50\n2026-06-14\tPayout\t1200.00\n",
    "pipe": "Date|Description|Amount\n2026-06-13|Blue Door|-4.50\n2026-06-14|Payout|1200.00\n",
    "parentheses": "Date,Description,Amount\n2026-06-13,Blue Door,(4.50)\n2026-06-14,Payout,$1200.00\n",
    "trailing minus": "Date,Description,Amount\n2026-06-13,Blue Door,4.50-\n2026-06-14,Payout,1200.00\n",
    "DR and CR": "Date,Description,Amount\n2026-06-13,Blue Door,4.50 DR\n2026-06-14,Payout,1200.00 CR\n",
    "only payments signed": 'Date,Description,Amount\n13-Jun-2026,Blue Door,£4.50\n14-Jun-2026,Payout,"+ £1,200.00"\n',
    "preamble": "Account statement\n\nFrom;1.6.;to;30.6.\nDate;Description;Amount\n"
    "2026-06-13;Blue Door;-4.50\n2026-06-14;Payout;1200.00\n",
    "blank lines and a footer": "Date,Description,Amount\n\n2026-06-13,Blue Door,-4.50\n\n2026-06-14,Payout,1200.00\n"
    ",,\nNo liability is taken for this list\n",
    "a total": "Date,Description,Amount\n2026-06-13,Blue Door,-4.50\n2026-06-14,Payout,1200.00\nTotal,,1195.50\n",
    "pending lines": "Date,Description,Amount\nPending,Hold,-99.00\n"
    "2026-06-13,Blue Door,-4.50\n2026-06-14,Payout,1200.00\n",
    "status column": "Date,Description,Amount,Status\n2026-06-12,Hold,-99.00,Pending\n"
    "2026-06-13,Blue Door,-4.50,Posted\n2026-06-14,Payout,1200.00,Posted\n2026-06-14,No,-5.00,Declined\n",
    "no line end at the end": "Date,Description,Amount\n2026-06-13,Blue Door,-4.50\n2026-06-14,Payout,1200.00",
    "carriage returns": "Date,Description,Amount\r2026-06-13,Blue Door,-4.50\r2026-06-14,Payout,1200.00\r",
    "doubled carriage returns": "Date,Description,Amount\r\r\n2026-06-13,Blue Door,-4.50\r\r\n"
    "2026-06-14,Payout,1200.00",
    "copies of the amount": "Date;Text;Bedrag;credit;debet\n2026-06-13;Blue Door;-4,50;;-4,50\n"
    "2026-06-14;Payout;1200,00;1200,00;\n",
    "copies that are left blank": "Date,Text,Amount,Debit,Credit\n2026-06-13,Blue Door,-4.50,,\n"
    "2026-06-14,Payout,1200.00,,\n",
    "a word beside the sign": "Date,Text,Amount,Dr/Cr\n2026-06-13,Blue Door,-4.50,DR\n"
    "2026-06-14,Payout,1200.00,CR\n",
    "words that say nothing of direction": "Date,Text,Amount,Type\n2026-06-13,Blue Door,-4.50,CARD\n"
    "2026-06-14,Payout,1200.00,TRANSFER\n",
    "a repeated header": "Date,Description,Amount\n2026-06-13,Blue Door,-4.50\nDate,Description,Amount\n"
    "2026-06-14,Payout,1200.00\n",
    "times": "Date,Description,Amount\n2026-06-13T23:59:59Z,Blue Door,-4.50\n"
    "2026-06-14 00:01:00 +0200,Payout,1200.00\n",
    "newest first": "Date,Description,Amount,Balance\n06/14/2026,Payout,1200.00,1300.00\n"
    "06/13/2026,Blue Door,-4.50,100.00\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_common_shape_is_read_exactly(tmp_path: Path, shape: str) -> None:
    assert sorted(rows(read(tmp_path, SHAPES[shape]))) == COFFEE_AND_PAY


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_each_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    text = "Datum;Betrag;Text\n13.06.2026;-4,50;Bäckerei Söhne\n14.06.2026;-2,10;Straßenbahn\n"
    read_back = read(tmp_path, text.encode(encoding))
    assert [line.description for line in read_back.lines] == ["Bäckerei Söhne", "Straßenbahn"]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1250", "Zaúčtovaná částka příjem"),
        ("cp1250", "Żabka, opłata za przelew"),
        ("cp1251", "Покупка в магазине"),
        ("cp1252", "Crème brûlée à Genève"),
        ("cp1252", "Bäckerei Söhne, Straße"),
        ("cp1252", "Señor Muñoz, café"),
    ],
)
def test_single_byte_encodings_are_told_apart_by_their_letters(
    tmp_path: Path, encoding: str, word: str
) -> None:
    content = f"Date;Amount;Text\n13.06.2026;-4,50;{word}\n".encode(encoding)
    assert read(tmp_path, content).lines[0].description == word


def test_what_the_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    statement = read(
        tmp_path,
        "IBAN,Date,Amount,Currency,Balance,Transaction ID,Counterparty,Description\n"
        "DE89370400440532013000,2026-06-13,-4.50,EUR,95.50,TX000001,Blue Door,Card payment\n"
        "DE89370400440532013000,2026-06-14,1200.00,EUR,1295.50,TX000002,Acme,Acme invoice 7\n",
    )
    first, second = statement.lines
    assert (statement.account_number, statement.currency, statement.format) == (
        "DE89370400440532013000",
        "EUR",
        "csv",
    )
    assert (first.line_no, first.bank_id, first.balance) == (2, "TX000001", Decimal("95.50"))
    assert (first.description, second.description) == ("Blue Door Card payment", "Acme invoice 7")


def test_a_currency_may_stand_in_the_header_or_beside_the_amount(tmp_path: Path) -> None:
    assert read(tmp_path, "Date,Description,Amount (CHF)\n2026-06-13,x,-1.00\n").currency == "CHF"
    assert read(tmp_path, "Date,Description,Amount\n2026-06-13,x,-1.00 SEK\n").currency == "SEK"
    assert read(tmp_path, "Date,Description,Amount\n2026-06-13,x,-€1.00\n").currency == "EUR"
    assert read(tmp_path, "Date,Description,Amount\n2026-06-13,x,-$1.00\n").currency is None


def test_a_column_of_account_numbers_gives_each_line_its_own(tmp_path: Path) -> None:
    numbers = ["11111", "22222", "22222", "11111"]
    lines = "".join(f"{number},2026-06-13,x,-1.00\n" for number in numbers)
    statement = read(tmp_path, f"Account number,Date,Text,Amount\n{lines}")
    assert statement.account_number is None
    assert [line.account_number for line in statement.lines] == numbers


def test_a_column_with_another_account_on_each_line_is_of_the_other_parties(tmp_path: Path) -> None:
    content = "Account number,Date,Text,Amount\n11111,2026-06-13,x,-1.00\n22222,2026-06-13,y,-1.00\n"
    assert {line.account_number for line in read(tmp_path, content).lines} == {None}


def test_headings_between_the_lines_give_each_line_its_account(tmp_path: Path) -> None:
    section = "Account: {0}\nDate,Text,Amount\n2026-06-13,x,-1.00\n\n"
    statement = read(tmp_path, section.format("11111") + section.format("22222"))
    assert [line.account_number for line in statement.lines] == ["11111", "22222"]


def test_an_account_and_a_currency_may_stand_above_the_lines(tmp_path: Path) -> None:
    table = "Date;Text;Amount\n2026-06-13;x;-1.00\n"
    for top in (
        "Konto: 1234567;EUR\nCurrency;EUR\n",
        "IBAN;;1234567\nWährung: EUR\n",
        "Account number\n1234567\nCurrency: EUR\n",
    ):
        statement = read(tmp_path, top + table)
        assert (statement.account_number, statement.currency) == ("1234567", "EUR"), top


def test_row_numbers_and_repeated_values_are_no_ids(tmp_path: Path) -> None:
    for ids in (("1", "2"), ("RENT-0001", "RENT-0001"), ("TX000001", "")):
        content = f"Id,Date,Description,Amount\n{ids[0]},2026-06-13,x,-1.00\n{ids[1]},2026-06-14,y,-2.00\n"
        assert [line.bank_id for line in read(tmp_path, content).lines] == [None, None]


def test_a_line_below_continues_the_description(tmp_path: Path) -> None:
    content = (
        "Date,Description,Withdrawals (SGD),Deposits (SGD)\n18/04/2018,DEBIT PURCHASE,6.66,\n,CAFE 15/04/18\n"
    )
    (line,) = read(tmp_path, content).lines
    assert (line.description, line.currency) == ("DEBIT PURCHASE CAFE 15/04/18", "SGD")


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    content = 'Date,Description,Amount\n2026-06-13,"A, ""B""\nC",-1.00\n2026-06-14,D,-2.00\n'
    first, second = read(tmp_path, content).lines
    assert (first.description, first.line_no, second.line_no) == ('A, "B" C', 2, 4)


def test_a_backslash_may_escape_a_quotation_mark(tmp_path: Path) -> None:
    content = 'Date,Description,Amount\n2026-06-13,"THE \\"OLD\\" SHOP",-1.00\n'
    assert read(tmp_path, content).lines[0].description == 'THE "OLD" SHOP'


# --- dates, per file


def dated(tmp_path: Path, *cells: str, **mapping: Any) -> list[date]:
    body = "".join(f"{cell},x,-1.00\n" for cell in cells)
    return [line.date for line in read(tmp_path, f"Date,Description,Amount\n{body}", **mapping).lines]


def test_one_day_above_twelve_decides_for_all_lines(tmp_path: Path) -> None:
    assert dated(tmp_path, "01/02/2026", "13/02/2026")[0] == date(2026, 2, 1)
    assert dated(tmp_path, "01/02/2026", "02/13/2026")[0] == date(2026, 1, 2)


def test_the_order_of_the_lines_decides_where_no_day_does(tmp_path: Path) -> None:
    assert dated(tmp_path, "01/02/2026", "02/01/2026", "03/01/2026")[0] == date(2026, 1, 2)
    assert dated(tmp_path, "02/01/2026", "01/02/2026", "02/02/2026")[0] == date(2026, 1, 2)


def test_another_date_column_may_decide(tmp_path: Path) -> None:
    content = "Booking date,Value date,Text,Amount\n01/02/2026,13/02/2026,x,-1.00\n"
    assert read(tmp_path, content).lines[0].date == date(2026, 2, 1)


def test_two_digit_years_are_told_from_days_by_their_spread(tmp_path: Path) -> None:
    assert dated(tmp_path, "13-06-24", "18-06-24", "29-06-24")[0] == date(2024, 6, 13)
    assert dated(tmp_path, "13/06/24") == [date(2024, 6, 13)]


@pytest.mark.parametrize(
    "cells", [("01/02/2026",), ("06/01/2026", "06/02/2026", "06/03/2026"), ("13-06-24",)]
)
def test_dates_that_read_two_ways_are_refused_until_a_person_says(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    body = "Date,Description,Amount\n" + "".join(f"{cell},x,-1.00\n" for cell in cells)
    refusal = refused(tmp_path, body)
    assert refusal.code == "ambiguous_dates"
    assert refusal.errors[0].pointer == "column Date"
    assert len(dated(tmp_path, *cells, date_order="dmy")) == len(cells)


def test_day_first_and_month_first_in_one_file_are_refused(tmp_path: Path) -> None:
    assert (
        refused(tmp_path, "Date,Text,Amount\n13/02/2026,x,-1\n02/13/2026,y,-1\n").code == "unreadable_column"
    )


# --- amounts, per file


def test_one_decimal_mark_holds_for_the_whole_file(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n2026-06-13;x;-1.200\n2026-06-14;y;-3,50\n"
    assert [str(line.amount) for line in read(tmp_path, content).lines] == ["-1200", "-3.50"]


@pytest.mark.parametrize("amounts", [("-1,200", "-2,500"), ("-1.234", "-12.50"), ("-1.5", "-1,5")])
def test_amounts_that_read_two_ways_are_refused(tmp_path: Path, amounts: tuple[str, str]) -> None:
    content = f"Date;Text;Amount\n2026-06-13;x;{amounts[0]}\n2026-06-14;y;{amounts[1]}\n"
    assert refused(tmp_path, content).code == "ambiguous_amounts"


def test_a_person_may_say_which_mark_it_is(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n2026-06-13;x;-1,200\n"
    assert read(tmp_path, content, decimal=".").lines[0].amount == -1200
    assert read(tmp_path, content, decimal=",").lines[0].amount == Decimal("-1.2")


CHARGES = "Date,Description,Amount\n2026-06-13,x,4.50\n2026-06-14,y,12.00\n"


@pytest.mark.parametrize(
    "content",
    [
        CHARGES,
        "Card no,Date,Description,Amount\n1,2026-06-13,x,4.50\n1,2026-06-14,y,12.00\n1,2026-06-15,z,-3.00\n",
        "Date,Description,Debit,Credit\n2026-06-13,x,4.50,\n2026-06-14,y,-12.00,\n",
    ],
)
def test_money_in_that_may_be_charges_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content).code == "ambiguous_sign"


def test_a_person_may_say_that_charges_are_positive(tmp_path: Path) -> None:
    assert [line.amount for line in read(tmp_path, CHARGES, sign="reversed").lines] == [Decimal("-4.50"), -12]
    assert [line.amount for line in read(tmp_path, CHARGES, sign="as_printed").lines] == [Decimal("4.50"), 12]


# --- the balance proves the parse


def balanced(tmp_path: Path, *lines: tuple[str, str, str]) -> list[str]:
    body = "".join(f"{day},x,{amount},{balance}\n" for day, amount, balance in lines)
    return [str(line.amount) for line in read(tmp_path, f"Date,Text,Amount,Balance\n{body}").lines]


def test_a_balance_before_or_after_in_either_order_bears_the_amounts_out(tmp_path: Path) -> None:
    for balances in (("90", "95", "92"), ("100", "90", "95")):
        lines = zip(("2026-06-01", "2026-06-02", "2026-06-03"), ("-10", "5", "-3"), balances, strict=True)
        assert balanced(tmp_path, *lines) == ["-10", "5", "-3"]
    for balances in (("92", "95", "90"), ("95", "90", "100")):
        lines = zip(("2026-06-03", "2026-06-02", "2026-06-01"), ("-3", "5", "-10"), balances, strict=True)
        assert balanced(tmp_path, *lines) == ["-3", "5", "-10"]


def test_a_balance_turns_unsigned_charges_into_money_out(tmp_path: Path) -> None:
    assert balanced(tmp_path, ("2026-06-01", "10", "90"), ("2026-06-02", "5", "85")) == ["-10", "-5"]


def test_a_balance_of_what_a_card_owes_leaves_debit_and_credit_as_they_are(tmp_path: Path) -> None:
    content = "Date,Text,Debit,Credit,Balance\n2026-06-01,x,10,,110\n2026-06-02,y,,5,105\n"
    assert [line.amount for line in read(tmp_path, content).lines] == [-10, 5]


def test_a_balance_that_turns_every_printed_sign_is_a_question(tmp_path: Path) -> None:
    content = "Date,Text,Amount,Balance\n2026-06-01,x,-10,110\n2026-06-02,y,-5,115\n2026-06-03,y,7,108\n"
    assert refused(tmp_path, content).code == "ambiguous_sign"


def test_a_balance_that_turns_some_signs_names_the_line(tmp_path: Path) -> None:
    lines = ("2026-06-01,x,-10,90", "2026-06-02,y,-5,85", "2026-06-03,z,7,78", "2026-06-04,z,-7,71")
    refusal = refused(tmp_path, "Date,Text,Amount,Balance\n" + "\n".join(lines) + "\n")
    assert refusal.code == "balance_disagrees"
    assert refusal.errors[0].pointer == "line 4, column Balance"
    assert refusal.proposal is not None


def test_unsigned_amounts_that_go_both_ways_cannot_be_read_whatever_the_answer(tmp_path: Path) -> None:
    lines = ("2026-06-01,x,10,90", "2026-06-02,y,5,85", "2026-06-03,z,7,92", "2026-06-04,z,7,85")
    refusal = refused(tmp_path, "Date,Text,Amount,Balance\n" + "\n".join(lines) + "\n")
    assert (refusal.code, refusal.proposal) == ("balance_disagrees", None)


def test_on_one_day_a_balance_cannot_turn_the_amounts(tmp_path: Path) -> None:
    content = "Date,Text,Amount,Balance\n2026-06-01,x,10,90\n2026-06-01,y,5,85\n2026-06-01,y,2,83\n"
    assert refused(tmp_path, content).code == "ambiguous_sign"


def test_a_balance_that_lines_are_missing_before_is_a_warning(tmp_path: Path) -> None:
    statement = read(tmp_path, "Date,Text,Amount,Balance\n2026-06-01,x,-10,90\n2026-06-02,y,-5,70\n")
    assert [line.amount for line in statement.lines] == [-10, -5]
    assert statement.warnings == [
        "Line 3: 'Balance' does not follow from the lines before it: lines may be missing from the file."
    ]


def test_the_balance_of_a_card_is_what_is_owed_and_proves_no_sign(tmp_path: Path) -> None:
    content = "Card number,Date,Text,Amount,Balance\n1,2026-06-01,x,10,110\n1,2026-06-02,y,5,115\n"
    assert refused(tmp_path, content).code == "ambiguous_sign"
    paid = "Date,Text,Amount,Balance\n2026-06-01,x,10,110\n2026-06-02,PAYMENT - THANK YOU,-60,50\n"
    assert [line.amount for line in read(tmp_path, paid).lines] == [-10, 60]


def test_the_same_balance_on_every_line_proves_nothing(tmp_path: Path) -> None:
    assert balanced(tmp_path, ("2026-06-01", "-10", "100"), ("2026-06-02", "5", "100")) == ["-10", "5"]


# --- refusals

HEADER = b"Date,Description,Amount\n"
REFUSALS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty_file"),
    "blank": (b"  \n\n ", "empty_file"),
    "header only": (HEADER, "no_lines"),
    "only pending": (HEADER + b"pending,x,-1.00\n", "no_lines"),
    "a ZIP": (b"PK\x03\x04rest", "not_a_statement"),
    "a PDF": (b"%PDF-1.7 rest", "not_a_statement"),
    "a PNG": (b"\x89PNG\r\n\x1a\n rest", "not_a_statement"),
    "a JPEG": (b"\xff\xd8\xff\xe0 rest", "not_a_statement"),
    "a web page": (b"\n<!DOCTYPE html><html></html>", "not_a_statement"),
    "JSON": (b'{"date": 1}', "not_a_statement"),
    "zero bytes": (HEADER + b"2026-06-13,\x00\x00x,-1.00\n", "not_a_statement"),
    "noise": (bytes(range(1, 256)) * 20, "not_a_statement"),
    "torn UTF-16": (b"\xff\xfeD\x00a\x00t\x00\x00\xd8x", "unknown_encoding"),
    "prose": (b"Dear customer,\nyour statement is ready.\n", "no_header"),
    "a date that is none": (HEADER + b"2026-06-31,x,-1.00\n", "unreadable_line"),
    "an amount that is none": (HEADER + b"2026-06-13,x,twelve\n", "unreadable_line"),
    "no amount": (HEADER + b"2026-06-13,x,\n", "unreadable_line"),
    "no date": (HEADER + b"2026-06-13,x,-1.00\n,y,-2.00\n", "unreadable_line"),
    "too many cells": (HEADER + b"2026-06-13,x, y,-1.00\n", "unreadable_line"),
    "cut off": (HEADER + b"2026-06-13,x,-1.00\n2026-06-14,y\n", "unreadable_line"),
    "cut off in the amount": (
        b"Date,Amount,Description\n2026-06-13,-1.00,x\n2026-06-14,-12\n",
        "unreadable_line",
    ),
    "a missing quotation mark": (
        HEADER + b'2026-06-13,"x, y,-1.00\n2026-06-14,"z",-2.00\n',
        "unreadable_line",
    ),
    "a huge cell": (HEADER + b"2026-06-13," + b"x" * 10_001 + b",-1.00\n", "unreadable_line"),
    "debit and credit at once": (b"Date,Text,Debit,Credit\n2026-06-13,x,1.00,2.00\n", "unreadable_line"),
    "neither debit nor credit": (b"Date,Text,Debit,Credit\n2026-06-13,x,,\n", "unreadable_line"),
    "copies that differ": (
        b"Date,Text,Amount,Debit,Credit\n2026-06-13,x,-1.00,2.00,\n",
        "unreadable_line",
    ),
    "only an opening balance": (HEADER + b"2026-06-01,Opening balance,100.00\n", "no_lines"),
    "a decimal comma that parts a cell": (
        HEADER + b"2026-06-13,x,-1,00\n2026-06-14,x,-2,50\n",
        "unreadable_line",
    ),
    "a line shifted by its description": (
        b"Kind,Text,Date,Amount\nPOS,x,2026-06-13,-1.00\nPOS,y, z,2026-06-14,-2.00\n",
        "unreadable_line",
    ),
    "a line shifted without a header": (
        b"a,x,2026-06-13,-1.00\nb,y, z,2026-06-14,-2.00\nc,v,2026-06-15,-3.00\n",
        "unreadable_line",
    ),
    "a fee beside the amount": (b"Date,Text,Amount,Fee\n2026-06-13,x,-1.00,0.50\n", "unreadable_line"),
    "an unknown status": (
        b"Date,Text,Amount,Status\n2026-06-13,x,-1.00,Posted\n2026-06-13,y,-1.00,Maybe\n",
        "unreadable_column",
    ),
    "two amounts that differ": (b"Date,Text,Amount,Value\n2026-06-13,x,-1.00,-2.00\n", "ambiguous_amounts"),
    "digits grouped as no number is": (b"Date;Text;Amount\n2026-06-13;x;-1.23.456,00\n", "unreadable_line"),
    "a word that contradicts the sign": (
        b"Date,Text,Amount,Dr/Cr\n2026-06-13,x,-1.00,CR\n2026-06-14,y,-2.00,DR\n",
        "unreadable_line",
    ),
    "a withdrawal as money in": (
        HEADER + b"2026-06-13,ATM WITHDRAWAL,20.00\n2026-06-14,x,-1.00\n",
        "ambiguous_sign",
    ),
    "an amount on some lines only": (
        b"Date,Text,Amount,Value\n2026-06-13,x,-1.00,\n2026-06-14,y,,-2.00\n",
        "unreadable_line",
    ),
    "a debit on some lines only": (
        b"Date,Text,Debit,Credit\n2026-06-13,x,1.00,\n2026-06-14,y, ,\n",
        "unreadable_line",
    ),
    "not a number": (HEADER + b"2026-06-13,x,NaN\n", "unreadable_line"),
    "infinite": (HEADER + b"2026-06-13,x,-1e999\n", "unreadable_line"),
    "more digits than money has": (HEADER + b"2026-06-13,x,-1234567890123456789.00\n", "unreadable_line"),
    "two minuses": (HEADER + b"2026-06-13,x,--1.00\n", "unreadable_line"),
    "too many rows": (HEADER + b"2026-06-13,x,-1.00\n" * 50_001, "too_many_rows"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_is_not_certain_is_refused(tmp_path: Path, fault: str) -> None:
    content, code = REFUSALS[fault]
    refusal = refused(tmp_path, content)
    assert refusal.code == code, refusal.detail


def test_a_refusal_names_the_line_and_the_column(tmp_path: Path) -> None:
    refusal = refused(tmp_path, "Title\n\nDate,Description,Amount\n2026-06-13,x,-1\n2026-06-14,y,abc\n")
    assert refusal.errors[0].pointer == "line 5, column Amount"
    assert "'abc'" in refusal.detail


def test_a_file_beyond_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(25 * 2**20 + 1)
    with pytest.raises(StatementError) as refusal:
        read_statement(path, name="large.csv")
    assert refusal.value.code == "file_too_large"


# --- a person's mapping


def test_a_mapping_names_the_columns_that_words_do_not(tmp_path: Path) -> None:
    content = "When;What;How much;Then\n2026-06-13;Blue Door;-4,50;95,50\n"
    assert refused(tmp_path, content).code == "ambiguous_amounts"
    mapping: dict[str, Any] = {"date": "When", "description": ["What"], "amount": "How much"}
    assert rows(read(tmp_path, content, **mapping)) == [("2026-06-13", "-4.50", "Blue Door")]


def test_a_mapping_may_name_columns_by_their_place(tmp_path: Path) -> None:
    content = "2026-06-13;Blue Door;-4,50;95,50\n"
    mapping: dict[str, Any] = {"header_line": 0, "date": "#1", "description": ["#2"], "amount": "#3"}
    assert rows(read(tmp_path, content, **mapping)) == [("2026-06-13", "-4.50", "Blue Door")]


def test_a_place_tells_columns_of_one_name_apart(tmp_path: Path) -> None:
    content = "Date;Text;Amount;Amount\n2026-06-13;Blue Door;-1.00;-4.50\n"
    assert refused(tmp_path, content).code == "ambiguous_amounts"
    assert read(tmp_path, content, amount="#4").lines[0].amount == Decimal("-4.50")


def test_a_mapping_decides_between_two_amounts(tmp_path: Path) -> None:
    content = "Date,Text,Amount,Value\n2026-06-13,x,-1.00,-2.00\n"
    assert read(tmp_path, content, amount="Value").lines[0].amount == -2


@pytest.mark.parametrize("mapping", [{"date": "Nowhere"}, {"description": ["x"]}, {"amount": "#9"}])
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, mapping: dict[str, Any]) -> None:
    assert refused(tmp_path, SHAPES["signed amount"], **mapping).code == "bad_mapping"
