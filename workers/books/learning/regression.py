"""Multinomial logistic regression over the tokens of a line: the arithmetic, in numpy and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.books.learning.features import tokens
from workers.books.learning.opinion import Opinion, Subject
from workers.books.learning.vocabulary import Vocabulary

#: Lines multiplied at once: what is gathered for them stays in the processor's cache.
AT_ONCE = 64
#: Where most of what a line may be is not in the chart, what is left over must not look certain.
LEAST_POSSIBLE = 0.5


class Regression:
    def __init__(
        self,
        categories: Sequence[str],
        vocabulary: Vocabulary,
        coefficients: NDArray[np.float32],
        intercepts: NDArray[np.float32],
    ) -> None:
        """``coefficients`` has a row for each token of the vocabulary and a column for each category."""
        self.categories = tuple(categories)
        self.vocabulary = vocabulary
        self.coefficients = coefficients
        self.intercepts = intercepts

    def opinions(
        self, subjects: Sequence[Subject], categories: frozenset[str] | None = None
    ) -> list[Opinion | None]:
        """The likeliest of ``categories`` for each line; null where none of them is known."""
        possible = [
            number for number, name in enumerate(self.categories) if categories is None or name in categories
        ]
        if not possible:
            return [None] * len(subjects)
        chances = self.chances(subjects)[:, possible]
        best = chances.argmax(axis=1)
        sure = chances.max(axis=1) / np.maximum(chances.sum(axis=1), LEAST_POSSIBLE)
        return [
            Opinion(self.categories[possible[number]], round(float(chance), 2))
            for number, chance in zip(best, sure, strict=True)
        ]

    def chances(self, subjects: Sequence[Subject]) -> NDArray[np.float32]:
        """A row for each line, a column for each category; a row's sum is 1."""
        scores = np.empty((len(subjects), len(self.categories)), np.float32)
        for start in range(0, len(subjects), AT_ONCE):
            scores[start : start + AT_ONCE] = self._scores(subjects[start : start + AT_ONCE])
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float32)

    def _scores(self, subjects: Sequence[Subject]) -> NDArray[np.float32]:
        encoded = self.vocabulary.encode(
            tokens(each.company_id, each.description, each.amount) for each in subjects
        )
        weighed = self.coefficients[encoded.features] * encoded.values[:, None]
        # reduceat wants every start to exist, also that of a last line without a known token.
        weighed = np.concatenate((weighed, np.zeros((1, len(self.categories)), np.float32)))
        sums = np.add.reduceat(weighed, encoded.starts[:-1], axis=0)
        sums[encoded.starts[:-1] == encoded.starts[1:]] = 0
        return np.asarray(sums + self.intercepts, np.float32)
