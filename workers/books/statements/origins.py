"""What each line says of itself beside date and amount: its account, its currency, the bank's id, its description."""

from __future__ import annotations

from collections.abc import Sequence

from workers.books.statements.columns import Column, Columns
from workers.books.statements.currencies import currency_of
from workers.books.statements.description import describe
from workers.books.statements.directions import is_direction
from workers.books.statements.facts import LEAST_ACCOUNT_DIGITS
from workers.books.statements.lines import Posted
from workers.books.statements.names import TIER

#: Shorter ones are row numbers, which the next export gives to other lines.
SHORTEST_ID = 6
#: As many columns as a mapping may name.
MOST_TEXTS = 20
#: Roles whose columns are no part of a description.
TAKEN = ("date", "amount", "debit", "credit", "balance", "currency", "fee")


def description_columns(posted: Sequence[Posted], columns: Columns) -> list[Column]:
    """Payee and description; where neither is named, every column without another role."""
    taken = {column.index for role in TAKEN for column in columns.of(role)}
    named = [column for role in ("payee", "description") for column in columns.of(role)]
    texts = [column for column in named if column.index not in taken]
    if not texts:
        known = {column.index for found in columns.roles.values() for column in found}
        texts = [columns.column(index) for index in range(len(columns.header)) if index not in known]
    unique = list({column.index: column for column in texts}.values())[:MOST_TEXTS]
    telling = [column for column in unique if not is_direction([each.cell(column) for each in posted])]
    return telling or unique


def descriptions_of(posted: Sequence[Posted], columns: Sequence[Column]) -> list[str]:
    return [describe((*(each.cell(column) for column in columns), *each.more)) for each in posted]


def currency_column(posted: Sequence[Posted], columns: Columns, money: Column) -> Column | None:
    """The best named one, and of several the one that stands next to the amount."""
    stating = [column for column in columns.of("currency") if _codes(posted, column)]
    return min(
        stating, key=lambda column: (column.rank // TIER, abs(column.index - money.index)), default=None
    )


def currencies_in(posted: Sequence[Posted], column: Column) -> list[str | None]:
    """A blank among cells that all say the same says it, too."""
    codes = [currency_of(each.cell(column)) for each in posted]
    known = set(codes) - {None}
    only = known.pop() if len(known) == 1 else None
    return [code or only for code in codes]


def bank_ids(posted: Sequence[Posted], columns: Columns) -> list[str | None]:
    """A column whose values repeat or are mere row numbers is no id, whatever it is called."""
    for column in columns.of("bank_id"):
        ids = [each.cell(column) for each in posted]
        if len(set(ids)) == len(ids) and all(len(each) >= SHORTEST_ID for each in ids):
            return list(ids)
    return [None] * len(posted)


def accounts_of(posted: Sequence[Posted], columns: Columns) -> list[str] | None:
    """The account of each line; null where no column says it for all of them.

    A column with a number for nearly every line is of the other parties, whatever its name is.
    """
    for column in columns.of("account_number"):
        numbers = [each.cell(column) for each in posted]
        several = len(set(numbers))
        if all(map(_is_number, numbers)) and (
            several == 1 or (column.rank == 0 and 2 * several <= len(numbers))
        ):
            return numbers
    return None


def _codes(posted: Sequence[Posted], column: Column) -> bool:
    cells = [cell for each in posted if (cell := each.cell(column))]
    return bool(cells) and all(map(currency_of, cells))


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= LEAST_ACCOUNT_DIGITS
