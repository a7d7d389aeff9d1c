"""What is known of a learned model without reading it. Light: whoever only shows a card loads nothing more."""

from __future__ import annotations

from datetime import datetime

import msgspec

#: Approved lines from which on a company's memory decides most of its lines.
SETTLED = 200


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What the model was trained on, and how it did on approved lines that were held back from it.

    A threshold is the confidence from which on lines may be proposed for approval; null where none is good enough.
    """

    #: Of the stored bytes: see model.py.
    format: int
    trained_at: datetime
    examples: int
    companies: int
    categories: int
    tokens: int
    #: For companies with a memory of their own: memory and model together are right often enough.
    threshold: float | None
    #: For the others: the model alone is.
    cautious_threshold: float | None
    #: Of the held-back lines: what memory or, from ``threshold`` on, the model decides.
    auto_share: float
    #: The share of those that was right.
    auto_precision: float
    #: The share of all held-back lines that was right, suggestions below the threshold included.
    accuracy: float
    held_back: int

    def threshold_for(self, approved: int) -> float | None:
        """Of a company with so many approved lines."""
        return self.threshold if approved >= SETTLED else self.cautious_threshold


class Trained(msgspec.Struct, frozen=True):
    """What training in a child process answers: a stored model and its card, or the reason why there is none."""

    content: bytes | None = None
    card: ModelCard | None = None
    reason: str | None = None
