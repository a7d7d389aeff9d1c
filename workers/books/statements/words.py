"""The vocabulary of ``words.toml``, and the form in which a cell is looked up in it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

NOT_WORD = re.compile(r"[\W_]+")
#: Letters that Unicode does not take apart into a letter and an accent.
WHOLE_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})

_words = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

#: By role, lists of names in the order of preference.
COLUMNS: dict[str, list[list[str]]] = _words["columns"]
OUT = frozenset(_words["direction"]["out"])
IN = frozenset(_words["direction"]["in"])
PENDING = frozenset(_words["status"]["pending"])
NEVER_POSTED = frozenset(_words["status"]["never"])
POSTED = frozenset(_words["status"]["posted"])
TOTALS = frozenset(_words["rows"]["totals"])
BALANCES = frozenset(_words["rows"]["balances"])
FEES = frozenset(_words["headers"]["fees"])
CARDS = frozenset(_words["headers"]["cards"])


def simplify(text: str) -> str:
    """Lower case, no accents, no punctuation: ``Zaúčtovaná částka`` is ``zauctovana castka``."""
    if text.isascii():
        return " ".join(NOT_WORD.sub(" ", text).lower().split())
    decomposed = unicodedata.normalize("NFKD", text.translate(WHOLE_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(NOT_WORD.sub(" ", plain).lower().split())
