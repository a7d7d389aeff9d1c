"""MT940 as banks and their programs write it: each entry with its sign, each statement with its proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.statements.exports import ROWS, money, read, refused, texts, total

PLAIN = """:20:STARTUMSE
:25:NL91ABNA0417164300
:28C:00001/001
:60F:C260531EUR100,00
:61:2606010601D4,50NTRFNONREF
:86:BLUE DOOR COFFEE
:61:2606020602C1200,00NTRFNONREF
:86:PAYOUT
:62F:C260602EUR1295,50
-
"""
COFFEE_AND_PAY = [("2026-06-01", "-4.50"), ("2026-06-02", "1200.00")]

DIALECTS: dict[str, str | bytes] = {
    "plain": PLAIN,
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "doubled carriage returns": PLAIN.replace("\n", "\r\r\n"),
    "old Mac": PLAIN.replace("\n", "\r"),
    "no line end at the end": PLAIN.rstrip("-\n"),
    "no trailer": PLAIN.removesuffix("-\n"),
    "a swift envelope": "{1:F01INVBNL2AXXXX0000000000}{2:I940INVBNL2AXXXXN}{4:\n"
    + PLAIN.replace("-\n", "-}"),
    "an envelope with a check sum": "{1:F01INVBNL2AXXXX0000000000}{4:\r\n"
    + PLAIN.replace("-\n", "-}{5:{CHK:0123456789AB}}\n"),
    "an envelope on the line of the first field": "{1:F01INVBNL2AXXXX0}{2:I940X}{4:" + PLAIN,
    "marks of a transfer around it": "\x01{1:F01INVBNL2AXXXX0000000000}{4:\r\n"
    + PLAIN.replace("-\n", "-}\x03")
    + "\x01" * 3,
    "a bank's header": "INVBNL2A\n940\nINVBNL2A\n" + PLAIN,
    "a bank's header and trailer": "0000 01INVBNL2AXXXX00001\n940 00\n" + PLAIN.replace("-\n", "-XXX\n"),
    "blank lines": PLAIN.replace(":61:", "\n\n:61:").replace(":62F:", "\n:62F:"),
    "a mark of UTF-8": "\ufeff" + PLAIN,
    "UTF-16": PLAIN.encode("utf-16"),
    "lower case": PLAIN.lower().replace(":60f:c260531eur", ":60f:C260531EUR"),
    "no entry date": PLAIN.replace("2606010601", "260601").replace("2606020602", "260602"),
    "blanks for the entry date": PLAIN.replace("2606010601", "260601    "),
    "a line end before the amount": PLAIN.replace("0602C1200", "0602C\n1200"),
    "a colon left behind": PLAIN.replace(":61:2606020602", ":\n61:2606020602"),
    "indented": PLAIN.replace(":61:", "  :61:").replace(":86:", "  :86:"),
    "a reference longer than it may be": PLAIN.replace("NTRFNONREF", "NTRFNL65INVB0123456789 AND MORE"),
    "a full year": PLAIN.replace("2606010601", "202606010601").replace("2606020602", "20260602"),
    "the currency's third letter": PLAIN.replace("0601D", "0601DR").replace("0602C", "0602CR"),
    "an amount without cents": PLAIN.replace("1200,00", "1200,"),
    "an amount without a comma": PLAIN.replace("1200,00N", "1200N"),
    "one digit of cents": PLAIN.replace("4,50N", "4,5N"),
    "points for commas": PLAIN.replace("4,50N", "4.50N").replace("1200,00", "1200.00"),
    "points between thousands": PLAIN.replace("1200,00", "1.200,00"),
    "blanks around the amount": PLAIN.replace("0601D4,50", "0601D 4,50"),
    "reversals": PLAIN.replace("0601D", "0601RC").replace("0602C", "0602RD"),
    "references": PLAIN.replace(
        "NTRFNONREF\n:86:P", "NTRF29-06-2026 10:05//B4G29PGDCK1QFV3E\nmore of it\n:86:P"
    ),
    "a numeric kind": PLAIN.replace("NTRFNONREF", "N426NONREF").replace("4,50N426", "4,50S103"),
    "no reference and no kind": PLAIN.replace("NTRFNONREF", ""),
    "expected entries, which are not booked": PLAIN.replace(
        ":62F:", ":61:2606030603EC99,00NTRFNONREF\n:86:EXPECTED\n:62F:"
    ),
    "a field of the bank's own": PLAIN.replace(":62F:", ":NS:22more\n23of it\n:62F:"),
    "available balances": PLAIN.replace(
        "-\n", ":64:C260602EUR1295,50\n:65:C260603EUR1295,50\n:86:NOTHING MORE\n-\n"
    ),
    "a summary of its own at the end": PLAIN.replace("-\n", ":86:D000001C000001D4,50C1200,00\n-XXX"),
    "something like a field inside a description": PLAIN.replace("PAYOUT", "PAYOUT\n:99:NOT A FIELD\n: 61:X"),
    "a hyphen inside a description": PLAIN.replace("PAYOUT", "PAYOUT\n- AND MORE"),
    "pages": PLAIN.replace(
        ":61:2606020602C",
        ":62M:C260601EUR95,50\n-\n:20:STARTUMSE\n:25:NL91ABNA0417164300\n:28C:00001/002\n"
        ":60M:C260601EUR95,50\n:61:2606020602C",
    ),
    "statements one after the other": PLAIN.replace(
        ":61:2606020602C",
        ":62F:C260601EUR95,50\n-\n:20:NEXT\n:25:NL91ABNA0417164300\n:28:2\n:60F:C260601EUR95,50\n:61:2606020602C",
    ),
    "only the reference repeated": PLAIN.replace(":61:2606020602C", ":20:NEXT\n:61:2606020602C"),
    "a balance with a full year": PLAIN.replace("C260531EUR", "C20260531EUR"),
    "a balance with blanks": PLAIN.replace("C260531EUR100", "C260531 EUR 100"),
    "no reference at all": PLAIN.replace(":20:STARTUMSE\n", ""),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_read_exactly(dialect: str) -> None:
    statement = read(DIALECTS[dialect])
    assert [(day, Decimal(amount)) for day, amount in money(statement)] == [
        (day, Decimal(amount)) for day, amount in COFFEE_AND_PAY
    ]
    assert (statement.format, statement.currency) == ("mt940", "EUR")
    assert statement.account_number in {"NL91ABNA0417164300", "nl91abna0417164300"}
    assert statement.warnings == []


def test_a_reversal_turns_the_sign() -> None:
    """RC takes a credit back: money out. RD takes a debit back: money in."""
    signs = {
        mark: read(PLAIN.replace("0601D4", f"0601{mark}4")).lines[0].amount
        for mark in ("C", "D", "RC", "RD", "RCR", "RDR")
    }
    plus, minus = Decimal("4.50"), Decimal("-4.50")
    assert signs == {"C": plus, "D": minus, "RC": minus, "RD": plus, "RCR": minus, "RDR": plus}


def test_the_value_date_counts_and_the_thirtieth_of_february_is_its_last_day() -> None:
    assert read(PLAIN.replace("2606010601", "2605310601")).lines[0].date == date(2026, 5, 31)
    assert read(PLAIN.replace("2606010601", "2602300302")).lines[0].date == date(2026, 2, 28)
    assert read(PLAIN.replace("2606010601", "2402300302")).lines[0].date == date(2024, 2, 29)
    assert read(PLAIN.replace("2606010601", "9906010601")).lines[0].date == date(1999, 6, 1)


# --- what a field 86 says

DESCRIPTIONS = {
    "one line": ("BLUE DOOR COFFEE", "BLUE DOOR COFFEE"),
    "several lines": ("BLUE DOOR\n COFFEE\nAMSTERDAM", "BLUE DOOR COFFEE AMSTERDAM"),
    "coded": (
        "166?00GUTSCHRIFT?20EREF+4711?21SVWZ+Invoice 2026-0017 Hous?22e of coffee?30INV\n?32BLUE\n DOOR?33 COFFEE GMBH",
        "BLUE DOOR COFFEE GMBH Invoice 2026-0017 House of coffee GUTSCHRIFT",
    ),
    "coded without SEPA": (
        "005?00LASTSCHRIFT?20Rent June?21Flat 4?32Landlord",
        "Landlord Rent June Flat 4 LASTSCHRIFT",
    ),
    "coded with another mark": ("944^00PRZELEW^20Faktura 17^32BLUE DOOR^33", "BLUE DOOR Faktura 17 PRZELEW"),
    "coded without a business code": ("<20Faktura 17<32BLUE DOOR", "BLUE DOOR Faktura 17"),
    "keyed": (
        "/TRTP/SEPA OVERBOEKING/IBAN/NL12INVB0123456789/NAME/BLUE DOO\nR/REMI/Invoice 17/EREF/NOTPROVIDED",
        "BLUE DOOR Invoice 17",
    ),
    "keyed with a party": (
        "/EREF/17//CNTP/NL12INVB0123456789/INVBNL2A/BLUE DOOR///REMI/USTD//Invoice 17/",
        "BLUE DOOR Invoice 17",
    ),
    "looks coded and is not": ("166 COFFEES?NO", "166 COFFEES?NO"),
}


@pytest.mark.parametrize("shape", DESCRIPTIONS)
def test_field_86_says_who_and_what_for(shape: str) -> None:
    packed, plain = DESCRIPTIONS[shape]
    assert texts(read(PLAIN.replace("BLUE DOOR COFFEE", packed, 1)))[0] == plain


def test_without_a_field_86_the_reference_stands_in() -> None:
    bare = PLAIN.replace(":86:BLUE DOOR COFFEE\n", "").replace("NTRFNONREF", "NTRFINV 17//BANKREF", 1)
    assert texts(read(bare))[0] == "INV 17 NTRF"


def test_what_stands_behind_the_closing_balance_is_of_no_entry() -> None:
    assert texts(read(DIALECTS["a summary of its own at the end"])) == ["BLUE DOOR COFFEE", "PAYOUT"]


def test_the_text_of_an_expected_entry_is_not_the_one_befores() -> None:
    assert texts(read(DIALECTS["expected entries, which are not booked"])) == ["BLUE DOOR COFFEE", "PAYOUT"]


# --- the proof


def test_balances_that_do_not_follow_are_said() -> None:
    """Each line has its sign in so many words, so it is read; a person must know that others may be missing."""
    (warning,) = read(PLAIN.replace("EUR1295,50", "EUR1307,50")).warnings
    assert warning == (
        "The stated balances of statement 00001/001 differ from the sum of its lines by 12.00 EUR: "
        "lines may be missing."
    )


def test_a_missing_closing_balance_is_said() -> None:
    (warning,) = read(PLAIN.replace(":62F:C260602EUR1295,50\n", "")).warnings
    assert "no closing balance" in warning


def test_a_debit_balance_is_below_zero() -> None:
    overdrawn = PLAIN.replace(":60F:C260531EUR100,00", ":60F:D260531EUR100,00")
    assert read(overdrawn.replace("C260602EUR1295,50", "C260602EUR1095,50")).warnings == []


def test_many_warnings_are_counted() -> None:
    many = "".join(PLAIN.replace("EUR1295,50", "EUR1,00") for _ in range(8))
    warnings = read(many).warnings
    assert (len(warnings), warnings[-1]) == (6, "3 more statements of the file differ so.")


def test_an_available_balance_may_be_all_that_names_the_currency() -> None:
    bare = PLAIN.replace(":60F:C260531EUR100,00\n", "").replace(":62F:", ":64:")
    assert read(bare).currency == "EUR"


def test_an_intraday_report_has_no_balances_and_its_currency_in_the_floor() -> None:
    head = ":20:X\n:25:123456789\n:28C:1\n:34F:EUR0,\n:13D:2606011200+0200\n"
    report = head + ":61:2606010601C5,NTRFNONREF\n:90C:1EUR5,\n-"
    statement = read(report)
    assert (money(statement), statement.currency, statement.warnings) == ([("2026-06-01", "5")], "EUR", [])


# --- accounts


@pytest.mark.parametrize(
    ("field", "number"),
    [
        (":25:70090100/1234567890", "70090100/1234567890"),
        (":25:NL91ABNA0417164300EUR", "NL91ABNA0417164300"),
        (":25:NL91ABNA0417164300 EUR", "NL91ABNA0417164300"),
        (":25P:NL91ABNA0417164300\nABNANL2A", "NL91ABNA0417164300"),
    ],
)
def test_the_account_is_read(field: str, number: str) -> None:
    assert read(PLAIN.replace(":25:NL91ABNA0417164300", field)).account_number == number


def test_each_line_of_several_accounts_knows_its_own() -> None:
    other = PLAIN.replace("NL91ABNA0417164300", "NL02INVB0000000002").replace("EUR", "USD")
    statement = read(PLAIN + other)
    assert statement.account_number is None
    assert statement.currency is None
    assert [(line.account_number, line.currency) for line in statement.lines] == [
        ("NL91ABNA0417164300", "EUR"),
        ("NL91ABNA0417164300", "EUR"),
        ("NL02INVB0000000002", "USD"),
        ("NL02INVB0000000002", "USD"),
    ]


def test_a_line_keeps_its_place_in_the_file() -> None:
    assert [line.line_no for line in read(PLAIN).lines] == [5, 7]


# --- refusals

REFUSALS = {
    "no entry": (PLAIN[: PLAIN.index(":61:")] + ":62F:C260602EUR100,00\n", "no_lines"),
    "no mark": (PLAIN.replace("0601D4", "06014"), "unreadable_line"),
    "no amount": (PLAIN.replace("D4,50", "D"), "unreadable_line"),
    "a comma alone": (PLAIN.replace("D4,50", "D,"), "unreadable_line"),
    "a date that is none": (PLAIN.replace("2606010601", "2606310601"), "unreadable_line"),
    "a month that is none": (PLAIN.replace("2606010601", "2600010601"), "unreadable_line"),
    "more digits than money has": (PLAIN.replace("D4,50", "D4" * 1 + "0" * 18 + ",50"), "unreadable_line"),
    "thousands that are none": (PLAIN.replace("D4,50", "D1.2345,50"), "unreadable_line"),
    "a point before three digits": (PLAIN.replace("D4,50", "D1.234"), "unreadable_line"),
    "two commas": (PLAIN.replace("D4,50", "D1,234,50"), "unreadable_line"),
    "cut off in an amount": (PLAIN[: PLAIN.index("4,50N") + 3], "damaged_file"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_is_not_certain_is_refused(fault: str) -> None:
    content, code = REFUSALS[fault]
    assert refused(content).code == code


def test_a_refusal_names_the_line() -> None:
    assert refused(PLAIN.replace("0602C1200", "0602X1200")).errors[0].pointer == "line 7"


@settings(deadline=None, max_examples=150)
@given(
    rows=ROWS,
    line_end=st.sampled_from(["\n", "\r\n"]),
    reversals=st.booleans(),
    entry_date=st.booleans(),
)
def test_a_statement_is_read_back_exactly(
    *, rows: list[tuple[date, str, Decimal]], line_end: str, reversals: bool, entry_date: bool
) -> None:
    lines = [":20:X", ":25:123456789", ":28C:1", ":60F:C240101EUR1000,00"]
    for day, text, amount in rows:
        mark = ("RD" if reversals else "C") if amount >= 0 else ("RC" if reversals else "D")
        entry = f"{day:%y%m%d}{f'{day:%m%d}' if entry_date else ''}{mark}{abs(amount)}NTRFNONREF"
        lines += [":61:" + entry.replace(".", ","), ":86:" + text]
    closing = 1000 + total(amount for _, _, amount in rows)
    lines += [f":62F:{'C' if closing >= 0 else 'D'}251231EUR{abs(closing)}".replace(".", ","), "-", ""]
    statement = read(line_end.join(lines))
    assert [(line.date, line.amount, line.description) for line in statement.lines] == [
        (day, amount, text) for day, text, amount in rows
    ]
    assert statement.warnings == []
