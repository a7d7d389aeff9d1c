"""Columns that say in words whether a line is money in or money out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workers.books.statements.columns import Column
from workers.books.statements.ledger import Ledger
from workers.books.statements.names import TIER
from workers.books.statements.words import CARD_CHARGE, CARD_PAYMENT, CARD_PURCHASE, IN, OUT, simplify

EITHER = IN | OUT
#: More different words are no pair of directions.
PAIR = 2


class Direction(msgspec.Struct, frozen=True):
    column: Column
    #: For each line, whether it is money out.
    out: list[bool]
    #: The column is there for nothing else, so a sign that contradicts it is a fault.
    is_meant: bool


def direction_of(ledger: Ledger) -> Direction | None:
    """From the first column that says so for every line."""
    for column in ledger.columns.of("direction"):
        words = [simplify(cell) for cell in ledger.cells(column)]
        out = _as_told(words, ledger.mapping.money_out) or _in_words(words) or _on_a_card(words)
        if out:
            return Direction(column, out, column.rank < TIER)
    return None


def marks_of(ledger: Ledger) -> Direction | None:
    """A column that marks only one of the two, and leaves the other blank: ``CR`` behind what a card was paid."""
    for column in ledger.columns.of("direction"):
        words = [simplify(cell) for cell in ledger.cells(column)]
        marked = {word for word in words if word}
        if (
            "" in words
            and marked
            and (all(word in IN for word in marked) or all(word in OUT for word in marked))
        ):
            out = [(word in OUT) if word else (next(iter(marked)) in IN) for word in words]
            return Direction(column, out, is_meant=False)
    return None


def strange_words(ledger: Ledger) -> tuple[Column, list[str]] | None:
    """The two words of a direction column, where they are none that we know."""
    for column in ledger.columns.of("direction"):
        words = dict.fromkeys(ledger.cells(column))
        if column.rank < TIER and "" not in words and len(words) == PAIR:
            return column, list(words)
    return None


def is_direction(cells: Sequence[str]) -> bool:
    """Whether it is of use as a description."""
    return all(simplify(cell) in EITHER for cell in cells)


def _as_told(words: Sequence[str], money_out: Sequence[str] | None) -> list[bool] | None:
    """Of two words one is the other's opposite; a third would be neither."""
    told = {simplify(word) for word in money_out or ()}
    return [word in told for word in words] if told and len(set(words) - told) <= 1 else None


def _in_words(words: Sequence[str]) -> list[bool] | None:
    return [word in OUT for word in words] if all(word in EITHER for word in words) else None


def _on_a_card(words: Sequence[str]) -> list[bool] | None:
    """Beside purchases, a payment is what the card was paid; beside payments, a sale is one of the shop's."""
    known = set(words)
    charges = {word for word in known if word in CARD_CHARGE}
    others = known - charges
    if not all(word in CARD_PAYMENT or word in IN for word in others):
        return None
    is_card = any(word in CARD_PURCHASE for word in charges) or (charges and others)
    return [word in charges for word in words] if is_card else None
