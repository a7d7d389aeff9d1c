"""What every engine yields: words with their boxes and how sure the engine is of them."""

from __future__ import annotations

from typing import Literal

import msgspec

EngineName = Literal["tesseract", "rapidocr", "text"]


class Word(msgspec.Struct, frozen=True, array_like=True):
    """One word, or a run of words that the engine saw as one. Pixels of its upright page, from the upper left."""

    text: str
    left: float
    top: float
    width: float
    height: float
    #: 0-1, as the engine says.
    confidence: float = 1.0

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it was read: upright and straight, so that what stands in one row has one height."""

    width: float
    height: float
    words: list[Word]
    #: Who read it; ``text``: nobody had to, it is a PDF's own text.
    engine: str
