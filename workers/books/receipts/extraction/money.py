"""All money of a receipt, from its rows: the total first, and then what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from ledgerwire.receipts import Alternative, Box, LineItem, TaxLine
from workers.books.receipts.extraction import items, payments, taxes, totals
from workers.books.receipts.extraction.amounts import Amount
from workers.books.receipts.extraction.arithmetic import Sums
from workers.books.receipts.extraction.lines import Line, lines_of
from workers.books.receipts.extraction.rows import Row, box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

MOST_ALTERNATIVES = 4


class Money(msgspec.Struct, frozen=True, kw_only=True):
    total: Found[Decimal] | None = None
    subtotal: Found[Decimal] | None = None
    tip: Found[Decimal] | None = None
    taxes: Found[list[TaxLine]] | None = None
    payment_method: Found[str] | None = None
    card: Found[str] | None = None
    items: Found[list[LineItem]] | None = None


def find_money(rows: Sequence[Row], pages: Sequence[Page]) -> Money:
    lines = lines_of(rows)
    ranked = totals.candidates(lines, Sums(lines))
    total = _total(ranked, pages) if ranked else None
    paid = total.value if total else None
    method, card = payments.find_payment(lines, pages)
    return Money(
        total=total,
        subtotal=_labelled(lines, pages, ("subtotal", "excluded"), paid),
        tip=_labelled(lines, pages, ("tip",), paid),
        taxes=taxes.find_taxes(lines, pages, paid),
        payment_method=method,
        card=card,
        items=items.find_items(lines, paid),
    )


def _total(ranked: Sequence[totals.Candidate], pages: Sequence[Page]) -> Found[Decimal]:
    first = ranked[0]
    rest = [
        Alternative(str(each.value), round(0.5 / rank, 3), box_of_amount(each.amount, pages))
        for rank, each in enumerate(ranked[1 : MOST_ALTERNATIVES + 1], start=2)
    ]
    return Found(
        value=first.value,
        confidence=round(totals.confidence(ranked), 3),
        box=box_of_amount(first.amount, pages),
        alternatives=rest,
    )


def _labelled(
    lines: Sequence[Line], pages: Sequence[Page], kinds: tuple[str, ...], paid: Decimal | None
) -> Found[Decimal] | None:
    """The last such amount that fits into the total."""
    fitting = [
        line.amounts[-1]
        for line in lines
        if line.kind in kinds
        and line.amounts
        and line.amounts[-1].value > 0
        and (paid is None or line.amounts[-1].value <= paid)
    ]
    if not fitting:
        return None
    amount = fitting[-1]
    return Found(value=amount.value, confidence=0.8, box=box_of_amount(amount, pages))


def box_of_amount(amount: Amount, pages: Sequence[Page]) -> Box:
    return box_of(amount.words, pages[amount.row.page - 1], amount.row.page)
