"""CAMT.052 and CAMT.053 of every version: booked entries, with their sign and their proof."""

from __future__ import annotations

import html
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.statements.exports import ROWS, money, read, refused, texts, total

ENTRIES = """<Ntry>
<Amt Ccy="EUR">4.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-06-13</Dt></BookgDt><ValDt><Dt>2026-06-15</Dt></ValDt>
<AcctSvcrRef>REF0000001</AcctSvcrRef>
<NtryDtls><TxDtls>
<Refs><EndToEndId>E2E-1</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>US</Nm></Dbtr><Cdtr><Nm>BLUE DOOR</Nm></Cdtr></RltdPties>
<RmtInf><Ustrd>Coffee &amp; cake</Ustrd></RmtInf>
</TxDtls></NtryDtls>
<AddtlNtryInf>CARD</AddtlNtryInf>
</Ntry>
<Ntry>
<Amt Ccy="EUR">1200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-06-14</Dt></BookgDt>
<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>ACME</Nm></Dbtr></RltdPties></TxDtls></NtryDtls>
</Ntry>
"""


def balance(code: str, amount: str, sign: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-06-30</Dt></Dt></Bal>\n"
    )


BALANCES = balance("OPBD", "100.00") + balance("CLBD", "1295.50")
STATEMENT = (
    "<Stmt><Id>17</Id><ElctrncSeqNb>17</ElctrncSeqNb>\n"
    "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
    f"{BALANCES}{ENTRIES}</Stmt>"
)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001"
PLAIN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Document xmlns="{NAMESPACE}.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>\n'
    f"{STATEMENT}\n</BkToCstmrStmt></Document>\n"
)
COFFEE_AND_PAY = [("2026-06-13", "-4.50"), ("2026-06-14", "1200.00")]


def prefixed(content: str) -> str:
    head, _, body = content.partition("?>")
    return head + "?>" + body.replace("<", "<c:").replace("<c:/", "</c:").replace("xmlns=", "xmlns:c=")


def version(number: int, content: str = PLAIN) -> str:
    content = content.replace("camt.053.001.02", f"camt.053.001.{number:02}")
    if number >= 8:
        content = content.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
        content = content.replace("<Cdtr><Nm>BLUE DOOR</Nm>", "<Cdtr><Pty><Nm>BLUE DOOR</Nm></Pty>")
        content = content.replace("<Dbtr><Nm>ACME</Nm>", "<Dbtr><Pty><Nm>ACME</Nm></Pty>")
    return content


REPORT = (
    PLAIN.replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
    .replace("Stmt>", "Rpt>")
    .replace("camt.053", "camt.052")
)

