"""Which sums on a receipt come out at a value. A keyword may stand beside the wrong amount;
a sum does not come out by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product

from workers.books.receipts.extraction.lines import Line

CENT = Decimal("0.01")
#: Cash is rounded to five or ten cents; printed parts are each rounded to one.
ROUNDED = Decimal("0.05")
SLACK = Decimal("0.02")
#: Per cent. What the world charges on sales, most of it.
RATES = tuple(
    Decimal(each)
    for each in "4 5 5.5 6 7 7.7 8 8.1 8.25 9 10 12 13 14 15 16 18 19 20 21 22 23 24 25".split()  # noqa: SIM905
)
#: A pair of net and tax on one row: tax is no more than that share of net.
MOST_TAX = Decimal("0.27")
ADDED = ("tax", "service", "tip", "rounding")
MOST_PARTS = 6
FIRST_SUMS = ("subtotal", "total", "due", "excluded")

#: What each sum proves: those of ``STRONG`` hold by themselves.
STRONG = frozenset({"cash", "parts", "items", "table"})


class Sums:
    """The amounts of a receipt by what they are called; asked once per candidate."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._by_kind: dict[str, list[Decimal]] = {}
        for line in lines:
            if line.kind and line.last is not None:
                self._by_kind.setdefault(line.kind, []).append(line.last)
        self._cash = {abs(a) - abs(b) for a, b in product(self._of("cash", "card"), self._of("change"))}
        self._parts = frozenset(self._sums_of_parts())
        pairs = set(self._net_and_tax())
        self._tables = frozenset(net + tax for net, tax in pairs)
        self._items = frozenset(self._sums_of_items())
        self._printed = Counter(value for line in lines for value in {each.value for each in line.amounts})
        #: Before tax: what they make together with it stands on the receipt, too.
        self._nets = frozenset(net for net, tax in pairs if self._printed[net + tax])

    def evidence(self, value: Decimal) -> frozenset[str]:
        """Names of the sums that come out at ``value``."""
        found = set()
        if value in self._cash:
            found.add("cash")
        if value in self._parts:
            found.add("parts")
        if value in self._tables:
            found.add("table")
        if value in self._items:
            found.add("items")
        if value in self._of("total", "due") and value in self._of("cash", "card"):
            found.add("paid")
        if self._is_taxed(value):
            found.add("rate")
        if value in self._nets:
            found.add("net")
        if self._printed[value] > 1:
            found.add("repeated")
        return frozenset(found)

    def _of(self, *kinds: str) -> list[Decimal]:
        return [value for kind in kinds for value in self._by_kind.get(kind, ())]

    def _sums_of_parts(self) -> Iterable[Decimal]:
        """Subtotals with any of what may be added to them or taken off, each once."""
        added = [each for kind in ADDED for each in dict.fromkeys(self._of(kind)) if each]
        taken = [-abs(each) for each in dict.fromkeys(self._of("discount")) if each]
        for start in dict.fromkeys(self._of("subtotal", "excluded")):
            for size in range(1, 2 ** min(MOST_PARTS, len(added) + len(taken))):
                parts = [part for bit, part in enumerate((added + taken)[:MOST_PARTS]) if size >> bit & 1]
                yield start + sum(parts)
        for start, cents in product(self._of("total", "due", "tax"), self._of("rounding")):
            if cents and abs(cents) < ROUNDED:
                yield from (start + cents, start - cents)

    def _net_and_tax(self) -> Iterable[tuple[Decimal, Decimal]]:
        """A tax table has net, tax and often the sum on one row."""
        for line in self._lines:
            values = [each.value for each in line.amounts if each.value > 0]
            for first, second in product(values, repeat=2):
                if first != second and 0 < second <= first * MOST_TAX and _is_a_rate(first, second):
                    yield first, second

    def _sums_of_items(self) -> Iterable[Decimal]:
        """The column above the first sum: what each row ends with, from wherever the items begin."""
        end = next((i for i, each in enumerate(self._lines) if each.amounts and each.kind in FIRST_SUMS), 0)
        total, count = Decimal(0), 0
        for line in reversed(self._lines[:end]):
            if not line.last or line.kind in ("count", "savings", "suggestion", "change", "cash", "card"):
                continue
            total, count = total + line.last, count + 1
            if count > 1:
                yield total

    def _is_taxed(self, value: Decimal) -> bool:
        """Whether a printed tax is that of ``value`` at a usual rate, contained in it."""
        return any(
            abs(value * rate / (100 + rate) - tax) <= CENT
            for tax in self._of("tax")
            if tax > CENT * 5
            for rate in RATES
        )


def _is_a_rate(net: Decimal, tax: Decimal) -> bool:
    if tax < CENT * 3:
        return False
    return any(abs(net * rate / 100 - tax) <= CENT for rate in RATES)
