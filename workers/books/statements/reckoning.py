"""What went in and what went out, from the columns a file has for it."""

from __future__ import annotations

from workers.books.statements.amount_columns import no_money, read_amounts, read_unnamed
from workers.books.statements.ledger import Ledger
from workers.books.statements.money import Money
from workers.books.statements.refusal import refuse_line
from workers.books.statements.sides import read_sides


def read_money(ledger: Ledger) -> Money:
    """As the columns print it, before any proof; raises StatementError where they contradict each other."""
    if "amount" in ledger.columns.unnamed:
        return read_unnamed(ledger)
    split = read_sides(ledger)
    single = read_amounts(ledger)
    if single and split:
        _compare(ledger, single, split)
    money = split or single
    if money is None:
        raise no_money(ledger)
    return money


def _compare(ledger: Ledger, single: Money, split: Money) -> None:
    """Debit and credit may repeat the amount, which may be printed without its sign; anything else is a fault."""
    signed = single.stated or any(amount < 0 for amount in single.amounts)
    for posted, one, other in zip(ledger.posted, single.amounts, split.amounts, strict=True):
        if one != other and (signed or one != abs(other)):
            raise refuse_line(
                posted.line_no,
                "has an amount that its debit and credit do not bear out",
                column=single.column.name,
            )
