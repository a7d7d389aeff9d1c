"""What a file's own balances say of the amounts read from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from workers.books.errors import StatementError
from workers.books.statements.amounts import read_amount, read_figure
from workers.books.statements.balances import Proof, prove, prove_each, prove_span
from workers.books.statements.columns import Column
from workers.books.statements.facts import stated_balance
from workers.books.statements.ledger import Ledger
from workers.books.statements.lines import Lines
from workers.books.statements.money import Money
from workers.books.statements.names import TIER
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_line


class Verdict(msgspec.Struct, frozen=True):
    #: 1 where the balances bear the amounts out, -1 where they bear out their opposite, null without a say.
    sign: int | None = None
    warnings: list[str] = []


class Balances(msgspec.Struct, frozen=True):
    """Those printed beside the lines, and those stated at both ends."""

    column: Column | None
    printed: list[Decimal | None]
    opening: Decimal | None
    closing: Decimal | None


def balances_of(ledger: Ledger, lines: Lines) -> Balances:
    column = next(iter(ledger.balance_columns), None)
    return Balances(
        column,
        ledger.signed(column) if column else [None] * len(ledger.posted),
        stated_balance(lines.opening, ledger.mark),
        stated_balance(lines.closing[-1:], ledger.mark),
    )


def judge(
    money: Money,
    ledger: Ledger,
    balances: Balances,
    dates: Sequence[date],
    accounts: Sequence[str] | None,
    *,
    is_card: bool,
) -> Verdict:
    """Raises StatementError or Question where the balances contradict the amounts, or what a person said of them."""
    if ledger.mapping.ignore_balance:
        return Verdict()
    if each := _by_both(money, ledger):
        return Verdict(each)
    proof = _by_account(money, balances, dates, accounts or [""] * len(dates))
    if proof and proof.holds:
        if proof.sign == -1 and ledger.mapping.sign and not is_card:
            raise _contradiction(money, ledger, balances, proof)
        return Verdict(proof.sign or None)
    if proof and proof.contradicts:
        raise _contradiction(money, ledger, balances, proof)
    if proof and proof.fail:
        return Verdict(None, [_gap(ledger, balances, proof)])
    span = prove_span(sum(money.amounts, Decimal(0)), balances.opening, balances.closing)
    if span == 0:
        warning = "The lines do not add up to the balances the file states: lines may be missing from it."
        return Verdict(None, [warning])
    return Verdict(span)


def _by_both(money: Money, ledger: Ledger) -> int | None:
    """Where each line has the balance before it and the one after it."""
    after = next((column for column in ledger.balance_columns if column.rank < TIER), None)
    before = next((column for column in ledger.balance_columns if column.rank >= TIER), None)
    if after is None or before is None:
        return None
    return prove_each(money.amounts, ledger.signed(before), ledger.signed(after))


def _by_account(
    money: Money, balances: Balances, dates: Sequence[date], accounts: Sequence[str]
) -> Proof | None:
    """Each account has balances of its own; all must bear the amounts out, with one sign."""
    proofs = []
    for account in dict.fromkeys(accounts):
        chosen = [place for place, each in enumerate(accounts) if each == account]
        proof = prove(
            [money.amounts[place] for place in chosen],
            [balances.printed[place] for place in chosen],
            [dates[place] for place in chosen],
        )
        if proof:
            fault = None if proof.first_fault is None else chosen[proof.first_fault]
            proofs.append(msgspec.structs.replace(proof, first_fault=fault))
    if not proofs:
        return None
    return Proof(
        sign=proofs[0].sign,
        follow=sum(proof.follow for proof in proofs) if len({proof.sign for proof in proofs}) == 1 else 0,
        fail=sum(proof.fail for proof in proofs),
        first_fault=next((proof.first_fault for proof in proofs if proof.first_fault is not None), None),
        turned=sum(proof.turned for proof in proofs),
    )


def _contradiction(
    money: Money, ledger: Ledger, balances: Balances, proof: Proof
) -> StatementError | Question:
    posted = ledger.posted[proof.first_fault or 0]
    name = balances.column.name if balances.column else "balance"
    fault = "has a balance that moves the other way than its amount"
    found = refuse_line(posted.line_no, fault, column=name)
    error = StatementError(
        "balance_disagrees", "The balances do not bear the amounts out", found.detail, found.errors
    )
    if not money.stated and not any(amount < 0 for amount in money.amounts):
        # Unsigned amounts that go both ways: no answer to a question makes them right.
        return error
    choices = [choice("Read the lines as they are printed", ignore_balance=True)]
    text = f"The balance of line {posted.line_no} moves the other way than its amount. Are the amounts right?"
    return Question("balance", text, error, choices)


def _gap(ledger: Ledger, balances: Balances, proof: Proof) -> str:
    line_no = ledger.posted[proof.first_fault or 0].line_no
    name = balances.column.name if balances.column else "balance"
    return f"Line {line_no}: {name!r} does not follow from the lines before it: lines may be missing from the file."


def check_empty(ledger: Ledger, lines: Lines) -> None:
    """Raises StatementError at a dated row without an amount whose balance is not that of a line beside it."""
    for column in ledger.balance_columns[:1]:
        printed = ledger.signed(column)
        for place, row in lines.empty:
            figure = read_figure(row.cell(column.index))
            value = read_amount(figure, ledger.mark_of(column)) if figure else None
            signed = -value if figure and value and figure.sign == "-" else value
            if signed not in printed[max(place - 1, 0) : place + 1]:
                fault = "has no amount, although its balance is another than beside it"
                raise refuse_line(row.line_no, fault, column=column.name)
