"""A model from what people have approved.

Importing it imports scikit-learn, so run ``train_stored`` in a child process. 13,000 lines take ten seconds of one core
and half a gigabyte, 100,000 a minute and a whole one; give it twice the address space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from sys import intern
from typing import Any

import msgspec

from workers.books.learning.card import ModelCard, Trained
from workers.books.learning.examples import Example, newest, without_slips
from workers.books.learning.features import primer_tokens, tokens
from workers.books.learning.fitting import Lesson, fit
from workers.books.learning.model import FORMAT, MOST_CATEGORIES, MOST_COEFFICIENTS, Model
from workers.books.learning.regression import Regression
from workers.books.learning.rehearsal import rehearse
from workers.books.learning.trades import trades

#: The newest are enough; they bound time and memory.
MOST_EXAMPLES = 100_000
#: Examples times categories: the fit holds some arrays of this size.
MOST_SCORES = 5_000_000
#: With fewer, memory knows what there is to know.
FEWEST_EXAMPLES = 200
FEWEST_CATEGORIES = 2
#: A trade's word counts as this much of an approved line.
PRIMER_WEIGHT = 0.3


class TooLittle(msgspec.Struct, frozen=True):
    """There is nothing to learn from yet."""

    reason: str


def train_stored(history: list[Any], trained_at: str, categories: list[str] | None = None) -> Trained:
    """``train`` for a child process, which gets what msgpack can carry: rows in the order of Example's fields."""
    rows = msgspec.convert(history, list[tuple[str, date, str, Decimal, str]], strict=False)
    at = msgspec.convert(trained_at, datetime)
    model = train([Example(*row) for row in rows], trained_at=at, categories=categories)
    if isinstance(model, TooLittle):
        return Trained(reason=model.reason)
    return Trained(content=model.to_bytes(), card=model.card)


def train(
    examples: Collection[Example], *, trained_at: datetime, categories: Collection[str] | None = None
) -> Model | TooLittle:
    """Learns from the approved lines of all companies, the same for the same lines.

    ``categories`` are the names in the charts it is for; without them, those of the examples and the default chart.
    """
    lines = _bounded(examples, categories)
    names = {each.category for each in lines}
    if len(lines) < FEWEST_EXAMPLES or len(names) < FEWEST_CATEGORIES:
        return TooLittle(
            f"{len(lines)} approved lines with {len(names)} categories are too few to learn from: "
            f"it takes {FEWEST_EXAMPLES} lines with {FEWEST_CATEGORIES} categories"
        )
    primer = _primer(categories)
    lesson = cache(_lesson)

    def learn(examples: Sequence[Example]) -> Regression:
        return fit([lesson(each) for each in examples] + primer, MOST_COEFFICIENTS)

    outcome = rehearse(lines, learn)
    regression = learn(lines)
    card = ModelCard(
        format=FORMAT,
        trained_at=trained_at,
        examples=len(lines),
        companies=len({each.company_id for each in lines}),
        categories=len(regression.categories),
        tokens=len(regression.vocabulary),
        **msgspec.structs.asdict(outcome),
    )
    return Model(card, regression)


def _bounded(examples: Collection[Example], categories: Collection[str] | None) -> list[Example]:
    """The newest lines of the most frequent categories."""
    counts = Counter(each.category for each in examples if categories is None or each.category in categories)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES]
    kept = {name for name, _ in frequent}
    most = min(MOST_EXAMPLES, MOST_SCORES // max(len(kept), 1))
    return without_slips(newest((each for each in examples if each.category in kept), most))


def _lesson(example: Example) -> Lesson:
    found = tokens(example.company_id, example.description, example.amount)
    # Each token stands in many lines; kept once, they take a tenth of the memory.
    return Lesson(tuple([intern(token) for token in kind] for kind in found), example.category)


def _primer(categories: Collection[str] | None) -> list[Lesson]:
    """What everybody knows before the first approved line: which trades go to which account."""
    return [
        Lesson(primer_tokens(word), trade.account, PRIMER_WEIGHT)
        for trade in trades()
        if categories is None or trade.account in categories
        for word in trade.words
    ]
