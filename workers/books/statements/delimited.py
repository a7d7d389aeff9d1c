"""CSV with a header, in the shapes banks give it. What is not certain is refused, with the place and the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from workers.books.errors import StatementError
from workers.books.statements.balances import BalanceDisagrees, prove
from workers.books.statements.columns import Column, Columns
from workers.books.statements.dates import AmbiguousDates, DateStyle, decide_style
from workers.books.statements.encoding import decode
from workers.books.statements.mapping import Mapping
from workers.books.statements.money import Ledger, Money, check_signs, is_direction, read_money
from workers.books.statements.refusal import refuse_column, refuse_line
from workers.books.statements.rows import Posted, posted_rows
from workers.books.statements.sheet import read_sheet
from workers.books.statements.statement import Statement, StatementLine

CURRENCY = re.compile(r"[A-Z]{3}")
#: Shorter ones are row numbers, which the next export gives to other lines.
SHORTEST_ID = 6
MAX_DESCRIPTION = 1_000
LEAST_ACCOUNT_DIGITS = 4


def read_delimited(content: bytes, mapping: Mapping) -> Statement:
    """Raises StatementError."""
    sheet = read_sheet(decode(content), mapping)
    posted, columns = posted_rows(sheet), sheet.columns
    if not posted:
        detail = "Every line of it is pending, a total or a note."
        raise StatementError("no_lines", "The file has no posted lines", detail)
    dates = _dates(posted, columns, mapping)
    descriptions = _descriptions(posted, columns)
    ledger = Ledger(posted, columns, mapping)
    balances = _balances(ledger)
    money = _borne_out(read_money(ledger), ledger, balances, dates, descriptions)
    currencies = _currencies(posted, columns, money)
    ids = _bank_ids(posted, columns)
    rows = zip(posted, dates, money.amounts, descriptions, currencies, ids, balances, strict=True)
    lines = [_line(*row) for row in rows]
    return Statement(
        format="csv",
        lines=lines,
        account_number=_account_number(posted, columns),
        currency=currencies[0] if len(set(currencies)) == 1 else None,
    )


def _line(
    posted: Posted,
    day: date,
    amount: Decimal,
    description: str,
    currency: str | None,
    bank_id: str | None,
    balance: Decimal | None,
) -> StatementLine:
    return StatementLine(
        line_no=posted.line_no,
        date=day,
        amount=amount,
        description=description,
        currency=currency,
        bank_id=bank_id,
        balance=balance,
    )


def _dates(posted: Sequence[Posted], columns: Columns, mapping: Mapping) -> list[date]:
    for column in columns.of("date"):
        cells = [each.cell(column) for each in posted]
        if all(cells) and (style := _style(cells, column, posted, columns, mapping)):
            return [day for cell in cells if (day := style.read(cell))]
    raise _no_date(posted, columns.of("date")[0])


def _style(
    cells: Sequence[str], column: Column, posted: Sequence[Posted], columns: Columns, mapping: Mapping
) -> DateStyle | None:
    if mapping.date_order:
        style = DateStyle(mapping.date_order)
        return style if all(map(style.read, cells)) else None
    try:
        return decide_style(cells)
    except AmbiguousDates as error:
        return _style_of_others(column, posted, columns) or _refuse_dates(column, error)


def _style_of_others(column: Column, posted: Sequence[Posted], columns: Columns) -> DateStyle | None:
    """A bank writes all its date columns alike, so a value date may decide for the booking date."""
    for other in columns.of("date"):
        if other.index != column.index:
            try:
                style = decide_style(each.cell(other) for each in posted)
            except AmbiguousDates:
                continue
            if style and all(style.read(each.cell(column)) for each in posted):
                return style
    return None


def _refuse_dates(column: Column, error: AmbiguousDates) -> DateStyle:
    raise refuse_column(
        "ambiguous_dates",
        "The dates can be read in two ways",
        column.name,
        f"has {error.sample!r}, and no line tells the day from the month",
        'Send a mapping with "date_order": "dmy", "mdy" or "ymd".',
    ) from None


def _no_date(posted: Sequence[Posted], column: Column) -> StatementError:
    for each in posted:
        cell = each.cell(column)
        if not any(DateStyle(order).read(cell) for order in ("dmy", "mdy", "ymd")):
            return refuse_line(each.line_no, f"has {cell[:40]!r}, which is no date", column=column.name)
    fault = "has dates of which some are day first and some month first"
    return refuse_column("unreadable_column", "The dates cannot be read", column.name, fault, "")


def _descriptions(posted: Sequence[Posted], columns: Columns) -> list[str]:
    chosen = [each for each in _text_columns(columns) if not is_direction(posted, each)]
    return [_description(each, chosen) for each in posted]


def _text_columns(columns: Columns) -> list[Column]:
    """Payee and description; where neither is named, every column without another role."""
    taken = {
        each.index for role in ("date", "amount", "debit", "credit", "balance") for each in columns.of(role)
    }
    texts = [
        each for role in ("payee", "description") for each in columns.of(role) if each.index not in taken
    ]
    known = {each.index for role in columns.roles for each in columns.of(role)}
    free = [Column(index, name, 0) for index, name in enumerate(columns.header) if index not in known]
    return texts or free


def _description(posted: Posted, columns: Sequence[Column]) -> str:
    parts: list[str] = []
    for text in (*map(posted.cell, columns), *posted.more):
        words = " ".join(text.split()) if "\n" in text or "\t" in text else text
        if words and not any(words in part for part in parts):
            parts = [*(part for part in parts if part not in words), words]
    return " ".join(parts)[:MAX_DESCRIPTION]


def _balances(ledger: Ledger) -> list[Decimal | None]:
    column = ledger.columns.first("balance")
    return ledger.signed(column) if column else [None] * len(ledger.posted)


def _borne_out(
    money: Money,
    ledger: Ledger,
    balances: Sequence[Decimal | None],
    dates: Sequence[date],
    descriptions: Sequence[str],
) -> Money:
    """The amounts as the balance column and the descriptions bear them out.

    A balance turns only numbers that carry no sign. Where the file states what is money in and the balance moves
    the other way, it is of what a card owes; where printed signs contradict it, nothing is certain.
    """
    try:
        sign = prove(money.amounts, balances, dates)
    except BalanceDisagrees as error:
        raise _refuse_balance(ledger, error.index) from None
    if sign == -1 and not money.stated:
        if any(amount < 0 for amount in money.amounts):
            raise _refuse_balance(ledger, 0)
        money = msgspec.structs.replace(money, amounts=[-amount + 0 for amount in money.amounts])
    check_signs(money, ledger, descriptions, proven=sign is not None)
    return money


def _refuse_balance(ledger: Ledger, index: int) -> StatementError:
    column = ledger.columns.of("balance")[0]
    fault = "has a balance that does not follow from the lines before it: lines or signs are missing"
    error = refuse_line(ledger.posted[index].line_no, fault, column=column.name)
    return StatementError(
        "balance_disagrees", "The balances do not bear the amounts out", error.detail, error.errors
    )


def _currencies(posted: Sequence[Posted], columns: Columns, money: Money) -> list[str | None]:
    for column in columns.of("currency"):
        codes = [each.cell(column).upper() for each in posted]
        if all(CURRENCY.fullmatch(code) for code in codes):
            return list(codes)
    return money.currencies


def _bank_ids(posted: Sequence[Posted], columns: Columns) -> list[str | None]:
    """A column whose values repeat or are mere row numbers is no id, whatever it is called."""
    for column in columns.of("bank_id"):
        ids = [each.cell(column) for each in posted]
        if len(set(ids)) == len(ids) and all(len(each) >= SHORTEST_ID for each in ids):
            return list(ids)
    return [None] * len(posted)


def _account_number(posted: Sequence[Posted], columns: Columns) -> str | None:
    for column in columns.of("account_number"):
        numbers = {number for each in posted if _is_number(number := each.cell(column))}
        if len(numbers) == 1:
            return numbers.pop()
        if len(numbers) > 1:
            raise refuse_column(
                "several_accounts",
                "The file is of several bank accounts",
                column.name,
                f"names {len(numbers)} of them",
                "Export each account into a file of its own.",
            )
    return None


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= LEAST_ACCOUNT_DIGITS
