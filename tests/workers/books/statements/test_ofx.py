"""OFX of both kinds, whole and broken: what was booked is read exactly, what was not is not."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.statements.exports import ROWS, asked, money, read, refused, texts

HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
XML_HEADER = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="203" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
"""
BODY = """<OFX>
<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260630<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS>
<CURDEF>USD
<BANKACCTFROM>
<BANKID>123456789
<ACCTID>000012345678
<ACCTTYPE>CHECKING
</BANKACCTFROM>
<BANKTRANLIST>
<DTSTART>20260601
<DTEND>20260630
<STMTTRN>
<TRNTYPE>DEBIT
<DTPOSTED>20260613120000.000[-5:EST]
<TRNAMT>-4.50
<FITID>20260613001
<NAME>BLUE DOOR
<MEMO>BLUE DOOR COFFEE
</STMTTRN>
<STMTTRN>
<TRNTYPE>CREDIT
<DTPOSTED>20260614
<TRNAMT>1200.00
<FITID>20260614001
<NAME>PAYOUT
</STMTTRN>
</BANKTRANLIST>
<LEDGERBAL><BALAMT>1195.50<DTASOF>20260630</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
"""
PLAIN = HEADER + BODY
COFFEE_AND_PAY = [("2026-06-13", "-4.50"), ("2026-06-14", "1200.00")]


def closed(body: str) -> str:
    """As OFX 2: every leaf with its end tag."""
    lines = []
    for line in body.replace("><", ">\n<").replace("<SEV", "\n<SEV").replace("<DT", "\n<DT").splitlines():
        name, _, value = line.partition(">")
        bare = not value or line.startswith("</") or "<" in value
        lines.append(line if bare else f"{line}</{name.lstrip('<')}>")
    return "\n".join(lines)


def one_entry(*fields: str) -> str:
    start, end = PLAIN.index("<STMTTRN>"), PLAIN.index("</BANKTRANLIST>")
    return PLAIN[:start] + "<STMTTRN>" + "\n".join(fields) + "</STMTTRN>" + PLAIN[end:]


