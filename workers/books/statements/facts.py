"""What a file says of itself outside of its lines: account, currency, period, and the balances at both ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from workers.books.statements.amounts import read_amount, read_figure
from workers.books.statements.currencies import UNMISTAKABLE, currency_in, currency_of
from workers.books.statements.grid import Row
from workers.books.statements.names import names_of
from workers.books.statements.words import (
    ACCOUNT_LABELS,
    BALANCES,
    CLOSING,
    CURRENCY_LABELS,
    OPENING,
    Phrases,
    simplify,
)

#: Rows of a preamble or footer that are looked at, and characters of their cells.
MOST_ROWS = 120
MOST_LETTERS = 200
LEAST_ACCOUNT_DIGITS = 4
#: Digits, with what groups or hides some of them, behind at most a country's two letters.
ACCOUNT = re.compile(r"(?<![\w*])(?:[A-Z]{2}\d{2}[A-Z0-9 ]{8,36}|[\dXx*][\dXx*/. -]{2,38}[\dXx*])(?![\w*])")
MONEY = re.compile(r"\d[\d., ]*[.,]\d{2}")
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?\d{2,4}(?!\d)|(?<!\d)\d{8}(?!\d)"
    r"|\d{1,2}\.?[ -]?[^\W\d_]{3,12}\.?[ -]\d{4}|[^\W\d_]{3,12}\.? \d{1,2},? \d{4}"
)


STATED = OPENING | CLOSING | BALANCES


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    account_number: str | None = None
    currency: str | None = None
    #: Everything that looks like a date, as it is written.
    dates: list[str] = []
    #: Cells that may be titles.
    titles: list[str] = []


def facts_of(rows: Sequence[Row]) -> Facts:
    """From the rows that are no lines, those above the table first."""
    known = rows[:MOST_ROWS]
    cells = [cell[:MOST_LETTERS] for row in known for cell in row.filled]
    return Facts(
        account_number=next(
            filter(None, map(_account, _labelled(known, ACCOUNT_LABELS, "account_number"))), None
        ),
        currency=_currency(known),
        dates=[match for cell in cells for match in DATE.findall(cell)],
        titles=cells,
    )


def stated_balance(rows: Sequence[Row], decimal_mark: str) -> Decimal | None:
    """The balance that the first of the rows states: its last amount."""
    for row in rows[:1]:
        for cell in reversed(row.filled):
            figure = read_figure(cell.rpartition(":")[2])
            if figure and (value := read_amount(figure, decimal_mark)) is not None:
                return -value if figure.sign == "-" else value
    return None


def _currency(rows: Sequence[Row]) -> str | None:
    """Behind a word for it, or beside a stated balance or the account; or the only one that stands alone."""
    for value in _labelled(rows, CURRENCY_LABELS, "currency"):
        if found := currency_of(value) or currency_in(value):
            return found
    for value in _labelled(rows, STATED):
        figure = read_figure(value)
        if found := (figure and figure.currency) or currency_of(value):
            return found
    for value in _labelled(rows, ACCOUNT_LABELS, "account_number"):
        if found := currency_in(value):
            return found
    alone = {cell for row in rows for cell in row.filled if cell in UNMISTAKABLE}
    return alone.pop() if len(alone) == 1 else None


def _account(value: str) -> str | None:
    """What in the value has enough digits to be the number of an account, and is no date."""
    match = ACCOUNT.search(value)
    if match is None or DATE.fullmatch(match[0]) or MONEY.fullmatch(match[0]):
        return None
    return match[0] if sum(map(str.isdigit, match[0])) >= LEAST_ACCOUNT_DIGITS else None


def _labelled(rows: Sequence[Row], labels: Phrases, role: str = "") -> Iterator[str]:
    """What stands behind a label: in its cell, in the next ones, or below it. A name of the role is a label, too."""

    def is_label(text: str) -> bool:
        return labels.dated(simplify(text)) or any(
            name.role == role and name.rank == 0 for name in names_of(text)
        )

    for place, row in enumerate(rows):
        below = rows[place + 1] if place + 1 < len(rows) else None
        for index, cell in enumerate(row.cells):
            label, colon, rest = cell[:MOST_LETTERS].partition(":")
            if colon and is_label(label) and rest.strip():
                yield rest.strip()
            elif is_label(label):
                yield from (other for other in row.cells[index + 1 : index + 3] if other)
                if below and below.cell(index):
                    yield below.cell(index)
            elif not colon and labels.begin(simplify(cell)):
                yield _behind(cell)


def _behind(cell: str) -> str:
    """``Konto 12345678``: from the first word on that has a digit or is a code."""
    words = cell[:MOST_LETTERS].split()
    start = next((place for place, word in enumerate(words) if any(map(str.isdigit, word))), len(words) - 1)
    return " ".join(words[start:])


def accounts_above(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Where rows between the lines name another account, as in a file of several: line number and account."""
    found = [(row.line_no, facts_of([row]).account_number) for row in rows]
    return [(line_no, number) for line_no, number in found if number]
