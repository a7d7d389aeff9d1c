"""Which transactions a person means: a filter as the conditions of a query."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import ColumnElement, Numeric, cast, literal

from ledgerwire.books import TransactionFilter
from workers.books.merchants import normalise
from workers.books.schema import Money, transactions

#: SQLite keeps money as text, which does not sort as numbers do. Of two amounts that differ beyond the fifteenth
#: digit a bound may there let both pass, never neither.
AMOUNT = cast(transactions.c.amount, Numeric)


def conditions(company_id: str, wanted: TransactionFilter) -> list[ColumnElement[bool]]:
    """All must hold. The company is the first of them, so that no list can forget it.

    A list without members (``state: []``) means none of the states, and so no transaction.
    """
    return [transactions.c.company_id == company_id, *_equal(wanted), *_listed(wanted), *_within(wanted)]


def _equal(wanted: TransactionFilter) -> Iterator[ColumnElement[bool]]:
    columns = {
        "job_id": transactions.c.import_job_id,
        "account_id": transactions.c.account_id,
        "category": transactions.c.category,
        "merchant_key": transactions.c.merchant_key,
    }
    for name, column in columns.items():
        if (value := getattr(wanted, name)) is not None:
            yield column == value
    if text := normalise(wanted.text or ""):
        yield transactions.c.normalised.contains(text, autoescape=True)


def _listed(wanted: TransactionFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield transactions.c.state.in_(wanted.state)
    if wanted.source is not None:
        yield transactions.c.source.in_(wanted.source)


def _within(wanted: TransactionFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.date_from is not None:
        yield transactions.c.date >= wanted.date_from
    if wanted.date_to is not None:
        yield transactions.c.date <= wanted.date_to
    if wanted.amount_min is not None:
        yield _number(wanted.amount_min) <= AMOUNT
    if wanted.amount_max is not None:
        yield _number(wanted.amount_max) >= AMOUNT


def _number(amount: Decimal) -> ColumnElement[Decimal]:
    return cast(literal(amount, Money), Numeric)
