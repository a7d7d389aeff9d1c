"""What went in and what went out, from the columns a file has for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from workers.books.errors import StatementError
from workers.books.statements.amounts import (
    AmbiguousAmounts,
    Figure,
    decide_decimal_mark,
    read_amount,
    read_figure,
)
from workers.books.statements.columns import Column, Columns
from workers.books.statements.mapping import Mapping
from workers.books.statements.refusal import refuse_column, refuse_line
from workers.books.statements.rows import Posted
from workers.books.statements.words import CARDS, FEES, IN, OUT, simplify

EITHER = OUT | IN
#: Descriptions that cannot be money in, and that cannot be money out.
SURELY_OUT = ("WITHDRAWAL", "CARD PURCHASE", "POS PURCHASE", "ATM ")
SURELY_IN = ("PAYMENT RECEIVED", "THANK YOU", "DIRECT DEP", "SALARY")
ADVICE = 'Send a mapping with "sign": "as_printed" (minus is money out) or "reversed" (charges are positive).'


class Money(msgspec.Struct, frozen=True):
    """Signed amounts, one for each line."""

    amounts: list[Decimal]
    currencies: list[str | None]
    #: The column they were read from, for the reader of a refusal.
    column: Column
    #: Whether the file says in so many words, columns or signs which of them are money in.
    stated: bool


class Ledger:
    """The money columns of a file under its one decimal mark."""

    def __init__(self, posted: Sequence[Posted], columns: Columns, mapping: Mapping) -> None:
        self.posted = posted
        self.columns = columns
        self.mapping = mapping
        used = [column for role in ("amount", "debit", "credit") for column in columns.of(role)]
        self._figures = {column.index: self._read(column) for column in [*used, *columns.of("balance")[:1]]}
        self._mark = mapping.decimal or self._decide_mark(used)

    def values(self, column: Column) -> list[Decimal | None]:
        """The printed numbers without their sign; null where the cell is blank."""
        return [
            None if figure is None else self._value(figure, posted, column)
            for posted, figure in zip(self.posted, self.figures(column), strict=True)
        ]

    def figures(self, column: Column) -> list[Figure | None]:
        return self._figures[column.index]

    def signed(self, column: Column) -> list[Decimal | None]:
        return [
            -value if value is not None and figure and figure.sign == "-" else value
            for value, figure in zip(self.values(column), self.figures(column), strict=True)
        ]

    def _read(self, column: Column) -> list[Figure | None]:
        return [self._figure(posted, column) for posted in self.posted]

    def _figure(self, posted: Posted, column: Column) -> Figure | None:
        cell = posted.cell(column)
        if not cell:
            return None
        figure = read_figure(cell)
        if figure is None:
            raise refuse_line(posted.line_no, f"has {cell[:40]!r}, which is no amount", column=column.name)
        return figure

    def _value(self, figure: Figure, posted: Posted, column: Column) -> Decimal:
        value = read_amount(figure, self._mark)
        if value is None:
            fault = f"has {figure.number!r}, which is no number with {self._mark!r} as the decimal mark"
            raise refuse_line(posted.line_no, fault, column=column.name)
        return value

    def _decide_mark(self, used: Sequence[Column]) -> str:
        try:
            return decide_decimal_mark(figure for row in self._figures.values() for figure in row if figure)
        except AmbiguousAmounts as error:
            raise refuse_column(
                "ambiguous_amounts",
                "The amounts can be read in two ways",
                used[0].name,
                f"has {error.sample!r}: a thousand, or a decimal part",
                'Send a mapping with "decimal": "." or ",".',
            ) from None


def read_money(ledger: Ledger) -> Money:
    """As the columns print it, before any proof; raises StatementError where they contradict each other."""
    _check_fees(ledger)
    split = _split(ledger)
    single = _single(ledger)
    if single and split and not ledger.columns.first("direction") and single.amounts != split.amounts:
        raise _disagreeing(ledger, single, split)
    money = split or single
    if money is None:
        raise _no_money(ledger)
    return _as_mapped(money, ledger.mapping) if ledger.mapping.sign else money


def check_signs(money: Money, ledger: Ledger, descriptions: Sequence[str], *, proven: bool) -> None:
    """Card statements print charges positive: raises StatementError where nothing tells whether this one does."""
    if money.stated:
        return
    ins, outs = sum(amount > 0 for amount in money.amounts), sum(amount < 0 for amount in money.amounts)
    if ins and not outs and not proven:
        raise _ambiguous_sign(money, "has only positive numbers, which may be money in or charges")
    if ins > outs and _is_card(ledger.columns):
        raise _ambiguous_sign(money, "is of a card and mostly positive, which may be money in or charges")
    verdicts = [_verdict(*pair) for pair in zip(money.amounts, descriptions, strict=True)]
    if False in verdicts and True not in verdicts:
        line_no = ledger.posted[verdicts.index(False)].line_no
        raise _ambiguous_sign(money, f"has a sign on line {line_no} that does not fit its description")


def _split(ledger: Ledger) -> Money | None:
    debit, credit = ledger.columns.first("debit"), ledger.columns.first("credit")
    if not debit or not credit:
        return None
    outs, ins = _one_way(ledger, debit), _one_way(ledger, credit)
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
    return Money(
        [each for each in amounts if each is not None], _split_currencies(ledger, debit, credit), debit, True
    )


def _one_way(ledger: Ledger, column: Column) -> list[Decimal | None]:
    """A debit column that prints a minus before every number means the same as one that prints none."""
    signs = {
        figure.sign == "-"
        for figure, value in zip(ledger.figures(column), ledger.values(column), strict=True)
        if figure and value
    }
    if len(signs) > 1:
        raise refuse_column(
            "ambiguous_sign",
            "Money in and money out cannot be told apart",
            column.name,
            "has both positive and negative numbers",
            "Send a mapping with one amount column.",
        )
    return ledger.values(column)


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


def _single(ledger: Ledger) -> Money | None:
    candidates = [
        column
        for column in ledger.columns.of("amount")
        if all(figure is not None for figure in ledger.figures(column))
    ]
    if not candidates:
        return None
    readings = [_with_direction(ledger, column) for column in candidates]
    if any(reading.amounts != readings[0].amounts for reading in readings):
        names = " and ".join(repr(column.name) for column in candidates)
        raise refuse_column(
            "ambiguous_amounts",
            "Several columns could be the amount",
            candidates[0].name,
            f"is one of {names}, and they differ",
            'Send a mapping with "amount".',
        )
    return readings[0]


def _with_direction(ledger: Ledger, column: Column) -> Money:
    amounts = [amount for amount in ledger.signed(column) if amount is not None]
    figures = [figure for figure in ledger.figures(column) if figure is not None]
    currencies = [figure.currency or column.currency for figure in figures]
    words = _direction(ledger)
    signs = {figure.sign for figure, amount in zip(figures, amounts, strict=True) if amount}
    if words and "-" not in signs:
        directed = [-amount if out else amount for amount, out in zip(amounts, words, strict=True)]
        return Money(directed, currencies, column, True)
    if words and len(set(words)) > 1:
        _check_agreement(ledger, column, amounts, words)
        return Money(amounts, currencies, column, True)
    if signs == {"", "+"}:
        # Only payments carry a sign, so what carries none is a charge.
        charged = [
            amount if figure.sign else -amount for amount, figure in zip(amounts, figures, strict=True)
        ]
        return Money(charged, currencies, column, True)
    return Money(amounts, currencies, column, signs in ({"+"}, {"+", "-"}))


def _check_agreement(
    ledger: Ledger, column: Column, amounts: Sequence[Decimal], words: Sequence[bool]
) -> None:
    for posted, amount, out in zip(ledger.posted, amounts, words, strict=True):
        if amount and (amount < 0) != out:
            fault = "has a sign that the word for money in or out contradicts"
            raise refuse_line(posted.line_no, fault, column=column.name)


def _direction(ledger: Ledger) -> list[bool] | None:
    """For each line whether it is money out, from the first column that says so for every one of them."""
    for column in ledger.columns.of("direction"):
        if is_direction(ledger.posted, column):
            return [simplify(posted.cell(column)) in OUT for posted in ledger.posted]
    return None


def is_direction(posted: Sequence[Posted], column: Column) -> bool:
    """Whether every cell of it is a word for money in or money out."""
    return all(simplify(each.cell(column)) in EITHER for each in posted)


def _as_mapped(money: Money, mapping: Mapping) -> Money:
    amounts = [-amount + 0 for amount in money.amounts] if mapping.sign == "reversed" else money.amounts
    return msgspec.structs.replace(money, amounts=amounts, stated=True)


def _is_card(columns: Columns) -> bool:
    return any(CARDS & set(simplify(name).split()) for name in columns.header)


def _verdict(amount: Decimal, description: str) -> bool | None:
    upper = description.upper()
    if any(word in upper for word in SURELY_OUT) and amount:
        return amount < 0
    if any(word in upper for word in SURELY_IN) and amount:
        return amount > 0
    return None


def _check_fees(ledger: Ledger) -> None:
    """A fee beside the amount moves the balance too; only a balance column can say how."""
    if ledger.columns.first("balance"):
        return
    for index, name in enumerate(ledger.columns.header):
        if simplify(name) not in FEES:
            continue
        for posted in ledger.posted:
            figure = read_figure(posted.row.cells[index])
            if figure and figure.number.strip("0.,"):
                raise refuse_line(posted.line_no, "has a fee beside its amount", column=name.strip())


def _ambiguous_sign(money: Money, fault: str) -> StatementError:
    title = "Money in and money out cannot be told apart"
    return refuse_column("ambiguous_sign", title, money.column.name, fault, ADVICE)


def _disagreeing(ledger: Ledger, single: Money, split: Money) -> StatementError:
    pairs = zip(ledger.posted, single.amounts, split.amounts, strict=True)
    line_no = next(posted.line_no for posted, one, other in pairs if one != other)
    return refuse_line(
        line_no, "has an amount that its debit and credit do not bear out", column=single.column.name
    )


def _no_money(ledger: Ledger) -> StatementError:
    column = ledger.columns.of("amount")[0]
    blank = next(
        posted for posted, figure in zip(ledger.posted, ledger.figures(column), strict=True) if not figure
    )
    return refuse_line(blank.line_no, "has no amount", column=column.name)
