"""Line items, where the rows above the first sum say so: a name and what it came to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from ledgerwire.receipts import LineItem
from workers.books.receipts.extraction.amounts import AMOUNT
from workers.books.receipts.extraction.arithmetic import SLACK
from workers.books.receipts.extraction.lines import Line
from workers.books.receipts.findings import Found

QUANTITY = re.compile(
    r"^\s?(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:[xX@*]|pcs?\b|unit|ea\b|\s(?=[A-Za-z]))|[xX]\s?(\d{1,3})\b"
)
MOST = 200
LONGEST = 120
END = ("subtotal", "total", "due", "excluded")


def find_items(lines: Sequence[Line], total: Decimal | None) -> Found[list[LineItem]] | None:
    end = next((index for index, line in enumerate(lines) if line.amounts and line.kind in END), len(lines))
    found: list[LineItem] = []
    name = ""
    for line in lines[:end]:
        if not line.amounts:
            name = line.row.text if any(each.isalpha() for each in line.label) else name
            continue
        if line.kind in (None, "discount") and (item := _item(line, name)) is not None:
            found.append(item)
        name = ""
    if not found or len(found) > MOST:
        return None
    adds_up = any(
        abs(sum(item.amount for item in found) - value) <= SLACK
        for value in [total, *(line.last for line in lines if line.kind in END)]
        if value is not None
    )
    return Found(value=found, confidence=0.92 if adds_up else 0.45)


def _item(line: Line, above: str) -> LineItem | None:
    text = " ".join(AMOUNT.sub(" ", line.row.text).split())
    description = text if sum(each.isalpha() for each in text) >= 3 else above  # noqa: PLR2004 - a code is no name
    if not description:
        return None
    amount = line.amounts[-1].value
    if line.kind == "discount":
        amount = -abs(amount)
    quantity = _quantity(text)
    unit = line.amounts[-2].value if len(line.amounts) > 1 else None
    if quantity is None and unit and amount and unit != amount and amount % unit == 0:
        quantity = amount / unit
    return LineItem(description=description[:LONGEST], quantity=quantity, unit_price=unit, amount=amount)


def _quantity(text: str) -> Decimal | None:
    match = QUANTITY.search(text)
    if not match:
        return None
    try:
        return Decimal((match.group(1) or match.group(2)).replace(",", "."))
    except InvalidOperation:
        return None
