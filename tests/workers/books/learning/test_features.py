"""What a model looks at: the name in pieces, its consonants, the company's habit, the trade and the amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.books.chart import DEFAULT_CHART
from workers.books.learning.features import KINDS, amount_tokens, consonants, habit_tokens, name_words, tokens
from workers.books.learning.trades import Signs, read_signs, trades


def test_a_name_is_read_without_accents_and_the_bank_s_noise() -> None:
    assert name_words("SEPA LASTSCHRIFT Bäckerei Müßig's  NORD 12345") == ["BACKEREI", "MUSSIGS"]
    assert name_words("POS DEBIT KORVA PHARMACY BOSTON MA") == ["KORVA", "PHARMACY"]


def test_a_name_without_vowels_shares_its_consonants_with_the_whole_one() -> None:
    assert consonants(["KRVPHRMCY"]) == consonants(["KORVA", "PHARMACY"]) == "KRVPHRMCY"
    assert consonants(["АПТЕКА"]) == "АПТЕКА"


def test_two_companies_share_no_habit() -> None:
    assert not set(habit_tokens("acme", ["KORVA"])) & set(habit_tokens("bolt", ["KORVA"]))


def test_amounts_that_are_nearly_alike_share_a_token_and_directions_share_none() -> None:
    assert set(amount_tokens(Decimal("-9.99"))) & set(amount_tokens(Decimal("-11.50")))
    assert not set(amount_tokens(Decimal("9.99"))) & set(amount_tokens(Decimal("-9.99")))
    assert amount_tokens(Decimal(0))[0] == "0"


@settings(deadline=None)
@given(st.text(max_size=300), st.decimals(min_value=-(10**18), max_value=10**18, places=2))
def test_any_line_has_a_bounded_number_of_tokens(text: str, amount: Decimal) -> None:
    found = tokens("acme", text, amount)
    assert len(found) == len(KINDS)
    assert sum(map(len, found)) < 500


@pytest.mark.parametrize(
    ("name", "sure", "likely"),
    [
        ("KORVA PHARMACY", {"pharmacy"}, set()),
        ("STADTAPOTHEKE NORD", set(), {"pharmacy"}),
        ("KORVA GAS STATION", {"fuel"}, set()),
        ("KORVA", set(), set()),
    ],
)
def test_a_trade_is_told_by_a_word_a_phrase_or_a_part_of_a_word(
    name: str, sure: set[str], likely: set[str]
) -> None:
    signs = read_signs(name.split())
    assert signs == Signs(frozenset(sure), frozenset(likely))


def test_every_trade_goes_to_an_account_of_the_default_chart_and_has_plain_words() -> None:
    names = {account.name for account in DEFAULT_CHART}
    for trade in trades():
        assert trade.account in names, trade.name
        assert len(trade.words) == len(set(trade.words)), trade.name
        for word in trade.words:
            assert word.isascii(), word
            assert word.replace(" ", "").isalpha(), word
            assert len(word.split()) <= 3, word
