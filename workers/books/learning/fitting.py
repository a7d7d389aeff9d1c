"""Fits the regression: the only place that imports scikit-learn, which takes a second."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from workers.books.learning.features import Tokens
from workers.books.learning.regression import Regression
from workers.books.learning.vocabulary import Vocabulary, learn_vocabulary

#: The inverse of the regularisation's strength, and the steps of the fit: later ones change no decision.
REGULARISATION = 4.0
MOST_STEPS = 60
TOLERANCE = 1e-3


class Lesson(msgspec.Struct, frozen=True):
    tokens: Tokens
    category: str
    #: How many lines it counts for.
    weight: float = 1.0


def fit(lessons: Sequence[Lesson], most_coefficients: int) -> Regression:
    """The same for the same lessons, on any number of cores."""
    categories = sorted({lesson.category for lesson in lessons})
    lines = [lesson.tokens for lesson in lessons]
    vocabulary = learn_vocabulary(lines, most_coefficients // len(categories))
    if len(categories) == 1 or not len(vocabulary):
        # Nothing to tell apart, or nothing to tell it by.
        nothing = np.zeros((len(vocabulary), len(categories)), np.float32)
        return Regression(categories, vocabulary, nothing, np.zeros(len(categories), np.float32))
    numbers = {category: number for number, category in enumerate(categories)}
    wanted = np.array([numbers[lesson.category] for lesson in lessons])
    weights = np.array([lesson.weight for lesson in lessons])
    coefficients, intercepts = _solve(_matrix(vocabulary, lines), wanted, weights)
    return Regression(categories, vocabulary, coefficients, intercepts)


def _matrix(vocabulary: Vocabulary, lines: Sequence[Tokens]) -> csr_matrix:
    encoded = vocabulary.encode(lines)
    shape = (len(lines), len(vocabulary))
    return csr_matrix((encoded.values, encoded.features, encoded.starts), shape=shape)


def _solve(
    lines: csr_matrix, wanted: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Coefficients, a row a token and a column a category, and an intercept for each category."""
    regression = LogisticRegression(C=REGULARISATION, max_iter=MOST_STEPS, tol=TOLERANCE)
    # Several threads would add in another order, and the next training give another model.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(lines, wanted, sample_weight=weights)
    coefficients, intercepts = regression.coef_.T, regression.intercept_
    if coefficients.shape[1] == 1:
        # Of two categories it keeps the second one's only.
        coefficients = np.concatenate((np.zeros_like(coefficients), coefficients), axis=1)
        intercepts = np.concatenate((np.zeros_like(intercepts), intercepts))
    return np.ascontiguousarray(coefficients, np.float32), np.asarray(intercepts, np.float32)
