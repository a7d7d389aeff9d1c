"""What it takes to read the books of a company with many lines: its lists, its files, and a rule tried on them.

    python -m tests.benchmarks.books [--lines 100000] [--rounds 3]

Milliseconds in the median of ten calls of what the API's routes call, without HTTP: a page of the newest fifty, those
that wait for a person (none does: the worst case, and the daily one), one merchant's, one import's, those with a rare
text, how many there are, fifty journal entries, a rule previewed, and fifty receipts, each with the line that most
likely paid it. ``csv`` is lines a second into a file that
nobody is slow to take. The floor is bare sqlite3 reading a page of the newest fifty into dicts.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import TransactionFilter
from ledgerwire.rules import NewRule
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import ground
from tests.benchmarks.marks import now
from tests.benchmarks.statement import FIRST_DAY, merchants
from tests.databases import find_postgres
from tests.workers.books.making import categorize, company, import_all
from tests.workers.books.receipts.filing import findings, new_receipt
from workers.books.entries import list_entries
from workers.books.exporting import export_transactions
from workers.books.previewing import preview_rule
from workers.books.receipts.listing import list_receipts
from workers.books.receipts.recording import record_receipt
from workers.books.schema import transactions
from workers.books.statements import Statement, StatementLine
from workers.books.transactions import count_transactions, list_transactions
from workers.database import Database

FLOOR = "floor: bare sqlite3"
CALLS = 10
#: On a page.
RECEIPTS = 50
PAGE = """SELECT * FROM transactions WHERE company_id = ? ORDER BY date DESC, transaction_id DESC LIMIT 50"""

Read = Callable[[AsyncConnection], Awaitable[Any]]


class Size(msgspec.Struct, frozen=True, kw_only=True):
    lines: int = 100_000
    rounds: int = 3
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    report = Report(
        title=f"Milliseconds to read the books of a company with {size.lines:,} lines",
        aims={"newest": "and every list with an index < 50 ms"},
    )
    async with AsyncExitStack() as stack:
        shelves: dict[str, Shelf] = {}
        for kind in ("sqlite", "postgresql"):
            if kind == "sqlite" or (size.postgresql and find_postgres() is not None):
                found = stack.enter_context(ground(kind))
                database = Database(found.settings.database_url)
                stack.push_async_callback(database.close)
                name = OURS if kind == "sqlite" else f"{OURS} ({kind})"
                shelves[name] = await Shelf.filled(database, size.lines)
                say(f"The books on {kind} are filled.")
        for number in range(size.rounds):
            for name, shelf in shelves.items():
                report.add(name, **await shelf.figures())
            report.add(FLOOR, newest=await asyncio.to_thread(shelves[OURS].floor))
            say(f"Round {number + 1} of {size.rounds} is done.")
    return report


class Shelf:
    """The books of one company; a tenth of them is imported by the job that is looked for."""

    def __init__(self, database: Database, company_id: str, job_id: str) -> None:
        self._database = database
        self._company_id = company_id
        self._job_id = job_id

    @classmethod
    async def filled(cls, database: Database, count: int) -> Shelf:
        company_id, account = await company(database)
        tenth = count // 10
        for start in range(0, count, tenth):
            read = Statement(format="csv", lines=[_line(number) for number in range(start, start + tenth)])
            job_id, _ = await import_all(database, company_id, account, read)
            await categorize(database, company_id, job_id)
        await _file_receipts(database, company_id, count)
        approved = update(transactions).where(transactions.c.company_id == company_id)
        async with database.transaction() as tx:
            await tx.execute(approved.values(state="approved"))
        return cls(database, company_id, job_id)

    async def figures(self) -> dict[str, float]:
        waiting = TransactionFilter(state=["imported", "proposed", "review"])
        rule = NewRule(category="Insurance", match=merchants()[1])
        return {
            "newest": await self._pace(self._list()),
            "to_review": await self._pace(self._list(waiting)),
            "one_merchant": await self._pace(self._list(TransactionFilter(merchant_key=merchants()[1]))),
            "one_import": await self._pace(self._list(TransactionFilter(job_id=self._job_id))),
            "rare_text": await self._pace(self._list(TransactionFilter(text="#00007 seattle"))),
            "counted": await self._pace(lambda each: count_transactions(each, self._company_id)),
            "journal": await self._pace(lambda each: list_entries(each, self._company_id)),
            "receipts": await self._pace(lambda each: list_receipts(each, self._company_id)),
            "preview": await self._pace(lambda each: preview_rule(each, self._company_id, rule)),
            "csv": await self._export(),
        }

    def floor(self) -> float:
        path = self._database.engine.url.database
        assert path
        connection = sqlite3.connect(Path(path))
        connection.row_factory = sqlite3.Row
        try:
            return median(self._bare_page(connection) for _ in range(CALLS))
        finally:
            connection.close()

    def _bare_page(self, connection: sqlite3.Connection) -> float:
        began = now()
        rows = [dict(row) for row in connection.execute(PAGE, (self._company_id,))]
        assert rows
        return now() - began

    def _list(self, wanted: TransactionFilter | None = None) -> Read:
        chosen = wanted or TransactionFilter()
        return lambda connection: list_transactions(connection, self._company_id, chosen)

    async def _pace(self, read: Read) -> float:
        taken = []
        for _ in range(CALLS):
            began = now()
            async with self._database.reading() as connection:
                await read(connection)
            taken.append(now() - began)
        return median(taken)

    async def _export(self) -> float:
        began, lines = now(), 0
        async for chunk in export_transactions(self._database, self._company_id, TransactionFilter()):
            lines += chunk.count(b"\r\n")
        return lines / (now() - began) * 1_000


async def _file_receipts(database: Database, company_id: str, count: int) -> None:
    """Of lines spread over the books."""
    async with database.transaction() as tx:
        for number in range(0, count, max(1, count // RECEIPTS))[:RECEIPTS]:
            paid = _line(number)
            read = findings(paid.description.split(" #")[0], str(-paid.amount), paid.date)
            await record_receipt(tx, company_id, new_receipt(read), actor="Ann", now=datetime.now(UTC))


def _line(number: int) -> StatementLine:
    names = merchants()
    return StatementLine(
        line_no=number + 2,
        date=FIRST_DAY + timedelta(days=number % 700),
        amount=-Decimal(number % 9_973 + 1) / 100,
        description=f"{names[number % len(names)]} #{number:05d} SEATTLE WA",
    )


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
