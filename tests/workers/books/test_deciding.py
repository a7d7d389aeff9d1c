"""The pure part: merchants, memory, the categorizer and the entries it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.books.making import NOW, a_line
from workers.books.categorizer import UNKNOWN, Categorizer, proposal
from workers.books.categorizing import Decided, Line
from workers.books.journal import lines_of, propose
from workers.books.learning.card import ModelCard
from workers.books.learning.opinion import Asked, Opinion, Subject
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
        # One word, and no city beside it: else each branch would be a merchant.
        ("POS DEBIT BLUEDOOR SAN DIEGO CA", "BLUEDOOR"),
        ("BLUEDOOR               SALT LAKE CITY UT", "BLUEDOOR"),
        ("BLUEDOOR F1234 DENVER CO", "BLUEDOOR"),
        ("BLUEDOOR 57444212100 PORTLAND OR", "BLUEDOOR"),
        ("Bluedoor payment", "BLUEDOOR"),
        # What only looks like a rail or a place.
        ("POST OFFICE 12", "POST OFFICE"),
        ("RETURNS DEPOT", "RETURNS DEPOT"),
        ("BLUE WATER CO", "BLUE WATER"),
        ("BOSTON MA", "BOSTON MA"),
        # Whom it goes to tells it, not that it goes.
        ("TRANSFER TO ANNA SMITH 12/27", "TRANSFER TO ANNA SMITH"),
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


# --- the model --------------------------------------------------------------------------------------------------


class Wise:
    """Says of everything what it was told to say, if the chart has it."""

    def __init__(self, category: str, confidence: float, *, cautious: float | None = 0.99) -> None:
        self.card = ModelCard(
            format=1,
            trained_at=NOW,
            examples=900,
            companies=2,
            categories=9,
            tokens=99,
            threshold=0.6,
            cautious_threshold=cautious,
            auto_share=0.8,
            auto_precision=0.96,
            accuracy=0.9,
            held_back=180,
        )
        self._opinion = Opinion(category, confidence)
        self.asked: list[Subject] = []

    def opinions(
        self, subjects: Sequence[Subject], categories: frozenset[str] | None = None
    ) -> list[Opinion | None]:
        self.asked += subjects
        known = categories is None or self._opinion.category in categories
        return [self._opinion if known else None for _ in subjects]


SETTLED = ("ELSEWHERE", -1, "Rent", 200)
CHART = frozenset({"Rent", "Tools", "Meals"})


def with_model(expert: Wise, *approved: tuple[str, int, str, int]) -> Categorizer:
    return Categorizer(Rules([]), Memory(approved), expert=expert, company_id="acme", categories=CHART)


def test_the_model_is_asked_only_about_what_rules_and_memory_leave() -> None:
    expert = Wise("Meals", 0.97)
    memory = Memory([("ACME", -1, "Rent", 9), SETTLED])
    categorizer = Categorizer(Rules([Rule("UBER", "Tools")]), memory, expert=expert, company_id="acme")
    lines = [a_line("Uber"), a_line("new", "-2"), a_line("Acme"), a_line("other", "-3")]
    decisions = categorizer.decide_all(lines)
    assert [decision.source for decision in decisions] == ["rule", "model", "memory", "model"]
    assert expert.asked == [Asked("acme", "new", Decimal(-2)), Asked("acme", "other", Decimal(-3))]
    assert decisions == [categorizer.decide(line) for line in lines]


def test_a_sure_model_proposes_and_an_unsure_one_suggests() -> None:
    sure = with_model(Wise("Meals", 0.97), SETTLED).decide(a_line("new"))
    assert (sure.category, sure.state, sure.confidence, sure.reason) == (
        "Meals",
        "proposed",
        0.97,
        "model 0.97",
    )
    unsure = with_model(Wise("Meals", 0.52), SETTLED).decide(a_line("new"))
    assert (unsure.category, unsure.state, unsure.source, unsure.confidence) == (
        "Meals",
        "review",
        "model",
        0.52,
    )
    assert unsure.reason == "model 0.52: below 0.60, please check"


def test_a_model_is_trusted_less_where_memory_is_young() -> None:
    young = with_model(Wise("Meals", 0.97), ("ELSEWHERE", -1, "Rent", 199)).decide(a_line("new"))
    assert (young.state, young.reason) == ("review", "model 0.97: below 0.99, please check")
    never = with_model(Wise("Meals", 1.0, cautious=None)).decide(a_line("new"))
    assert (never.state, never.reason) == ("review", "model 0.99: please check")


def test_a_model_is_never_certain() -> None:
    sure = with_model(Wise("Meals", 1.0), SETTLED).decide(a_line("new"))
    assert (sure.state, sure.confidence, sure.reason) == ("proposed", 0.99, "model 0.99")


def test_a_model_that_only_guesses_is_not_heard() -> None:
    assert with_model(Wise("Meals", 0.09), SETTLED).decide(a_line("new")) == UNKNOWN


def test_where_memory_is_split_the_model_decides_and_both_are_told() -> None:
    split = (("ACME", -1, "Rent", 3), ("ACME", -1, "Tools", 2), SETTLED)
    decision = with_model(Wise("Tools", 0.8), *split).decide(a_line("ACME"))
    assert (decision.category, decision.state, decision.source) == ("Tools", "proposed", "model")
    assert decision.reason == "model 0.80; approved lines of ACME differ: only 3 of 5 as Rent"


def test_what_the_chart_does_not_have_is_neither_remembered_nor_opined() -> None:
    gone = ("ACME", -1, "Gone", 9)
    assert with_model(Wise("Tools", 0.97), gone, SETTLED).decide(a_line("ACME")).category == "Tools"
    assert with_model(Wise("Gone", 0.97), gone, SETTLED).decide(a_line("ACME")) == UNKNOWN


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
