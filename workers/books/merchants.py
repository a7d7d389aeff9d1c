"""Descriptions as banks print them, made comparable."""

from __future__ import annotations

import re
import unicodedata

#: What card networks, banks and payment services put before the merchant's name.
PREFIX = re.compile(
    r"""(?:(?:
        CHECK\ ?CARD(?:\ PURCHASE)?(?:\ \d{4})? | (?:DEBIT|CREDIT|BANK)\ CARD\ (?:PURCHASE|PAYMENT|REFUND)
      | (?:RECURRING|CARD|VISA|MASTERCARD|ONLINE|CONTACTLESS|POS|DEBIT|INTERNET)\ (?:PURCHASE|PAYMENT)
      | PURCHASE\ AUTHORIZED\ ON\ \d\d/\d\d | POS\ (?:DEBIT|CREDIT|REFUND) | POS | ACH\ (?:DEBIT|CREDIT)
      | DIRECT\ DEBIT | SEPA\ \w+ | PURCHASE | RETURN | REFUND | SP
      | X{2,}\d{2,6} | \*{2,}\d{2,6} | \d\d/\d\d(?:/\d{2,4})?
      )(?![^\W_])
      | (?:SQ|TST|PP|PAYPAL|SP|IN|PY|CKE|DD|SUMUP|IZ|ZETTLE|SQUARE)\ ?\*
    )\ *""",
    re.VERBOSE,
)
#: References, the bank's own numbers and the card, after the place.
REFERENCE = re.compile(r"(?:\s+(?:[A-Z]?\d{6,}|CARD\s\d{4}))+$")
#: First words of city names of two words.
CITY = (
    "SAN|SANTA|NEW|LOS|LAS|EL|LA|FORT|FT|SAINT|ST|PORT|LAKE|MOUNT|MT|NORTH|SOUTH|EAST|WEST|LITTLE|LONG|GRAND|"
    "SALT LAKE|KANSAS|OKLAHOMA|JERSEY|CEDAR|BATON|DES|PALM|PALO|CAPE|GREEN|SIOUX|COSTA|BOCA|ANN|VIRGINIA|CORPUS"
)
#: States and provinces of North America, and countries. Colorado is apart: CO ends the names of companies too.
REGION = (
    "A[BKLRUZ]|BC|C[AT]|D[CE]|E[S]|F[LR]|G[AB]|HI|I[ADELNT]|K[SY]|LA|M[ABDEINOST]|N[BCDEHJLMSVYZ]|O[HKNR]|P[AER]|"
    "QC|RI|S[CDK]|T[NX]|U[KST]|V[AT]|W[AIVY]"
)
COLORADO = r"(?:DENVER|BOULDER|AURORA|PUEBLO|LAKEWOOD|LITTLETON|ENGLEWOOD|GOLDEN|COLORADO\s+\w+|(?:FORT|FT)\s+COLLINS)"
PLACE = re.compile(
    rf"\s+(?:(?:(?:{CITY})\.?\s)?[^\W\d_]+\.?\s+(?:{REGION})|{COLORADO}\s+CO)$",
)
#: Where the name ends: reference, branch number, padding before the city, the bank's own ids.
TAIL = re.compile(
    r"\*|\s{2,}|\s#|\s(?:WEB|PPD|REF|CARD|TRACE|AUTH|ID)[ :#]*(?=\w*\d)|\sWEB ID|\s\d\d[/.]\d\d|\s\S*\d{4}|\sPAYMENT$"
)
WORD = re.compile(r"[^\W\d_]+(?:['&.\-][^\W\d_]+)*")
#: Two words tell merchants apart; more would split one merchant by its branches.
KEY_WORDS = 2
#: These tell nothing: TRANSFER TO ANNA and TRANSFER TO BEN are two.
CONNECTING = frozenset({"THE", "TO", "FROM", "OF", "AND", "FOR", "PAYMENT", "TRANSFER", "ONLINE"})
KEY_LENGTH = 64
#: Of the description that is looked at: what is behind has never been a name.
LOOKED_AT = 200


def normalise(description: str) -> str:
    """Upper case, one form of every letter, one blank between words."""
    if not description.isascii():
        description = unicodedata.normalize("NFKC", description)
    return " ".join(description.upper().split())


def merchant_name(description: str) -> str:
    """All of it that is left without card, branch, place and reference, in upper case; often cut short by the bank."""
    text = description.upper().strip()[:LOOKED_AT]
    while match := PREFIX.match(text):
        text = text[match.end() :]
    text = REFERENCE.sub("", text)
    if place := PLACE.search(text):
        text = text[: place.start()]
    return TAIL.split(text, maxsplit=1)[0].strip()


def merchant_key(description: str) -> str:
    """The words that tell the merchant, the same for all its branches; empty where there are none to see."""
    words: list[str] = []
    telling = 0
    for word in WORD.findall(merchant_name(description)):
        words.append(word)
        telling += word not in CONNECTING
        if telling == KEY_WORDS:
            break
    return " ".join(words)[:KEY_LENGTH]
