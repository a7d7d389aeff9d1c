"""What a merchant's name says of its trade: general knowledge, for where no history helps."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec

#: A trade word as a part of another, as in STADTAPOTHEKE or RESTAURANTS, needs this many letters.
SHORTEST_PART = 4
LONGEST_PHRASE = 3
LONGEST_WORD = 24


class Trade(msgspec.Struct, frozen=True):
    name: str
    #: Of the default chart, where it is usually booked to.
    account: str
    #: In upper case; some are phrases.
    words: tuple[str, ...]


@cache
def trades() -> tuple[Trade, ...]:
    read = tomllib.loads((Path(__file__).parent / "trades.toml").read_text(encoding="utf-8"))
    return tuple(
        Trade(
            name,
            table["account"],
            tuple(" ".join(word.upper().split()) for word in table["words"].split(",")),
        )
        for name, table in read.items()
    )


class Signs(msgspec.Struct, frozen=True):
    """The trades a name speaks of: in a word or phrase of theirs, or only in a part of a word."""

    sure: frozenset[str]
    likely: frozenset[str]


def read_signs(words: Sequence[str]) -> Signs:
    """Of the words of a name, in upper case without accents."""
    known = _by_word()
    phrases = frozenset().union(*(known.get(phrase, ()) for phrase in _phrases(words)))
    if phrases:
        return Signs(phrases, frozenset())
    sure = frozenset().union(*(known.get(word, ()) for word in words))
    parts = (part for word in words if word not in known for part in _parts(word))
    return Signs(sure, frozenset().union(*(known.get(part, ()) for part in parts)))


def _phrases(words: Sequence[str]) -> Iterable[str]:
    for length in range(2, LONGEST_PHRASE + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _parts(word: str) -> Iterable[str]:
    """The longest beginning and the longest end that are trade words themselves."""
    known = _by_word()
    word = word[:LONGEST_WORD]
    lengths = range(len(word) - 1, SHORTEST_PART - 1, -1)
    beginning = next((word[:length] for length in lengths if word[:length] in known), None)
    end = next((word[-length:] for length in lengths if word[-length:] in known), None)
    return [part for part in (beginning, end) if part]


@cache
def _by_word() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for trade in trades():
        for word in trade.words:
            found[word] = found.get(word, frozenset()) | {trade.name}
    return found
