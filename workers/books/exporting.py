"""Books as CSV (RFC 4180, UTF-8), made while they are read: in bounded memory, however many lines there are.

Each page is read by itself. One long reading would see a single moment, but a slow download would keep SQLite from
tidying its log up, and PostgreSQL would end it half-way.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from decimal import Decimal

from ledgerwire.books import Transaction, TransactionFilter
from ledgerwire.journal import JournalEntry, JournalFilter
from workers.books.companies import list_bank_accounts
from workers.books.entries import list_entries
from workers.books.transactions import list_transactions
from workers.database import Database

#: Rows read and written at once; other requests have their turn between two pages.
PAGE = 250
TRANSACTION_COLUMNS = (
    "date",
    "description",
    "amount",
    "currency",
    "account",
    "category",
    "state",
    "source",
    "confidence",
    "reason",
    "approved_at",
    "approved_by",
    "transaction_id",
    "job_id",
)
JOURNAL_COLUMNS = (
    "date",
    "entry_id",
    "transaction_id",
    "state",
    "description",
    "account",
    "debit",
    "credit",
    "currency",
)
#: A cell that begins so is taken for a formula and run by spreadsheets; the wide forms by those set to Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | Decimal | None


async def export_transactions(
    database: Database, company_id: str, wanted: TransactionFilter
) -> AsyncIterator[bytes]:
    """Newest first, as the list has them."""
    async with database.reading() as connection:
        accounts = await list_bank_accounts(connection, company_id)
    names = {account.account_id: account.name for account in accounts}
    head, cursor = encode([TRANSACTION_COLUMNS]), None
    while head or cursor:
        async with database.reading() as connection:
            lines, cursor = await list_transactions(connection, company_id, wanted, limit=PAGE, cursor=cursor)
        yield head + encode(_transaction_row(line, names.get(line.account_id)) for line in lines)
        head = b""


async def export_journal(database: Database, company_id: str, wanted: JournalFilter) -> AsyncIterator[bytes]:
    """One row for each line of an entry, newest first; the lines of an entry stand together."""
    head, cursor = encode([JOURNAL_COLUMNS]), None
    while head or cursor:
        async with database.reading() as connection:
            entries, cursor = await list_entries(connection, company_id, wanted, limit=PAGE, cursor=cursor)
        yield head + encode(row for entry in entries for row in _journal_rows(entry))
        head = b""


def encode(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Text may be anybody's: what a spreadsheet would run gets an apostrophe. Amounts stay numbers."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_cell(each) for each in row] for row in rows)
    return written.getvalue().encode()


def _cell(value: Cell) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) else text


def _transaction_row(line: Transaction, account: str | None) -> Sequence[Cell]:
    return (
        line.date.isoformat(),
        line.description,
        line.amount,
        line.currency,
        account,
        line.category,
        line.state,
        line.source,
        None if line.confidence is None else Decimal(str(line.confidence)),
        line.reason,
        None if line.approved_at is None else line.approved_at.isoformat(),
        line.approved_by,
        line.transaction_id,
        line.job_id,
    )


def _journal_rows(entry: JournalEntry) -> Iterator[Sequence[Cell]]:
    head = (entry.date.isoformat(), entry.entry_id, entry.transaction_id, entry.state, entry.description)
    for line in entry.lines:
        yield (*head, line.account, line.debit, line.credit, entry.currency)
