"""A bank file as a business has it: a few hundred merchants, a third of them known by rules, a third remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.submissions import Upload
from workers.books.chart import STARTER_RULES
from workers.books.schema import transactions
from workers.files import Files

MERCHANTS = 300
FIRST_DAY = date(2024, 1, 1)


def merchants() -> list[str]:
    """Every third by name in the starter rules, every third remembered, every third unheard of."""
    ruled = [match for match, _category, _sign in STARTER_RULES]
    return [
        f"{ruled[number % len(ruled)]} {_word(number)}" if number % 3 == 0 else f"{_word(number)} TRADING"
        for number in range(MERCHANTS)
    ]


def is_remembered(number: int) -> bool:
    return number % 3 == 1


def statement(count: int, *, only_remembered: bool = False) -> str:
    """``count`` lines as CSV."""
    names = merchants()
    numbers = [i for i in range(MERCHANTS) if is_remembered(i) or not only_remembered]
    rows = (_row(line, names[numbers[line % len(numbers)]]) for line in range(count))
    return "\n".join(["Date,Description,Amount", *rows, ""])


def _row(line: int, merchant: str) -> str:
    amount = Decimal(line % 9_973 + 1) / 100
    return f"{FIRST_DAY + timedelta(days=line % 700)},{merchant} #{line:05d} SEATTLE WA,-{amount:.2f}"


def _word(number: int) -> str:
    """A made-up name of letters only, one for each number."""
    return "".join("BCDFGHKLMNPRSTVZ"[(number >> shift) & 15] + "AEIO"[shift // 4 % 4] for shift in (0, 4, 8))


async def put(files: Files, text: str, name: str) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        yield text.encode()

    return await files.put(name, chunks(), limit=2**26)


async def approve_all(connection: AsyncConnection, company_id: str) -> None:
    """As a person would have done last year: what memory goes by."""
    category = case((transactions.c.sign < 0, "Office Supplies"), else_="Sales")
    await connection.execute(
        update(transactions)
        .where(transactions.c.company_id == company_id)
        .values(state="approved", category=category)
    )