DIALECTS: dict[str, str | bytes] = {
    **{f"version {number}": version(number) for number in (2, 3, 4, 6, 8, 10, 12, 13)},
    "version 1": PLAIN.replace("camt.053.001.02", "camt.053.001.01")
    .replace("BkToCstmrStmt>", "BkToCstmrStmtV01>")
    .replace("<CdOrPrtry>", "")
    .replace("</CdOrPrtry>", ""),
    "a report": REPORT,
    "no namespace": PLAIN.replace(f' xmlns="{NAMESPACE}.02"', ""),
    "prefixes": prefixed(PLAIN),
    "no declaration": PLAIN.partition("?>\n")[2],
    "a mark of UTF-8": "\ufeff" + PLAIN,
    "UTF-16": PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 without a mark": PLAIN.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "a wrong encoding": PLAIN.replace("UTF-8", "UTF-16").encode(),
    "all on one line": PLAIN.replace("\n", ""),
    "a blank line before it": "\n " + PLAIN,
    "an envelope": PLAIN.replace("?>\n", "?>\n<Msg><AppHdr><BizSvc>x</BizSvc></AppHdr>") + "</Msg>",
    "comments": PLAIN.replace("<Ntry>", "<!-- <Ntry> --><Ntry>"),
    "a time of booking": PLAIN.replace("<Dt>2026-06-13</Dt>", "<DtTm>2026-06-13T23:59:59-12:00</DtTm>"),
    "a zone on the date": PLAIN.replace("<Dt>2026-06-13</Dt>", "<Dt>2026-06-13+14:00</Dt>"),
    "a value date alone": PLAIN.replace(
        "<BookgDt><Dt>2026-06-14</Dt></BookgDt>", "<ValDt><Dt>2026-06-14</Dt></ValDt>"
    ),
    "five decimals": PLAIN.replace(">4.50<", ">4.50000<"),
    "no status": PLAIN.replace("<Sts>BOOK</Sts>", ""),
    "entries that are not booked": PLAIN.replace(
        "</Stmt>",
        "".join(
            f'<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{status}</Sts></Ntry>'
            for status in ("PDNG", "INFO", "<Cd>FUTR</Cd>")
        )
        + "</Stmt>",
    ),
    "reversals": PLAIN.replace("</CdtDbtInd><Sts>", "</CdtDbtInd><RvslInd>true</RvslInd><Sts>"),
    "two statements of one account": PLAIN.replace(BALANCES, "").replace(
        "</Ntry>\n<Ntry>", f"</Ntry></Stmt>{STATEMENT.partition('<Bal>')[0]}<Ntry>"
    ),
    "an empty statement beside it": PLAIN.replace(
        "<Stmt>", "<Stmt><Id>16</Id><Acct><Id><IBAN>X</IBAN></Id></Acct></Stmt><Stmt>", 1
    ),
    "balances of other kinds": PLAIN.replace(
        "<Bal>", balance("ITBD", "5.00") + balance("CLAV", "7.00") + "<Bal>", 1
    ),
    "a balance in another currency": PLAIN.replace(
        balance("CLBD", "1295.50"), balance("CLBD", "1.00", currency="SEK")
    ),
    "the balance of the day before": PLAIN.replace("OPBD", "PRCD"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_read_exactly(dialect: str) -> None:
    statement = read(DIALECTS[dialect])
    assert [(day, Decimal(amount)) for day, amount in money(statement)] == [
        (day, Decimal(amount)) for day, amount in COFFEE_AND_PAY
    ]
    assert (statement.format, statement.currency) == ("camt", "EUR")
    assert statement.account_number == "DE89370400440532013000"
    assert statement.warnings == []


def test_five_decimals_are_kept() -> None:
    assert money(read(PLAIN.replace(">4.50<", ">4.50001<")))[0][1] == "-4.50001"


def test_a_reversal_keeps_the_direction_it_is_booked_with() -> None:
    """ISO 20022: CdtDbtInd is of the entry, RvslInd says that it takes one of the other direction back."""
    taken_back = PLAIN.replace("DBIT</CdtDbtInd><Sts>", "CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>")
    assert money(read(taken_back))[0] == ("2026-06-13", "4.50")
    assert texts(read(taken_back))[0].startswith("BLUE DOOR")


# --- what an entry says


def test_the_other_party_comes_first_and_the_banks_words_last() -> None:
    assert texts(read(PLAIN)) == ["BLUE DOOR Coffee & cake CARD", "ACME"]


REFERENCE = "<Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf><AddtlRmtInf>Rent</AddtlRmtInf></Strd>"


@pytest.mark.parametrize(
    ("details", "text"),
    [
        (f"<TxDtls><RmtInf>{REFERENCE}</RmtInf></TxDtls>", "RF18 Rent"),
        (
            "<TxDtls><RmtInf><Ustrd>a b</Ustrd><Ustrd>c</Ustrd></RmtInf><AddtlTxInf>d</AddtlTxInf></TxDtls>",
            "a b c d",
        ),
        ("<TxDtls><RltdPties><UltmtDbtr><Nm>ACME</Nm></UltmtDbtr></RltdPties></TxDtls>", "ACME"),
        ("<TxDtls><Refs><EndToEndId>E2E-2</EndToEndId></Refs></TxDtls>", "E2E-2"),
        (
            "<Btch><NbOfTxs>2</NbOfTxs></Btch><TxDtls><AddtlTxInf>a b</AddtlTxInf></TxDtls><TxDtls/>",
            "a b",
        ),
        ("", ""),
    ],
)
def test_each_kind_of_details_is_a_description(details: str, text: str) -> None:
    old = "<TxDtls><RltdPties><Dbtr><Nm>ACME</Nm></Dbtr></RltdPties></TxDtls>"
    assert texts(read(PLAIN.replace(old, details)))[1] == text


def test_a_batch_is_one_line_in_the_banks_words() -> None:
    content = PLAIN.replace("</TxDtls></NtryDtls>\n<Addtl", "</TxDtls><TxDtls/></NtryDtls>\n<Addtl")
    assert texts(read(content)) == ["CARD", "ACME"]


def test_the_banks_reference_is_its_id_unless_entries_share_it() -> None:
    assert [line.bank_id for line in read(PLAIN).lines] == ["REF0000001", None]
    for reference in ("1", "NOTPROVIDED"):
        assert read(PLAIN.replace("REF0000001", reference)).lines[0].bank_id is None
    reference = "<AcctSvcrRef>REF0000001</AcctSvcrRef>"
    shared = PLAIN.replace("2026-06-14</Dt></BookgDt>", f"2026-06-14</Dt></BookgDt>{reference}")
    assert [line.bank_id for line in read(shared).lines] == [None, None]


# --- accounts and currencies


@pytest.mark.parametrize(
    "identity",
    [
        "<Othr><Id>DE89370400440532013000</Id></Othr>",
        "<BBAN>DE89370400440532013000</BBAN>",
        "<PrtryAcct><Id>DE89370400440532013000</Id></PrtryAcct>",
    ],
)
def test_the_account_may_be_named_in_other_ways(identity: str) -> None:
    content = PLAIN.replace("<IBAN>DE89370400440532013000</IBAN>", identity)
    assert read(content).account_number == "DE89370400440532013000"


def test_each_line_of_several_accounts_knows_its_own() -> None:
    other = STATEMENT.replace("DE89370400440532013000", "NL91ABNA0417164300").replace('"EUR"', '"USD"')
    statement = read(PLAIN.replace(STATEMENT, STATEMENT + other))
    assert (statement.account_number, statement.currency) == (None, None)
    assert [(line.account_number, line.currency) for line in statement.lines] == [
        ("DE89370400440532013000", "EUR"),
        ("DE89370400440532013000", "EUR"),
        ("NL91ABNA0417164300", "USD"),
        ("NL91ABNA0417164300", "USD"),
    ]
    assert [line.line_no for line in statement.lines] == [1, 2, 3, 4]
    assert [line.bank_id for line in statement.lines] == ["REF0000001", None] * 2


def test_an_entry_without_a_currency_is_in_the_accounts() -> None:
    assert read(PLAIN.replace('<Amt Ccy="EUR">4.50', "<Amt>4.50")).currency == "EUR"


# --- the proof


def test_balances_that_do_not_follow_are_said() -> None:
    (warning,) = read(PLAIN.replace("1295.50", "1307.50")).warnings
    assert warning == (
        "The stated balances of statement 17 differ from the sum of its lines by 12.00 EUR: lines may be missing."
    )


def test_a_debit_balance_is_below_zero() -> None:
    overdrawn = BALANCES.replace("CRDT", "DBIT", 1).replace("1295.50", "1095.50")
    assert read(PLAIN.replace(BALANCES, overdrawn)).warnings == []


# --- refusals

ENTITIES = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
LAUGHS = PLAIN.replace("?>\n", f'?>\n<!DOCTYPE d [<!ENTITY l0 "ha">{ENTITIES}]>\n').replace("ACME", "&l9;")

REFUSALS: dict[str, tuple[str | bytes, str]] = {
    "no entry": (PLAIN.replace(ENTRIES, ""), "no_lines"),
    "pending entries only": (PLAIN.replace("BOOK", "PDNG"), "no_lines"),
    "a notification": (
        PLAIN.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replace("Stmt>", "Ntfctn>")
        .replace("053", "054"),
        "not_a_statement",
    ),
    "a status that is not known": (PLAIN.replace("<Sts>BOOK", "<Sts>MAYB", 1), "unreadable_line"),
    "no direction": (PLAIN.replace("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<Sts>"), "unreadable_line"),
    "a direction that is none": (
        PLAIN.replace("DBIT</CdtDbtInd><Sts>", "BOTH</CdtDbtInd><Sts>"),
        "unreadable_line",
    ),
    "no amount": (PLAIN.replace('<Amt Ccy="EUR">4.50</Amt>', ""), "unreadable_line"),
    "an amount below zero": (PLAIN.replace(">4.50<", ">-4.50<"), "unreadable_line"),
    "an amount with a comma": (PLAIN.replace(">4.50<", ">4,50<"), "unreadable_line"),
    "an amount that is endless": (PLAIN.replace(">4.50<", ">1e999<"), "unreadable_line"),
    "no date": (PLAIN.replace("<BookgDt><Dt>2026-06-14</Dt></BookgDt>", ""), "unreadable_line"),
    "a date that is none": (PLAIN.replace("<Dt>2026-06-14</Dt>", "<Dt>2026-06-31</Dt>"), "unreadable_line"),
    "a booking date that cannot be read": (
        PLAIN.replace("<Dt>2026-06-13</Dt>", "<Dt>13.6.</Dt>"),
        "unreadable_line",
    ),
    "cut off": (PLAIN[:-40], "damaged_file"),
    "cut off in an entry": (PLAIN[: PLAIN.index("1200.0")], "damaged_file"),
    "elements that do not close": (PLAIN.replace("</Ntry>", "", 1), "damaged_file"),
    "an entity that is not known": (PLAIN.replace("ACME", "&acme;"), "damaged_file"),
    "a definition": (PLAIN.replace("?>\n", "?>\n<!DOCTYPE Document>\n"), "damaged_file"),
    "an outside entity": (
        PLAIN.replace("?>\n", '?>\n<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n').replace(
            "ACME", "&x;"
        ),
        "damaged_file",
    ),
    "a billion laughs": (LAUGHS, "damaged_file"),
    "a billion laughs in UTF-16": (LAUGHS.encode("utf-16"), "damaged_file"),
    "too deep": (PLAIN.replace("ACME", "<x>" * 60 + "</x>" * 60), "damaged_file"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_is_not_certain_is_refused(fault: str) -> None:
    content, code = REFUSALS[fault]
    assert refused(content).code == code


def test_a_refusal_names_the_entry() -> None:
    assert refused(PLAIN.replace(">1200.00<", ">x<")).errors[0].pointer == "entry 2"


def test_an_entry_keeps_its_number_behind_a_pending_one() -> None:
    assert [line.line_no for line in read(PLAIN.replace("BOOK", "PDNG", 1)).lines] == [2]


@settings(deadline=None, max_examples=150)
@given(ROWS, st.sampled_from([2, 8]), st.sampled_from(["", "c:"]), st.sampled_from(["Dt", "DtTm"]))
def test_a_statement_is_read_back_exactly(
    rows: list[tuple[date, str, Decimal]], number: int, prefix: str, kind: str
) -> None:
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{"CRDT" if amount >= 0 else "DBIT"}</CdtDbtInd>'
        f"<Sts>BOOK</Sts><BookgDt><{kind}>{day}{'T23:00:00-11:00' if kind == 'DtTm' else ''}</{kind}></BookgDt>"
        f"<AddtlNtryInf>{html.escape(text)}</AddtlNtryInf></Ntry>"
        for day, text, amount in rows
    )
    closing = 100 + total(amount for _, _, amount in rows)
    stated = balance("OPBD", "100.00") + balance(
        "CLBD", str(abs(closing)), "CRDT" if closing >= 0 else "DBIT"
    )
    content = version(number, PLAIN.replace(ENTRIES, "").replace(BALANCES, stated + entries))
    statement = read(prefixed(content) if prefix else content)
    assert [(line.date, line.amount, line.description) for line in statement.lines] == [
        (day, amount, text) for day, text, amount in rows
    ]
    assert statement.warnings == []
