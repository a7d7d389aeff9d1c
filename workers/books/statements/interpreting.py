"""A table read to the end: each line's date, amount, currency and text, and how they were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.columns import Column, ref_of
from workers.books.statements.dating import Dating, date_lines
from workers.books.statements.facts import Facts, accounts_above, facts_of
from workers.books.statements.fees import with_fees
from workers.books.statements.grid import DELIMITERS
from workers.books.statements.ledger import Ledger
from workers.books.statements.lines import Lines, Posted, lines_of
from workers.books.statements.money import Money
from workers.books.statements.orders import Evidence
from workers.books.statements.origins import (
    accounts_of,
    bank_ids,
    currencies_in,
    currency_column,
    description_columns,
    descriptions_of,
)
from workers.books.statements.places import usual_orders
from workers.books.statements.proof import Balances, balances_of, check_empty, judge
from workers.books.statements.reckoning import read_money
from workers.books.statements.signs import kind_of, settle_signs
from workers.books.statements.statement import Statement, StatementLine
from workers.books.statements.statuses import without_unposted
from workers.books.statements.tables import Table

#: Lines whose cells are looked at for the country they are of.
SAMPLE = 200


class Reading(msgspec.Struct, frozen=True):
    statement: Statement
    table: Table
    #: Its columns, how they are written, and what a person has said: the file can be read by it again. What evidence
    #: decided it decides again, under another answer perhaps otherwise.
    mapping: ColumnMapping


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps of a reading have come to."""

    table: Table
    facts: Facts
    dating: Dating
    ledger: Ledger
    money: Money
    balances: Balances
    texts: list[Column]
    descriptions: list[str]
    accounts: list[str] | None
    warnings: list[str]


def interpret(table: Table, mapping: ColumnMapping) -> Reading:
    """Raises StatementError for what is broken and Question for what is open."""
    found = _find(table, mapping)
    return Reading(_statement(found), table, _decided(found, mapping))


def _find(table: Table, mapping: ColumnMapping) -> _Found:
    lines = lines_of(table)
    posted = without_unposted(lines.posted, table.columns, mapping)
    if not posted:
        detail = "Every line of it is pending, a total or a note."
        raise StatementError("no_lines", "The file has no posted lines", detail)
    empty = [row for _, row in lines.empty]
    facts = facts_of([*table.above, *lines.opening, *lines.notes, *empty, *lines.closing])
    dating, ledger = _date(posted, table, mapping, facts)
    texts = description_columns(ledger.posted, table.columns)
    descriptions = descriptions_of(ledger.posted, texts)
    check_empty(ledger, lines)
    accounts = accounts_of(ledger.posted, table.columns) or _by_section(ledger.posted, table, lines)
    money = read_money(ledger)
    money = msgspec.structs.replace(money, amounts=with_fees(money.amounts, ledger))
    balances = balances_of(ledger, lines)
    kind = kind_of(ledger, facts.titles, [*(accounts or []), facts.account_number or ""])
    verdict = judge(money, ledger, balances, dating.dates, accounts, is_card=kind.card)
    money = settle_signs(money, ledger, descriptions, verdict.sign, kind)
    warnings = [*lines.warnings, *dating.warnings, *verdict.warnings]
    return _Found(
        table=table,
        facts=facts,
        dating=dating,
        ledger=ledger,
        money=money,
        balances=balances,
        texts=texts,
        descriptions=descriptions,
        accounts=accounts,
        warnings=warnings,
    )


def _by_section(posted: Sequence[Posted], table: Table, lines: Lines) -> list[str] | None:
    """Each line's account, where headings between the lines name several."""
    sections = accounts_above([*table.above, *lines.opening, *lines.notes])
    first, last = posted[0].line_no, posted[-1].line_no
    between = {number for line_no, number in sections if first < line_no < last}
    if not between or table.columns.line_no == 0:
        return None
    found = [
        next((number for line_no, number in reversed(sections) if line_no < each.line_no), "")
        for each in posted
    ]
    return found if all(found) and len(set(found)) > 1 else None


