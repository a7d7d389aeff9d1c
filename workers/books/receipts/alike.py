"""How alike two names, or two pictures, are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from workers.books.merchants import merchant_name

#: Of the bits of two perceptual hashes, the share that may differ in two pictures of one receipt. Measured on 82
#: scans: sent once more, smaller or as another JPEG, at most 8 of 256 bits; tilted by half a degree 30; any two others
#: from 46.
DIFFERENT_BITS = 0.12
#: What says how a firm is made, and not who it is.
LEGAL = frozenset(
    {
        "SDN",
        "BHD",
        "LTD",
        "LIMITED",
        "LLC",
        "LLP",
        "INC",
        "CORP",
        "CORPORATION",
        "CO",
        "COMPANY",
        "PLC",
        "PTY",
        "PTE",
    }
    | {
        "GMBH",
        "MBH",
        "AG",
        "KG",
        "OHG",
        "UG",
        "EK",
        "SA",
        "SARL",
        "SAS",
        "BV",
        "NV",
        "AB",
        "OY",
        "SRL",
        "SPA",
    }
    | {"THE", "AND"}
)
#: Fewer letters stand in every name.
TELLING = 4
PART = 5
#: Two readings of one name, in per cent.
ONE_NAME = 85


def look_alike(first: str | None, second: str | None) -> bool:
    """Whether two perceptual hashes, in hex, are of one picture; a hash of another length is of another making."""
    if not first or not second or len(first) != len(second):
        return False
    different = (int(first, 16) ^ int(second, 16)).bit_count()
    return different <= DIFFERENT_BITS * 4 * len(first)


def same_vendor(first: str | None, second: str | None) -> bool:
    """Of two receipts: as two readings of one name may differ."""
    one, other = _words(first or ""), _words(second or "")
    return bool(one and other) and fuzz.ratio("".join(one), "".join(other)) >= ONE_NAME


def likeness(vendor: str | None, description: str) -> float | None:
    """0-1 of a receipt's vendor and a bank's line; null where one of them says no name.

    Banks cut names short, leave out blanks and add what the receipt does not say, so a part may stand for the whole.
    """
    one, other = _words(vendor or ""), _words(merchant_name(description))
    if not one or not other:
        return None
    together = "".join(one), "".join(other)
    scores = [fuzz.ratio(*together), fuzz.token_sort_ratio(" ".join(one), " ".join(other))]
    if len("".join(set(one) & set(other))) >= TELLING:
        scores.append(fuzz.token_set_ratio(" ".join(one), " ".join(other)))
    if min(map(len, together)) >= PART:
        scores.append(0.95 * fuzz.partial_ratio(*together))
    return max(scores) / 100


@lru_cache(maxsize=16_384)
def _words(name: str) -> tuple[str, ...]:
    """Of one page of receipts the same few names come again with each candidate."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(letter)
    )
    words = re.findall(r"[^\W_]+", bare.replace("'", "").replace("\u2019", ""))
    if words and all(word.isdigit() for word in words):
        # A card's or a branch's number is no name.
        return ()
    return tuple(word for word in words if word not in LEGAL) or tuple(words)
