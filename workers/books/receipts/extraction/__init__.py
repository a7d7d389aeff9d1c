"""Fields out of words: pure, the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workers.books.receipts.extraction.dates import find_date
from workers.books.receipts.extraction.money import find_money
from workers.books.receipts.extraction.numbers import find_number
from workers.books.receipts.extraction.payments import without_card_numbers
from workers.books.receipts.extraction.places import place_of
from workers.books.receipts.extraction.rows import rows_of
from workers.books.receipts.extraction.vendors import find_vendor
from workers.books.receipts.findings import Findings, Found
from workers.outside.ocr.words import Page


def extract(pages: Sequence[Page], *, today: date, vendors: Sequence[str] = ()) -> Findings:
    """What the words say. ``vendors``: those the company knows; ``today``: no receipt is from the future."""
    rows = rows_of(pages)
    place = place_of(rows)
    money = find_money(rows, pages)
    currency = Found(value=place.currency, confidence=place.confidence) if place.currency else None
    return Findings(
        vendor=find_vendor(rows, pages, vendors),
        date=find_date(rows, pages, place, today),
        total=money.total,
        currency=currency,
        subtotal=money.subtotal,
        tip=money.tip,
        taxes=money.taxes,
        payment_method=money.payment_method,
        card=money.card,
        number=find_number(rows, pages),
        items=money.items,
        text=without_card_numbers("\n".join(row.text for row in rows)),
    )
