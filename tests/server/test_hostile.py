"""Hostile values are refused by the name of their field, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError

from server.problems import to_problem
from tests.server.serving import Api, problem_in
from workers.books.schema import transactions

EDGES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
CSV = b"Date,Description,Amount\n2026-06-30,COFFEE,-4.50\n"

ADDRESSES = [
    ("/api/jobs/%00", "job_id"),
    ("/api/jobs/a%00/log", "job_id"),
    ("/api/jobs/%1B/attempts", "job_id"),
    ("/api/jobs/%00/events", "job_id"),
    ("/api/jobs/company/%00", "company_id"),
    ("/api/companies/acme%00", "company_id"),
    ("/api/jobs/company/acme?cursor=%00", "?cursor"),
    ("/api/jobs/company/acme?kind=%00", "?kind"),
    ("/api/jobs/company/acme?kind=categorize&kind=%00", "?kind"),
    ("/api/companies/acme/transactions?state=%00", "?state"),
    ("/api/companies/acme/transactions?job_id=%00", "?job_id"),
    ("/api/companies/acme/transactions?text=a%00", "?text"),
    ("/api/companies/acme/transactions?category=%00", "?category"),
    *(
        (f"/api/jobs/company/acme?created_after={each.replace('+', '%2B')}", "?created_after")
        for each in EDGES
    ),
]
BODIES: list[tuple[str, dict[str, Any], str]] = [
    ("categorize", {"company_id": "acme", "tenant_id": "a\0"}, "/tenant_id"),
    ("categorize", {"company_id": "acme", "transaction_ids": ["a", "\0"]}, "/transaction_ids/1"),
    ("categorize", {"company_id": "acme", "transaction_ids": ["x" * 65]}, "/transaction_ids/0"),
    ("{job_id}/cancel", {"reason": "\0"}, "/reason"),
    ("company/acme/cancel", {"kind": "\0"}, "/kind"),
    ("company/acme/retry", {"kind": ["categorize", "\0"]}, "/kind/1"),
    *(("company/acme/cancel", {"created_after": each}, "/created_after") for each in EDGES),
]


def place_of(answer: httpx2.Response) -> str:
    """Which field a refusal names."""
    if answer.status_code != 400:
        return f"{answer.status_code} {answer.text}"
    return str(problem_in(answer)["errors"][0]["pointer"])


async def test_an_address_is_refused_with_its_place(api: Api) -> None:
    async with api.member() as client:
        places = {address: place_of(await client.get(address)) for address, _ in ADDRESSES}
    assert places == dict(ADDRESSES)


async def test_a_body_is_refused_with_its_place(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        for address, body, place in BODIES:
            answer = await client.post(f"/api/jobs/{address.format(job_id=job.job_id)}", json=body)
            assert place_of(answer) == place


async def test_a_form_is_refused_with_its_place(api: Api) -> None:
    async with api.member() as client:
        for field in ("account_id", "tenant_id"):
            answer = await client.post(
                "/api/jobs/upload-and-categorize",
                data={"company_id": "acme", field: "a\0"},
                files={"file": ("june.csv", CSV)},
            )
            assert place_of(answer) == f"/{field}"


async def test_a_reason_may_have_lines(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        answer = await client.post(f"/api/jobs/{job.job_id}/cancel", json={"reason": "wrong\n\tfile"})
    assert answer.status_code == 202


async def test_a_control_character_is_told_in_words(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answers = [
            await client.get("/api/jobs/company/acme?cursor=%00"),
            await client.post("/api/jobs/categorize", json={"company_id": "acme", "tenant_id": "\0"}),
        ]
    details = {problem_in(answer)["errors"][0]["detail"] for answer in answers}
    assert details == {"Control characters are not taken here."}


async def test_what_the_database_cannot_keep_is_the_senders_fault(api: Api) -> None:
    """PostgreSQL refuses a NUL in any text: whatever door lets one through, it is no fault of ours."""
    if api.kernel.database.is_sqlite:
        pytest.skip("SQLite keeps it")
    with pytest.raises(DataError) as caught:
        async with api.kernel.database.reading() as sql:
            await sql.execute(select(transactions).where(transactions.c.transaction_id == "\0"))
    problem = to_problem(caught.value)
    assert (problem.status, problem.code) == (400, "malformed")