def _date(
    posted: Sequence[Posted], table: Table, mapping: ColumnMapping, facts: Facts
) -> tuple[Dating, Ledger]:
    """The dates, and the numbers of the lines that have one."""
    columns = table.columns
    ledger = Ledger(posted, columns, mapping)
    descriptions = descriptions_of(posted[:SAMPLE], description_columns(posted[:SAMPLE], columns))
    currencies = ledger.currencies | ({facts.currency} if facts.currency else set())
    usual = usual_orders(columns.header, currencies, ledger.mark, _cells(posted, table))
    evidence = Evidence(stated=facts.dates, usual=usual, descriptions=descriptions)
    dating = date_lines(posted, columns, mapping, evidence)
    if len(dating.posted) < len(posted):
        ledger = Ledger(dating.posted, columns, mapping)
    return dating, ledger


def _cells(posted: Sequence[Posted], table: Table) -> Iterator[str]:
    for row in table.above:
        yield from row.cells
    for each in posted[:SAMPLE]:
        yield from each.row.cells


def _statement(found: _Found) -> Statement:
    currencies = _currencies(found)
    numbers = set(found.accounts or ())
    rows = zip(
        found.ledger.posted,
        found.dating.dates,
        found.money.amounts,
        found.descriptions,
        currencies,
        bank_ids(found.ledger.posted, found.table.columns),
        found.balances.printed,
        found.accounts if found.accounts and len(numbers) > 1 else [None] * len(currencies),
        strict=True,
    )
    return Statement(
        format="csv",
        lines=[_line(*row) for row in rows],
        account_number=_account_number(found, numbers),
        currency=currencies[0] if len(set(currencies)) == 1 else None,
        warnings=found.warnings,
        layout=found.table.layout,
    )


def _line(
    posted: Posted,
    day: date,
    amount: Decimal,
    description: str,
    currency: str | None,
    bank_id: str | None,
    balance: Decimal | None,
    account_number: str | None,
) -> StatementLine:
    return StatementLine(
        line_no=posted.line_no,
        date=day,
        amount=amount,
        description=description,
        currency=currency,
        bank_id=bank_id,
        balance=balance,
        account_number=account_number,
    )


def _account_number(found: _Found, numbers: set[str]) -> str | None:
    if len(numbers) == 1:
        return next(iter(numbers))
    return None if numbers else found.facts.account_number


def _currencies(found: _Found) -> list[str | None]:
    """Of a column for it, printed beside the amount, named by the header, stated above, or told by a person."""
    stated = _stated_currency(found)
    column = currency_column(found.ledger.posted, found.table.columns, found.money.column)
    codes = currencies_in(found.ledger.posted, column) if column else found.money.currencies
    return [code or stated for code in codes]


def _stated_currency(found: _Found) -> str | None:
    named = {column.currency for column in found.table.columns.of("balance")} - {None}
    only = named.pop() if len(named) == 1 else None
    return found.ledger.mapping.currency or found.facts.currency or only


def _decided(found: _Found, mapping: ColumnMapping) -> ColumnMapping:
    header = found.table.columns.header

    def ref(column: Column | None) -> str | None:
        return ref_of(header, column.index) if column else None

    money, columns = found.money, found.table.columns
    balance = found.balances.column
    currency = currency_column(found.ledger.posted, columns, money.column)
    delimiter = found.table.delimiter
    return msgspec.structs.replace(
        mapping,
        header_line=columns.line_no,
        delimiter=cast("Any", delimiter) if delimiter in DELIMITERS else None,
        date=ref(found.dating.column),
        amount=ref(money.parts.get("amount")),
        debit=ref(money.parts.get("debit")),
        credit=ref(money.parts.get("credit")),
        direction=ref(money.direction),
        balance=ref(balance),
        currency_column=ref(currency),
        description=[ref_of(header, column.index) for column in found.texts],
        date_order=mapping.date_order or found.dating.order,
        decimal=mapping.decimal or (cast("Any", found.ledger.mark) if found.ledger.has_marks else None),
    )
