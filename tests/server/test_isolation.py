"""No route tells one company anything of another: every route of the document is tried, and must be listed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from server.openapi import build
from tests.brokers import Broker, found_program
from tests.server.filling import filed_receipt, filled_books
from tests.server.serving import Api, api_settings, job_in, problem_in, serving
from workers.books import access, invitations
from workers.books.access import Role
from workers.books.quickbooks.connections import NewTokens, connect
from workers.books.quickbooks.sealing import Seal

CSV = b"Date,Description,Amount\n2026-06-30,COFFEE,-4.50\n"


class Ids(msgspec.Struct, frozen=True):
    """What one company has one of."""

    company: str = "no-such-company"
    job: str = "0197c2de-4a10-7c3e-9a51-000000000000"
    transaction: str = "0197c2de-4a10-7c3e-9a51-000000000001"
    rule: str = "0197c2de-4a10-7c3e-9a51-000000000002"
    bank: str = "0197c2de-4a10-7c3e-9a51-000000000003"
    code: str = "9999"
    receipt: str = "0197c2de-4a10-7c3e-9a51-000000000004"
    person: str = "0123456789abcdef"
    invitation: str = "fedcba9876543210"
    key: str = "lw_00000000"

    def fill(self, template: str) -> str:
        return template.format(**msgspec.structs.asdict(self))


#: Nobody's.
UNKNOWN = Ids()


class Probe(msgspec.Struct, frozen=True):
    """How a route is asked for something of the ids in its path or in its body."""

    path: str
    method: str = "GET"
    json: Any = None
    #: The field of a form that takes files.
    form: str | None = None
    #: The least role that may, in one's own company.
    role: Role = Role.VIEWER

    async def ask(self, client: httpx2.AsyncClient, ids: Ids) -> httpx2.Response:
        path = ids.fill(self.path)
        if self.form:
            files = {self.form: ("june.csv", CSV)}
            return await client.post(path, data={"company_id": ids.company}, files=files)
        return await client.request(self.method, path, json=filled(self.json, ids))


def filled(body: Any, ids: Ids) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, ids) for value in body]
    return ids.fill(body) if isinstance(body, str) else body


def submitting(kind: str, **fields: Any) -> Probe:
    return Probe(
        f"/api/jobs/{kind}", "POST", json={"company_id": "{company}", **fields}, role=Role.BOOKKEEPER
    )


def reading(path: str) -> Probe:
    return Probe(f"/api/companies/{{company}}{path}")


def writing(method: str, path: str, body: Any = None, role: Role = Role.BOOKKEEPER) -> Probe:
    return Probe(f"/api/companies/{{company}}{path}", method, json=body, role=role)


RULE = {"category": "Insurance", "match": "X"}
LINE = "/transactions/{transaction}"
RECEIPT = "/receipts/{receipt}"
PAIR = {"receipt_id": "{receipt}", "transaction_id": "{transaction}"}
CHOICE = {"account": "Insurance", "qbo_id": None}
#: Every operation that knows a company, by its operation_id.
PROBES: Mapping[str, Probe] = {
    "submitCategorize": submitting("categorize"),
    "submitUploadAndCategorize": Probe(
        "/api/jobs/upload-and-categorize", "POST", form="file", role=Role.BOOKKEEPER
    ),
    "submitBulkApprove": submitting("bulk-approve", transaction_ids=["{transaction}"]),
    "submitUndoApprove": submitting("undo-approve", approve_job_id="{job}"),
    "submitUndoImport": submitting("undo-import", import_job_id="{job}"),
    "submitLearn": submitting("learn"),
    "getJob": Probe("/api/jobs/{job}"),
    "getJobLog": Probe("/api/jobs/{job}/log"),
    "downloadJobFile": Probe("/api/jobs/{job}/files/1"),
    "getJobAttempts": Probe("/api/jobs/{job}/attempts"),
    "listJobs": Probe("/api/jobs/company/{company}"),
    "getActivity": Probe("/api/jobs/company/{company}/activity"),
    "cancelJob": Probe("/api/jobs/{job}/cancel", "POST", role=Role.BOOKKEEPER),
    "retryJob": Probe("/api/jobs/{job}/retry", "POST", role=Role.BOOKKEEPER),
    "cancelJobs": Probe("/api/jobs/company/{company}/cancel", "POST", role=Role.BOOKKEEPER),
    "retryJobs": Probe("/api/jobs/company/{company}/retry", "POST", role=Role.BOOKKEEPER),
    "getCompanyEvents": Probe("/api/jobs/company/{company}/events"),
    "getJobEvents": Probe("/api/jobs/{job}/events"),
    "getCompany": reading(""),
    "changeCompany": writing("PATCH", "", {"name": "Mine"}, Role.ADMIN),
    "listMembers": writing("GET", "/members", role=Role.ADMIN),
    "invitePerson": writing("POST", "/invitations", {"name": "Eve"}, Role.ADMIN),
    "revokeInvitation": writing("DELETE", "/invitations/{invitation}", role=Role.ADMIN),
    "removePerson": writing("DELETE", "/people/{person}", role=Role.ADMIN),
    "createKey": writing("POST", "/keys", {"name": "Eve"}, Role.ADMIN),
    "revokeKey": writing("DELETE", "/keys/{key}", role=Role.ADMIN),
    "listAccounts": reading("/accounts"),
    "createAccount": writing("POST", "/accounts", {"code": "7000", "name": "Mine", "type": "expense"}),
    "changeAccount": writing("PATCH", "/accounts/{code}", {"name": "Mine"}),
    "deleteAccount": writing("DELETE", "/accounts/{code}"),
    "listBankAccounts": reading("/accounts/bank"),
    "openBankAccount": writing("POST", "/accounts/bank", {"name": "Mine", "currency": "USD"}),
    "changeBankAccount": writing("PATCH", "/accounts/bank/{bank}", {"name": "Mine"}),
    "listRules": reading("/rules"),
    "createRule": writing("POST", "/rules", RULE),
    "replaceRule": writing("PUT", "/rules/{rule}", RULE),
    "deleteRule": writing("DELETE", "/rules/{rule}"),
    "previewRule": writing("POST", "/rules/preview?rule_id={rule}", RULE),
    "listTransactions": reading("/transactions"),
    "exportTransactions": reading("/transactions.csv"),
    "getTransaction": reading(LINE),
    "categorizeTransaction": writing("PATCH", LINE, {"category": "Insurance"}),
    "approveTransaction": writing("POST", f"{LINE}/approve"),
    "reopenTransaction": writing("POST", f"{LINE}/reopen"),
    "listTransactionAudit": reading(f"{LINE}/audit"),
    "listAudit": reading("/audit"),
    "listJournal": reading("/journal"),
    "exportJournal": reading("/journal.csv"),
    "getTrialBalance": reading("/journal/balance"),
    "submitOcr": Probe("/api/jobs/ocr", "POST", form="files", role=Role.BOOKKEEPER),
    "listReceipts": reading("/receipts"),
    "getReceipt": reading(RECEIPT),
    "correctReceipt": writing("PATCH", RECEIPT, {"confirm": True}),
    "removeReceipt": writing("DELETE", RECEIPT),
    "getReceiptText": reading(f"{RECEIPT}/text"),
    "listMatches": reading(f"{RECEIPT}/matches"),
    "downloadReceipt": reading(f"{RECEIPT}/file"),
    "showReceiptPage": reading(f"{RECEIPT}/pages/1"),
    "attachReceipts": writing("POST", "/receipts/attach", {"attachments": [PAIR]}),
    "attachReceipt": writing("POST", f"{RECEIPT}/attach", {"transaction_id": "{transaction}"}),
    "detachReceipt": writing("POST", f"{RECEIPT}/detach", {"transaction_id": "{transaction}"}),
    "submitExportQbo": submitting("export-qbo"),
    "submitConnectQbo": Probe(
        "/api/jobs/connect-qbo",
        "POST",
        json={"company_id": "{company}", "grant_id": "{job}"},
        role=Role.ADMIN,
    ),
    "submitFetchQbo": submitting("fetch-qbo"),
    "submitDisconnectQbo": Probe(
        "/api/jobs/disconnect-qbo", "POST", json={"company_id": "{company}"}, role=Role.ADMIN
    ),
    "getQuickBooks": reading("/quickbooks"),
    "connectQuickBooks": writing("POST", "/quickbooks/connect", role=Role.ADMIN),
    "listQuickBooksMapping": reading("/quickbooks/mapping"),
    "confirmQuickBooksMapping": writing("PUT", "/quickbooks/mapping", {"choices": [CHOICE]}),
    "listQuickBooksExports": reading("/quickbooks/exports"),
    "bookReceipt": writing("POST", f"{RECEIPT}/transaction", {"account_id": "{bank}"}),
}
#: Those that name something within a company of the path.
NAMING = [name for name, probe in PROBES.items() if "/companies/" in probe.path and probe.path.count("{") > 1]
#: What knows no company, or only one's own.
OPEN = {"isAlive", "isReady", "signIn", "returnFromQuickBooks"}
OWN = {"getSession", "signOut", "createTicket", "consentToQuickBooks"}


def operations(api: Api) -> set[str]:
    document = build(api.app)
    return {operation["operationId"] for path in document["paths"].values() for operation in path.values()}


async def test_every_route_is_tried(sqlite_api: Api) -> None:
    assert operations(sqlite_api) == {*PROBES, *OPEN, *OWN}


async def connected(api: Api, company_id: str) -> None:
    now = datetime.now(UTC)
    tokens = NewTokens("access", "refresh", now + timedelta(hours=1))
    async with api.kernel.database.transaction() as tx:
        await connect(
            tx,
            company_id,
            "1",
            tokens,
            environment="sandbox",
            actor="Ann",
            seal=Seal.open(api.kernel.settings),
            now=now,
        )


class World(msgspec.Struct, frozen=True):
    """A running API, and one of everything there, of globex."""

    api: Api
    theirs: Ids


async def world_of(api: Api) -> World:
    books = await filled_books(api, "globex", ("COFFEE", "-4.50"))
    async with api.member("globex") as client:
        files = {"file": ("june.csv", CSV)}
        job = job_in(
            await client.post("/api/jobs/upload-and-categorize", data={"company_id": "globex"}, files=files)
        )
        written = await client.post("/api/companies/globex/rules", json=RULE)
        await client.post(
            "/api/companies/globex/accounts", json={"code": "7777", "name": "Theirs", "type": "asset"}
        )
    await connected(api, "globex")
    async with api.kernel.database.transaction() as tx:
        link = await access.make_sign_in_link(tx, "globex", name="Theo")
        assert await access.redeem_sign_in(tx, link)
        (session,) = await access.list_sessions(tx, "globex", datetime.now(UTC))
        pending = await access.make_sign_in_link(tx, "globex", name="Vera")
    ids = Ids(
        company="globex",
        job=job.job_id,
        transaction=books.ids[0],
        rule=written.json()["rule_id"],
        bank=books.account.account_id,
        code="7777",
        receipt=await filed_receipt(api, "globex"),
        person=session.session_id,
        invitation=invitations.invitation_id_of(pending),
        key=(await api.key("globex"))[:11],
    )
    return World(api, ids)


@pytest.fixture
async def fresh(sqlite_api: Api) -> World:
    """For one test, which may change what is there."""
    return await world_of(sqlite_api)


@pytest.fixture(scope="module")
def quiet_broker() -> Iterator[Broker]:
    """Not the one that is emptied before each test."""
    found = Broker(found_program(), Path(tempfile.mkdtemp(prefix="lw-")))
    found.start()
    yield found
    found.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    quiet_broker: Broker, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """For all tests of refusals: they leave everything as it is."""
    folder = tmp_path_factory.mktemp("isolation")
    database = shutil.copyfile(sqlite_template, folder / "ledgerwire.db")
    url = f"sqlite+aiosqlite:///{database}"
    async with serving(api_settings(folder, database_url=url, redis_url=quiet_broker.url)) as api:
        await api.create_companies()
        yield await world_of(api)


#: Of a test that asks the one API of this module: it runs in the loop that the API runs in.
in_its_loop = pytest.mark.asyncio(loop_scope="module")


@in_its_loop
@pytest.mark.parametrize("name", PROBES)
async def test_what_is_foreign_answers_exactly_as_what_never_was(world: World, name: str) -> None:
    async with world.api.member("acme", Role.ADMIN) as stranger:
        foreign = await PROBES[name].ask(stranger, world.theirs)
        unknown = await PROBES[name].ask(stranger, UNKNOWN)
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert problem_in(foreign)["status"] == unknown.status_code
    assert shown_headers(foreign) == shown_headers(unknown)
    assert b"globex" not in foreign.content


@in_its_loop
@pytest.mark.parametrize("name", NAMING)
async def test_what_is_foreign_is_not_found_in_ones_own_company(world: World, name: str) -> None:
    async with world.api.member("acme", Role.ADMIN) as stranger:
        foreign = await PROBES[name].ask(stranger, msgspec.structs.replace(world.theirs, company="acme"))
        unknown = await PROBES[name].ask(stranger, msgspec.structs.replace(UNKNOWN, company="acme"))
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert problem_in(foreign)["type"] == "/problems/not_found"
    assert shown_headers(foreign) == shown_headers(unknown)


@in_its_loop
@pytest.mark.parametrize("name", [*PROBES, *sorted(OWN)])
async def test_without_a_key_nothing_is_told(world: World, name: str) -> None:
    consent = {"state": "of-sixteen-letters", "code": "AB11", "realm_id": "1"}
    own = {
        "getSession": Probe("/api/session"),
        "signOut": Probe("/api/sign-out", "POST"),
        "createTicket": Probe("/api/tickets", "POST"),
        "consentToQuickBooks": Probe("/api/quickbooks/consent", "POST", json=consent),
    }
    probe = {**PROBES, **own}[name]
    async with world.api.client() as nobody:
        existing = await probe.ask(nobody, world.theirs)
        unknown = await probe.ask(nobody, UNKNOWN)
    assert (existing.status_code, existing.content) == (401, unknown.content)
    problem_in(existing)


@in_its_loop
@pytest.mark.parametrize("name", [name for name, probe in PROBES.items() if probe.role is not Role.VIEWER])
async def test_a_viewer_reads_and_changes_nothing(world: World, name: str) -> None:
    async with world.api.member("globex", Role.VIEWER) as viewer:
        before = await all_that_is_read(viewer, world.theirs)
        answer = await PROBES[name].ask(viewer, world.theirs)
        assert answer.status_code == 403
        assert problem_in(answer)["type"] == "/problems/role_too_low"
        assert await all_that_is_read(viewer, world.theirs) == before


@pytest.mark.parametrize("name", [name for name, probe in PROBES.items() if probe.method != "GET"])
async def test_a_cookie_changes_nothing_for_a_foreign_page(fresh: World, name: str) -> None:
    async with fresh.api.client() as browser:
        link = await fresh.api.link("globex", Role.ADMIN)
        await browser.post("/api/sign-in", json={"token": link}, headers={"Origin": fresh.api.url})
        before = await all_that_is_read(browser, fresh.theirs)
        for origin in ({}, {"Origin": "http://evil.example"}):
            browser.headers.update(origin)
            answer = await PROBES[name].ask(browser, fresh.theirs)
            assert (answer.status_code, problem_in(answer)["type"]) == (403, "/problems/origin_refused")
        assert await all_that_is_read(browser, fresh.theirs) == before
        browser.headers["Origin"] = fresh.api.url
        assert (await PROBES[name].ask(browser, fresh.theirs)).status_code != 403


async def all_that_is_read(client: httpx2.AsyncClient, ids: Ids) -> dict[str, bytes]:
    """The answer of each route that only reads, answers at once and is open to all members."""
    read = {
        name: probe
        for name, probe in PROBES.items()
        if probe.method == "GET" and "vents" not in name and probe.role is Role.VIEWER
    }
    answers = {name: await probe.ask(client, ids) for name, probe in read.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    # When it was asked is in one of them, and is no change.
    return {name: re.sub(rb'^{"at":"[^"]+"', b"", answer.content) for name, answer in answers.items()}


@in_its_loop
@pytest.mark.parametrize("name", [name for name, probe in PROBES.items() if probe.role is Role.ADMIN])
async def test_some_things_are_for_admins(world: World, name: str) -> None:
    async with world.api.member("globex", Role.BOOKKEEPER) as bookkeeper:
        answer = await PROBES[name].ask(bookkeeper, world.theirs)
    assert answer.status_code == 403


async def test_lists_show_only_ones_own(fresh: World) -> None:
    async with fresh.api.member("acme") as client:
        mine = await fresh.api.submit(client)
        listed = (await client.get("/api/jobs/company/acme")).json()["data"]
        assert [job["job_id"] for job in listed] == [mine.job_id]
        cancelled = await client.post("/api/jobs/company/acme/cancel")
        assert cancelled.json() == {"matched": 1, "changed": 1, "next_cursor": None}
    record = await fresh.api.kernel.ledger.find(fresh.theirs.job)
    assert record is not None
    assert not record.status.terminal


def shown_headers(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}
