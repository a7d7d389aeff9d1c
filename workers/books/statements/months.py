"""Names of months in the languages banks write; which language a file is in is decided from all its names at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from workers.books.statements.words import simplify, vocabulary

LEAST_LETTERS = 3
#: Its words for March and November begin alike, unlike anywhere else, and its banks write numbers.
UNLIKELY = "fi"

_forms: dict[str, list[list[str]]] = {
    language: [forms.split() for forms in months] for language, months in vocabulary("months.toml").items()
}


@lru_cache(maxsize=1_024)
def month_in(token: str) -> dict[str, int]:
    """The month that a name may stand for, by language: ``lis`` is November in Poland and October in Croatia."""
    name = simplify(token)
    if len(name) < LEAST_LETTERS or not name.isalpha():
        return {}
    return {language: month for language, months in _forms.items() if (month := _among(name, months))}


def is_month(token: str) -> bool:
    return bool(month_in(token))


def months_of(tokens: Iterable[str]) -> dict[str, int] | None:
    """What each name means in the language that has them all; null where there is none, or two that differ."""
    found = {token: month_in(token) for token in set(tokens)}
    languages = set.intersection(*map(set, found.values())) if found else set()
    languages = languages - {UNLIKELY} or languages
    meanings = {tuple(found[token][language] for token in found) for language in languages}
    return dict(zip(found, meanings.pop(), strict=True)) if len(meanings) == 1 else None


def _among(name: str, months: list[list[str]]) -> int | None:
    whole = [number for number, forms in enumerate(months, start=1) if name in forms]
    begun = [
        number for number, forms in enumerate(months, start=1) if any(form.startswith(name) for form in forms)
    ]
    fitting = whole or begun
    return fitting[0] if len(fitting) == 1 else None
