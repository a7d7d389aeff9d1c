"""A fee beside the amount moves the balance, too, unless the amount holds it already."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workers.books.statements.columns import Column
from workers.books.statements.ledger import Ledger
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_line


def with_fees(amounts: list[Decimal], ledger: Ledger) -> list[Decimal]:
    """The amounts, less the fees where those come on top; raises Question where nothing says which."""
    for column in ledger.columns.of("fee"):
        fees = [abs(fee or Decimal(0)) for fee in ledger.values(column)]
        if not any(fees) or ledger.mapping.fees == "included":
            continue
        less = [amount - fee for amount, fee in zip(amounts, fees, strict=True)]
        if ledger.mapping.fees == "added":
            return less
        # On lines that no balance stands before, a fee may be part of the amount or not.
        held = [ledger.is_proven(each) for each in (amounts, less)]
        if held == [False, True]:
            return less
        if held[0] == held[1] and not _is_net(amounts, fees, ledger):
            raise _ask(ledger, column, fees)
    return amounts


def _is_net(amounts: Sequence[Decimal], fees: Sequence[Decimal], ledger: Ledger) -> bool:
    """Beside a gross amount that is larger by the fee, the amount is what is left of it."""
    for column in ledger.columns.of("amount"):
        gross = [value or Decimal(0) for value in ledger.signed(column)]
        if gross != amounts and all(
            total - fee == amount for total, fee, amount in zip(gross, fees, amounts, strict=True)
        ):
            return True
    return False


def _ask(ledger: Ledger, column: Column, fees: Sequence[Decimal]) -> Question:
    posted = next(posted for posted, fee in zip(ledger.posted, fees, strict=True) if fee)
    error = refuse_line(posted.line_no, "has a fee beside its amount", column=column.name)
    choices = [
        choice("The amount holds the fee already", fees="included"),
        choice("The fee comes on top of the amount", fees="added"),
    ]
    return Question("fees", f"Line {posted.line_no} has a fee. Is it part of the amount?", error, choices)
