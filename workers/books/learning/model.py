"""A learned model as it is kept: a regression and its card.

Stored, it is zlib-compressed msgpack of ``Stored``: names, numbers, and arrays as little-endian bytes. Whoever can
write to the database can make a model say wrong things, and still not run code.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.books.learning.card import ModelCard
from workers.books.learning.features import KINDS
from workers.books.learning.opinion import Opinion, Subject
from workers.books.learning.regression import Regression
from workers.books.learning.vocabulary import Vocabulary

FORMAT = 1
#: Coefficients of one model, tokens times categories: they bound its size and the memory that training takes.
MOST_COEFFICIENTS = 1_500_000
MOST_CATEGORIES = 200
#: Of the stored bytes, before and after they are unpacked.
LARGEST_STORED = 32_000_000
LARGEST_UNPACKED = 64_000_000
#: No coefficient comes near it; larger ones could overflow where they meet.
LARGEST_NUMBER = 1e5


class Stored(msgspec.Struct, frozen=True):
    format: int
    card: ModelCard
    categories: list[str]
    #: Tokens by kind, in the order of KINDS.
    words: list[list[str]]
    #: float32 of each token.
    rarity: bytes
    #: float32 of each category.
    intercepts: bytes
    #: float16, a row a token, a column a category.
    coefficients: bytes


class Model:
    def __init__(self, card: ModelCard, regression: Regression) -> None:
        self.card = card
        self._regression = regression

    def opinions(
        self, subjects: Sequence[Subject], categories: frozenset[str] | None = None
    ) -> list[Opinion | None]:
        """The likeliest of ``categories`` for each line; null where none of them is known."""
        return self._regression.opinions(subjects, categories)

    def to_bytes(self) -> bytes:
        regression = self._regression
        stored = Stored(
            format=FORMAT,
            card=self.card,
            categories=list(regression.categories),
            words=[list(words) for words in regression.vocabulary.words],
            rarity=regression.vocabulary.rarity.astype("<f4").tobytes(),
            intercepts=regression.intercepts.astype("<f4").tobytes(),
            coefficients=regression.coefficients.astype("<f2").tobytes(),
        )
        return zlib.compress(msgspec.msgpack.encode(stored))

    @classmethod
    def from_bytes(cls, content: bytes) -> Model:
        """Raises ValueError where they are not what ``to_bytes`` of this version writes."""
        stored = _unpack(content)
        tokens, categories = sum(map(len, stored.words)), len(stored.categories)
        _check(stored, tokens, categories)
        vocabulary = Vocabulary(stored.words, _array(stored.rarity, "<f4", (tokens,)))
        coefficients = _array(stored.coefficients, "<f2", (tokens, categories))
        intercepts = _array(stored.intercepts, "<f4", (categories,))
        return cls(stored.card, Regression(stored.categories, vocabulary, coefficients, intercepts))


def _unpack(content: bytes) -> Stored:
    if len(content) > LARGEST_STORED:
        raise ValueError(f"The model takes {len(content):,} bytes; {LARGEST_STORED:,} are allowed.")
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(content, LARGEST_UNPACKED)
        if not unpacking.eof or unpacking.unused_data:
            raise ValueError("The model's bytes are cut short, or there are too many of them.")
        return msgspec.msgpack.decode(unpacked, type=Stored)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"These bytes are no model: {error}") from error


def _check(stored: Stored, tokens: int, categories: int) -> None:
    if stored.format != FORMAT:
        raise ValueError(
            f"The model has format {stored.format}; this version reads {FORMAT}. Train it again."
        )
    if len(stored.words) != len(KINDS):
        raise ValueError(f"The model has {len(stored.words)} kinds of tokens instead of {len(KINDS)}.")
    if not 1 < categories <= MOST_CATEGORIES or len(set(stored.categories)) < categories:
        raise ValueError(f"The model has {categories} categories; they must be two or more, and different.")
    if tokens * categories > MOST_COEFFICIENTS:
        raise ValueError(f"The model has {tokens:,} tokens for {categories} categories: too many.")
    if any(len(set(words)) < len(words) for words in stored.words):
        raise ValueError("A token of the model is there twice.")


def _array(content: bytes, kind: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if len(content) != np.dtype(kind).itemsize * int(np.prod(shape)):
        raise ValueError("The model's numbers are not as many as its tokens and categories.")
    numbers = np.frombuffer(content, kind).reshape(shape).astype(np.float32)
    if not (np.abs(numbers) <= LARGEST_NUMBER).all():
        raise ValueError("The model's numbers are not all finite, or too large.")
    return numbers