DIALECTS: dict[str, str | bytes] = {
    "SGML": PLAIN,
    "SGML with closed leaves": HEADER + closed(BODY),
    "XML": XML_HEADER + closed(BODY),
    "XML header, SGML body": XML_HEADER + BODY,
    "XML without a declaration": XML_HEADER.splitlines()[1] + "\n" + closed(BODY),
    "XML in a namespace": XML_HEADER
    + closed(BODY).replace("<OFX>", '<OFX xmlns="http://ofx.net/types/2003/04">'),
    "XML with prefixes": XML_HEADER + re.sub("(</?)", r"\1ofx:", closed(BODY)),
    "no header": BODY,
    "a header on one line": HEADER.replace("\n", " ") + BODY,
    "a header without blanks": HEADER.replace("\n", "") + BODY,
    "a header with blanks around its colons": HEADER.replace(":", " : ") + BODY,
    "a header without its first line": HEADER.partition("\n")[2] + BODY,
    "an XML header that is none": '<?xml version="1.0"?>\n<?OFX OFXHEADER="200" VERSION=203 SECURITY="NONE?>\n'
    + closed(BODY),
    "an XML header in SGML": '<?xml version="1.0"?>\n' + PLAIN,
    "blank lines before it": "\n\n  " + PLAIN,
    "a mark of UTF-8": "\ufeff" + PLAIN,
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": (XML_HEADER + closed(BODY)).encode("utf-16-le"),
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "old Mac": PLAIN.replace("\n", "\r"),
    "all on one line": HEADER + BODY.replace("\n", ""),
    "indented": HEADER + BODY.replace("\n", "\n\t  "),
    "lower case": HEADER + re.sub("<[^>]*>", lambda tag: tag[0].lower(), BODY),
    "blanks around the values": PLAIN.replace("<TRNAMT>", "<TRNAMT>  ").replace("<DTPOSTED>", "<DTPOSTED> "),
    "no balance": PLAIN.replace("<LEDGERBAL><BALAMT>1195.50<DTASOF>20260630</LEDGERBAL>\n", ""),
    "a long bank number": PLAIN.replace("<BANKID>123456789", "<BANKID>1234567890123456789012"),
    "transactions that are not closed": PLAIN.replace("</STMTTRN>\n", ""),
    "a card": PLAIN.replace("STMTRS", "CCSTMTRS")
    .replace("BANKACCT", "CCACCT")
    .replace("BANKMSGS", "CREDITCARDMSGS"),
    "decimal commas": PLAIN.replace("4.50", "4,50")
    .replace("1200.00", "1200,00")
    .replace("1195.50", "1195,50"),
    "commas between thousands": PLAIN.replace("1200.00", "1,200.00"),
    "points between thousands": PLAIN.replace("4.50", "4,50")
    .replace("1200.00", "1.200,00")
    .replace("1195.50", "1.195,50"),
    "blanks between thousands": PLAIN.replace("1200.00", "1 200.00"),
    "a plus": PLAIN.replace("<TRNAMT>1200", "<TRNAMT>+1200"),
    "a minus behind": PLAIN.replace("-4.50", "4.50-"),
    "a mark of money": PLAIN.replace("-4.50", "-$4.50"),
    "hyphens in dates": PLAIN.replace("20260613120000.000[-5:EST]", "2026-06-13").replace(
        ">20260614", ">2026-06-14"
    ),
    "a zone far west": PLAIN.replace("20260613120000.000[-5:EST]", "20260613235959.000[-12:X]"),
    "a zone far east": PLAIN.replace("20260613120000.000[-5:EST]", "20260613000000[+14]"),
    "marked sections": XML_HEADER + closed(BODY).replace("<NAME>PAYOUT", "<NAME><![CDATA[PAYOUT]]>"),
    "a comment": PLAIN.replace("<BANKTRANLIST>", "<BANKTRANLIST><!-- <STMTTRN><TRNAMT>-9.99</STMTTRN> -->"),
    "a marked section that never ends": PLAIN.replace("<NAME>BLUE DOOR", "<NAME><![CDATA[BLUE DOOR"),
    "a comment that never ends": PLAIN.replace("<BANKTRANLIST>", "<BANKTRANLIST><!-- <X>"),
    "empty leaves": PLAIN.replace("<MEMO>", "<CHECKNUM>\n<REFNUM></REFNUM>\n<SIC/>\n<MEMO>"),
    "tags of the bank's own": PLAIN.replace("<FITID>", "<INTU.BID>3000\n<BANK_X.Y>7\n<FITID>"),
    "a pending transaction": PLAIN.replace(
        "<LEDGERBAL>",
        "<BANKTRANLISTP><DTASOF>20260630<STMTTRNP><TRNTYPE>DEBIT<DTTRAN>20260629<TRNAMT>-77.00<NAME>HOLD"
        "</STMTTRNP></BANKTRANLISTP><LEDGERBAL>",
    ),
    "the account it went to": PLAIN.replace(
        "<MEMO>", "<BANKACCTTO><BANKID>9<ACCTID>99999999<ACCTTYPE>SAVINGS</BANKACCTTO><MEMO>"
    ),
    "a payee": PLAIN.replace(
        "<NAME>PAYOUT", "<PAYEE><NAME>PAYOUT<ADDR1>Road 1<CITY>Town<POSTALCODE>1<PHONE>2</PAYEE>"
    ),
    "a converted amount": PLAIN.replace(
        "<NAME>PAYOUT", "<ORIGCURRENCY><CURRATE>1.10<CURSYM>EUR</ORIGCURRENCY><NAME>PAYOUT"
    ),
    "the same amount twice": PLAIN.replace("<TRNAMT>-4.50", "<TRNAMT>-4.50<TRNAMT>-4.50"),
    "something behind the end": PLAIN + "\n<!-- made by a program -->\n\x1a",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_read_exactly(dialect: str) -> None:
    statement = read(DIALECTS[dialect])
    assert money(statement) == COFFEE_AND_PAY
    assert (statement.format, statement.currency) == ("ofx", "USD")
    assert statement.account_number == "000012345678"
    assert texts(statement) == ["BLUE DOOR COFFEE", "PAYOUT"]
    assert statement.warnings == []


def test_nothing_is_shifted_and_lines_are_counted() -> None:
    first, second = read(PLAIN).lines
    assert (first.line_no, first.bank_id, second.line_no, second.bank_id) == (
        1,
        "20260613001",
        2,
        "20260614001",
    )


# --- text


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("JOE&apos;S &amp; SON", "JOE'S & SON"),
        ("A&lt;B&gt;C", "A<B>C"),
        ("CAF&#233; &#xE9;", "CAFé é"),
        ("R&D AT&T &;", "R&D AT&T &;"),
        ("<![CDATA[A & B <C>]]>", "A & B <C>"),
    ],
)
def test_entities_and_marked_sections_are_text(printed: str, plain: str) -> None:
    assert texts(read(PLAIN.replace("<NAME>PAYOUT", f"<NAME>{printed}")))[1] == plain


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (HEADER, "cp1252"),
        (HEADER, "utf-8"),
        (HEADER.replace("1252", "1250"), "cp1250"),
        (HEADER.replace("1252", "ISO-8859-1"), "latin-1"),
        (HEADER.replace("1252", "8859-1"), "latin-1"),
        (HEADER.replace("USASCII", "UTF-8").replace("1252", "NONE"), "utf-8"),
        (XML_HEADER.replace("UTF-8", "windows-1252"), "cp1252"),
        (XML_HEADER.replace("UTF-8", "ISO-8859-15"), "iso8859-15"),
        (XML_HEADER.replace("UTF-8", "nonsense"), "cp1252"),
        (XML_HEADER.replace("UTF-8", "ISO-8859-99"), "cp1252"),
    ],
)
def test_the_header_names_the_code_page(header: str, encoding: str) -> None:
    content = (header + BODY.replace("PAYOUT", "Bäckerei Söhne")).encode(encoding)
    assert texts(read(content))[1] == "Bäckerei Söhne"


