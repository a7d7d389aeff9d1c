"""What follows from a person's word on one line: how many others are like it, and the rule that would have known."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Transaction
from ledgerwire.rules import NewRule
from workers.books.categorizing import OPEN
from workers.books.merchants import normalise
from workers.books.rules import load_rules, whole_words
from workers.books.schema import transactions


class Said:
    """A transaction as a person has left it, as far as rules look at it."""

    def __init__(self, line: Transaction) -> None:
        self.description = line.description
        self.normalised = normalise(line.description)
        self.amount = line.amount
        self.sign = (line.amount > 0) - (line.amount < 0)
        self.account_id = line.account_id


async def count_alike(connection: AsyncConnection, company_id: str, line: Transaction) -> int:
    """Other open lines of its merchant and direction that stand with another category or none."""
    if line.category is None or not line.merchant_key:
        return 0
    query = select(func.count()).where(
        transactions.c.company_id == company_id,
        transactions.c.merchant_key == line.merchant_key,
        transactions.c.sign == Said(line).sign,
        transactions.c.state.in_(OPEN),
        transactions.c.transaction_id != line.transaction_id,
        or_(transactions.c.category.is_(None), transactions.c.category != line.category),
    )
    return int((await connection.execute(query)).scalar_one())


async def propose_rule(connection: AsyncConnection, company_id: str, line: Transaction) -> NewRule | None:
    """A rule that would have decided as the person did; null where one does, or no words tell the merchant.

    It stands before the rule that decides otherwise, which would else go on doing so.
    """
    said = Said(line)
    words = line.merchant_key
    if line.category is None or not words or not whole_words(words).search(said.normalised):
        return None
    deciding = (await load_rules(connection, company_id)).find(said)
    if deciding is not None and deciding.category == line.category:
        return None
    position = None if deciding is None else deciding.position
    return NewRule(category=line.category, match=words, sign=_sign(said.sign), position=position)


def _sign(sign: int) -> Literal[-1, 1] | None:
    return None if sign == 0 else 1 if sign > 0 else -1
