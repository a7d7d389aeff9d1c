"""Rules first, then what was approved before, then what a model learned; what none knows waits for a person. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from workers.books.learning.opinion import Asked, Expert, Opinion
from workers.books.memory import Memory, Recollection
from workers.books.rules import RuleInput, Rules

#: An opinion that is wrong nine times out of ten is no help to whoever decides.
LEAST_CONFIDENCE = 0.1
#: What a model learned is never certain, however its sums are rounded.
MOST_CONFIDENCE = 0.99


class LineInput(RuleInput, Protocol):
    """What is looked at to decide about a line."""

    @property
    def merchant_key(self) -> str: ...


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    #: Null where nobody knows.
    category: str | None
    #: ``proposed`` or ``review``.
    state: str
    #: ``rule``, ``memory`` or ``model``; null where nobody has a say.
    source: str | None
    confidence: float | None
    reason: str


UNKNOWN = Decision(
    category=None,
    state="review",
    source=None,
    confidence=None,
    reason="no rule matches and no line of this merchant was approved before",
)


class Categorizer:
    """``categories`` are the names of the company's chart: memory and model say no others."""

    def __init__(
        self,
        rules: Rules,
        memory: Memory,
        *,
        expert: Expert | None = None,
        company_id: str = "",
        categories: frozenset[str] | None = None,
    ) -> None:
        self._rules = rules
        self._memory = memory
        self._expert = expert
        self._company_id = company_id
        self._categories = categories
        self._threshold = None if expert is None else expert.card.threshold_for(memory.approved)

    def decide(self, line: LineInput) -> Decision:
        return self.decide_all([line])[0]

    def decide_all(self, lines: Sequence[LineInput]) -> list[Decision]:
        """One for each line; many at once, for a model is quick only with many."""
        decisions = [self._known(line) for line in lines]
        if self._expert is None:
            return decisions
        unsure = [number for number, decision in enumerate(decisions) if decision.source is None]
        asked = [
            Asked(self._company_id, lines[number].description, lines[number].amount) for number in unsure
        ]
        for number, opinion in zip(unsure, self._expert.opinions(asked, self._categories), strict=True):
            if opinion and opinion.confidence >= LEAST_CONFIDENCE:
                decisions[number] = opined(opinion, self._threshold, decisions[number])
        return decisions

    def _known(self, line: LineInput) -> Decision:
        if rule := self._rules.find(line):
            return proposal(rule.category, "rule", 1.0, rule.words)
        recollection = self._memory.recall(line.merchant_key, line.sign)
        if recollection is None or not self._is_in_chart(recollection.category):
            return UNKNOWN
        if not recollection.clear:
            return undecided(recollection, line.merchant_key)
        return remembered(recollection, line.merchant_key)

    def _is_in_chart(self, category: str) -> bool:
        return self._categories is None or category in self._categories


def proposal(category: str, source: str, confidence: float, reason: str) -> Decision:
    return Decision(category=category, state="proposed", source=source, confidence=confidence, reason=reason)


def remembered(recollection: Recollection, merchant_key: str) -> Decision:
    alike = recollection.count == recollection.total
    count = f"{recollection.count}" if alike else f"{recollection.count} of {recollection.total}"
    lines = "line" if recollection.total == 1 else "lines"
    reason = f"like {count} approved {lines} of {merchant_key}"
    return proposal(recollection.category, "memory", recollection.confidence, reason)


def undecided(recollection: Recollection, merchant_key: str) -> Decision:
    share = f"only {recollection.count} of {recollection.total} as {recollection.category}"
    reason = f"approved lines of {merchant_key} differ: {share}"
    return Decision(category=None, state="review", source=None, confidence=None, reason=reason)


def opined(opinion: Opinion, threshold: float | None, otherwise: Decision) -> Decision:
    """A proposal from the threshold on, below it a suggestion; ``otherwise`` is what was known without the model."""
    confidence = min(opinion.confidence, MOST_CONFIDENCE)
    reason = f"model {confidence:.2f}"
    sure = threshold is not None and opinion.confidence >= threshold
    if not sure:
        reason += ": please check" if threshold is None else f": below {threshold:.2f}, please check"
    if otherwise is not UNKNOWN:
        reason += f"; {otherwise.reason}"
    return Decision(
        category=opinion.category,
        state="proposed" if sure else "review",
        source="model",
        confidence=confidence,
        reason=reason,
    )
