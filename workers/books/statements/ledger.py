"""The money columns of a file under its one decimal mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from ledgerwire.statements import ColumnMapping
from workers.books.statements.amounts import (
    MARK,
    AmbiguousAmounts,
    Figure,
    decide_decimal_mark,
    is_blank,
    read_amount,
    read_figure,
)
from workers.books.statements.balances import prove
from workers.books.statements.columns import Column, Columns
from workers.books.statements.currencies import THREE_DIGITS, currency_of
from workers.books.statements.lines import Posted
from workers.books.statements.names import first_rank, languages_of
from workers.books.statements.questions import Question, choice, likeliest_first
from workers.books.statements.refusal import refuse_column, refuse_line

#: Balances of this tier and above are not what the lines move.
UNMOVED = first_rank("balance", "available")


class Ledger:
    """Every number of the posted lines; a cell that is none is refused with its place when it is needed."""

    def __init__(self, posted: Sequence[Posted], columns: Columns, mapping: ColumnMapping) -> None:
        self.posted = posted
        self.columns = columns
        self.mapping = mapping
        self.balance_columns = [column for column in columns.of("balance") if column.rank < UNMOVED]
        self._known = [*columns.money(), *self.balance_columns, *columns.of("fee")]
        used = {column.index: column for column in [*self._known, *columns.of("spare")]}
        self._figures = {index: self._read(column) for index, column in used.items()}
        self.mark = mapping.decimal or self._decide_mark()
        self._marks = {column.index: self._own_mark(column) for column in self.balance_columns}

    def require(self, column: Column) -> None:
        """Raises StatementError at the first cell of the column that is neither blank nor an amount."""
        for posted, figure in zip(self.posted, self.figures(column), strict=True):
            cell = posted.cell(column)
            if figure is None and not is_blank(cell):
                raise refuse_line(
                    posted.line_no, f"has {cell[:40]!r}, which is no amount", column=column.name
                )

    def is_complete(self, column: Column) -> bool:
        return all(figure is not None for figure in self.figures(column))

    @property
    def has_marks(self) -> bool:
        """Whether any number has a mark that could be the decimal one."""
        return any(MARK.search(figure.number) for row in self._figures.values() for figure in row if figure)

    def figures(self, column: Column) -> list[Figure | None]:
        return self._figures[column.index]

    def values(self, column: Column) -> list[Decimal | None]:
        """The printed numbers without their sign; null where the cell is blank."""
        return [
            None if figure is None else self._value(figure, posted, column)
            for posted, figure in zip(self.posted, self.figures(column), strict=True)
        ]

    def signed(self, column: Column) -> list[Decimal | None]:
        return [
            -value if value is not None and figure and figure.sign == "-" else value
            for value, figure in zip(self.values(column), self.figures(column), strict=True)
        ]

    def plain(self, column: Column) -> list[Decimal]:
        """The signed numbers of a column that every line fills."""
        return [value for value in self.signed(column) if value is not None]

    def is_proven(self, amounts: Sequence[Decimal]) -> bool:
        """Whether a balance moves by the amounts, in whatever order of the lines."""
        proofs = [prove(amounts, self.signed(column)) for column in self.balance_columns]
        return any(proof and proof.holds for proof in proofs)

    def cells(self, column: Column) -> list[str]:
        return [each.cell(column) for each in self.posted]

    @property
    def currencies(self) -> set[str]:
        """All that are printed beside amounts, named by headers, or stand in a column of their own."""
        printed = {figure.currency for figure in self._printed(column.index for column in self._known)}
        named = {column.currency for column in self.columns.money()}
        column = self.columns.first("currency")
        stated = set(map(currency_of, self.cells(column))) if column else set()
        return {currency for currency in printed | named | stated if currency}

    def _read(self, column: Column) -> list[Figure | None]:
        return [None if is_blank(cell) else read_figure(cell) for cell in self.cells(column)]

    def mark_of(self, column: Column) -> str:
        return self._marks.get(column.index, self.mark)

    def _value(self, figure: Figure, posted: Posted, column: Column) -> Decimal:
        mark = self.mark_of(column)
        value = read_amount(figure, mark)
        if value is None:
            fault = f"has {figure.number!r}, which is no number with {mark!r} as the decimal mark"
            raise refuse_line(posted.line_no, fault, column=column.name)
        return value

    def _decide_mark(self) -> str:
        """By the amounts; where they leave it open, by all numbers beside them."""
        amounts = [column.index for column in self.columns.money()]
        for indexes in (amounts, [column.index for column in self._known]):
            try:
                return decide_decimal_mark(self._printed(indexes), three_digits=self._three_digits())
            except AmbiguousAmounts as error:
                open_one = error
        raise _open_mark(self.columns.money()[0], open_one)

    def _own_mark(self, column: Column) -> str:
        """Some banks print balances otherwise than amounts."""
        try:
            mark = decide_decimal_mark(self._printed([column.index]))
        except AmbiguousAmounts:
            return self.mark
        return mark if any(mark in figure.number for figure in self._printed([column.index])) else self.mark

    def _printed(self, indexes: Iterable[int]) -> Iterator[Figure]:
        return (figure for index in indexes for figure in self._figures[index] if figure)

    def _three_digits(self) -> bool | None:
        """Only a few countries print three decimals, and none of them in these languages."""
        currencies = self.currencies
        if currencies:
            return bool(currencies & THREE_DIGITS)
        told = [languages for name in self.columns.header if (languages := languages_of(name))]
        return None if all(languages & {"en", "fr"} for languages in told) else False


def _open_mark(column: Column, error: AmbiguousAmounts) -> Question:
    error_for_sender = refuse_column(
        "ambiguous_amounts",
        "The amounts can be read in two ways",
        column.name,
        f"has {error.sample!r}: a thousand, or a decimal part",
        'Send a mapping with "decimal": "." or ",".',
    )
    choices = [
        choice("The point: 1,234.50", decimal="."),
        choice("The comma: 1.234,50", decimal=","),
    ]
    text = f"Column {column.name!r} has {error.sample!r}. Which mark stands before the decimals?"
    return Question("decimal", text, error_for_sender, likeliest_first(choices, error.likely == ","))
