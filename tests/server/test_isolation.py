"""No route tells one company anything of another: every route of the document is tried, and must be listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
import pytest

from ledgerwire.jobs import Job
from server.openapi import build
from tests.server.serving import Api, problem_in
from workers.books.access import Role

CSV = b"Date,Description,Amount\n2026-06-30,COFFEE,-4.50\n"
UNKNOWN_JOB = "0197c2de-4a10-7c3e-9a51-000000000000"


class Probe(msgspec.Struct, frozen=True):
    """How a route is asked for something of ``{company}`` or of ``{job}``."""

    path: str
    method: str = "GET"
    json: Any = None
    form: bool = False
    #: The least role that may, in one's own company.
    role: Role = Role.VIEWER

    async def ask(self, client: httpx2.AsyncClient, *, company: str, job: str) -> httpx2.Response:
        path = self.path.format(company=company, job=job)
        if self.form:
            files = {"file": ("june.csv", CSV)}
            return await client.post(path, data={"company_id": company}, files=files)
        body = {"company_id": company, **self.json} if self.json is not None else None
        return await client.request(self.method, path, json=body)


#: Every operation that knows a company, by its operation_id.
PROBES: Mapping[str, Probe] = {
    "submitCategorize": Probe("/api/jobs/categorize", "POST", json={}, role=Role.BOOKKEEPER),
    "submitUploadAndCategorize": Probe(
        "/api/jobs/upload-and-categorize", "POST", form=True, role=Role.BOOKKEEPER
    ),
    "getJob": Probe("/api/jobs/{job}"),
    "getJobLog": Probe("/api/jobs/{job}/log"),
    "getJobAttempts": Probe("/api/jobs/{job}/attempts"),
    "listJobs": Probe("/api/jobs/company/{company}"),
    "cancelJob": Probe("/api/jobs/{job}/cancel", "POST", role=Role.BOOKKEEPER),
    "retryJob": Probe("/api/jobs/{job}/retry", "POST", role=Role.BOOKKEEPER),
    "cancelJobs": Probe("/api/jobs/company/{company}/cancel", "POST", role=Role.BOOKKEEPER),
    "retryJobs": Probe("/api/jobs/company/{company}/retry", "POST", role=Role.BOOKKEEPER),
    "getCompanyEvents": Probe("/api/jobs/company/{company}/events"),
    "getJobEvents": Probe("/api/jobs/{job}/events"),
    "getCompany": Probe("/api/companies/{company}"),
    "listBankAccounts": Probe("/api/companies/{company}/accounts/bank"),
    "listAccounts": Probe("/api/companies/{company}/accounts"),
    "listRules": Probe("/api/companies/{company}/rules"),
    "listTransactions": Probe("/api/companies/{company}/transactions"),
}
#: What knows no company, or only one's own.
OPEN = {"isAlive", "isReady", "signIn"}
OWN = {"getSession", "signOut"}


def operations(api: Api) -> set[str]:
    document = build(api.app)
    return {operation["operationId"] for path in document["paths"].values() for operation in path.values()}


async def test_every_route_is_tried(sqlite_api: Api) -> None:
    assert operations(sqlite_api) == {*PROBES, *OPEN, *OWN}


@pytest.fixture
async def foreign_job(sqlite_api: Api) -> Job:
    """A job of globex."""
    async with sqlite_api.member("globex") as client:
        return await sqlite_api.submit(client, "globex")


@pytest.mark.parametrize("name", PROBES)
async def test_what_is_foreign_answers_exactly_as_what_never_was(
    sqlite_api: Api, foreign_job: Job, name: str
) -> None:
    probe = PROBES[name]
    async with sqlite_api.member("acme", Role.ADMIN) as stranger:
        foreign = await probe.ask(stranger, company="globex", job=foreign_job.job_id)
        unknown = await probe.ask(stranger, company="no-such-company", job=UNKNOWN_JOB)
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert problem_in(foreign)["status"] == unknown.status_code
    assert shown_headers(foreign) == shown_headers(unknown)
    assert b"globex" not in foreign.content


@pytest.mark.parametrize("name", [*PROBES, *sorted(OWN)])
async def test_without_a_key_nothing_is_told(sqlite_api: Api, foreign_job: Job, name: str) -> None:
    own = {"getSession": Probe("/api/session"), "signOut": Probe("/api/sign-out", "POST")}
    probe = {**PROBES, **own}[name]
    async with sqlite_api.client() as nobody:
        existing = await probe.ask(nobody, company="globex", job=foreign_job.job_id)
        unknown = await probe.ask(nobody, company="no-such-company", job=UNKNOWN_JOB)
    assert (existing.status_code, existing.content) == (401, unknown.content)
    problem_in(existing)


@pytest.mark.parametrize("name", [name for name, probe in PROBES.items() if probe.role is not Role.VIEWER])
async def test_a_viewer_reads_and_changes_nothing(sqlite_api: Api, foreign_job: Job, name: str) -> None:
    async with sqlite_api.member("globex", Role.VIEWER) as viewer:
        answer = await PROBES[name].ask(viewer, company="globex", job=foreign_job.job_id)
        assert answer.status_code == 403
        assert problem_in(answer)["type"] == "/problems/role_too_low"
        listed = (await viewer.get("/api/jobs/company/globex")).json()["data"]
    assert [(job["job_id"], job["status"]) for job in listed] == [(foreign_job.job_id, "pending")]


async def test_lists_show_only_ones_own(sqlite_api: Api, foreign_job: Job) -> None:
    async with sqlite_api.member("acme") as client:
        mine = await sqlite_api.submit(client)
        listed = (await client.get("/api/jobs/company/acme")).json()["data"]
        assert [job["job_id"] for job in listed] == [mine.job_id]
        assert (await client.post("/api/jobs/company/acme/cancel")).json() == {"matched": 1, "changed": 1}
    record = await sqlite_api.kernel.ledger.find(foreign_job.job_id)
    assert record is not None
    assert not record.status.terminal


def shown_headers(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}
