"""A thousand approved lines go to a QuickBooks that drops, throttles and fails, while the workers are killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import select

from ledgerwire.jobs import Status
from ledgerwire.quickbooks import AccountChoice, Consent
from ledgerwire.submissions import ConnectQbo, ExportQbo, UploadAndCategorize
from tests.doubles.quickbooks import Limits, QuickBooksOnline
from tests.doubles.quickbooks.company import POSTING
from tests.stories.approvals import Books
from tests.stories.bank import found_company
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import reach
from tests.stories.kills import kill_again_and_again
from tests.workers.tasks.conftest import put
from workers.books.approval import approve_lines
from workers.books.quickbooks import connections, grants, mapping
from workers.books.quickbooks.intuit import redirect_uri
from workers.books.quickbooks.sealing import Seal
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
ACCOUNTS = {"Checking": "Checking", "Meals and entertainment": "Meals and Entertainment"}


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
    return msgspec.structs.replace(
        settings,
        qbo_client_id=double.variables["QBO_CLIENT_ID"],
        qbo_client_secret=double.variables["QBO_CLIENT_SECRET"],
        qbo_base_url=double.variables["QBO_BASE_URL"],
    )


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


async def connect(kernel: Kernel, double: QuickBooksOnline, company: str) -> None:
    seal, uri = Seal.open(kernel.settings), redirect_uri(kernel.settings)
    realm = double.company.realm_id
    async with kernel.database.transaction() as tx:
        begun = await grants.begin(tx, company, actor="Ann", redirect_uri=uri, now=datetime.now(UTC))
        consent = Consent(state=begun.state, code=double.authority.grant(realm, uri), realm_id=realm)
        taken = await grants.take_back(tx, consent, actor="Ann", seal=seal, now=datetime.now(UTC))
    assert taken is not None
    submitted = await kernel.submit(ConnectQbo(company_id=company, grant_id=taken[1]), submitted_by="Ann")
    await reach(kernel, submitted.record.job_id, Status.COMPLETE)
    there = {row["Name"]: row["Id"] for row in double.company.rows("Account")}
    choices = [AccountChoice(account=ours, qbo_id=there[theirs]) for ours, theirs in ACCOUNTS.items()]
    async with kernel.database.transaction() as tx:
        assert not await mapping.confirm(tx, company, realm, choices, actor="Ann", now=datetime.now(UTC))


async def approved(kernel: Kernel, company: str, count: int) -> list[str]:
    rows = "".join(
        f"2026-{1 + n % 12:02}-{1 + n % 28:02},COFFEE {n},-{n % 90 + 1}.{n % 100:02}\n" for n in range(count)
    )
    file = await put(kernel, f"Date,Description,Amount\n{rows}")
    submitted = await kernel.submit(UploadAndCategorize(company_id=company, file=file), submitted_by="Ann")
    await reach(kernel, submitted.record.job_id, Status.COMPLETE)
    ids = sorted(await Books(kernel, company).states())
    for start in range(0, len(ids), 100):
        async with kernel.database.transaction() as tx:
            await approve_lines(tx, company, ids[start : start + 100], actor="Ann", now=datetime.now(UTC))
    assert len(ids) == count
    return ids


async def total(kernel: Kernel, company: str) -> Decimal:
    query = select(transactions.c.amount).where(transactions.c.company_id == company)
    async with kernel.database.reading() as sql:
        return sum((await sql.execute(query)).scalars(), Decimal(0))
