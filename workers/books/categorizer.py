"""Rules first, then what was approved before; what neither knows waits for a person. No I/O."""

from __future__ import annotations

from typing import Protocol

import msgspec

from workers.books.memory import Memory, Recollection
from workers.books.rules import RuleInput, Rules


class LineInput(RuleInput, Protocol):
    """What is looked at to decide about a line."""

    @property
    def merchant_key(self) -> str: ...


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    #: Null where nobody knows.
    category: str | None
    #: ``proposed`` or ``review``.
    state: str
    #: ``rule`` or ``memory``; null where nobody decided.
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
    def __init__(self, rules: Rules, memory: Memory) -> None:
        self._rules = rules
        self._memory = memory

    def decide(self, line: LineInput) -> Decision:
        if rule := self._rules.find(line):
            return proposal(rule.category, "rule", 1.0, rule.words)
        recollection = self._memory.recall(line.merchant_key, line.sign)
        if recollection is None:
            return UNKNOWN
        if not recollection.clear:
            return undecided(recollection, line.merchant_key)
        return remembered(recollection, line.merchant_key)


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
