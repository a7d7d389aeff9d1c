"""What a rule holds for, and which of several decides. Without I/O."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.making import a_line
from workers.books.rules import PATTERN_MEMORY, Rule, Rules, compile_pattern


def holds(rule: Rule, description: str, amount: str = "-1", **line: str) -> bool:
    return Rules([rule]).find(a_line(description, amount, **line)) == rule


def pattern(text: str, category: str = "Travel") -> Rule:
    return Rule(None, category, pattern=text)


def test_the_first_rule_that_matches_decides() -> None:
    rules = Rules([Rule("uber eats", "Meals"), Rule("UBER", "Transport")])
    assert rules.find(a_line("UBER *EATS HELP")) == Rule("UBER", "Transport")
    assert rules.find(a_line("UBER EATS HELP")) == Rule("uber eats", "Meals")
    assert rules.find(a_line("TAXI")) is None


@pytest.mark.parametrize("text", ["TUBERIA", "UBERTY", "XUBER", "8UBER"])
def test_a_rule_matches_whole_words(text: str) -> None:
    assert not holds(Rule("UBER", "Transport"), text)


@pytest.mark.parametrize("text", ["uber", "UBER*TRIP", "PAYPAL_UBER", "\uff35\uff22\uff25\uff32  trip"])
def test_words_are_found_in_any_case_width_and_company(text: str) -> None:
    assert holds(Rule("Uber", "Transport"), text)


def test_words_are_taken_as_they_are_written() -> None:
    assert holds(Rule("A.B (C)", "Transport"), "xx a.b  (c) yy")
    assert not holds(Rule("A.B", "Transport"), "AXB")


def test_a_rule_may_hold_for_one_direction_only() -> None:
    rule = Rule("ACME", "Sales", 1)
    assert not holds(rule, "ACME", "-1")
    assert not holds(rule, "ACME", "0")
    assert holds(rule, "ACME", "1")


def test_a_pattern_looks_at_the_description_in_any_case() -> None:
    assert holds(pattern(r"^hotel\b.*berlin$"), "Hotel  Adlon BERLIN")
    assert not holds(pattern(r"^hotel\b.*berlin$"), "THE HOTEL BERLIN")
    assert holds(pattern("CAFÉ"), "café müller")


def test_bounds_of_the_amount_are_included_and_know_no_sign() -> None:
    rule = Rule(None, "Rent", amount_min=Decimal(500), amount_max=Decimal("750.50"))
    assert [holds(rule, "X", amount) for amount in ("-499.99", "-500.00", "750.5", "750.51")] == [
        False,
        True,
        True,
        False,
    ]


def test_a_rule_may_hold_for_one_bank_account_only() -> None:
    rule = Rule(None, "Interest", account_id="savings")
    assert holds(rule, "X", account_id="savings")
    assert not holds(rule, "X", account_id="checking")


def test_all_conditions_must_hold() -> None:
    rule = Rule("UBER", "Travel", -1, "trip", Decimal(5), Decimal(9), "a")
    assert holds(rule, "UBER TRIP", "-7")
    assert not holds(rule, "UBER EATS", "-7")
    assert not holds(rule, "LYFT TRIP", "-7")
    assert not holds(rule, "UBER TRIP", "7")
    assert not holds(rule, "UBER TRIP", "-10")
    assert not holds(rule, "UBER TRIP", "-7", account_id="b")


def test_rules_with_and_without_a_pattern_are_asked_in_their_order() -> None:
    rules = Rules([pattern("a+"), Rule("AB", "Meals"), pattern("b"), Rule("B", "Rent"), pattern("c")])
    assert rules.find(a_line("AB")) == pattern("a+")
    assert rules.find(a_line("xab")) == pattern("a+")
    assert rules.find(a_line("b")) == pattern("b")
    assert rules.find(a_line("xyz")) is None


def test_patterns_that_cannot_be_looked_for_at_once_are_looked_for_one_by_one() -> None:
    rules = Rules([pattern("(?P<name>x)"), pattern("(?P<name>y)")])
    assert rules.find(a_line("y")) == pattern("(?P<name>y)")
    assert rules.find(a_line("z")) is None


WORDS = st.lists(st.sampled_from(["uber", "eats", "a", "b"]), min_size=1, max_size=3).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=6), WORDS)
def test_the_short_cuts_change_nothing(said: list[tuple[str, bool]], text: str) -> None:
    rules = [pattern(words) if is_pattern else Rule(words, "Meals") for words, is_pattern in said]
    slowly = next((rule for rule in rules if holds(rule, text)), None)
    for block in (1, 2, 16):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("workers.books.rules.BLOCK", block)
            assert Rules(rules).find(a_line(text)) == slowly


# --- patterns of people we do not know ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(", rb"missing \)"),
        ("a{2000}", rb"invalid repetition size"),
        (r"(a)\1", rb"invalid escape sequence"),
        ("(?=a)", rb"invalid perl operator"),
        (r"((\pL{9}){9}){9}", rb"too large"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(text: str, reason: bytes) -> None:
    with pytest.raises(re2.error) as refused:
        compile_pattern(text)
    assert re.search(reason, refused.value.args[0])


def test_no_pattern_runs_away() -> None:
    """What takes Python's own engine years: a quarter of a second is a thousand times what it needs."""
    line = a_line("a" * 5_000)
    began = time.perf_counter()
    assert Rules([pattern("(a|a)*(a|aa)+$b"), pattern("(a+)+z")]).find(line) is None
    assert time.perf_counter() - began < 0.25


def test_a_pattern_is_bound_in_what_it_may_take() -> None:
    assert compile_pattern(r"\pL+ \pL+").options.max_mem == PATTERN_MEMORY


# --- reasons --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("UBER", "Travel", -1), "rule: contains UBER"),
        (pattern("^uber"), "rule: matches /^uber/"),
        (Rule("UBER", "T", amount_min=Decimal(500)), "rule: contains UBER and at least 500"),
        (Rule(None, "T", pattern="x", amount_max=Decimal("9.50")), "rule: matches /x/ and at most 9.50"),
        (Rule(None, "T", amount_min=Decimal(1), amount_max=Decimal(2)), "rule: from 1 to 2"),
        (Rule(None, "T", amount_min=Decimal(9), amount_max=Decimal(9)), "rule: exactly 9"),
        (Rule(None, "T", 1, account_id="a"), "rule: in this bank account and money in"),
        (Rule(None, "T", -1), "rule: money out"),
    ],
)
def test_a_rule_says_what_it_goes_by(rule: Rule, words: str) -> None:
    assert rule.words == words
