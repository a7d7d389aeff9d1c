"""What kind of amount stands in a row, by the words beside it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from rapidfuzz import fuzz

from workers.books.receipts.extraction.amounts import AMOUNT, normal, repair
from workers.books.receipts.extraction.rows import Row

#: Letters a word needs before something that only looks like it is taken for it.
FUZZY_FROM = 5
ALIKE = 84.0
#: A whole percentage and nothing else: what a tip of so much would be.
PERCENT = re.compile(r"\(?(?:1[0258]|2[0258]|30)%\)?")
#: A label is short; a sentence that happens to say "total" is none.
LONGEST = 60
#: Words that keep any other word of the row from saying what is to be paid.
NEVER_TOTAL = ("suggestion", "savings", "count", "rounding", "change", "excluded", "subtotal", "tax", "service", "tip",
               "discount")  # fmt: skip


class Kind(msgspec.Struct, frozen=True):
    name: str
    words: tuple[str, ...]
    #: Of the label's letters without blanks.
    patterns: tuple[re.Pattern[str], ...]
    #: Its words may be so short that they must stand alone.
    short: bool = False


@cache
def kinds() -> tuple[Kind, ...]:
    text = files(__package__).joinpath("labels.toml").read_text(encoding="utf-8")
    tables: list[dict[str, Any]] = tomllib.loads(text)["kind"]
    return tuple(
        Kind(
            each["name"],
            tuple(word.lower().replace(" ", "") for word in each["words"]),
            tuple(re.compile(pattern) for pattern in each.get("patterns", ())),
            each.get("short", False),
        )
        for each in tables
    )


def label_of(row: Row) -> str:
    """The row without its amounts, in lower case."""
    text = " ".join(repair(word.text) for word in row.words)
    return plain(AMOUNT.sub(" ", text))


def plain(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", normal(text).lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


@cache
def kind_of(label: str) -> str | None:
    """The first kind whose word the label holds, as written; else the first it looks like."""
    tokens = re.findall(r"[a-z%@\d]+", label)
    compact = "".join(tokens)
    if PERCENT.fullmatch(compact):
        return "suggestion"
    if not any(each.isalpha() for each in compact) or len(compact) > LONGEST:
        return None
    for kind in kinds():
        if any(pattern.search(compact) for pattern in kind.patterns):
            return kind.name
    for kind in kinds():
        if any(_holds(compact, tokens, word, short=kind.short) for word in kind.words):
            return kind.name
    letters = re.sub(r"[^a-z]", "", compact)
    for kind in kinds():
        if any(len(word) >= FUZZY_FROM and _resembles(letters, word) for word in kind.words):
            return kind.name
    return None


def _holds(compact: str, tokens: list[str], word: str, *, short: bool) -> bool:
    if len(word) < FUZZY_FROM and short:
        return word in tokens or any(re.fullmatch(rf"\d*{word}\d*%?", token) for token in tokens)
    return word in compact


def _resembles(letters: str, word: str) -> bool:
    if len(letters) < len(word) - 1:
        return False
    return fuzz.partial_ratio(word, letters, score_cutoff=ALIKE) >= ALIKE
