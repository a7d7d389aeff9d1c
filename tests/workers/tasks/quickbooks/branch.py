"""A company with approved lines, connected to the double of QuickBooks, and jobs over them through a real worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ledgerwire.quickbooks import AccountChoice, Consent
from ledgerwire.submissions import BulkApprove, ConnectQbo, ExportQbo
from tests.doubles.quickbooks import REALM, Limits, QuickBooksOnline
from tests.doubles.quickbooks.company import POSTING
from tests.doubles.server import Misdeed, Request, Response
from tests.stories.fleet import Fleet
from tests.workers.jobs.conftest import Workers
from tests.workers.tasks.office import Office
from workers.books.quickbooks import grants, mapping
from workers.books.quickbooks.connections import Connected, find_connection
from workers.books.quickbooks.intuit import redirect_uri
from workers.books.quickbooks.sealing import Seal
from workers.jobs.record import JobRecord
from workers.settings import Settings
from workers.tasks import KINDS
from workers.worker import WorkerProcess

#: A minute of Intuit's, for tests.
MINUTE = 6.0
#: Ours and theirs; the starter rules book coffees to meals.
CHOICES = {
    "Checking": "Checking",
    "Meals and entertainment": "Meals and Entertainment",
    "Sales income": "Sales",
    "Travel transport": "Travel",
    "Transfers": "Undeposited Funds",
}


class Interrupted(QuickBooksOnline):
    """With deeds of a test's own: each once, after a call has done its work and before it is answered."""

    def __init__(self, **options: Any) -> None:
        #: By how the call's path ends.
        self.deeds: dict[str, Callable[[], Awaitable[object]]] = {}
        super().__init__(**options)

    async def _handle(self, request: Request) -> Response | Misdeed:
        answer = await super()._handle(request)
        deeds = [self.deeds.pop(end) for end in list(self.deeds) if request.path.endswith(end)]
        for deed in deeds:
            await deed()
        return answer


class Branch(Office):
    """An office whose books go to the double."""

    double: Interrupted
    settings: Settings
    workers: Workers
    worker: WorkerProcess

    async def restart(self, **changes: Any) -> None:
        """Another worker in place of the one there is, with other settings."""
        self.worker.stop()  # type: ignore[attr-defined]
        await self.worker.done  # type: ignore[attr-defined]
        self.workers.settings = self.settings = msgspec.structs.replace(self.settings, **changes)
        self.worker = await self.workers.start(*KINDS.values())

    # --- connecting -----------------------------------------------------------------------------------

    async def consent(self, *, actor: str = "Ann", realm_id: str = REALM) -> str:
        """What a person does: begin, say yes over there, come back. The grant's id."""
        seal, uri = Seal.open(self.settings), redirect_uri(self.settings)
        async with self.database.transaction() as tx:
            begun = await grants.begin(
                tx, self.company_id, actor=actor, redirect_uri=uri, now=datetime.now(UTC)
            )
            code = self.double.authority.grant(realm_id, uri)
            consent = Consent(state=begun.state, code=code, realm_id=realm_id)
            taken = await grants.take_back(tx, consent, actor=actor, seal=seal, now=datetime.now(UTC))
        assert taken is not None
        assert taken[0] == self.company_id
        return taken[1]

    async def connect(self, realm_id: str = REALM) -> JobRecord:
        grant_id = await self.consent(realm_id=realm_id)
        return await self.run(ConnectQbo(company_id=self.company_id, grant_id=grant_id))

    async def connection(self) -> Connected:
        async with self.database.reading() as connection:
            found = await find_connection(connection, self.company_id)
        assert found is not None
        return found

    async def map(self, choices: dict[str, str] = CHOICES) -> None:
        ids = {row["Name"]: row["Id"] for row in self.double.company.rows("Account")}
        wanted = [AccountChoice(account=ours, qbo_id=ids[theirs]) for ours, theirs in choices.items()]
        async with self.database.transaction() as tx:
            faults = await mapping.confirm(
                tx, self.company_id, self.double.company.realm_id, wanted, actor="Ann", now=datetime.now(UTC)
            )
        assert faults == []

    # --- exporting ------------------------------------------------------------------------------------

    async def approved(self, count: int, *, first: int = 1) -> list[str]:
        ids = await self.coffees(count, first=first)
        await self.result(BulkApprove(company_id=self.company_id, transaction_ids=ids))
        return ids

    async def export(self, **how: Any) -> dict[str, Any]:
        return await self.result(ExportQbo(company_id=self.company_id, **how))

    @property
    def sent(self) -> list[dict[str, Any]]:
        """All objects over there that move money."""
        return [row for entity in POSTING for row in self.double.company.rows(entity)]

    def assert_balanced(self) -> None:
        assert sum(self.double.company.balance().values(), Decimal(0)) == 0

    def assert_once_each(self, ids: list[str]) -> None:
        """One object for each line, and none else."""
        marks = sorted(row["PrivateNote"].rpartition("[ledgerwire ")[2].rstrip("]") for row in self.sent)
        assert marks == sorted(ids)
        self.assert_balanced()


@pytest.fixture
async def double() -> AsyncIterator[Interrupted]:
    double = Interrupted(limits=Limits(minute=MINUTE))
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
async def quickbooks_settings(settings: Settings, double: Interrupted) -> Settings:
    return msgspec.structs.replace(
        settings,
        qbo_client_id=double.variables["QBO_CLIENT_ID"],
        qbo_client_secret=double.variables["QBO_CLIENT_SECRET"],
        qbo_base_url=double.variables["QBO_BASE_URL"],
        tempo=msgspec.structs.replace(settings.tempo, minute=MINUTE),
    )


@pytest.fixture
async def unconnected(workers: Workers, quickbooks_settings: Settings, double: Interrupted) -> Branch:
    workers.settings = quickbooks_settings
    worker = await workers.start(*KINDS.values())
    kernel = await workers.kernel(quickbooks_settings)
    branch = await Branch.opened(kernel, "acme")
    assert isinstance(branch, Branch)
    branch.double, branch.settings = double, quickbooks_settings
    branch.workers, branch.worker = workers, worker
    return branch


@pytest.fixture
async def branch(unconnected: Branch) -> Branch:
    """Connected, and its accounts confirmed."""
    await unconnected.connect()
    await unconnected.map()
    return unconnected


# --- a worker that dies -----------------------------------------------------------------------------------


@pytest.fixture
def fleet(quickbooks_settings: Settings) -> Iterator[Fleet]:
    found = Fleet(quickbooks_settings)
    yield found
    found.close()


class Frail(Branch):
    """Its worker is a process of its own."""

    fleet: Fleet

    async def hire(self) -> None:
        await asyncio.to_thread(self.fleet.start().await_ready)

    async def replace_worker(self) -> None:
        """kill -9, and another one takes its place."""
        await asyncio.to_thread(self.fleet.workers[-1].kill)
        self.fleet.start()


@pytest.fixture
async def frail(workers: Workers, quickbooks_settings: Settings, double: Interrupted, fleet: Fleet) -> Frail:
    kernel = await workers.kernel(quickbooks_settings)
    branch = await Frail.opened(kernel, "acme")
    assert isinstance(branch, Frail)
    branch.double, branch.settings, branch.fleet = double, quickbooks_settings, fleet
    await branch.hire()
    await branch.connect()
    await branch.map()
    return branch


__all__ = [
    "Branch",
    "Frail",
    "Interrupted",
    "branch",
    "double",
    "fleet",
    "frail",
    "quickbooks_settings",
    "unconnected",
]
