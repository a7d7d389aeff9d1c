"""Approved lines as examples to learn from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from workers.books.learning.features import consonants, name_words
from workers.books.memory import Memory
from workers.books.merchants import merchant_key

#: Consonants by which a merchant is told from others: short and long forms of its name share them.
TELLING = 5
#: Of a merchant's lines from which on one that differs from all others is taken for a slip, and the share of such.
ENOUGH_ALIKE = 5
SLIPS = 0.05


class Example(msgspec.Struct, frozen=True, order=True):
    company_id: str
    date: date
    description: str
    amount: Decimal
    category: str

    @property
    def sign(self) -> int:
        return (self.amount > 0) - (self.amount < 0)

    @property
    def use(self) -> tuple[str, str, int]:
        """The company's use of a merchant, as memory keeps it."""
        return self.company_id, merchant_key(self.description), self.sign

    @property
    def merchant(self) -> str:
        """The same for all forms of a merchant's name, and now and then for two merchants."""
        words = name_words(self.description)
        telling = words[1:] if words[:1] == ["THE"] else words
        return consonants(telling)[:TELLING] or " ".join(words)


def newest(examples: Iterable[Example], most: int) -> list[Example]:
    """Oldest first; the same list in whatever order they come."""
    return sorted(examples, key=lambda example: (example.date, example))[-most:]


def memories(examples: Sequence[Example]) -> dict[str, Memory]:
    """What each company would remember of them."""
    counts: defaultdict[str, Counter[tuple[str, int, str]]] = defaultdict(Counter)
    for each in examples:
        counts[each.company_id][merchant_key(each.description), each.sign, each.category] += 1
    return {
        company: Memory((*what, count) for what, count in counted.items())
        for company, counted in counts.items()
    }


def without_slips(examples: Sequence[Example]) -> list[Example]:
    """Without what its own merchant's other lines contradict so clearly that it was approved by mistake."""
    uses: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for each in examples:
        uses[each.use][each.category] += 1
    return [each for each in examples if not _is_slip(uses[each.use], each.category)]


def _is_slip(categories: Counter[str], category: str) -> bool:
    total = categories.total()
    return total >= ENOUGH_ALIKE and categories[category] <= max(1, SLIPS * total) < total - 1