@pytest.mark.parametrize(
    ("name", "memo", "text"),
    [
        ("BLUE DOOR", "BLUE DOOR COFFEE", "BLUE DOOR COFFEE"),
        ("BLUE DOOR", "BLUE DOOR", "BLUE DOOR"),
        ("BLUE DOOR", "POS PURCHASE;BLUE DOOR", "BLUE DOOR POS PURCHASE"),
        ("BLUE DOOR #12", "CARD 1234", "BLUE DOOR #12 CARD 1234"),
        ("", "BLUE DOOR", "BLUE DOOR"),
        ("BLUE DOOR   PORTLAND", "", "BLUE DOOR   PORTLAND"),
    ],
)
def test_the_payee_stands_first_and_nothing_twice(name: str, memo: str, text: str) -> None:
    content = PLAIN.replace("<NAME>PAYOUT", f"<NAME>{name}\n<MEMO>{memo}")
    assert texts(read(content))[1] == text


def test_a_line_without_words_is_called_by_its_type() -> None:
    assert texts(
        read(one_entry("<TRNTYPE>CHECK", "<DTPOSTED>20260613", "<TRNAMT>-4.50", "<CHECKNUM>319"))
    ) == ["CHECK 319"]


# --- ids


def test_row_numbers_and_repeated_ids_are_none() -> None:
    for ids in (("1", "2"), ("20260614001", "20260614001")):
        content = PLAIN.replace("<FITID>20260613001", f"<FITID>{ids[0]}").replace(
            "<FITID>20260614001", f"<FITID>{ids[1]}"
        )
        assert [line.bank_id for line in read(content).lines] == [None, None]


def test_a_transaction_that_may_have_been_sent_twice_is_read_and_said() -> None:
    start, end = PLAIN.index("<STMTTRN>"), PLAIN.index("</STMTTRN>")
    twice = read(PLAIN[:end] + "</STMTTRN>" + PLAIN[start:])
    assert len(twice.lines) == 3
    assert twice.warnings == [
        "Transactions with the id, date and amount of another one: 1. They may have been sent twice."
    ]


# --- currencies and accounts


def test_an_amount_in_a_currency_of_its_own_says_so() -> None:
    content = PLAIN.replace("<NAME>PAYOUT", "<CURRENCY><CURRATE>1.10<CURSYM>EUR</CURRENCY><NAME>PAYOUT")
    statement = read(content)
    assert (statement.currency, [line.currency for line in statement.lines]) == (None, ["USD", "EUR"])


