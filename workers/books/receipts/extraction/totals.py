"""The total: every amount is a candidate, its label and place speak for or against it, and sums decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from workers.books.receipts.extraction.amounts import Amount
from workers.books.receipts.extraction.arithmetic import ROUNDED, STRONG, Sums
from workers.books.receipts.extraction.labels import NEVER_TOTAL
from workers.books.receipts.extraction.lines import Line

#: What a label is worth.
WORTH = {"due": 5.0, "total": 4.0, "card": 1.4, "cash": -0.6, "subtotal": 0.8, "excluded": -2.0, "tax": -3.0,
         "service": -3.0, "tip": -3.0, "discount": -3.0, "savings": -4.0, "count": -4.0, "rounding": -4.0,
         "change": -4.0, "suggestion": -5.0}  # fmt: skip
#: What a sum is worth.
PROOF = {
    "net": -2.5,
    "cash": 3.5,
    "parts": 2.2,
    "items": 1.6,
    "table": 2.0,
    "paid": 1.0,
    "rate": 1.0,
    "repeated": 0.5,
}
LOWER_ON_THE_PAGE = 1.2
LARGEST = 0.8
TALL = 0.7
FAR_OFF = -1.8
ROUNDED_AWAY = 4.0
MISREAD_MARK = 4.0
SUMS = ("total", "due", "card", "cash")
NOT_LAST = -1.0
REPAIRED = -0.5
#: Amounts of bills that we read: what is longer is a number of something.
MOST = Decimal("999999.99")


class Candidate(msgspec.Struct, frozen=True):
    """A value that may be the total, by the place where it looks most like it."""

    value: Decimal
    amount: Amount
    kind: str | None
    score: float
    evidence: frozenset[str]


def candidates(lines: Sequence[Line], sums: Sums) -> list[Candidate]:
    """Each value once, best first."""
    amounts = [each for line in lines for each in line.amounts if 0 < abs(each.value) <= MOST]
    if not amounts:
        return []
    largest = max(each.value for each in amounts)
    height = sorted(line.row.height for line in lines)[len(lines) // 2]
    best: dict[Decimal, Candidate] = {}
    for index, line in enumerate(lines):
        for amount in line.amounts:
            if not 0 < abs(amount.value) <= MOST:
                continue
            score = _score(line, amount, index / len(lines), height) + LARGEST * (amount.value == largest)
            evidence = sums.evidence(amount.value)
            score += sum(PROOF[each] for each in evidence)
            if amount.value not in best or score > best[amount.value].score:
                best[amount.value] = Candidate(amount.value, amount, line.kind, score, evidence)
    return sorted(map(_unmarked(best), _rounded(best, lines)), key=lambda each: each.score, reverse=True)


def _score(line: Line, amount: Amount, depth: float, height: float) -> float:
    score = WORTH.get(line.kind or "", 0.0) + LOWER_ON_THE_PAGE * depth
    score += TALL * (line.row.height > 1.25 * height)
    score += FAR_OFF * line.borrowed + NOT_LAST * (not amount.is_last) + REPAIRED * amount.repaired
    return score - 2.0 * (amount.value < 0)


def _rounded(best: dict[Decimal, Candidate], lines: Sequence[Line]) -> list[Candidate]:
    """Where a till rounds, what is paid stands below what was reckoned, and differs by what is printed between."""
    cents = {abs(line.last) for line in lines if line.kind == "rounding" and line.last}
    if not cents:
        return list(best.values())
    return [
        msgspec.structs.replace(each, score=each.score - ROUNDED_AWAY)
        if any(_is_rounded(each, other, cents) for other in best.values())
        else each
        for each in best.values()
    ]


def _unmarked(best: dict[Decimal, Candidate]) -> Callable[[Candidate], Candidate]:
    """Doubts a value that is another sum with one more digit before it: the currency's mark, misread."""
    sums = {str(each.value) for each in best.values() if each.kind in SUMS}

    def judged(each: Candidate) -> Candidate:
        text = str(each.value)
        misread = text[1:] in sums and text[1] not in "0."
        return msgspec.structs.replace(each, score=each.score - MISREAD_MARK) if misread else each

    return judged


def _is_rounded(reckoned: Candidate, paid: Candidate, cents: set[Decimal]) -> bool:
    return (
        paid.kind not in NEVER_TOTAL
        and paid.amount.row.index > reckoned.amount.row.index
        and abs(paid.value - reckoned.value) in cents
        and abs(paid.value - reckoned.value) <= ROUNDED
    )


def confidence(ranked: Sequence[Candidate]) -> float:
    """How often such a first candidate is right; the weights are fitted, see tests/receipts/calibrate.py."""
    first = ranked[0]
    margin = min(4.0, first.score - ranked[1].score) if len(ranked) > 1 else 4.0
    proofs = (
        len(first.evidence & STRONG)
        + 0.5 * len(first.evidence - STRONG - {"net"})
        - ("net" in first.evidence)
    )
    named = first.kind in ("due", "total")
    x = -2.0 + 0.55 * margin + 1.15 * min(3.0, proofs) + 1.0 * named
    return 1 / (1 + math.exp(-x))
