"""Amounts of money in a row, as shops print them and as engines misread them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import msgspec

from workers.books.receipts.extraction.rows import Row
from workers.outside.ocr.words import Word

#: Letters that stand for digits where most of a token is digits.
MISREAD = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "i": "1",
                         "S": "5", "s": "5", "B": "8", "Z": "2", "z": "2"})  # fmt: skip
NUMBERLIKE = re.compile(
    r"[-(]?(?:[A-Z]{0,3}[$€£]?)?[\dOoQDlI|iSsBZz]+(?:[.,:][\dOoQDlI|iSsBZz]+)+[-)]?[A-Z*]?"
)
AMOUNT = re.compile(
    r"""
    (?<![\w.,:/#-]) (?P<sign>[-(]\s?)?
    (?: (?P<mark>RM|US\$|A\$|S\$|C\$|CHF|EUR|GBP|USD|AUD|SGD|MYR|CAD|SEK|NOK|DKK|INR|kr|Fr|Rs\.?|[$€£¥₹]) \s{0,3} )?
    (?P<minus>-)?
    (?P<whole> \d{1,3}(?:[ ]\d{3})+(?=,\d\d) | \d{1,3}(?:,\d{3})+(?=\s?\.) | \d{1,3}(?:\.\d{3})+(?=\s?,) | \d{1,7} )
    (?: \s?[.,]\s? ) (?P<cents>\d{2}|-(?=\s|$))
    (?P<after>[-)])?
    (?! \d | [.,:/-]\d | \s?% | \s?(?:kg|lb|g|ml|l|oz|km|mi|gal)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: A sum without cents, which counts only beside the mark of a currency.
WHOLE = re.compile(
    r"(?<![\w.,:/#-])(?P<mark>RM|US\$|A\$|S\$|C\$|CHF|EUR|GBP|USD|AUD|SGD|MYR|CAD|SEK|NOK|DKK|INR|Rs\.?|kr|[$€£¥₹])\s{0,3}"
    r"(?P<whole>\d{1,3}(?:[,.]\d{3})+|\d{1,7})(?![\d.,:/%-]|\s?[.,]\s?\d)",
    re.IGNORECASE,
)
#: A point that was read as a hyphen, a colon or a blank: only where the row says that it is a sum.
BROKEN = re.compile(
    r"(?<![\d.,:/-])(?P<mark>RM|[$€£])?\s?(?P<whole>\d{1,5})\s?[-:' ]\s?(?P<cents>\d\d)(?![\d.,:/-])\s*$"
)


class Amount(msgspec.Struct, frozen=True):
    """``value`` as it is printed in the words of ``row`` from ``first`` up to and without ``end``."""

    value: Decimal
    row: Row
    first: int
    end: int
    #: Whether a letter had to be taken for a digit.
    repaired: bool = False

    @property
    def words(self) -> list[Word]:
        return self.row.words[self.first : self.end]

    @property
    def is_last(self) -> bool:
        return self.end >= len(self.row.words)

    @property
    def confidence(self) -> float:
        return min(word.confidence for word in self.words)


def amounts_in(row: Row, *, broken: bool = False) -> list[Amount]:
    """All amounts of a row, from left to right; with ``broken`` also one whose point was misread."""
    text, repaired = "", False
    places: list[int] = []
    for index, word in enumerate(row.words):
        part = repair(word.text)
        repaired = repaired or part != normal(word.text)
        text += part + " "
        places += [index] * (len(part) + 1)
    found = [_amount(match, row, places, repaired=repaired) for match in AMOUNT.finditer(text)]
    if not found:
        found = [_amount(match, row, places, repaired=repaired) for match in WHOLE.finditer(text)]
    if not found and broken:
        found = [_amount(match, row, places, repaired=True) for match in BROKEN.finditer(text)]
    return found


def read_amount(text: str) -> Decimal | None:
    """The one amount in ``text``, or None."""
    matches = list(AMOUNT.finditer(normal(text))) or list(WHOLE.finditer(normal(text)))
    return value_of(matches[0]) if len(matches) == 1 else None


def value_of(match: re.Match[str]) -> Decimal:
    parts = match.groupdict()
    whole = re.sub(r"[^\d]", "", parts["whole"])
    cents = parts.get("cents") or "00"
    value = Decimal(f"{whole}.{cents if cents != '-' else '00'}")
    negative = any(parts.get(name) for name in ("sign", "minus", "after"))
    return -value if negative else value


def _amount(match: re.Match[str], row: Row, places: list[int], *, repaired: bool) -> Amount:
    start = match.start("mark") if match.group("mark") else match.start("whole")
    first, last = places[start], places[match.end() - 1]
    return Amount(value_of(match), row, first, last + 1, repaired)


def normal(text: str) -> str:
    """Full-width forms of another script's printers made plain."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")


def repair(token: str) -> str:
    """Letters inside what is otherwise a number, as the digits they look like."""
    token = normal(token)
    if NUMBERLIKE.fullmatch(token) and sum(each.isdigit() for each in token) >= len(token) / 2 - 1:
        mark = re.match(r"[-(]?(?:RM|US|EUR|GBP|A|S|C)?[$€£]?(?=[\dOoQDlI|iSsBZz])", token)
        head = mark.group() if mark else ""
        return head + token[len(head) :].translate(MISREAD)
    return token