def test_a_currency_that_is_none_is_not_stated() -> None:
    assert read(PLAIN.replace("<CURDEF>USD", "<CURDEF>")).currency is None


def second_statement(number: str, kind: str = "SAVINGS") -> str:
    start, end = BODY.index("<STMTTRNRS>"), BODY.index("</BANKMSGSRSV1>")
    more = BODY[start:end].replace("000012345678", number).replace("CHECKING", kind)
    return PLAIN.replace("</BANKMSGSRSV1>", more + "</BANKMSGSRSV1>")


def test_each_line_of_several_accounts_knows_its_own() -> None:
    statement = read(second_statement("999988887777"))
    assert statement.account_number is None
    assert [line.account_number for line in statement.lines] == ["000012345678"] * 2 + ["999988887777"] * 2
    # Two accounts may use the same ids.
    assert [line.bank_id for line in statement.lines] == ["20260613001", "20260614001"] * 2


def test_one_account_in_two_statements_is_one() -> None:
    assert read(second_statement("000012345678", "CHECKING")).account_number == "000012345678"


def test_accounts_of_one_number_are_told_by_their_type() -> None:
    """A credit union's member number is the number of all accounts of the member."""
    numbers = {line.account_number for line in read(second_statement("000012345678")).lines}
    assert numbers == {"000012345678 CHECKING", "000012345678 SAVINGS"}


INVESTMENT = (
    PLAIN.replace("STMTRS>", "INVSTMTRS>")
    .replace("BANKTRANLIST>", "INVTRANLIST>")
    .replace("<STMTTRN>", "<INVBANKTRAN><STMTTRN>")
    .replace("</STMTTRN>", "</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>")
    .replace("BANKACCTFROM", "INVACCTFROM")
)
TRADE = (
    "<BUYSTOCK><INVBUY><INVTRAN><FITID>1<DTTRADE>20260605</INVTRAN>"
    "<UNITS>1<UNITPRICE>9<TOTAL>-9.00</INVBUY></BUYSTOCK>"
)


def test_of_an_investment_statement_the_money_is_read_and_the_rest_said() -> None:
    statement = read(INVESTMENT.replace("<INVBANKTRAN>", TRADE + "<INVBANKTRAN>", 1))
    assert money(statement) == COFFEE_AND_PAY
    assert statement.warnings == [
        "Trades of securities that were left out: 1. Only money on the account is read."
    ]


# --- signs


def test_debits_without_any_minus_are_not_believed() -> None:
    unsigned = PLAIN.replace("-4.50", "4.50")
    assert refused(unsigned).code == "ambiguous_sign"
    proposal = asked(unsigned)
    assert [each.patch.direction for each in proposal.questions[0].choices] == ["TRNTYPE", "TRNAMT"]
    assert proposal.mapping.direction == "TRNTYPE"
    assert money(read(unsigned, direction="TRNAMT"))[0] == ("2026-06-13", "4.50")
    assert money(read(unsigned, direction="TRNTYPE")) == COFFEE_AND_PAY
    assert money(read(unsigned, sign="as_printed"))[0] == ("2026-06-13", "4.50")
    assert money(read(unsigned, sign="reversed"))[1] == ("2026-06-14", "-1200.00")


def test_the_sign_is_believed_before_the_type() -> None:
    assert money(read(PLAIN.replace("<TRNTYPE>DEBIT", "<TRNTYPE>CREDIT"))) == COFFEE_AND_PAY
    assert money(read(PLAIN.replace("<TRNTYPE>CREDIT", "<TRNTYPE>DEBIT"))) == COFFEE_AND_PAY


def test_amounts_that_read_two_ways_are_asked_about() -> None:
    content = PLAIN.replace("-4.50", "-4,500").replace("1200.00", "1,200").replace("1195.50", "")
    assert refused(content).code == "ambiguous_amounts"
    assert asked(content).mapping.decimal == "."
    assert money(read(content, decimal="."))[0] == ("2026-06-13", "-4500")
    assert money(read(content, decimal=","))[0] == ("2026-06-13", "-4.500")


