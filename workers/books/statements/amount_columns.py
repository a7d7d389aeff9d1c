"""Which column of several holds the amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from workers.books.errors import StatementError
from workers.books.statements.columns import Column, ref_of
from workers.books.statements.currencies import currency_of
from workers.books.statements.ledger import Ledger
from workers.books.statements.money import Money
from workers.books.statements.names import TIER
from workers.books.statements.printed import with_direction
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column, refuse_line


def read_amounts(ledger: Ledger) -> Money | None:
    candidates = [column for column in ledger.columns.of("amount") if ledger.is_complete(column)]
    if not candidates:
        return _by_currency(ledger)
    return with_direction(ledger, _choose(ledger, candidates))


def _choose(ledger: Ledger, candidates: Sequence[Column]) -> Column:
    """The only one, the one that a balance proves, or the one whose name is best; raises Question."""
    different = list(_different(ledger, candidates))
    if len(different) == 1:
        return _unless_foreign(ledger, candidates[0])
    proven = [column for column in different if ledger.is_proven(ledger.plain(column))]
    if len(proven) == 1:
        return proven[0]
    best = [column for column in different if column.rank // TIER == different[0].rank // TIER]
    exact = [column for column in best if column.rank == best[0].rank]
    for few in (best, [column for column in best if column.currency], exact):
        if len(few) == 1:
            return few[0]
    raise _which_amount(ledger, best)


def _unless_foreign(ledger: Ledger, column: Column) -> Column:
    """Amounts in several currencies are what was paid abroad; a column without a name may be what it cost here."""
    codes = {currency_of(cell) for named in ledger.columns.of("currency") for cell in ledger.cells(named)}
    spare = [other for other in ledger.columns.of("spare") if ledger.is_complete(other)]
    different = list(_different(ledger, [column, *spare]))
    if len(codes - {None}) > 1 and len(different) > 1 and not ledger.mapping.amount:
        raise _which_amount(ledger, different)
    return column


def _different(ledger: Ledger, candidates: Sequence[Column]) -> Iterator[Column]:
    """Without those that repeat another."""
    seen: list[list[Decimal | None]] = []
    for column in candidates:
        values = ledger.signed(column)
        if values not in seen:
            seen.append(values)
            yield column


def _which_amount(ledger: Ledger, candidates: Sequence[Column]) -> Question:
    names = " and ".join(repr(column.name) for column in candidates)
    error = refuse_column(
        "ambiguous_amounts",
        "Several columns could be the amount",
        candidates[0].name,
        f"is one of {names}, and they differ",
        'Send a mapping with "amount".',
    )
    header = ledger.columns.header
    choices = [
        choice(f"The amount is {column.name!r}", amount=ref_of(header, column.index)) for column in candidates
    ]
    return Question(
        "columns", f"Which column is the amount: {names.replace(' and ', ' or ')}?", error, choices
    )


def _by_currency(ledger: Ledger) -> Money | None:
    """Columns that are headed by currencies, of which each line fills one."""
    columns = [column for column in ledger.columns.of("amount") if column.currency]
    rows = list(zip(*(ledger.signed(column) for column in columns), strict=True))
    if len(columns) <= 1 or any(sum(value is not None for value in row) != 1 for row in rows):
        return None
    filled = [next(place for place, value in enumerate(row) if value is not None) for row in rows]
    amounts = [value for row, place in zip(rows, filled, strict=True) if (value := row[place]) is not None]
    currencies = [columns[place].currency for place in filled]
    return Money(amounts=amounts, currencies=currencies, column=columns[0], parts={}, stated=False)


def read_unnamed(ledger: Ledger) -> Money:
    """The only column of amounts; of several that no balance has told apart, a person must say."""
    candidates = list(_different(ledger, ledger.columns.of("amount")))
    if len(candidates) == 1 and ledger.is_complete(candidates[0]):
        return with_direction(ledger, candidates[0])
    for first, second in combinations(candidates, 2):
        if _take_turns(ledger, first, second):
            raise _which_side(ledger, first, second)
    if len(candidates) > 1:
        raise _which_amount(ledger, sorted(candidates, key=lambda column: _unlikelihood(ledger, column)))
    raise no_money(ledger)


def _unlikelihood(ledger: Ledger, column: Column) -> tuple[bool, Decimal]:
    """An amount carries signs, and is smaller than the balance beside it."""
    signed = any(figure and figure.sign for figure in ledger.figures(column))
    return not signed, sum((abs(value) for value in ledger.values(column) if value), Decimal(0))


def _take_turns(ledger: Ledger, first: Column, second: Column) -> bool:
    pairs = zip(ledger.figures(first), ledger.figures(second), strict=True)
    return all((one is None) != (other is None) for one, other in pairs)


def _which_side(ledger: Ledger, first: Column, second: Column) -> Question:
    """Each line fills one of the two: the first is money out nearly everywhere."""
    error = refuse_column(
        "ambiguous_amounts",
        "Several columns could be the amount",
        first.name,
        f"and {second.name!r} take turns: money out and money in",
        'Send a mapping with "debit" and "credit".',
    )
    one, other = (ref_of(ledger.columns.header, column.index) for column in (first, second))
    choices = [
        choice(f"{first.name!r} is money out", debit=one, credit=other),
        choice(f"{second.name!r} is money out", debit=other, credit=one),
    ]
    return Question(
        "columns", f"Which column is money out: {first.name!r} or {second.name!r}?", error, choices
    )


def no_money(ledger: Ledger) -> StatementError:
    column = ledger.columns.money()[0]
    ledger.require(column)
    pairs = zip(ledger.posted, ledger.figures(column), strict=True)
    blank = next((posted for posted, figure in pairs if not figure), ledger.posted[0])
    return refuse_line(blank.line_no, "has no amount", column=column.name)
