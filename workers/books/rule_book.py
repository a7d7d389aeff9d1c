"""A company's rules as people keep them: written, changed, put in order and taken away.

Positions run from 1 without a gap. They are unique, which both databases check row by row: rules that move are first
put below zero, where nothing stands, and then where they belong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import re2
import uuid_utils
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import is_amount
from ledgerwire.errors import FieldError
from ledgerwire.rules import NewRule, Rule
from workers.books.accounts import is_category
from workers.books.companies import find_bank_account, hold_company
from workers.books.errors import BooksError, Missing
from workers.books.merchants import normalise
from workers.books.rules import compile_pattern
from workers.books.schema import rules

#: More would be looked through for every line of every file.
MOST_RULES = 1_000
CONDITIONS = ("match", "pattern", "amount_min", "amount_max", "account_id", "sign")
COLUMNS = [rules.c[name] for name in Rule.__struct_fields__]


async def list_rules(connection: AsyncConnection, company_id: str) -> list[Rule]:
    """In the order in which they decide."""
    query = select(*COLUMNS).where(rules.c.company_id == company_id).order_by(rules.c.position)
    return [Rule(**row) for row in (await connection.execute(query)).mappings()]


async def find_rule(connection: AsyncConnection, company_id: str, rule_id: str) -> Rule:
    """Raises Missing, for another company's too."""
    query = select(*COLUMNS).where(rules.c.company_id == company_id, rules.c.rule_id == rule_id)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise Missing("rule")
    return Rule(**row)


async def create_rule(
    connection: AsyncConnection, company_id: str, wanted: NewRule, *, now: datetime
) -> Rule:
    """Raises BooksError for a rule that cannot be, or where there are a thousand already."""
    await hold_company(connection, company_id)
    await check_rule(connection, company_id, wanted)
    free = await _count(connection, company_id) + 1
    if free > MOST_RULES:
        raise _too_many()
    position = min(wanted.position or free, free)
    await _shift(connection, company_id, position, free, by=1)
    row = {**_content(wanted), "rule_id": str(uuid_utils.uuid7()), "position": position}
    await connection.execute(insert(rules).values(company_id=company_id, created_at=now, **row))
    return Rule(**row)


async def replace_rule(connection: AsyncConnection, company_id: str, rule_id: str, wanted: NewRule) -> Rule:
    """Without a position it stays where it is. Raises Missing, or BooksError for a rule that cannot be."""
    await hold_company(connection, company_id)
    held = await find_rule(connection, company_id, rule_id)
    await check_rule(connection, company_id, wanted)
    position = min(wanted.position or held.position, await _count(connection, company_id))
    await _put(connection, rule_id, {"position": 0})
    if position < held.position:
        await _shift(connection, company_id, position, held.position - 1, by=1)
    else:
        await _shift(connection, company_id, held.position + 1, position, by=-1)
    row = {**_content(wanted), "position": position}
    await _put(connection, rule_id, row)
    return Rule(rule_id=rule_id, **row)


async def delete_rule(connection: AsyncConnection, company_id: str, rule_id: str) -> None:
    """What it has decided stays decided. Raises Missing."""
    await hold_company(connection, company_id)
    held = await find_rule(connection, company_id, rule_id)
    await connection.execute(delete(rules).where(rules.c.rule_id == rule_id))
    await _shift(connection, company_id, held.position + 1, MOST_RULES, by=-1)


def _content(wanted: NewRule) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in ("category", *CONDITIONS)}


async def _count(connection: AsyncConnection, company_id: str) -> int:
    counted = select(func.count()).select_from(rules).where(rules.c.company_id == company_id)
    return int((await connection.execute(counted)).scalar_one())


async def _put(connection: AsyncConnection, rule_id: str, row: dict[str, Any]) -> None:
    await connection.execute(update(rules).where(rules.c.rule_id == rule_id).values(row))


async def _shift(connection: AsyncConnection, company_id: str, first: int, last: int, *, by: int) -> None:
    """The rules from ``first`` to ``last``, both included."""
    of_company = rules.c.company_id == company_id
    moved = update(rules).where(of_company, rules.c.position.between(first, last))
    await connection.execute(moved.values(position=-(rules.c.position + by)))
    settled = update(rules).where(of_company, rules.c.position < 0)
    await connection.execute(settled.values(position=-rules.c.position))


# --- what a rule must be ------------------------------------------------------------------------------


async def check_rule(connection: AsyncConnection, company_id: str, wanted: NewRule) -> None:
    """Raises BooksError ``invalid_rule``, which names every fault."""
    faults = [*faults_of(wanted)]
    address = f"GET /api/companies/{company_id}/accounts"
    if not await is_category(connection, company_id, wanted.category):
        faults.append(FieldError("/category", f"is no active account of the chart; {address} lists them"))
    if wanted.account_id and await find_bank_account(connection, company_id, wanted.account_id) is None:
        faults.append(FieldError("/account_id", f"is no bank account; {address}/bank lists them"))
    if faults:
        title, detail = "This rule cannot be used", "See errors for what is wrong where."
        raise BooksError("invalid_rule", title, detail, faults)


def faults_of(wanted: NewRule) -> Iterator[FieldError]:
    """What can be told without the books."""
    if all(getattr(wanted, name) is None for name in CONDITIONS):
        yield FieldError("", f"needs a condition: at least one of {', '.join(CONDITIONS)}")
    if wanted.match is not None and not normalise(wanted.match):
        yield FieldError("/match", "has no words to look for")
    yield from _pattern_faults(wanted.pattern)
    yield from _amount_faults(wanted)


def _pattern_faults(pattern: str | None) -> Iterator[FieldError]:
    try:
        if pattern is not None:
            compile_pattern(pattern)
    except re2.error as error:
        reason = error.args[0].decode()
        yield FieldError("/pattern", f"cannot be used: {reason}; see github.com/google/re2/wiki/Syntax")


def _amount_faults(wanted: NewRule) -> Iterator[FieldError]:
    least, most = wanted.amount_min, wanted.amount_max
    bad = [
        name
        for name, bound in (("amount_min", least), ("amount_max", most))
        if not is_amount(bound) or (bound is not None and bound < 0)
    ]
    for name in bad:
        yield FieldError(
            f"/{name}", "should be an amount without its sign; `sign` tells money in from money out"
        )
    if not bad and least is not None and most is not None and least > most:
        yield FieldError("/amount_max", "is below amount_min, so that no line could fit")


def _too_many() -> BooksError:
    detail = f"A company may have {MOST_RULES:,}. Delete those that fit nothing any more, or join some by a pattern."
    return BooksError("too_many_rules", "There are too many rules", detail)
