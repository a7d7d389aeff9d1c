"""Descriptions as banks print them, made comparable."""

from __future__ import annotations

import re
import unicodedata

#: What card networks and banks put before the merchant's name.
PREFIX = re.compile(
    r"""(?:
        CHECK\ ?CARD(?:\ PURCHASE)?(?:\ \d{4})? | (?:DEBIT|CREDIT|BANK)\ CARD\ (?:PURCHASE|PAYMENT|REFUND)
      | (?:RECURRING|CARD|VISA|MASTERCARD|ONLINE|CONTACTLESS|POS|DEBIT|INTERNET)\ (?:PURCHASE|PAYMENT)
      | PURCHASE\ AUTHORIZED\ ON\ \d\d/\d\d | POS\ (?:DEBIT|CREDIT|REFUND) | POS | ACH\ (?:DEBIT|CREDIT)
      | DIRECT\ DEBIT | SEPA\ \w+ | PURCHASE | RETURN | REFUND
      | X{2,}\d{2,6} | \*{2,}\d{2,6} | \d\d/\d\d(?:/\d{2,4})?
      | (?:SQ|TST|PP|PAYPAL|SP|IN|PY|SUMUP|IZ|ZETTLE|SQUARE)\ ?\*
    )\ *""",
    re.VERBOSE,
)
#: Where the merchant's name ends: reference, branch number, padding before the city, the bank's own ids.
TAIL = re.compile(r"\*|\s{2,}|\s#|\s(?:WEB|PPD|REF|CARD|TRACE|AUTH|ID)[ :#]*(?=\w*\d)|\sWEB ID")
WORD = re.compile(r"[^\W\d_]+(?:['&.\-][^\W\d_]+)*")
#: Two words tell merchants apart; more would split one merchant by its branches.
KEY_WORDS = 2
KEY_LENGTH = 64


def normalise(description: str) -> str:
    """Upper case, one form of every letter, one blank between words."""
    if not description.isascii():
        description = unicodedata.normalize("NFKC", description)
    return " ".join(description.upper().split())


def merchant_key(description: str) -> str:
    """The merchant's name without card, branch, city and reference; empty where there is none to see."""
    text = description.upper().strip()
    while match := PREFIX.match(text):
        text = text[match.end() :]
    name = TAIL.split(text, maxsplit=1)[0]
    return " ".join(WORD.findall(name)[:KEY_WORDS])[:KEY_LENGTH]
