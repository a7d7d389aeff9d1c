"""Words into rows: a label and its amount stand far apart, and no engine's own order can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledgerwire.receipts import Box
from workers.outside.ocr.words import Page, Word

#: How much of the lower of two words must lie beside the other for them to share a row.
OVERLAP = 0.5


class Row(msgspec.Struct, frozen=True):
    """Words of one height, from left to right."""

    words: list[Word]
    page: int
    #: Of all rows of all pages, from 0 downwards.
    index: int

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        """Of the median word."""
        return sorted(word.height for word in self.words)[len(self.words) // 2]

    @property
    def confidence(self) -> float:
        return min(word.confidence for word in self.words)


def rows_of(pages: Sequence[Page]) -> list[Row]:
    rows: list[Row] = []
    for number, page in enumerate(pages, start=1):
        for words in _group(page.words):
            rows.append(Row(words, number, len(rows)))
    return rows


def box_of(words: Sequence[Word], page: Page, number: int) -> Box:
    """What holds all of ``words``, as fractions of their page."""
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.right for word in words), max(word.bottom for word in words)
    return Box(
        number,
        left / page.width,
        top / page.height,
        (right - left) / page.width,
        (bottom - top) / page.height,
    )


def _group(words: Sequence[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.left):
        best = max(rows, key=lambda row: _beside(row[-1], word), default=None)
        if best is None or _beside(best[-1], word) < OVERLAP:
            rows.append([word])
        else:
            best.append(word)
    return sorted(rows, key=lambda row: sum(word.middle for word in row) / len(row))


def _beside(one: Word, other: Word) -> float:
    """The share of the lower one's height that both have in common."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / max(1e-9, min(one.height, other.height))
