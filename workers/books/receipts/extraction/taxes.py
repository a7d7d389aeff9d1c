"""Tax lines: what is called a tax, with its rate where one is printed or can be reckoned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

from ledgerwire.receipts import TaxLine
from workers.books.receipts.extraction.arithmetic import CENT, MOST_TAX, RATES
from workers.books.receipts.extraction.lines import Line
from workers.books.receipts.extraction.rows import box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

NAMES = (
    "gst",
    "sst",
    "vat",
    "mwst",
    "ust",
    "tva",
    "iva",
    "btw",
    "moms",
    "mva",
    "hst",
    "pst",
    "qst",
    "sales tax",
    "service tax",
    "tax",
)
RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,3})?)\s?%")
MOST_LINES = 8


def find_taxes(
    lines: Sequence[Line], pages: Sequence[Page], total: Decimal | None
) -> Found[list[TaxLine]] | None:
    found: list[TaxLine] = []
    first: Line | None = None
    for line in lines:
        tax = _tax_of(line, total)
        if tax is not None and not any(same.amount == tax.amount and same.name == tax.name for same in found):
            found.append(tax)
            first = first or line
    if first is None or len(found) > MOST_LINES:
        return None
    words = [word for amount in first.amounts for word in amount.words]
    proven = all(each.base is not None for each in found)
    return Found(
        value=found,
        confidence=0.9 if proven else 0.7,
        box=box_of(words, pages[first.row.page - 1], first.row.page),
    )


def _tax_of(line: Line, total: Decimal | None) -> TaxLine | None:
    if line.kind not in ("tax", None) or not line.amounts:
        return None
    rate = _printed_rate(line)
    pair = _net_and_tax([each.value for each in line.amounts], rate)
    if pair is not None:
        base, amount = pair
        return TaxLine(name=_name(line), rate=rate or _reckoned(base, amount), base=base, amount=amount)
    amount = line.amounts[-1].value
    if line.kind != "tax" or amount <= 0 or (total is not None and amount > total * MOST_TAX):
        return None
    return TaxLine(name=_name(line), rate=rate, amount=amount)


def _net_and_tax(values: Sequence[Decimal], rate: Decimal | None) -> tuple[Decimal, Decimal] | None:
    for base, amount in permutations(values, 2):
        if not 0 < amount <= base * MOST_TAX:
            continue
        if rate is not None and abs(base * rate / 100 - amount) <= CENT:
            return base, amount
        if rate is None and amount > CENT * 3 and _reckoned(base, amount) is not None:
            return base, amount
    return None


def _reckoned(base: Decimal, amount: Decimal) -> Decimal | None:
    return next((rate for rate in RATES if abs(base * rate / 100 - amount) <= CENT), None)


def _printed_rate(line: Line) -> Decimal | None:
    match = RATE.search(line.row.text)
    return Decimal(match.group(1).replace(",", ".")) if match else None


def _name(line: Line) -> str:
    return next(
        (name.title() if " " in name else name.upper() for name in NAMES[:-1] if name in line.label), "Tax"
    )
