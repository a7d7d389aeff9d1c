"""Where a receipt comes from, as far as it shows: its currency, and whether its dates begin with the month."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from workers.books.receipts.extraction.amounts import normal
from workers.books.receipts.extraction.rows import Row


class Place(msgspec.Struct, frozen=True):
    """Null is not known."""

    #: ISO 3166-1, as far as the currency settles it.
    country: str | None
    #: ISO 4217, and how sure that is.
    currency: str | None
    confidence: float
    #: Whether 03/04 is the third of April.
    day_first: bool


#: Evidence: a pattern, the currency it speaks for, and its weight.
SIGNS: tuple[tuple[str, str, float], ...] = (
    (r"\bRM\s?\d|\bRM\b|\bMYR\b|\(RM\)", "MYR", 2.0),
    (r"\bSDN\.?\s?BHD\b|\bS/B\b|\bBERHAD\b|\bENTERPRISE\b", "MYR", 1.5),
    (r"\bJALAN\b|\bTAMAN\b|\bKUALA\b|\bSELANGOR\b|\bJOHOR\b|\bTUNAI\b|\bBAKI\b|\bJUMLAH\b|\bMALAYSIA\b|\.COM\.MY\b", "MYR", 1.2),
    (r"\bGST\s?(?:REG|ID|NO)\b.{0,6}\d{9,12}", "MYR", 1.0),
    (r"\bS\$|\bSGD\b|\bSINGAPORE\b|\bPTE\.? LTD\b|\.COM\.SG\b", "SGD", 2.0),
    (r"\bABN\b|\bA\$|\bAUD\b|\bPTY\.?\s?LTD\b|\bEFTPOS\b|\b(?:NSW|VIC|QLD|TAS)\s?\d{4}\b|\.COM\.AU\b", "AUD", 2.0),
    (r"\bNZD\b|\bNZ\$|\.CO\.NZ\b|\bNEW ZEALAND\b", "NZD", 2.0),
    (r"\bCAD\b|\bC\$|\bHST\b|\bPST\b|\bQST\b|\bTPS\b|\bTVQ\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b(?:ON|BC|QC|AB),? [A-Z]\d[A-Z]", "CAD", 1.8),
    (r"£|\bGBP\b|\bVAT (?:REG|NO)\b.{0,6}(?:GB)?\s?\d{3}|\.CO\.UK\b|\bUNITED KINGDOM\b", "GBP", 2.0),
    (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", "GBP", 0.8),
    (r"€|\bEUR\b|\bEURO\b", "EUR", 2.0),
    (r"\bMWST\b|\bUST\b|\bGMBH\b|\bSUMME\b|\bBETRAG\b|\bSTR\. ?\d|STRA(?:SS|ß)E\b|\bSTEUER|\bTEL\.?:? ?0\d{2,4} ?/", "EUR", 1.2),
    (r"\bTVA\b|\bSIRET\b|\bSARL\b|\bRUE\b|\bIVA\b|\bNIF\b|\bP\.? ?IVA\b|\bBTW\b|\bKVK\b", "EUR", 1.2),
    (r"\bCHF\b|\bFR\. ?\d|\bCHE-\d", "CHF", 2.5),
    (r"\bSEK\b|\bMOMS\b|\bORG\.? ?NR\b.{0,4}\d{6}-\d{4}", "SEK", 1.5),
    (r"\bNOK\b|\bMVA\b|\bFORETAKSREGISTERET\b", "NOK", 2.0),
    (r"\bDKK\b|\bCVR\b", "DKK", 2.0),
    (r"\bUSD\b|\bUS\$", "USD", 2.0),
    (r"\b(?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK"
     r"|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC)[,.]? ?\d{5}(?:-\d{4})?\b", "USD", 2.5),
    (r"(?<!\d)\(\d{3}\) ?\d{3}[- .]\d{4}\b|(?<![\d-])\d{3}[-.]\d{3}[-.]\d{4}\b", "USD", 1.0),
    (r"\bSALES TAX\b|\bGRATUITY\b|\bSTATE TAX\b|\bSERVER\b|\bCHECK ?#|\bGUESTS?:? ?\d", "USD", 0.8),
    (r"\$ ?\d", "USD", 0.7),
)  # fmt: skip
PATTERNS = tuple((re.compile(pattern), currency, weight) for pattern, currency, weight in SIGNS)
COUNTRIES = {"MYR": "MY", "SGD": "SG", "AUD": "AU", "NZD": "NZ", "CAD": "CA", "GBP": "GB", "CHF": "CH", "SEK": "SE",
             "NOK": "NO", "DKK": "DK", "USD": "US"}  # fmt: skip
#: Dollars of other countries carry the same sign.
MONTH_FIRST = ("USD",)
ENOUGH = 1.2
SURE = 3.0


def place_of(rows: Sequence[Row]) -> Place:
    scores: dict[str, float] = defaultdict(float)
    text = "\n".join(normal(row.text).upper() for row in rows)
    for pattern, currency, weight in PATTERNS:
        times = len(pattern.findall(text))
        scores[currency] += weight * min(times, 3) ** 0.5
    (first, score), (_second, runner_up) = (
        sorted(scores.items(), key=lambda each: -each[1]) + [("", 0.0)] * 2
    )[:2]
    if score < ENOUGH or score - runner_up < 0.5:  # noqa: PLR2004
        return Place(None, None, 0.0, day_first=not scores["USD"])
    confidence = 0.95 if score - runner_up >= SURE else 0.8
    return Place(COUNTRIES.get(first), first, confidence, day_first=first not in MONTH_FIRST)
