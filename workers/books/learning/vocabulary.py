"""Tokens as numbers: which of a line's tokens a model knows, and how much each of them weighs."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.books.learning.features import KINDS, Tokens

#: A token of one or two lines says nothing about others.
FEWEST_LINES = 3


class Encoded(msgspec.Struct, frozen=True):
    """Lines as a sparse matrix in rows: line ``i`` has the ``features`` from ``starts[i]`` to ``starts[i + 1]``."""

    features: NDArray[np.int32]
    values: NDArray[np.float32]
    starts: NDArray[np.int64]


class Vocabulary:
    """``words[k]`` are the tokens of ``KINDS[k]``; features are numbered through all kinds.

    ``rarity`` has one value for each feature: the logarithm of how few lines have it.
    """

    def __init__(self, words: Sequence[Sequence[str]], rarity: NDArray[np.float32]) -> None:
        self.words = words
        self.rarity = rarity
        self._numbers: list[dict[str, int]] = []
        for listed in words:
            first = sum(map(len, self._numbers))
            self._numbers.append({word: first + number for number, word in enumerate(listed)})
        self._factors = np.repeat(
            np.array([kind.weight for kind in KINDS], np.float32), [len(listed) for listed in words]
        )

    def __len__(self) -> int:
        return len(self.rarity)

    def encode(self, lines: Iterable[Tokens]) -> Encoded:
        # Arrays of C's own numbers: a training has ten million of them.
        features, counts = array("i"), array("i")
        for line in lines:
            for known, tokens in zip(self._numbers, line, strict=True):
                found = [known[token] for token in dict.fromkeys(tokens) if token in known]
                features.extend(found)
                counts.append(len(found))
        numbers, sizes = np.array(features, np.int32), np.array(counts, np.int64)
        ends = np.cumsum(sizes)
        starts = np.concatenate(([0], ends[len(KINDS) - 1 :: len(KINDS)]))
        return Encoded(numbers, self._values(numbers, sizes, ends), starts)

    def _values(
        self, features: NDArray[np.int32], counts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        rarity = self.rarity[features]
        squares = np.concatenate(([0.0], np.cumsum(rarity.astype(np.float64) ** 2)))
        lengths = np.sqrt(np.maximum(squares[ends] - squares[ends - counts], 1e-12))
        shared = np.tile([kind.shared for kind in KINDS], len(counts) // len(KINDS))
        values = np.where(np.repeat(shared, counts), rarity / np.repeat(lengths, counts), 1.0)
        return (values * self._factors[features]).astype(np.float32)


def learn_vocabulary(lines: Sequence[Tokens], most: int) -> Vocabulary:
    """The ``most`` tokens that stand in most lines; the same for the same lines."""
    seen = [Counter[str]() for _ in KINDS]
    for line in lines:
        for counter, tokens in zip(seen, line, strict=True):
            counter.update(set(tokens))
    found = [
        (-count, kind, token)
        for kind, counter in enumerate(seen)
        for token, count in counter.items()
        if count >= FEWEST_LINES
    ]
    chosen = sorted(sorted(found)[:most], key=lambda each: each[1])
    words = [[token for _, of, token in chosen if of == kind] for kind in range(len(KINDS))]
    counts = np.array([-count for count, _, _ in chosen], np.float64)
    rarity = np.log((1 + len(lines)) / (1 + counts)) + 1
    return Vocabulary(words, rarity.astype(np.float32))
