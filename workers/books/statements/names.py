"""What the words above a column say it may be. A name proposes; the cells below decide."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from workers.books.statements.currencies import (
    CODES,
    SIGN,
    SYMBOLS,
    currency_in,
    plain_sign,
    without_currency,
)
from workers.books.statements.words import Phrases, simplify, vocabulary

#: Between tiers of a role; what matches less than wholly stays within its tier.
TIER = 10
PART, ENDING = 3, 6
MOST_WORDS = 7
#: What a word for another matter in the same name makes of these roles: something else.
STRANGERS = ("amount", "balance", "currency")
#: Words for money in and out as short as this mean something else in the middle of a name.
SHORT = 3
SIDES = ("debit", "credit")
LONGEST_NAME = 120
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
NOTE = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|\*+|[¹²³]")
#: Of a tier that is no use to its role: it only keeps the words in it from meaning something else.
OTHER = "other"


class Name(msgspec.Struct, frozen=True):
    """A role that a header may stand for: 0 is the best rank, and within ten of another is the same tier."""

    role: str
    rank: int
    #: The whole header is the name.
    exact: bool


class _Entry(msgspec.Struct, frozen=True):
    role: str
    tier: int
    languages: frozenset[str]


@lru_cache(maxsize=4_096)
def names_of(cell: str) -> tuple[Name, ...]:
    """Best first; empty for a header that says nothing we know."""
    if len(cell) > LONGEST_NAME:
        return ()
    for text in _forms(cell):
        if found := _PHRASES.get(text):
            return _names(found, 0, exact=True)
    if plain_sign(cell.strip()) in SYMBOLS or cell.strip(" $").upper() in CODES:
        # A column of amounts that is headed by nothing but its currency.
        return (Name("amount", first_rank("amount", "plain") + PART, exact=False),)
    text = simplify(_unmarked(cell))
    parts = _parts(text)
    told = {name.role for name in parts}
    return (*parts, *(name for name in _endings(text) if name.role not in told))


def is_exact(cell: str) -> bool:
    return any(text in _PHRASES for text in _forms(cell))


def is_known(cell: str) -> bool:
    """Whether a header, or a word in it, is of the trade."""
    return is_exact(cell) or bool(names_of(cell))


def languages_of(cell: str) -> frozenset[str]:
    """In which a header is a word of the trade; empty where it is in none, or in many ways."""
    for text in _forms(cell):
        if found := _PHRASES.get(text):
            return frozenset().union(*(entry.languages for entry in found))
    return frozenset()


def currency_of_header(cell: str) -> str | None:
    """The currency named beside a word, or instead of one: ``Amount (EUR)``, ``Montant en euros``, ``CAD$``."""
    if len(cell) > LONGEST_NAME:
        return None
    alone = cell.strip(" $").upper()
    if alone in CODES:
        return alone
    if SIGN.search(cell):
        return currency_in(cell)
    # Only beside a word that is a role of its own: ``MEMO`` and ``TOP`` are no currencies.
    return currency_in(cell) if not is_exact(cell) or simplify(cell) != simplify(_unmarked(cell)) else None


def first_rank(role: str, tier: str) -> int:
    """The rank of a whole name in that tier of the vocabulary."""
    return list(_headers[role]).index(tier) * TIER


def _forms(cell: str) -> tuple[str, ...]:
    """The header as it is, without what stands in brackets, and without its currency."""
    split = CAMEL.sub(" ", cell.strip())
    forms: tuple[str, ...] = (
        cell,
        split,
        NOTE.sub(" ", split),
        without_currency(split),
        _unmarked(split),
    )
    if any(FOREIGN & set(simplify(note).split()) for note in NOTE.findall(split)):
        forms = forms[:2]
    return tuple(dict.fromkeys(text for form in forms if (text := simplify(form))))


def _unmarked(cell: str) -> str:
    return without_currency(NOTE.sub(" ", CAMEL.sub(" ", cell)))


def _parts(text: str) -> tuple[Name, ...]:
    """The longest names that stand in a longer header: ``total amount due`` holds ``amount``."""
    words = text.split()[: 2 * MOST_WORDS]
    found: list[_Entry] = []
    covered: set[int] = set()
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            span = range(start, start + length)
            phrase = " ".join(words[start : start + length])
            entries = _PHRASES.get(phrase)
            if entries and len(phrase) > 1 and not covered & set(span):
                found += [entry for entry in entries if len(phrase) > SHORT or entry.role not in SIDES]
                covered |= set(span)
    names = _names(found, PART, exact=False)
    if ESTRANGED & set(words):
        return tuple(name for name in names if name.role not in STRANGERS)
    return names


def _endings(text: str) -> tuple[Name, ...]:
    words = text.split()
    if ESTRANGED & set(words):
        return ()
    found = [
        Name(role, first_rank(role, _ENDING_TIERS[role]) + ENDING, exact=False)
        for role, endings in _ENDINGS.items()
        if any(word.endswith(ending) and word != ending for word in words for ending in endings)
    ]
    return tuple(found)


def _names(entries: tuple[_Entry, ...] | list[_Entry], penalty: int, *, exact: bool) -> tuple[Name, ...]:
    best: dict[str, int] = {}
    shadowed = {entry.role for entry in entries if entry.tier < 0}
    for entry in entries:
        if entry.tier >= 0 and entry.role not in shadowed:
            rank = entry.tier * TIER + penalty
            best[entry.role] = min(rank, best.get(entry.role, rank))
    found = [Name(role, rank, exact) for role, rank in best.items() if role != OTHER]
    return tuple(sorted(found, key=lambda name: name.rank))


def _index() -> dict[str, tuple[_Entry, ...]]:
    index: dict[str, dict[tuple[str, int], set[str]]] = {}
    for role, tiers in _headers.items():
        for number, (tier, languages) in enumerate(tiers.items()):
            place = -1 if tier == OTHER else number
            for language, phrases in languages.items():
                for phrase in phrases:
                    index.setdefault(simplify(phrase), {}).setdefault((role, place), set()).add(language)
    return {
        phrase: tuple(_Entry(role, tier, frozenset(languages)) for (role, tier), languages in entries.items())
        for phrase, entries in index.items()
    }


#: The tier a name is of that is told by its ending only.
_ENDING_TIERS = {"date": "plain", "amount": "plain", "balance": "after", "currency": "plain"}
_headers = vocabulary("headers.toml")
_ENDINGS: dict[str, list[str]] = _headers.pop("endings")
_estranged = _headers.pop("estranged")
FOREIGN = Phrases(_estranged["words"]).phrases
ESTRANGED = FOREIGN | Phrases(_estranged["fees"]).phrases
_cards = _headers.pop("cards")
CARDS = Phrases(_cards["words"])
SURE_CARDS = Phrases(_cards["sure"])
MERCHANTS = Phrases(_headers.pop("merchants")["words"])
_PHRASES = _index()
