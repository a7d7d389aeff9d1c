"""What the company has approved of merchants with a similar name: examples for whoever is asked about a new one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.schema import transactions

#: The merchants a company uses most are habit enough; a look-up stays quick.
MOST_PRECEDENTS = 2_000
#: Dice's coefficient of two names' trigrams: below it likeness is chance.
LIKENESS = 0.3
NEAREST = 2


class Precedent(msgspec.Struct, frozen=True):
    """``count`` lines of ``merchant`` were approved as ``category``."""

    merchant: str
    sign: int
    category: str
    count: int


class Precedents:
    """Of what is approved, most frequent first."""

    def __init__(self, approved: Iterable[Precedent]) -> None:
        self._known = list(approved)
        self._grams = [trigrams(precedent.merchant) for precedent in self._known]
        self._by_gram: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for number, grams in enumerate(self._grams):
            for gram in grams:
                self._by_gram[self._known[number].sign, gram].append(number)

    def examples(self, merchants: Iterable[tuple[str, int]], *, most: int) -> list[Precedent]:
        """The nearest to each ``(merchant, sign)``; what room is left shows the company's commonest habits."""
        chosen: dict[int, None] = {}
        for merchant, sign in merchants:
            chosen.update(dict.fromkeys(self._nearest(merchant, sign)))
        chosen.update(dict.fromkeys(range(min(most, len(self._known)))))
        return [self._known[number] for number in list(chosen)[:most]]

    def _nearest(self, merchant: str, sign: int) -> Sequence[int]:
        grams = trigrams(merchant)
        shared = Counter(number for gram in grams for number in self._by_gram.get((sign, gram), ()))
        alike = [
            (2 * count / (len(grams) + len(self._grams[number])), -number) for number, count in shared.items()
        ]
        best = sorted((each for each in alike if each[0] >= LIKENESS), reverse=True)
        return [-number for _likeness, number in best[:NEAREST]]


def trigrams(name: str) -> frozenset[str]:
    padded = f"  {name} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


async def load_precedents(
    connection: AsyncConnection, company_id: str, categories: Collection[str]
) -> Precedents:
    """Those whose category is still one of ``categories``; one query, once per job."""
    columns = (transactions.c.merchant_key, transactions.c.sign, transactions.c.category)
    query = (
        select(*columns, func.count().label("count"))
        .where(
            transactions.c.company_id == company_id,
            transactions.c.state.in_(("approved", "exported")),
            transactions.c.category.is_not(None),
            transactions.c.merchant_key != "",
        )
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
        .limit(MOST_PRECEDENTS)
    )
    found = await connection.execute(query)
    return Precedents(Precedent(*row) for row in found if row.category in categories)