def test_a_balance_shows_how_the_bank_writes_numbers() -> None:
    content = PLAIN.replace("-4.50", "-4,500").replace("1200.00", "1,200")
    assert money(read(content)) == [("2026-06-13", "-4500"), ("2026-06-14", "1200")]


# --- what is broken

REFUSALS = {
    "no transaction": (
        PLAIN[: PLAIN.index("<STMTTRN>")] + PLAIN[PLAIN.index("</BANKTRANLIST>") :],
        "no_lines",
    ),
    "trades only": (
        PLAIN[: PLAIN.index("<STMTTRN>")] + TRADE + PLAIN[PLAIN.index("</BANKTRANLIST>") :],
        "no_lines",
    ),
    "no amount": (PLAIN.replace("<TRNAMT>-4.50\n", ""), "unreadable_line"),
    "an amount that is none": (PLAIN.replace("-4.50", "four"), "unreadable_line"),
    "not a number": (PLAIN.replace("-4.50", "NaN"), "unreadable_line"),
    "two amounts": (PLAIN.replace("<TRNAMT>-4.50", "<TRNAMT>-4.50<TRNAMT>-5.50"), "unreadable_line"),
    "no date": (PLAIN.replace("<DTPOSTED>20260614\n", ""), "unreadable_line"),
    "a date that is none": (PLAIN.replace("<DTPOSTED>20260614", "<DTPOSTED>20260631"), "unreadable_line"),
    "another order of the date": (
        PLAIN.replace("<DTPOSTED>20260614", "<DTPOSTED>14/06/2026"),
        "unreadable_line",
    ),
    "cut off in an amount": (PLAIN[: PLAIN.index("1200.00") + 3], "unreadable_line"),
    "both decimal marks": (PLAIN.replace("-4.50", "-4,5").replace("1200.00", "1200.5"), "unreadable_line"),
    "groups that are none": (PLAIN.replace("1200.00", "12,00.00"), "unreadable_line"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_is_not_certain_is_refused(fault: str) -> None:
    content, code = REFUSALS[fault]
    assert refused(content).code == code


def test_a_refusal_names_the_entry() -> None:
    refusal = refused(PLAIN.replace("<TRNAMT>1200.00", "<TRNAMT>x"))
    assert refusal.errors[0].pointer == "entry 2"
    assert "'x'" in refusal.detail


def test_what_the_bank_says_instead_of_lines_is_told() -> None:
    answer = "<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Sign on invalid</STATUS></SONRS></OFX>"
    assert "Sign on invalid" in refused(HEADER + answer).detail


def test_a_file_cut_off_between_two_transactions_says_so() -> None:
    (warning,) = read(PLAIN[: PLAIN.index("<STMTTRN>\n<TRNTYPE>CREDIT")]).warnings
    assert "closing tag" in warning


# --- round trip


@settings(deadline=None, max_examples=150)
@given(
    rows=ROWS,
    xml=st.booleans(),
    one_line=st.booleans(),
    mark=st.sampled_from([".", ","]),
    zone=st.sampled_from(["", "[-5:EST]", "[+13]"]),
)
def test_a_statement_is_read_back_exactly(
    *, rows: list[tuple[date, str, Decimal]], xml: bool, one_line: bool, mark: str, zone: str
) -> None:
    entries = []
    for number, (day, text, amount) in enumerate(rows):
        leaves = {
            "TRNTYPE": "OTHER",
            "DTPOSTED": f"{day:%Y%m%d}235959{zone}",
            "TRNAMT": str(amount).replace(".", mark),
            "FITID": f"{number:08}",
            "NAME": html.escape(text),
        }
        tags = "\n".join(f"<{name}>{value}{f'</{name}>' if xml else ''}" for name, value in leaves.items())
        entries.append(f"<STMTTRN>\n{tags}\n</STMTTRN>\n")
    start = BODY[: BODY.index("<STMTTRN>")]
    content = (XML_HEADER if xml else HEADER) + start + "".join(entries) + "</BANKTRANLIST></STMTRS></OFX>"
    statement = read(content.replace("\n<", "<") if one_line else content)
    assert [(line.date, line.amount, line.description) for line in statement.lines] == [
        (day, amount, text) for day, text, amount in rows
    ]
