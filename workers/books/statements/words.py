"""The vocabulary of ``words.toml``, and the form in which a cell is looked up in it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

NOT_WORD = re.compile(r"[\W_]+")
#: Letters that Unicode does not take apart into a letter and an accent.
WHOLE_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "\u0131": "i",
        "æ": "ae",
        "Æ": "Ae",
    }
    | {"œ": "oe", "Œ": "Oe", "ð": "d", "þ": "th"}
)
#: Of a phrase in the vocabulary.
MOST_WORDS = 6
#: What is looked up stands at the beginning; the rest of a long cell is prose.
LONGEST = 200


def vocabulary(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def simplify(text: str) -> str:
    """Lower case, no accents, no punctuation: ``Zaúčtovaná částka`` is ``zauctovana castka``."""
    return _simplify(text[:LONGEST])


@lru_cache(maxsize=20_000)
def _simplify(text: str) -> str:
    if text.isascii():
        return " ".join(NOT_WORD.sub(" ", text).lower().split())
    decomposed = unicodedata.normalize("NFKD", text.translate(WHOLE_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(NOT_WORD.sub(" ", plain).lower().split())


class Phrases:
    """A vocabulary of words and phrases, asked about simplified text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = frozenset(map(simplify, phrases))
        self._firsts = frozenset(phrase.partition(" ")[0] for phrase in self.phrases)

    def __contains__(self, text: object) -> bool:
        return text in self.phrases

    def __or__(self, other: Phrases) -> Phrases:
        return Phrases(self.phrases | other.phrases)

    def begin(self, text: str) -> bool:
        """Whether it is one of them, or goes on behind one of them."""
        return self._longest(text) > 0

    def dated(self, text: str) -> bool:
        """Whether it is one of them, perhaps with its date: ``saldo vom 31 01 2018``."""
        count = self._longest(text)
        return count > 0 and all(word.isdigit() or word in DATE_WORDS for word in text.split()[count:])

    def within(self, text: str) -> bool:
        """Whether one of them stands anywhere in it, in whole words."""
        words = text.split()
        return any(
            word in self._firsts and self._longest(" ".join(words[place : place + MOST_WORDS])) > 0
            for place, word in enumerate(words)
        )

    def _longest(self, text: str) -> int:
        """Of how many words the longest is that the text begins with."""
        words = text.split(" ", MOST_WORDS)[:MOST_WORDS]
        if words[0] not in self._firsts:
            return 0
        return next(
            (count for count in range(len(words), 0, -1) if " ".join(words[:count]) in self.phrases), 0
        )


_words = vocabulary("words.toml")

DATE_WORDS = frozenset(_words["facts"]["date_words"])

OUT = Phrases(_words["direction"]["out"])
IN = Phrases(_words["direction"]["in"])
CARD_PAYMENT = Phrases(_words["direction"]["card_payment"])
CARD_PURCHASE = Phrases(_words["direction"]["card_purchase"])
CARD_CHARGE = CARD_PURCHASE | Phrases(_words["direction"]["card_charge"])
PENDING = Phrases(_words["status"]["pending"])
NEVER_POSTED = Phrases(_words["status"]["never"])
POSTED = Phrases(_words["status"]["posted"])
PENDING_SECTIONS = Phrases(_words["status"]["pending_sections"])
SECTIONS = Phrases(_words["status"]["sections"])
TOTALS = Phrases(_words["rows"]["totals"])
OPENING = Phrases(_words["rows"]["opening"])
CLOSING = Phrases(_words["rows"]["closing"])
BALANCES = Phrases(_words["rows"]["balances"])
TURNOVER = Phrases(_words["rows"]["turnover"])
SURELY_OUT = Phrases(_words["descriptions"]["surely_out"])
SURELY_IN = Phrases(_words["descriptions"]["surely_in"])
TAKEN_BACK = Phrases(_words["descriptions"]["taken_back"])
CARD_PAID = Phrases(_words["descriptions"]["card_paid"])
MONTH_FIRST = Phrases(_words["places"]["month_first"])
DAY_FIRST = Phrases(_words["places"]["day_first"])
ACCOUNT_LABELS = Phrases(_words["facts"]["account"])
CURRENCY_LABELS = Phrases(_words["facts"]["currency"])
