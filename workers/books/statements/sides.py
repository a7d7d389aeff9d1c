"""One column for money out and one for money in."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from workers.books.statements.columns import Column, ref_of
from workers.books.statements.ledger import Ledger
from workers.books.statements.lines import Posted
from workers.books.statements.money import Money
from workers.books.statements.names import TIER
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column, refuse_line


def read_sides(ledger: Ledger) -> Money | None:
    pair = _pair(ledger)
    if pair is None:
        return None if ledger.columns.of("amount") else _one_sided(ledger)
    debit, credit = pair
    ledger.require(debit)
    ledger.require(credit)
    outs, ins = ledger.values(debit), ledger.values(credit)
    amounts = [
        _only_one(posted, out, into, debit)
        for posted, out, into in zip(ledger.posted, outs, ins, strict=True)
    ]
    if any(amount is None for amount in amounts):
        # Copies of an amount column may be left blank; alone they may not.
        if ledger.columns.of("amount"):
            return None
        blank = ledger.posted[amounts.index(None)]
        raise refuse_line(blank.line_no, "has no amount", column=debit.name)
    found = [each for each in amounts if each is not None]
    money = Money(
        amounts=found,
        currencies=_split_currencies(ledger, debit, credit),
        column=debit,
        parts={"debit": debit, "credit": credit},
        stated=True,
    )
    return _with_reversals(ledger, money)


def _pair(ledger: Ledger) -> tuple[Column, Column] | None:
    """The two best names that stand for different columns."""
    pairs = [
        (debit.rank + credit.rank, debit.index, debit, credit)
        for debit in ledger.columns.of("debit")
        for credit in ledger.columns.of("credit")
        if debit.index != credit.index
    ]
    return min(pairs, key=lambda pair: pair[:2])[2:] if pairs else None


def _one_sided(ledger: Ledger) -> Money | None:
    """A file of money out only, or of money in only: its one column says which."""
    for role, sign in (("debit", -1), ("credit", 1)):
        column = ledger.columns.first(role)
        spare = ledger.columns.first("spare")
        if column and spare and not ledger.mapping.debit and not ledger.mapping.credit:
            raise _other_side(ledger, role, column, spare)
        if column and column.rank < TIER and ledger.is_complete(column):
            amounts = [sign * value + 0 for value in ledger.values(column) if value is not None]
            if any(amounts) and not all(amounts) and not ledger.is_proven(amounts):
                zero = ledger.posted[next(place for place, amount in enumerate(amounts) if not amount)]
                raise refuse_line(
                    zero.line_no, "has no amount, and no column has the other side", column=column.name
                )
            if len({figure.sign for figure in ledger.figures(column) if figure and not figure.is_zero}) > 1:
                raise _mixed_signs(column)
            currencies = [
                (figure and figure.currency) or column.currency for figure in ledger.figures(column)
            ]
            return Money(
                amounts=amounts, currencies=currencies, column=column, parts={role: column}, stated=True
            )
    return None


def _other_side(ledger: Ledger, role: str, column: Column, spare: Column) -> Question:
    error = refuse_column(
        "ambiguous_amounts",
        "Several columns could be the amount",
        column.name,
        f"is one side of the amounts, and {spare.name!r} may be the other",
        'Send a mapping with "debit" and "credit".',
    )
    header = ledger.columns.header
    one, other = ref_of(header, column.index), ref_of(header, spare.index)
    both = {role: one, "credit" if role == "debit" else "debit": other}
    choices = [choice("Yes", **both), choice(f"No, the amounts are those of {column.name!r}", **{role: one})]
    return Question("columns", f"Is {spare.name!r} the other side of {column.name!r}?", error, choices)


def _with_reversals(ledger: Ledger, money: Money) -> Money:
    """A debit column that prints a minus before every number means the same as one that prints none.

    One that prints both holds reversals, which are money in: if the balances say so, or a person.
    """
    if ledger.mapping.sign == "reversed":
        return money.turned()
    mixed = [column for column in money.parts.values() if len(_signs(ledger, column)) > 1]
    if not mixed:
        return money
    debit, credit = money.parts["debit"], money.parts["credit"]
    pairs = zip(ledger.signed(debit), ledger.signed(credit), strict=True)
    amounts = [(into or Decimal(0)) - (out or Decimal(0)) for out, into in pairs]
    reversed_ones = msgspec.structs.replace(money, amounts=amounts)
    if ledger.mapping.sign or ledger.is_proven(amounts):
        return reversed_ones
    raise _mixed_signs(mixed[0])


def _mixed_signs(column: Column) -> Question:
    fault = "has both positive and negative numbers"
    error = refuse_column(
        "ambiguous_sign",
        "Money in and money out cannot be told apart",
        column.name,
        fault,
        'Send a mapping with "sign".',
    )
    text = f"Column {column.name!r} has numbers with a minus among others. Are those reversals?"
    return Question("sign", text, error, [choice("Yes: a minus turns the line around", sign="as_printed")])


def _signs(ledger: Ledger, column: Column) -> set[bool]:
    return {figure.sign == "-" for figure in ledger.figures(column) if figure and not figure.is_zero}


def _only_one(posted: Posted, out: Decimal | None, into: Decimal | None, debit: Column) -> Decimal | None:
    if out and into:
        raise refuse_line(posted.line_no, "has both a debit and a credit", column=debit.name)
    if out is None and into is None:
        return None
    return into or -(out or Decimal(0)) + 0


def _split_currencies(ledger: Ledger, debit: Column, credit: Column) -> list[str | None]:
    rows = zip(ledger.figures(debit), ledger.figures(credit), strict=True)
    named = debit.currency or credit.currency
    return [(out and out.currency) or (into and into.currency) or named for out, into in rows]
