"""What was found on a receipt, with its evidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

from ledgerwire.receipts import Alternative, Box, LineItem, TaxLine

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    value: T
    #: 0-1, calibrated: of answers at 0.9, nine in ten and more are right.
    confidence: float
    box: Box | None = None
    #: Best first, written as on the wire.
    alternatives: list[Alternative] = []
    #: ``ocr`` or ``llm``.
    read_by: str = "ocr"


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Null where nothing was found; money is positive."""

    vendor: Found[str] | None = None
    date: Found[date] | None = None
    total: Found[Decimal] | None = None
    currency: Found[str] | None = None
    subtotal: Found[Decimal] | None = None
    tip: Found[Decimal] | None = None
    #: One field with as many lines as are printed.
    taxes: Found[list[TaxLine]] | None = None
    #: ``cash``, ``card`` or ``other``.
    payment_method: Found[str] | None = None
    card: Found[str] | None = None
    number: Found[str] | None = None
    items: Found[list[LineItem]] | None = None
    #: All that was read, row by row.
    text: str = ""
