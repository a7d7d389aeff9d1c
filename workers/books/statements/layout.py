"""What is the same in every export of one kind from one bank: the fingerprint an answer is remembered under."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from workers.books.statements.contents import Content, contents_of
from workers.books.statements.grid import Row
from workers.books.statements.words import simplify


def layout_of(delimiter: str, header: Sequence[str], rows: Sequence[Row]) -> str:
    """Of the names of the columns; without a header, of their number and what kind each of them is."""
    names = [simplify(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    kinds = names or [_kind(content) for content in contents_of(rows, len(header))]
    text = "\x1f".join((delimiter, "named" if names else "unnamed", *kinds))
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()


def _kind(content: Content) -> str:
    if content.nearly_all(content.dated):
        return "date"
    return "money" if content.nearly_all(content.figures) and content.mostly(content.money) else "text"
