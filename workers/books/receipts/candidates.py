"""The bank lines whose amount and day a receipt may have: one query for as many receipts as are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from sqlalchemy import Date, Dialect, Select, String, bindparam, column, select, values
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Transaction, is_amount
from ledgerwire.receipts import Receipt
from workers.books.receipts.odds import window
from workers.books.receipts.schema import attachments, receipts
from workers.books.schema import Money, transactions
from workers.books.transactions import COLUMNS

#: Digits behind the point that a bank may write an amount with.
MOST_PLACES = 4
#: Of a total that are looked for.
ALTERNATIVES = 3
#: Rows of the list of what is wanted in one statement: SQLite takes 32,766 parameters.
CHUNK = 2_000
IDS = 500


class Candidate(msgspec.Struct, frozen=True):
    transaction: Transaction
    #: What its amount is on the receipt: a word of odds.BY_SUM.
    sum: str


class _Wanted(msgspec.Struct, frozen=True):
    receipt: Receipt
    #: As a line has it: negative for what was paid.
    amount: Decimal
    sum: str


async def candidates_of(
    connection: AsyncConnection, company_id: str, wanted: Sequence[Receipt]
) -> dict[str, list[Candidate]]:
    """By the receipt's id, those that have any; a line that has a receipt of that sum already is none."""
    asked = {(each.receipt.receipt_id, each.amount): each for each in _amounts(wanted)}
    found: dict[str, dict[str, Candidate]] = {}
    async for receipt_id, line in _lines(connection, company_id, list(asked.values())):
        each = asked[receipt_id, line.amount]
        if each.receipt.currency in {None, line.currency}:
            mine = found.setdefault(receipt_id, {})
            mine[line.transaction_id] = Candidate(line, each.sum)
    taken = await _taken(connection, {key for mine in found.values() for key in mine})
    totals = {each.receipt_id: each.total for each in wanted}
    return {
        receipt_id: [each for key, each in mine.items() if (key, totals[receipt_id]) not in taken]
        for receipt_id, mine in found.items()
    }


def _amounts(wanted: Iterable[Receipt]) -> Iterator[_Wanted]:
    """A refund's total is negative as it is printed, and so comes in. What is likelier comes last and stands."""
    for receipt in wanted:
        if not receipt.total:
            continue
        for sum_ in _alternatives(receipt):
            yield _Wanted(receipt, -sum_, "alternative")
        if receipt.tip and not _includes_tip(receipt):
            yield _Wanted(receipt, -(receipt.total + receipt.tip), "with_tip")
        yield _Wanted(receipt, -receipt.total, "total")


def _alternatives(receipt: Receipt) -> list[Decimal]:
    """What an unsure total may be instead: the bank knows it to the cent."""
    reading = receipt.fields.get("total")
    if reading is None or reading.sure:
        return []
    amounts = (amount for each in reading.alternatives if (amount := _amount(each.value)))
    return list(amounts)[:ALTERNATIVES]


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount and is_amount(amount) else None


def _includes_tip(receipt: Receipt) -> bool:
    if receipt.subtotal is None or receipt.total is None or receipt.tip is None:
        return False
    taxes = sum((tax.amount for tax in receipt.taxes), Decimal(0))
    return receipt.total in {receipt.subtotal + receipt.tip, receipt.subtotal + taxes + receipt.tip}


async def _lines(connection: AsyncConnection, company_id: str, wanted: Sequence[_Wanted]) -> Any:
    rows = [row for each in wanted for row in _rows(each, connection.dialect)]
    for start in range(0, len(rows), CHUNK):
        found = await connection.execute(_query(company_id, rows[start : start + CHUNK]))
        for receipt_id, *line in found:
            yield receipt_id, Transaction(**dict(zip(Transaction.__struct_fields__, line, strict=True)))


def _rows(wanted: _Wanted, dialect: Dialect) -> Iterator[tuple[Any, ...]]:
    """SQLite keeps money as text, where 5, 5.0 and 5.00 are three: an index finds each by itself."""
    receipt = wanted.receipt
    first, last = window(receipt.date, receipt.created_at.date())
    spellings = _spellings(wanted.amount) if dialect.name == "sqlite" else [wanted.amount]
    for amount in spellings:
        yield receipt.receipt_id, amount, first, last


def _spellings(amount: Decimal) -> list[Decimal]:
    bare = amount.normalize()
    least = max(0, -int(bare.as_tuple().exponent))
    places = range(least, max(least, MOST_PLACES) + 1)
    return [bare.quantize(Decimal(1).scaleb(-number)) for number in places]


def _query(company_id: str, rows: Sequence[tuple[Any, ...]]) -> Select[Any]:
    wanted = (
        values(
            column("receipt_id", String),
            column("amount", Money),
            column("first", Date),
            column("last", Date),
            name="wanted",
        )
        .data(rows)
        .cte("wanted")
    )
    return select(wanted.c.receipt_id.label("wanted_by"), *COLUMNS).join_from(
        wanted,
        transactions,
        (transactions.c.company_id == company_id)
        & (transactions.c.amount == wanted.c.amount)
        & transactions.c.date.between(wanted.c.first, wanted.c.last),
    )


async def _taken(connection: AsyncConnection, ids: set[str]) -> set[tuple[str, Decimal | None]]:
    """The lines that have a receipt, each with that receipt's total."""
    listed = sorted(ids)
    taken: set[tuple[str, Decimal | None]] = set()
    for start in range(0, len(listed), IDS):
        found = await connection.execute(_TAKEN, {"ids": listed[start : start + IDS]})
        taken.update((row.transaction_id, row.total) for row in found)
    return taken


_TAKEN = (
    select(attachments.c.transaction_id, receipts.c.total)
    .join_from(attachments, receipts, receipts.c.receipt_id == attachments.c.receipt_id)
    .where(attachments.c.transaction_id.in_(bindparam("ids", expanding=True)))
)
