"""What a file leaves open is asked, with a mapping that reads the file when it is sent back unchanged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from ledgerwire.statements import ColumnMapping, MappingProposal
from tests.workers.books.statements.exports import asked, money, read, read_by, refused
from workers.books.errors import StatementError
from workers.books.mappings import lasting
from workers.books.statements import Statement
from workers.books.statements.questions import patched

THIS_YEAR = datetime.now(UTC).year


def codes(proposal: MappingProposal) -> list[str]:
    return [question.code for question in proposal.questions]


def answered(content: str, choice: int = 0) -> Statement:
    """By a choice of the first question, laid over the proposed mapping."""
    proposal = asked(content)
    return read_by(content, patched(proposal.mapping, proposal.questions[0].choices[choice].patch))


CARD = (
    "Card number,Date,Description,Amount\n1234,2026-06-13,BLUE DOOR,4.50\n1234,2026-06-14,GREEN DOOR,12.00\n"
)
UNSIGNED = "Date,Description,Amount\n2026-06-13,x,4.50\n2026-06-14,y,12.00\n"
DAYS = "Date,Description,Amount\n03/04/2026,x,-4.50\n"
THOUSANDS = 'Date,Description,Amount\n2026-06-13,x,"-1,200"\n2026-06-14,y,"-2,500"\n'
TWO_AMOUNTS = "Date,Text,Amount,Value\n2026-06-13,x,-1.00,-2.00\n"
TURNS = "2026-06-13,BLUE DOOR,4.50,\n2026-06-14,ACME,,1200.00\n"
YEARLESS = "Date,Text,Amount\n30.12.,x,-1.00\n02.01.,y,-2.00\n"
STATUS = "Date,Text,Amount,Status\n2026-06-13,x,-1.00,Posted\n2026-06-14,y,-2.00,Maybe\n"
FEE = "Date,Text,Amount,Fee\n2026-06-13,x,-1.00,0.50\n"
BALANCE = "Date,Text,Amount,Balance\n2026-06-01,x,-10,90\n2026-06-02,y,-5,85\n2026-06-03,z,7,78\n2026-06-04,z,-7,71\n"
WORDS = "Date,Text,Amount,D/C\n2026-06-13,x,1.00,Minus\n2026-06-14,y,2.00,Plus\n"
REVERSAL = "Date,Description,Debit,Credit\n2026-06-13,x,4.50,\n2026-06-14,y,-12.00,\n"


@pytest.mark.parametrize(
    ("content", "code", "likely", "other"),
    [
        (CARD, "sign", "-4.50 -12.00", "4.50 12.00"),
        (UNSIGNED, "sign", "4.50 12.00", "-4.50 -12.00"),
        (THOUSANDS, "decimal", "-1200 -2500", "-1.200 -2.500"),
        (TWO_AMOUNTS, "columns", "-1.00", "-2.00"),
        (TURNS, "columns", "-4.50 1200.00", "4.50 -1200.00"),
        (STATUS, "status", "-1.00 -2.00", "-1.00"),
        (FEE, "fees", "-1.00", "-1.50"),
        (WORDS, "sign", "-1.00 2.00", "1.00 -2.00"),
    ],
)
def test_each_question_offers_what_may_be_meant(content: str, code: str, likely: str, other: str) -> None:
    assert codes(asked(content)) == [code]
    for choice, amounts in enumerate((likely, other)):
        assert " ".join(amount for _, amount in money(answered(content, choice))) == amounts


@pytest.mark.parametrize(("content", "code"), [(BALANCE, "balance"), (REVERSAL, "sign")])
def test_some_questions_have_one_answer_beside_another_file(content: str, code: str) -> None:
    proposal = asked(content)
    assert codes(proposal) == [code]
    assert len(proposal.questions[0].choices) == 1


def test_the_order_of_day_and_month_is_asked() -> None:
    assert codes(asked(DAYS)) == ["date_order"]
    assert answered(DAYS, 0).lines[0].date == date(2026, 4, 3)
    assert answered(DAYS, 1).lines[0].date == date(2026, 3, 4)


def test_dates_without_zeros_have_the_month_first_more_likely() -> None:
    assert asked("Date,Description,Amount\n3/4/2026,x,-4.50\n").lines[0].date == date(2026, 3, 4)


def test_the_year_is_that_of_the_newest_line() -> None:
    proposal = asked(YEARLESS)
    assert codes(proposal) == ["year"]
    assert [line.date for line in proposal.lines] == [date(THIS_YEAR - 1, 12, 30), date(THIS_YEAR, 1, 2)]
    newest_first = "Date,Text,Amount\n02.01.,y,-2.00\n30.12.,x,-1.00\n"
    assert [line.date.year for line in read(newest_first, year=2018).lines] == [2018, 2017]


def test_several_questions_are_asked_at_once() -> None:
    proposal = asked('Date,Text,Amount\n03/04/2018,x,"1,234"\n05/04/2018,y,"2,345"\n')
    assert codes(proposal) == ["decimal", "date_order", "sign"]
    assert all(question.text and question.choices for question in proposal.questions)


def test_a_proposal_shows_the_columns_and_rows_of_the_file() -> None:
    proposal = asked("My card\n\n" + CARD)
    assert proposal.header_line == 3
    assert [(column.ref, column.name) for column in proposal.columns[:2]] == [
        ("Card number", "Card number"),
        ("Date", "Date"),
    ]
    assert proposal.columns[2].samples == ["BLUE DOOR", "GREEN DOOR"]
    assert proposal.rows[0].cells == ["Card number", "Date", "Description", "Amount"]
    assert proposal.rows[1].line_no == 4
    assert proposal.mapping.header_line == 3
    assert proposal.mapping.description == ["Description"]


def test_columns_without_a_name_or_of_one_name_are_called_by_their_place() -> None:
    assert [column.ref for column in asked(TURNS).columns] == ["#1", "#2", "#3", "#4"]
    doubled = "Date,Text,Text,Amount\n2026-06-13,x,y,4.50\n"
    assert [column.ref for column in asked(doubled).columns] == ["Date", "Text", "#3", "Amount"]


def test_a_proposal_is_small_whatever_the_file() -> None:
    names = ",".join(f"N{number}" for number in range(150))
    row = ",".join("z" * 5_000 for _ in range(150))
    proposal = asked(f"Date,Amount,{names}\n" + f"2026-06-13,4.50,{row}\n" * 20)
    assert len(msgspec.json.encode(proposal)) < 64 * 1024
    assert len(proposal.rows) == len(proposal.lines) == 8


def test_a_fault_in_a_line_is_told_before_anything_is_asked() -> None:
    refusal = refused("Date,Description,Amount\n03/04/2026,x,4.50\n05/04/2026,y,twelve\n")
    assert refusal.errors[0].pointer == "line 3, column Amount"
    assert refusal.proposal is None


def test_what_is_no_statement_is_not_asked_about() -> None:
    for content in (
        "Dear customer,\nyour statement is ready.\n",
        "name,email\nAnn,a@example.org\n",
        "a;b;c\n1;2;3\n",
    ):
        assert refused(content).proposal is None


def test_a_question_crosses_the_wire_whole() -> None:
    problem = refused(CARD).problem
    assert msgspec.json.decode(msgspec.json.encode(problem), type=type(problem)) == problem


# --- remembered


def remembered_read(content: str, answer: ColumnMapping, example: str) -> Statement:
    """As the next file of a company that has answered about the example."""
    layout = read_by(example, answer).layout
    assert layout is not None
    return read_by(content, None, {layout: lasting(answer)})


def test_an_answer_reads_the_next_file_of_its_layout() -> None:
    answer = asked(CARD).mapping
    longer = CARD + "1234,2026-07-01,RED DOOR,7.00\n"
    assert [line.amount for line in remembered_read(longer, answer, CARD).lines] == [
        Decimal("-4.50"),
        -12,
        -7,
    ]
    assert refused(longer).code == "ambiguous_sign"


def test_an_answer_holds_below_other_titles_and_without_a_header() -> None:
    assert remembered_read("My card\nJuly\n\n" + CARD, asked(CARD).mapping, CARD).lines[0].amount < 0
    answer = asked(TURNS).mapping
    july = "2026-07-01,RED DOOR,1.00,\n2026-07-02,ACME,,3.00\n"
    assert money(remembered_read(july, answer, TURNS)) == [("2026-07-01", "-1.00"), ("2026-07-02", "3.00")]


def test_a_header_in_strange_words_is_known_again() -> None:
    strange = "Foo,Bar,Baz,Qux\n2026-06-13,x,4.50,95.50\n"
    answer = ColumnMapping(header_line=1, date="Foo", amount="Baz", sign="reversed")
    again = "Foo,Bar,Baz,Qux\n2026-07-13,y,1.50,94.00\n"
    assert money(remembered_read(again, answer, strange)) == [("2026-07-13", "-1.50")]


def test_a_year_is_not_remembered() -> None:
    answer = asked(YEARLESS).mapping
    layout = read_by(YEARLESS, answer).layout or ""
    assert lasting(answer).year is None
    with pytest.raises(StatementError) as refusal:
        read_by(YEARLESS, None, {layout: lasting(answer)})
    assert refusal.value.code == "ambiguous_dates"


def test_an_answer_that_the_balance_contradicts_is_not_followed() -> None:
    header = "Date,Description,Amount,Balance\n"
    one = header + "2026-06-13,x,4.50,95.50\n"
    layout = read_by(one, ColumnMapping(sign="as_printed")).layout or ""
    answers = {layout: ColumnMapping(sign="as_printed")}
    two = header + "2026-07-13,x,4.50,95.50\n2026-07-14,y,5.50,90.00\n"
    assert money(read_by(two, None, answers)) == [("2026-07-13", "-4.50"), ("2026-07-14", "-5.50")]


def test_an_answer_that_does_not_fit_leaves_the_question_open() -> None:
    answers = {read_by(DAYS, ColumnMapping(date_order="mdy")).layout or "": ColumnMapping(date_order="mdy")}
    assert read_by(DAYS.replace("03/04", "03/13"), None, answers).lines[0].date == date(2026, 3, 13)
    assert read_by(DAYS.replace("03/04", "13/04"), None, answers).lines[0].date == date(2026, 4, 13)


def test_a_mapping_of_its_own_stands_above_what_is_remembered() -> None:
    layout = read_by(CARD, ColumnMapping(sign="reversed")).layout or ""
    own = read_by(CARD, ColumnMapping(sign="as_printed"), {layout: ColumnMapping(sign="reversed")})
    assert own.lines[0].amount == Decimal("4.50")
