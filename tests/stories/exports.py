"""A company whose books go to the double of QuickBooks: connected, its accounts confirmed, its lines approved."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from ledgerwire.jobs import Status
from ledgerwire.quickbooks import AccountChoice, Consent
from ledgerwire.submissions import ConnectQbo, UploadAndCategorize
from tests.doubles.quickbooks import QuickBooksOnline
from tests.stories.approvals import Books
from tests.stories.jobs import reach
from tests.workers.tasks.conftest import put
from workers.books.approval import approve_lines
from workers.books.quickbooks import grants, mapping
from workers.books.quickbooks.intuit import redirect_uri
from workers.books.quickbooks.sealing import Seal
from workers.jobs.kernel import Kernel
from workers.settings import Settings

ACCOUNTS = {"Checking": "Checking", "Meals and entertainment": "Meals and Entertainment"}


def joined(settings: Settings, double: QuickBooksOnline) -> Settings:
    """The settings of an application that the double knows."""
    return msgspec.structs.replace(
        settings,
        qbo_client_id=double.variables["QBO_CLIENT_ID"],
        qbo_client_secret=double.variables["QBO_CLIENT_SECRET"],
        qbo_base_url=double.variables["QBO_BASE_URL"],
    )


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


async def approved(kernel: Kernel, company: str, count: int, *, merchants: int = 1_000_000) -> list[str]:
    rows = "".join(
        f"2026-{1 + n % 12:02}-{1 + n % 28:02},COFFEE {n % merchants},-{n % 90 + 1}.{n % 100:02}\n"
        for n in range(count)
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
