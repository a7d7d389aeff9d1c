"""How far a model may be trusted is found on lines that it has not seen, of merchants that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zlib import crc32

import msgspec
import pytest

from tests.workers.books.learning.lessons import history
from workers.books.learning import rehearsal
from workers.books.learning.examples import Example, newest
from workers.books.learning.features import tokens
from workers.books.learning.fitting import Lesson, fit
from workers.books.learning.regression import Regression
from workers.books.learning.rehearsal import Answer, lowest_threshold, rehearse


def answers(confidence: float, right: int, wrong: int) -> list[Answer]:
    return [Answer(True, confidence)] * right + [Answer(False, confidence)] * wrong


REMEMBERED = [Answer(True, None)] * 200


def test_the_threshold_is_as_low_as_the_precision_allows() -> None:
    given = answers(0.9, 99, 1) + answers(0.8, 95, 5) + answers(0.7, 60, 40)
    assert lowest_threshold(given, ()) == 0.8
    assert lowest_threshold(answers(0.9, 80, 20), ()) is None


def test_what_memory_knows_makes_room_for_the_model() -> None:
    given = answers(0.9, 95, 5) + answers(0.8, 90, 10)
    assert lowest_threshold(given, ()) is None
    assert lowest_threshold(given, REMEMBERED) == 0.8


def test_a_guess_is_never_proposed_however_good_memory_is() -> None:
    assert lowest_threshold(answers(0.55, 10, 0) + answers(0.65, 10, 0), REMEMBERED) == 0.65


def test_a_few_lucky_answers_are_no_proof() -> None:
    assert lowest_threshold(answers(0.99, 30, 0), ()) is None
    assert lowest_threshold(answers(0.99, 40, 0), ()) == 0.99


def learn(examples: Sequence[Example]) -> Regression:
    lessons = [
        Lesson(tokens(each.company_id, each.description, each.amount), each.category) for each in examples
    ]
    return fit(lessons, 100_000)


def unreadable(example: Example) -> Example:
    """The same merchant and category, under a name and at a price that tell nothing."""
    letters = f"{crc32(example.merchant.encode()):032b}".translate(str.maketrans("01", "BK"))
    return msgspec.structs.replace(example, description=letters[:20], amount=Decimal(-10))


def test_the_newest_lines_and_in_turn_every_merchant_are_held_back() -> None:
    examples = newest(map(unreadable, history()), 400)
    learned: list[Sequence[Example]] = []

    def watch(known: Sequence[Example]) -> Regression:
        learned.append(known)
        return learn(known)

    outcome = rehearse(examples, watch)
    assert outcome.held_back == 80
    assert len(learned) == 4
    known = [{each.merchant for each in part} for part in learned]
    everyone = {each.merchant for each in examples}
    for part, merchants in zip(learned, known, strict=True):
        assert max(each.date for each in part) <= examples[-80].date
        assert merchants < everyone
    assert set.intersection(*known) == set()
    # A quarter of them is of a merchant that nobody could know.
    assert 0.6 < outcome.accuracy < 0.95
    assert outcome.auto_share < 0.9


def test_whole_companies_are_drawn_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = newest(history(), 400)
    sizes = {company: sum(each.company_id == company for each in examples) for company in ("north", "south")}
    monkeypatch.setattr(rehearsal, "MOST_REHEARSED", max(sizes.values()))
    outcome = rehearse(examples, learn)
    assert outcome.held_back in {size // 5 for size in sizes.values()}


def test_with_hardly_any_lines_nothing_is_trusted() -> None:
    outcome = rehearse(newest(history(3), 3), learn)
    assert (outcome.threshold, outcome.cautious_threshold, outcome.held_back) == (None, None, 0)
