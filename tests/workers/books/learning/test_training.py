"""A model says what companies approved, what trades do elsewhere, and nothing that is not in the chart."""

from __future__ import annotations

import random
from decimal import Decimal

import msgspec
import pytest

from tests.workers.books.learning.lessons import CATEGORIES, HABIT, NOW, history, learned
from workers.books.learning import training
from workers.books.learning.card import Trained
from workers.books.learning.examples import Example
from workers.books.learning.model import Model
from workers.books.learning.opinion import Asked, Opinion
from workers.books.learning.training import TooLittle, train
from workers.child import run_in_child


@pytest.fixture(scope="module")
def model() -> Model:
    return learned()


def opinion(model: Model, text: str, amount: str = "-30", company: str = "south") -> Opinion:
    (found,) = model.opinions([Asked(company, text, Decimal(amount))])
    assert found is not None
    return found


def test_a_merchant_it_knows_it_knows_in_every_form(model: Model) -> None:
    for text in (
        "KORVA PHARMACY",
        "TST* KORVA PHARMA",
        "KRVPHRMCY DENVER CO",
        "CHECKCARD 0614 KORVA PHARMACY",
    ):
        assert opinion(model, text, "-40").category == "Medical and health", text


def test_a_merchant_nobody_knows_is_told_by_its_trade_in_any_language(model: Model) -> None:
    assert opinion(model, "ZYRTO APOTHEKE").category == "Medical and health"
    assert opinion(model, "POS DEBIT WEXUM VERSICHERUNGEN", "-500").category == "Insurance"
    assert opinion(model, "RESTAURANTE QUILPO").category == "Meals and entertainment"


def test_a_company_s_own_habit_goes_over_what_others_do(model: Model) -> None:
    _, merchant, habit = HABIT
    assert opinion(model, merchant, "-220", "north").category == habit
    assert opinion(model, merchant, "-220", "south").category == "Travel lodging"
    assert opinion(model, merchant, "-220", "a third one").category == "Travel lodging"


def test_it_is_surer_of_what_it_has_seen(model: Model) -> None:
    known, new, nothing = (opinion(model, text) for text in ("KORVA PHARMACY", "ZYRTO APOTHEKE", "4711"))
    assert known.confidence > new.confidence > nothing.confidence


def test_it_says_only_what_the_chart_has(model: Model) -> None:
    asked = [Asked("south", "KORVA PHARMACY", Decimal(-40))]
    (other,) = model.opinions(asked, frozenset({"Insurance", "Travel lodging", "Not learned"}))
    assert other is not None
    assert other.category in {"Insurance", "Travel lodging"}
    # Nearly all of what it may be is not there: what is left over is not certain for that.
    assert other.confidence < 0.5
    assert model.opinions(asked, frozenset({"Not learned"})) == [None]
    assert model.opinions([]) == []


def test_it_takes_many_lines_at_once_as_it_takes_one(model: Model) -> None:
    asked = [Asked(each.company_id, each.description, each.amount) for each in history(150)]
    asked.insert(70, Asked("south", "", Decimal(0)))
    assert model.opinions(asked) == [model.opinions([each])[0] for each in asked]


def test_the_card_tells_what_it_was_made_of(model: Model) -> None:
    card = model.card
    assert (card.companies, card.categories, card.trained_at) == (2, len(CATEGORIES), NOW)
    assert card.examples <= 400
    assert card.held_back == card.examples // 5
    assert card.threshold is not None
    assert 0.6 <= card.threshold <= 1
    assert card.auto_precision >= 0.95
    assert 0 < card.auto_share <= 1


def test_the_same_lines_in_any_order_give_the_same_model(model: Model) -> None:
    shuffled = history()
    random.Random(1).shuffle(shuffled)
    again = train(shuffled, trained_at=NOW, categories=sorted(CATEGORIES))
    assert isinstance(again, Model)
    assert again.to_bytes() == model.to_bytes()


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ([], "0 approved lines with 0 categories"),
        (history(199), "199 approved lines with 4 categories"),
        ([msgspec.structs.replace(each, category="Rent") for each in history(250)], "with 1 categories"),
    ],
)
def test_from_too_little_nothing_is_learned(examples: list[Example], told: str) -> None:
    refused = train(examples, trained_at=NOW)
    assert isinstance(refused, TooLittle)
    assert told in refused.reason


def test_lines_of_a_category_that_no_chart_has_are_left_out() -> None:
    refused = train(history(250), trained_at=NOW, categories={"Insurance"})
    assert isinstance(refused, TooLittle)
    assert "with 1 categories" in refused.reason


def test_two_categories_are_enough() -> None:
    two = {"Insurance", "Travel lodging"}
    model = train(history(600), trained_at=NOW, categories=two)
    assert isinstance(model, Model)
    assert opinion(model, "WEXUM VERSICHERUNGEN", "-500").category == "Insurance"
    assert opinion(model, "QUILPO HOSTEL", "-200").category == "Travel lodging"


def test_only_the_newest_lines_and_the_commonest_categories_are_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "MOST_EXAMPLES", 230)
    monkeypatch.setattr(training, "MOST_CATEGORIES", 3)
    model = train(history(), trained_at=NOW, categories=CATEGORIES)
    assert isinstance(model, Model)
    assert model.card.examples <= 230
    assert model.card.categories == 4, "the primer still knows the trades of the chart"


async def test_a_child_trains_and_answers_with_bytes(model: Model) -> None:
    rows = [msgspec.structs.astuple(each) for each in history()]
    trained = await run_in_child(
        "workers.books.learning.training:train_stored",
        *(rows, NOW.isoformat(), sorted(CATEGORIES)),
        result=Trained,
        memory_mb=2048,
    )
    assert trained == Trained(content=model.to_bytes(), card=model.card)
    refused = await run_in_child(
        "workers.books.learning.training:train_stored",
        rows[:9],
        NOW.isoformat(),
        result=Trained,
        memory_mb=2048,
    )
    assert refused.content is None
    assert refused.reason is not None
