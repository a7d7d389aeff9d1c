"""How it was paid, and the last four digits of the card: never more of its number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.books.receipts.extraction.lines import Line
from workers.books.receipts.extraction.rows import box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

#: A masked number (``************1234``), or the name of a card beside four digits.
MASKED = re.compile(r"(?:[*xX#•.]\s?){3,}\s?-?\s?(\d{4})(?!\d)")
ENDING = re.compile(
    r"(?:ending(?:\s?in)?|card\s?(?:no|#|number)?\s?[:.]?|account)\s?[*xX#]*\s?(\d{4})(?!\d)", re.IGNORECASE
)
#: A whole number of a card, in groups of four or in one.
WHOLE = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})[ -]?(\d{4})[ -]?(\d{1,7})(?!\d)")
SLIP = re.compile(
    r"\b(?:approval|auth(?:orisation|orization)?\s?(?:code|no)|aid|contactless|chip|terminal id|merchant id)\b",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\b(?:paypal|voucher|gift card|cheque|check no|grab ?pay|alipay|twint|swish|bizum)\b", re.IGNORECASE
)


def find_payment(lines: Sequence[Line], pages: Sequence[Page]) -> tuple[Found[str] | None, Found[str] | None]:
    card = _card_number(lines, pages)
    by_card = [line for line in lines if line.kind == "card" and line.amounts]
    change = any(line.kind == "change" and (line.last or 0) > 0 for line in lines)
    cash = [line for line in lines if line.kind == "cash" and line.amounts]
    slip = [line for line in lines if SLIP.search(line.row.text)]
    if card or by_card or (slip and not change):
        return _method(
            "card", next(iter(by_card or slip), None), pages, 0.9 if card and not change else 0.75, card
        ), card
    if cash or change:
        return _method(
            "cash", cash[0] if cash else None, pages, 0.92 if change and cash else 0.75, None
        ), None
    other = [line for line in lines if OTHER.search(line.row.text)]
    return (_method("other", other[0], pages, 0.6, None) if other else None), None


def _method(
    name: str, line: Line | None, pages: Sequence[Page], confidence: float, card: Found[str] | None
) -> Found[str]:
    box = (
        box_of(line.row.words, pages[line.row.page - 1], line.row.page)
        if line
        else card.box
        if card
        else None
    )
    return Found(value=name, confidence=confidence, box=box)


def _card_number(lines: Sequence[Line], pages: Sequence[Page]) -> Found[str] | None:
    for line in lines:
        text = line.row.text
        match = MASKED.search(text) or (ENDING.search(text) if line.kind == "card" else None)
        if match:
            return Found(
                value=match.group(1),
                confidence=0.9,
                box=box_of(line.row.words, pages[line.row.page - 1], line.row.page),
            )
    return None


def without_card_numbers(text: str) -> str:
    """What may be kept: of a number as long as a card's, the last four digits (PCI DSS 4.0, 3.4)."""
    return WHOLE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    digits = "".join(match.groups())
    return match.group() if not _is_card(digits) else "*" * (len(digits) - 4) + digits[-4:]


def _is_card(digits: str) -> bool:
    """By the check digit that all of them have (ISO/IEC 7812-1, Luhn)."""
    doubled = (int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits)))
    return len(digits) >= 13 and sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # noqa: PLR2004
