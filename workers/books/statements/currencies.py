"""Which money a word or sign names, and what that says of the country it is used in."""

from __future__ import annotations

import re

from workers.books.statements.words import simplify, vocabulary

_data = vocabulary("currencies.toml")

CODES = frozenset(_data["codes"].split())
#: By sign in lower case without accents; empty for one that several countries share.
SYMBOLS: dict[str, str] = _data["symbols"]
UNMISTAKABLE = frozenset(_data["unmistakable"])
MONTH_FIRST = frozenset(_data["month_first"])
THREE_DIGITS = frozenset(_data["three_digits"])

CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|(?<=[(\[])[A-Za-z]{3}(?=[)\]])")
#: As it stands beside a word: ``Betrag in EUR``, ``Kwota w PLN``.
BESIDE = re.compile(r"(?<!\w)(?:in|en|em|w|v|i)\s+([A-Za-z]{3})(?!\w)", re.IGNORECASE)
# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant
SIGN = re.compile(
    r"[€£₽₴₺₹₪₩฿₫]|(?<!\w)(?:(?:R|US|AU?|CA?|NZ|HK|S|MX|NT)\$|(?:euros?|euroa|kč|zł|грн|руб)(?!\w))",
    re.IGNORECASE,
)


def currency_of(text: str) -> str | None:
    """The currency that a whole cell names: a code, a sign or a word; null where it names none."""
    stripped = text.strip()
    if stripped.upper() in CODES:
        return stripped.upper()
    return SYMBOLS.get(plain_sign(stripped)) or None


def currency_in(text: str) -> str | None:
    """The one currency that is named somewhere in a header or a title."""
    named = {code.upper() for code in (*CODE.findall(text), *BESIDE.findall(text))} & CODES
    named |= {SYMBOLS[plain_sign(sign)] for sign in SIGN.findall(text)}
    return named.pop() if len(named) == 1 else None


def without_currency(text: str) -> str:
    """A header without the currency beside its word."""
    for pattern in (BESIDE, CODE):
        text = pattern.sub(_unless_other, text)
    return SIGN.sub(" ", text)


def _unless_other(match: re.Match[str]) -> str:
    """Nothing for a currency; what stands there for another word of three letters."""
    return " " if match[match.re.groups].upper() in CODES else match[0]


def plain_sign(text: str) -> str:
    """``Kč``, ``kc`` and ``KČ`` are one; so are ``Fr.`` and ``fr``."""
    lowered = text.lower().removesuffix(".")
    return lowered if lowered in SYMBOLS else simplify(lowered) or lowered
