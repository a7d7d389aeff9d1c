"""A thousand approved lines go to a QuickBooks that drops, throttles and fails, while the workers are killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from ledgerwire.jobs import Status
from ledgerwire.submissions import ExportQbo
from tests.doubles.quickbooks import Limits, QuickBooksOnline
from tests.doubles.quickbooks.company import POSTING
from tests.stories.approvals import Books
from tests.stories.bank import found_company
from tests.stories.conftest import Length
from tests.stories.exports import approved, connect, joined
from tests.stories.fleet import Fleet
from tests.stories.jobs import reach
from tests.stories.kills import kill_again_and_again
from workers.books.quickbooks import connections
from workers.books.schema import transactions
from workers.jobs.kernel import Kernel
from workers.settings import Settings, Tempo

pytestmark = pytest.mark.timeout(600)

#: With so many kills and more (`--kills 20`) it is a thousand lines.
LONG = 20
#: What goes wrong, at how many of a hundred calls.
TROUBLE = {
    "drop": 3,
    "drop_after": 5,
    "html503": 3,
    "429": 3,
    "401": 1,
    "fault200": 2,
    "partial": 3,
    "silent": 3,
}


@pytest.fixture
async def double(length: Length) -> AsyncIterator[QuickBooksOnline]:
    """Its minute is as short as all other times."""
    limits = Limits(minute=Tempo().minute * length.tempo)
    double = QuickBooksOnline(limits=limits, token_seconds=140.0, latency=0.02)
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def settings(settings: Settings, double: QuickBooksOnline) -> Settings:
    return joined(settings, double)


async def test_every_line_is_there_once_whoever_is_killed_and_whatever_is_lost(
    kernel: Kernel, fleet: Fleet, double: QuickBooksOnline, length: Length
) -> None:
    is_long = length.kills >= LONG
    count, kills = (1_000, length.kills) if is_long else (150, 3)
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    company = await found_company(kernel, "acme")
    await connect(kernel, double, company)
    ids = await approved(kernel, company, count)
    for kind, share in TROUBLE.items():
        double.switch(kind, "create", "batch", "query", share=share / 100)

    job_id = (await kernel.submit(ExportQbo(company_id=company), submitted_by="story")).record.job_id
    await kill_again_and_again(kernel, fleet, job_id, kills=kills, checkpoints=kills)
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=300)

    assert record.status is Status.COMPLETE, record.error
    assert record.result is not None
    assert record.result["outcomes"] == {"created": count}
    marks = Counter(
        row["PrivateNote"].rpartition("[ledgerwire ")[2].rstrip("]")
        for entity in POSTING
        for row in double.company.rows(entity)
    )
    assert marks == Counter(ids)
    states = await Books(kernel, company).states()
    assert set(states.values()) == {"exported"}
    assert sum(double.company.balance().values(), Decimal(0)) == 0
    assert double.company.balance()["Checking"] == await total(kernel, company)
    async with kernel.database.reading() as sql:
        connected = await connections.find_connection(sql, company)
    assert connected is not None
    assert connected.state == "connected", connected.problem


async def total(kernel: Kernel, company: str) -> Decimal:
    query = select(transactions.c.amount).where(transactions.c.company_id == company)
    async with kernel.database.reading() as sql:
        return sum((await sql.execute(query)).scalars(), Decimal(0))
