"""Amounts of one column as they are printed: with signs, with a word beside them, or with neither."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workers.books.statements.columns import Column, ref_of
from workers.books.statements.directions import Direction, direction_of, marks_of, strange_words
from workers.books.statements.ledger import Ledger
from workers.books.statements.money import Money
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column, refuse_line


def with_direction(ledger: Ledger, column: Column) -> Money:
    amounts = ledger.plain(column)
    figures = [figure for figure in ledger.figures(column) if figure is not None]
    currencies = [figure.currency or column.currency for figure in figures]
    signs = {figure.sign for figure in figures if not figure.is_zero}
    money = Money(
        amounts=amounts,
        currencies=currencies,
        column=column,
        parts={"amount": column},
        stated=False,
    )
    if ledger.mapping.sign:
        return _as_mapped(ledger, money)
    direction = direction_of(ledger) or (marks_of(ledger) if signs <= {""} else None)
    if direction and (directed := _directed(ledger, money, direction, signs)):
        return directed
    if signs <= {""} and (strange := strange_words(ledger)):
        raise _which_word(ledger, *strange)
    if signs == {"", "+"}:
        return _charged(ledger, money)
    return msgspec.structs.replace(money, stated=signs in ({"+"}, {"+", "-"}))


def _directed(ledger: Ledger, money: Money, direction: Direction, signs: set[str]) -> Money | None:
    """Null where the words are not about the direction after all."""
    if "-" not in signs:
        directed = [
            -amount + 0 if out else amount for amount, out in zip(money.amounts, direction.out, strict=True)
        ]
        return msgspec.structs.replace(money, amounts=directed, stated=True, direction=direction.column)
    if len(set(direction.out)) == 1:
        return None
    pairs = list(zip(money.amounts, direction.out, strict=True))
    if all((amount < 0) != out for amount, out in pairs if amount):
        # Charges are printed positive, and the words say so.
        return msgspec.structs.replace(money.turned(), stated=True)
    for posted, (amount, out) in zip(ledger.posted, pairs, strict=True):
        if amount and (amount < 0) != out:
            if not direction.is_meant:
                return None
            fault = "has a sign that the word for money in or out contradicts"
            raise refuse_line(posted.line_no, fault, column=money.column.name)
    return msgspec.structs.replace(money, stated=True)


def _charged(ledger: Ledger, money: Money) -> Money:
    """Only payments carry a sign, so what carries none is a charge."""
    signs = [figure.sign for figure in ledger.figures(money.column) if figure is not None]
    amounts = [amount if sign else -amount + 0 for amount, sign in zip(money.amounts, signs, strict=True)]
    return msgspec.structs.replace(money, amounts=amounts, stated=True)


def _as_mapped(ledger: Ledger, money: Money) -> Money:
    told = msgspec.structs.replace(money, stated=True)
    match ledger.mapping.sign:
        case "reversed":
            return told.turned()
        case "unsigned_out":
            return _charged(ledger, told)
    return told


def _which_word(ledger: Ledger, column: Column, words: Sequence[str]) -> Question:
    error = refuse_column(
        "ambiguous_sign",
        "Money in and money out cannot be told apart",
        column.name,
        f"says {words[0]!r} or {words[1]!r}",
        'Send a mapping with "money_out".',
    )
    ref = ref_of(ledger.columns.header, column.index)
    choices = [choice(f"{word!r} is money out", direction=ref, money_out=[word]) for word in words]
    return Question("sign", f"Which word of column {column.name!r} is money out?", error, choices)
