"""The pure part: merchants, memory, the categorizer and the entries it leads to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.making import a_line
from workers.books.categorizer import UNKNOWN, Categorizer, proposal
from workers.books.categorizing import Decided, Line
from workers.books.journal import lines_of, propose
from workers.books.memory import Memory
from workers.books.merchants import merchant_key, normalise
from workers.books.rules import Rule, Rules


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("CHECKCARD 0614 BLUE DOOR COFFEE PORTLAND OR 579881458387", "BLUE DOOR"),
        ("Debit Card Purchase XXXX7747 BLUE DOOR COFFEE", "BLUE DOOR"),
        ("PURCHASE AUTHORIZED ON 04/26 BLUE DOOR MIAMI FL S066883406064 CARD 9041", "BLUE DOOR"),
        ("TST* BLUE DOOR", "BLUE DOOR"),
        ("SQ *BLUE DOOR #12", "BLUE DOOR"),
        ("BLUE DOOR          PORTLAND     OR", "BLUE DOOR"),
        ("BLUE DOOR*F503NPY4H WWW.BLUEDOOR.COM", "BLUE DOOR"),
        ("ACH DEBIT BLUE DOOR WEB ID: 9673337684", "BLUE DOOR"),
        ("Müller & Söhne", "MÜLLER SÖHNE"),
        ("1234567", ""),
        ("", ""),
    ],
)
def test_the_merchant_is_what_is_left_without_card_branch_and_reference(printed: str, key: str) -> None:
    assert merchant_key(printed) == key


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_short_key_and_one_normal_form(text: str) -> None:
    assert len(merchant_key(text)) <= 64
    assert normalise(normalise(text)) == normalise(text)


def decide(categorizer: Categorizer, text: str, sign: int = -1) -> tuple[str | None, str | None, str]:
    decision = categorizer.decide(a_line(text, str(sign)))
    return decision.category, decision.source, decision.reason


def test_rules_go_before_memory() -> None:
    memory = Memory([("ACME TOOLS", -1, "Rent", 9)])
    assert decide(Categorizer(Rules([Rule("ACME", "Tools")]), memory), "Acme Tools") == (
        "Tools",
        "rule",
        "rule: contains ACME",
    )
    assert decide(Categorizer(Rules([]), memory), "Acme Tools")[:2] == ("Rent", "memory")


def test_memory_tells_how_many_lines_it_goes_by() -> None:
    memory = Memory([("ACME", -1, "Rent", 1), ("BOLT", -1, "Tools", 9), ("BOLT", -1, "Meals", 1)])
    categorizer = Categorizer(Rules([]), memory)
    assert decide(categorizer, "ACME")[2] == "like 1 approved line of ACME"
    assert decide(categorizer, "BOLT")[2] == "like 9 of 10 approved lines of BOLT"


def test_memory_without_a_clear_majority_leaves_the_line_to_a_person() -> None:
    memory = Memory([("ACME", -1, "Rent", 3), ("ACME", -1, "Tools", 2)])
    category, source, reason = decide(Categorizer(Rules([]), memory), "ACME")
    assert (category, source) == (None, None)
    assert reason == "approved lines of ACME differ: only 3 of 5 as Rent"


def test_more_approved_lines_make_more_confident() -> None:
    few, many = (Memory([("ACME", -1, "Rent", count)]).recall("ACME", -1) for count in (1, 14))
    assert few
    assert many
    assert 0.5 < few.confidence < many.confidence < 1


def test_a_line_nobody_knows_waits_for_a_person() -> None:
    categorizer = Categorizer(Rules([]), Memory([("", -1, "Rent", 5)]))
    assert categorizer.decide(a_line("123")) == UNKNOWN
    assert UNKNOWN.state == "review"


def decided(amount: Decimal, category: str | None = "Rent") -> Decided:
    line = Line("t", "a", "Checking", date(2026, 6, 1), amount, 0, "USD", "x", "X", "X", 2, "imported")
    return Decided(line, proposal(category, "rule", 1.0, "") if category else UNKNOWN)


@settings(deadline=None)
@given(st.decimals(min_value=-(10**18), max_value=10**18, places=2))
def test_debits_equal_credits_and_the_bank_moves_by_the_amount(amount: Decimal) -> None:
    entry = propose(decided(amount))
    if not amount:
        assert entry is None
        return
    assert entry is not None
    lines = lines_of(entry.movements)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines) > 0
    (bank,) = [line for line in lines if line.account == "Checking"]
    assert bank.debit - bank.credit == amount
    assert entry.currency == "USD"


def test_without_a_category_there_is_nothing_to_book() -> None:
    assert propose(decided(Decimal(5), None)) is None
