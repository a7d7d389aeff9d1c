"""What the company has approved before, by merchant and direction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import transactions

#: The share one category must have among a merchant's approved lines.
CLEAR_MAJORITY = 0.75


class Recollection(msgspec.Struct, frozen=True):
    """How a merchant's lines were approved: ``count`` of ``total`` as ``category``."""

    category: str
    count: int
    total: int

    @property
    def clear(self) -> bool:
        return self.count >= CLEAR_MAJORITY * self.total

    @property
    def confidence(self) -> float:
        """Laplace's rule of succession: one approved line is a hint, fourteen alike are near certainty."""
        return round((self.count + 1) / (self.total + 2), 3)


class Memory:
    def __init__(self, approved: Iterable[tuple[str, int, str, int]]) -> None:
        """Of ``(merchant key, sign, category, count)``."""
        counts: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        for key, sign, category, count in approved:
            counts[key, sign][category] += count
        #: Of how many lines it is made.
        self.approved = sum(categories.total() for categories in counts.values())
        self._recollections = {what: _recollection(categories) for what, categories in counts.items()}

    def recall(self, merchant_key: str, sign: int) -> Recollection | None:
        return self._recollections.get((merchant_key, sign)) if merchant_key else None


async def load_memory(connection: AsyncConnection, company_id: str) -> Memory:
    """All of it in one query; load it once per job."""
    columns = (transactions.c.merchant_key, transactions.c.sign, transactions.c.category)
    query = select(*columns, func.count()).where(
        transactions.c.company_id == company_id,
        # What a person chose is known at once, not only when it is approved.
        or_(transactions.c.state.in_(("approved", "exported")), transactions.c.source == "person"),
        transactions.c.category.is_not(None),
    )
    found = await connection.execute(query.group_by(*columns))
    return Memory((key, sign, category, count) for key, sign, category, count in found)


def _recollection(categories: Counter[str]) -> Recollection:
    # Equal counts are no majority, so which of them is named first does not matter.
    category, count = categories.most_common(1)[0]
    return Recollection(category, count, categories.total())
