"""What a model looks at in a line: five kinds of tokens."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from workers.books.learning.trades import read_signs
from workers.books.merchants import merchant_name


class Kind(msgspec.Struct, frozen=True):
    name: str
    #: How much its tokens may move a decision, beside those of the other kinds.
    weight: float
    #: A line's tokens share the weight, the rarer the more; otherwise each has all of it.
    shared: bool


#: Weights were chosen by cross-validation in which the held-back lines were later and a fifth of the merchants unknown.
KINDS = (
    Kind("name", 1.0, shared=True),
    # Consonants only: banks that have no room leave the vowels out.
    Kind("consonants", 0.6, shared=True),
    # The company's own use of the words: it goes over what others do.
    Kind("habit", 1.0, shared=True),
    Kind("trade", 0.5, shared=False),
    Kind("amount", 0.3, shared=False),
)
Tokens = tuple[list[str], ...]

#: Of a name that is looked at; most banks print 22 to 25.
NAME_LENGTH = 40
WORD = re.compile(r"[^\W_]+")
NO_CONSONANT = re.compile(r"[AEIOU\W_]+")


def tokens(company_id: str, description: str, amount: Decimal) -> Tokens:
    """One list for each of KINDS."""
    words = name_words(description)
    return (*name_tokens(words), habit_tokens(company_id, words), trade_tokens(words), amount_tokens(amount))


def primer_tokens(phrase: str) -> Tokens:
    """Of a line of nobody's, which is only a name."""
    words = WORD.findall(phrase)
    return (*name_tokens(words), [], trade_tokens(words), [])


def name_words(description: str) -> list[str]:
    name = merchant_name(description)[:NAME_LENGTH]
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return WORD.findall(name.replace("'", ""))


def name_tokens(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Pieces of the name and, marked, of its last word, which often tells the trade; and pieces of its consonants."""
    if not words:
        return [], []
    name = list(_pieces(f" {' '.join(words)} ", 2, 4))
    if len(words) > 1:
        name += [f"${piece}" for piece in _pieces(f" {words[-1]} ", 3, 5)]
    return name, list(_pieces(f" {consonants(words)} ", 3, 5))


def habit_tokens(company_id: str, words: Sequence[str]) -> list[str]:
    if not words:
        return []
    skeleton = consonants(words)
    return [f"{company_id}|{each}" for each in (*words, f"-{skeleton[:6]}", f"-{skeleton[:10]}")]


def trade_tokens(words: Sequence[str]) -> list[str]:
    signs = read_signs(words)
    return [f"!{trade}" for trade in sorted(signs.sure)] + sorted(signs.sure | signs.likely)


def amount_tokens(amount: Decimal) -> list[str]:
    """The direction, and the size in half octaves; neighbours share a token, for 9.99 and 10.01 are alike."""
    sign = (amount > 0) - (amount < 0)
    size = math.floor(2 * math.log2(abs(float(amount)) + 0.01))
    return [f"{sign}", f"{sign}:{size}", f"{sign}:{size + 1}", f"{sign}::{size // 2}"]


def consonants(words: Sequence[str]) -> str:
    return NO_CONSONANT.sub("", "".join(words))


def _pieces(text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
