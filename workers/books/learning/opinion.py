"""What a learned model says of a line. Light: the categorizer knows a model by this only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

import msgspec

from workers.books.learning.card import ModelCard


class Subject(Protocol):
    """A line, as far as a model looks at it."""

    @property
    def company_id(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


class Asked(msgspec.Struct, frozen=True):
    """A line of a company, to ask a model about."""

    company_id: str
    description: str
    amount: Decimal


class Opinion(msgspec.Struct, frozen=True):
    category: str
    #: About how often such an opinion is right; two decimals.
    confidence: float


class Expert(Protocol):
    """A model, as far as a decision asks it."""

    @property
    def card(self) -> ModelCard: ...

    def opinions(
        self, subjects: Sequence[Subject], categories: frozenset[str] | None = None
    ) -> list[Opinion | None]:
        """The likeliest of ``categories`` for each line; null where the model knows none of them."""
