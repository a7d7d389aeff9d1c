"""QIF as programs of all ages write it; what its dates and numbers leave open is asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.workers.books.statements.exports import ROWS, asked, money, read, refused, texts
from workers.books.errors import StatementError

PLAIN = """!Type:Bank
D06/13/2026
T-4.50
PBLUE DOOR
MBLUE DOOR COFFEE
LMeals
^
D06/14/2026
T1,200.00
PPAYOUT
^
"""
COFFEE_AND_PAY = [("2026-06-13", "-4.50"), ("2026-06-14", "1200.00")]

DIALECTS: dict[str, str | bytes] = {
    "plain": PLAIN,
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "old Mac": PLAIN.replace("\n", "\r"),
    "UTF-16": PLAIN.encode("utf-16"),
    "a mark of UTF-8": "\ufeff" + PLAIN,
    "blank lines": PLAIN.replace("^", "\n^\n"),
    "no last caret": PLAIN.removesuffix("^\n"),
    "no last line end": PLAIN.removesuffix("\n"),
    "lower case": PLAIN.replace("!Type:Bank", "!type:bank"),
    "a blank behind the type": PLAIN.replace("!Type:Bank", "!Type: Bank  "),
    "a card": PLAIN.replace("Bank", "CCard"),
    "cash": PLAIN.replace("Bank", "Cash"),
    "a loan": PLAIN.replace("Bank", "Oth L"),
    "the amount as U": PLAIN.replace("\nT", "\nU"),
    "the amount twice": PLAIN.replace("T-4.50", "U-4.50\nT-4.50"),
    "day first": PLAIN.replace("06/13", "13/06").replace("06/14", "14/06"),
    "points": PLAIN.replace("06/13/", "13.06.").replace("06/14/", "14.06."),
    "hyphens": PLAIN.replace("06/13/", "6-13-").replace("06/14/", "6-14-"),
    "year first": PLAIN.replace("06/13/2026", "2026-06-13").replace("06/14/2026", "2026-06-14"),
    "an apostrophe before the year": PLAIN.replace("06/13/2026", "6/13'26").replace("06/14/2026", "6/14'26"),
    "padding": PLAIN.replace("06/13/2026", " 6/13'26").replace("06/14/2026", "6/ 14'2026"),
    "decimal commas": PLAIN.replace("-4.50", "-4,50").replace("1,200.00", "1.200,00"),
    "a mark of money": PLAIN.replace("-4.50", "-$4.50"),
    "splits": PLAIN.replace("LMeals", "LMeals\nSMeals\nEone\n$-3.00\n%66\nSTips\nEtwo\n$-1.50"),
    "address, number and cleared": PLAIN.replace("LMeals", "N1001\nCX\nARoad 1\nATown\nLMeals"),
    "nothing behind the letters": PLAIN.replace("LMeals", "N\nM\nL"),
    "an account": "!Account\nNChecking\nTBank\nDmine\n^\n" + PLAIN,
    "a list of accounts": "!Option:AutoSwitch\n!Account\nNChecking\nTBank\n^\nNSavings\nTBank\n^\n!Clear:AutoSwitch\n"
    + PLAIN,
    "lists of other things": "!Type:Cat\nNMeals\nDfood\nE\n^\n!Type:Class\nNWork\n^\n"
    "!Type:Memorized\nKP\nT-9.00\nPX\n^\n" + PLAIN,
    "a section that is not closed": "!Account\nNChecking\nTBank\n" + PLAIN,
    "records with nothing in them": PLAIN + "^\n\n^\n",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_read_exactly(dialect: str) -> None:
    statement = read(DIALECTS[dialect])
    assert money(statement) == COFFEE_AND_PAY
    assert texts(statement) == ["BLUE DOOR COFFEE", "PAYOUT"]
    assert (statement.format, statement.currency, statement.account_number) == ("qif", None, None)
    assert statement.warnings == []


def test_a_line_keeps_its_place_in_the_file() -> None:
    assert [line.line_no for line in read(PLAIN).lines] == [2, 8]


def test_years_of_two_digits_are_of_this_century() -> None:
    assert money(read(PLAIN.replace("2026", "98").replace("06/14", "6/14")))[0][0] == "1998-06-13"
    assert (
        money(read(PLAIN.replace("06/13/2026", "6/13' 4").replace("06/14/2026", "6/14'04")))[0][0]
        == "2004-06-13"
    )


def test_accounts_are_told_by_their_names() -> None:
    other = "!Account\nNSavings\nTBank\n^\n" + PLAIN
    lines = read("!Account\nNChecking\nTBank\n^\n" + PLAIN + other).lines
    assert [line.account_number for line in lines] == ["Checking"] * 2 + ["Savings"] * 2


def test_a_payee_may_be_missing() -> None:
    assert texts(read(PLAIN.replace("PPAYOUT", "N1001")))[1] == "1001"


def test_an_opening_balance_is_read_and_said() -> None:
    statement = read(PLAIN.replace("PPAYOUT", "POpening Balance\nL[Checking]"))
    assert len(statement.lines) == 2
    assert statement.warnings == ["Line 8 is an opening balance and was read as a transaction."]


# --- what is left open

AMBIGUOUS = PLAIN.replace("06/13", "06/05").replace("06/14", "06/07")


def test_day_and_month_are_asked_about() -> None:
    refusal = refused(AMBIGUOUS)
    assert (refusal.code, refusal.errors[0].pointer) == ("ambiguous_dates", "column D")
    proposal = asked(AMBIGUOUS)
    assert [question.code for question in proposal.questions] == ["date_order"]
    # Two days in one month are likelier than two months apart.
    assert [each.patch.date_order for each in proposal.questions[0].choices] == ["mdy", "dmy"]
    assert proposal.mapping.date_order == "mdy"
    assert [day for day, _ in money(read(AMBIGUOUS, date_order="mdy"))] == ["2026-06-05", "2026-06-07"]
    assert [day for day, _ in money(read(AMBIGUOUS, date_order="dmy"))] == ["2026-05-06", "2026-07-06"]


def test_an_order_that_does_not_fit_is_refused() -> None:
    assert refused(PLAIN, date_order="dmy").code == "unreadable_column"


def test_the_decimal_mark_is_asked_about() -> None:
    content = PLAIN.replace("-4.50", "-4,500").replace("1,200.00", "1,200")
    assert refused(content).code == "ambiguous_amounts"
    assert asked(content).mapping.decimal == "."
    assert money(read(content, decimal="."))[0][1] == "-4500"
    assert money(read(content, decimal=","))[0][1] == "-4.500"


def test_what_is_asked_shows_the_file_as_a_table() -> None:
    """As the page draws it: fields for columns, and rows that the lines are of."""
    proposal = asked(AMBIGUOUS)
    mapping = proposal.mapping
    assert (mapping.date, mapping.amount, mapping.description) == ("D", "T", ["P", "M"])
    assert [column.ref for column in proposal.columns] == ["D", "T", "P", "M"]
    assert [row.line_no for row in proposal.rows] == [line.line_no for line in proposal.lines] == [2, 8]
    assert proposal.rows[0].cells == ["06/05/2026", "-4.50", "BLUE DOOR", "BLUE DOOR COFFEE"]


def test_columns_of_another_file_are_not_passed_over() -> None:
    for mapping in ({"date": "Date"}, {"amount": "Amount"}, {"debit": "Out"}):
        assert refused(PLAIN, **mapping).code == "bad_mapping"


def test_two_things_left_open_are_asked_at_once() -> None:
    proposal = asked(AMBIGUOUS.replace("-4.50", "-4,500").replace("1,200.00", "1,200"))
    assert [question.code for question in proposal.questions] == ["date_order", "decimal"]
    assert (proposal.mapping.date_order, proposal.mapping.decimal) == ("mdy", ".")


def test_what_no_answer_makes_sense_of_is_refused() -> None:
    assert refused(AMBIGUOUS.replace("T-4.50", "T?")).proposal is None


def test_a_person_may_say_that_charges_are_positive() -> None:
    assert [amount for _, amount in money(read(PLAIN, sign="reversed"))] == ["4.50", "-1200.00"]


# --- refusals

REFUSALS = {
    "no transaction": ("!Type:Bank\n", "no_lines"),
    "lists only": ("!Type:Cat\nNMeals\n^\n", "no_lines"),
    "securities": (PLAIN.replace("Bank", "Invst"), "unreadable_line"),
    "securities behind": (PLAIN + "!Type:Invst\nD06/13/2026\nNBuy\n^\n", "unreadable_line"),
    "a section that is not known": (PLAIN.replace("Bank", "Bonk"), "unreadable_line"),
    "no amount": (PLAIN.replace("T-4.50\n", ""), "unreadable_line"),
    "an amount without a number": (PLAIN.replace("T-4.50", "T"), "unreadable_line"),
    "an amount that is none": (PLAIN.replace("T-4.50", "T4.x"), "unreadable_line"),
    "no date": (PLAIN.replace("D06/13/2026\n", ""), "unreadable_line"),
    "a date that is none": (PLAIN.replace("06/13/2026", "06/31/2026"), "unreadable_line"),
    "two orders": (PLAIN.replace("06/13/2026", "13/06/2026"), "unreadable_column"),
    "cut off in an amount": (PLAIN[: PLAIN.index("200.00") + 1], "damaged_file"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_is_not_certain_is_refused(fault: str) -> None:
    content, code = REFUSALS[fault]
    assert refused(content).code == code


def test_a_refusal_names_the_line() -> None:
    assert refused(PLAIN.replace("T1,200.00", "T?")).errors[0].pointer == "line 8"


@settings(deadline=None, max_examples=150)
@given(
    rows=ROWS,
    day=st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d'%y", "%Y-%m-%d", "%m/%d/%y"]),
    marks=st.sampled_from([",.", ".,"]),
    caret=st.booleans(),
)
def test_a_file_is_read_back_exactly_or_asked_about(
    *, rows: list[tuple[date, str, Decimal]], day: str, marks: str, caret: bool
) -> None:
    # A register is in the order of its dates, which is one of the things that tell how they are written.
    rows.sort(key=lambda row: row[0])
    swap = str.maketrans({",": marks[0], ".": marks[1]})
    records = [
        f"D{when:{day}}\nT{f'{amount:,.2f}'.translate(swap)}\nP{text}\n" for when, text, amount in rows
    ]
    try:
        statement = read("!Type:Bank\n" + "^\n".join(records) + ("^\n" if caret else ""))
    except StatementError as refusal:
        event(refusal.code)
        if refusal.code != "ambiguous_dates":
            raise
        return
    assert [(line.date, line.amount, line.description) for line in statement.lines] == [
        (when, amount, text) for when, text, amount in rows
    ]
