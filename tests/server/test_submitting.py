"""Submitting: accepted once, refused clearly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ledgerwire.jobs import Status
from tests.brokers import Broker
from tests.server.serving import Api, api_settings, code_of, job_in, problem_in, serving
from tests.waiting import until
from workers.books.access import Role

CSV = b"Date,Description,Amount\n2026-06-30,COFFEE,-4.50\n"
MEGABYTE = 2**20


async def upload(client: httpx2.AsyncClient, content: bytes = CSV, **fields: Any) -> httpx2.Response:
    return await client.post(
        "/api/jobs/upload-and-categorize",
        data={"company_id": "acme", **fields},
        files={"file": ("june.csv", content, "text/csv")},
    )


async def test_a_submit_answers_with_the_whole_job(api: Api) -> None:
    async with api.member() as client:
        answer = await client.post("/api/jobs/categorize", json={"company_id": "acme", "tenant_id": "t-1"})
    job = job_in(answer)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/jobs/{job.job_id}"
    assert int(answer.headers["retry-after"]) >= 1
    assert (job.kind, job.company_id, job.tenant_id) == ("categorize", "acme", "t-1")
    assert (job.status, job.submitted_by) == (Status.PENDING, "acme bookkeeper")


async def test_from_the_position_of_the_answer_nothing_of_the_job_is_missed(api: Api) -> None:
    async with api.member() as client:
        await api.submit(client)
        answer = await client.post("/api/jobs/categorize", json={"company_id": "acme"})
        since = answer.headers["ledgerwire-position"]
        seen = await client.get(
            f"{answer.headers['location']}/events?since={since}&wait=10",
            headers={"Accept": "application/json"},
        )
    assert seen.json()["snapshot"] is None
    assert seen.json()["events"][0]["job"]["status"] == "pending"


async def test_pages_of_an_allowed_origin_may_read_with_their_session(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    friend = "https://books.example"
    settings = api_settings(
        tmp_path, database_url=sqlite_url, redis_url=broker.url, allowed_origins=(friend,)
    )
    async with serving(settings) as api:
        for origin, allowed in ((friend, friend), ("https://evil.example", None)):
            async with api.client(Origin=origin) as client:
                answer = await client.get("/health/live")
                asked = {"Access-Control-Request-Method": "PATCH"}
                may_change = await client.options("/api/companies/acme", headers=asked)
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert may_change.headers.get("access-control-allow-origin") == allowed
            assert may_change.is_success == (allowed is not None)


async def test_an_upload_is_kept_and_becomes_a_job(api: Api) -> None:
    async with api.member() as client:
        job = job_in(await upload(client))
        seen = (await client.get(f"/api/jobs/{job.job_id}?include=params")).json()
    file = seen["params"]["file"]
    assert (file["name"], file["size"]) == ("june.csv", len(CSV))
    assert api.kernel.files.path(file["sha256"]).read_bytes() == CSV


async def test_the_fields_of_a_form_are_read(sqlite_api: Api) -> None:
    mapping = '{"date": "Date", "amount": "Amount"}'
    async with sqlite_api.member() as client:
        accounts = (await client.get("/api/companies/acme/accounts/bank")).json()["data"]
        answer = await upload(client, account_id=accounts[0]["account_id"], mapping=mapping, tenant_id="")
        seen = (await client.get(f"{answer.headers['location']}?include=params")).json()
    assert seen["params"]["mapping"] == {"date": "Date", "amount": "Amount"}
    assert seen["params"]["account_id"] == accounts[0]["account_id"]
    assert seen["params"]["tenant_id"] is None


async def test_a_path_in_a_file_name_is_only_a_name(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/upload-and-categorize",
            data={"company_id": "acme"},
            files={"file": ("..\\..\\etc/../passwd", CSV)},
        )
        seen = (await client.get(f"{answer.headers['location']}?include=params")).json()
    assert seen["params"]["file"]["name"] == "passwd"


# --- one key, one job -----------------------------------------------------------------------------------


async def test_200_submits_of_one_key_make_one_job(api: Api) -> None:
    async with api.member() as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    "/api/jobs/categorize", json={"company_id": "acme"}, headers={"Idempotency-Key": "june"}
                )
                for _ in range(200)
            )
        )
        listed = (await client.get("/api/jobs/company/acme")).json()["data"]
    assert {answer.status_code for answer in answers} == {202}
    assert {job_in(answer).job_id for answer in answers} == {listed[0]["job_id"]}
    assert len(listed) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1


async def test_a_replay_shows_the_job_as_it_is_now(api: Api) -> None:
    async with api.member() as client:
        first = await api.submit(client, **{"Idempotency-Key": "june"})
        await client.post(f"/api/jobs/{first.job_id}/cancel")
        again = await client.post(
            "/api/jobs/categorize", json={"company_id": "acme"}, headers={"Idempotency-Key": "june"}
        )
    assert again.headers["idempotent-replayed"] == "true"
    assert "retry-after" not in again.headers
    assert (job_in(again).job_id, job_in(again).status) == (first.job_id, Status.CANCELLED)


async def test_another_request_under_the_same_key_is_refused(api: Api) -> None:
    headers = {"Idempotency-Key": "june"}
    async with api.member() as client:
        first = await api.submit(client, **headers)
        answer = await client.post(
            "/api/jobs/categorize", json={"company_id": "acme", "limit": 7}, headers=headers
        )
    assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_reused")
    assert first.job_id in problem_in(answer)["detail"]


async def test_the_same_bytes_under_the_same_key_are_the_same_request(sqlite_api: Api) -> None:
    async with sqlite_api.member(role=Role.BOOKKEEPER) as client:
        client.headers["Idempotency-Key"] = "june"
        first = await upload(client)
        assert job_in(await upload(client)).job_id == job_in(first).job_id
        assert (await upload(client, CSV + b"2026-07-01,TEA,-3.00\n")).status_code == 422


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "caf\xe9"])
async def test_a_key_must_be_visible_ascii(sqlite_api: Api, key: str) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/categorize",
            json={"company_id": "acme"},
            headers=[(b"idempotency-key", key.encode("latin-1"))],
        )
    assert answer.status_code == 400
    assert problem_in(answer)["errors"][0]["pointer"] == "Idempotency-Key"


# --- refused at the door --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/company_id"),
        ({"company_id": "acme", "limit": 0}, "/limit"),
        ({"company_id": "acme", "limit": "many"}, "/limit"),
        ({"company_id": "acme", "limits": 5}, "/limits"),
        ({"company_id": "acme", "transaction_ids": ["a", 1]}, "/transaction_ids/1"),
        ({"company_id": "acme", "kind": "upload-and-categorize"}, "/kind"),
        ({"company_id": "Acme!"}, "/company_id"),
        ([], ""),
    ],
)
async def test_bad_json_is_told_with_its_place(sqlite_api: Api, body: Any, pointer: str) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post("/api/jobs/categorize", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "invalid_input")
    assert [each["pointer"] for each in problem_in(answer)["errors"]] == [pointer]


@pytest.mark.parametrize("body", [b"{", b'{"company_id": "\xff"}', b"[" * 100_000])
async def test_what_is_no_json_is_malformed(sqlite_api: Api, body: bytes) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/categorize", content=body, headers={"Content-Type": "application/json"}
        )
    assert (answer.status_code, code_of(answer)) == (400, "malformed")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_json_must_say_that_it_is_json(sqlite_api: Api, media_type: str) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/categorize", content=b'{"company_id": "acme"}', headers={"Content-Type": media_type}
        )
    assert (answer.status_code, code_of(answer)) == (415, "wrong_media_type")


async def test_a_huge_json_body_is_refused(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/categorize",
            content=b" " * (11 * MEGABYTE),
            headers={"Content-Type": "application/json"},
        )
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


async def test_a_viewer_may_not_submit(sqlite_api: Api) -> None:
    async with sqlite_api.member(role=Role.VIEWER) as client:
        answer = await client.post("/api/jobs/categorize", json={"company_id": "acme"})
    assert (answer.status_code, code_of(answer)) == (403, "role_too_low")


async def test_nobody_stores_a_file_where_they_may_not_submit(sqlite_api: Api) -> None:
    """Refused before the file is read: bytes on disk are what the role is there to protect."""
    for company_id, role, refusal in (
        ("acme", Role.VIEWER, (403, "role_too_low")),
        ("globex", Role.VIEWER, (403, "role_too_low")),
        ("globex", Role.BOOKKEEPER, (404, "not_found")),
    ):
        async with sqlite_api.member(company_id, role) as client:
            answer = await upload(client, CSV + role.encode())
        assert (answer.status_code, code_of(answer)) == refusal
    assert stored(sqlite_api) == []


async def test_a_form_may_name_its_company_after_its_file(sqlite_api: Api) -> None:
    form = [("file", ("june.csv", CSV)), ("company_id", (None, b"acme"))]
    for company_id, status in (("acme", 202), ("globex", 404)):
        async with sqlite_api.member(company_id) as client:
            answer = await client.post("/api/jobs/upload-and-categorize", files=form)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"account_id": "nowhere"}, "/account_id"),
        ({"mapping": "{"}, "/mapping"),
        ({"mapping": "[" * 100_000}, "/mapping"),
        ({"mapping": "[1]"}, "/mapping"),
        ({"mapping": "x" * (300 * 1024)}, "/mapping"),
        ({"company_id": ""}, "/company_id"),
        ({"colour": "red"}, "/colour"),
        ({"file": '{"name": "x", "sha256": "00", "size": 1}'}, "/file"),
    ],
)
async def test_bad_fields_of_a_form_are_told_with_their_place(
    sqlite_api: Api, fields: dict[str, Any], pointer: str
) -> None:
    async with sqlite_api.member() as client:
        answer = await upload(client, **fields)
    assert (answer.status_code, code_of(answer)) == (400, "invalid_input")
    assert [each["pointer"] for each in problem_in(answer)["errors"]] == [pointer]


async def test_the_account_of_another_company_is_no_account(api: Api) -> None:
    async with api.member("globex") as other:
        foreign = (await other.get("/api/companies/globex/accounts/bank")).json()["data"][0]["account_id"]
    async with api.member("acme") as client:
        answer = await upload(client, account_id=foreign)
        unknown = await upload(client, account_id="unknown")
    assert problem_in(answer) == problem_in(unknown)


async def test_an_empty_file_is_refused(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await upload(client, b"")
    assert problem_in(answer)["errors"] == [{"pointer": "/file", "detail": "The file is empty."}]


async def test_a_form_without_its_file_is_refused(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post("/api/jobs/upload-and-categorize", files={"company_id": (None, b"acme")})
    assert problem_in(answer)["errors"] == [{"pointer": "/file", "detail": "This field is needed."}]


async def test_two_files_where_one_is_wanted_are_refused(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/upload-and-categorize",
            data={"company_id": "acme"},
            files=[("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))],
        )
    assert problem_in(answer)["errors"][0]["pointer"] == "/file"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"company_id": "acme"}', "application/json", 415),
        (b"", "multipart/form-data", 415),
        (b"no form", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="company_id"\r\n\r\nacme',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 200,
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
async def test_a_broken_form_is_refused(sqlite_api: Api, body: bytes, media_type: str, status: int) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post(
            "/api/jobs/upload-and-categorize", content=body, headers={"Content-Type": media_type}
        )
    assert answer.status_code == status
    problem_in(answer)


# --- limits of size -------------------------------------------------------------------------------------


@pytest.fixture
async def small_api(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    """Takes files of 1 MB and requests of 2."""
    limits = {"max_upload_bytes": MEGABYTE, "max_request_bytes": 2 * MEGABYTE}
    settings = api_settings(tmp_path, database_url=sqlite_url, redis_url=broker.url, **limits)
    async with serving(settings) as running:
        await running.create_companies()
        yield running


def stored(api: Api) -> list[Path]:
    root = api.kernel.files.root
    return [path for path in root.rglob("*") if path.is_file()]


async def test_a_file_above_the_limit_is_refused_and_not_kept(small_api: Api) -> None:
    async with small_api.member() as client:
        answer = await upload(client, b"x" * (MEGABYTE + 1))
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    assert "1 MB" in problem_in(answer)["title"]
    assert stored(small_api) == []


async def test_a_request_that_says_it_is_too_large_is_refused(small_api: Api) -> None:
    async with small_api.member() as client:
        answer = await upload(client, b"x" * (3 * MEGABYTE))
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


async def test_an_endless_request_is_answered_and_cut_off_while_it_streams(small_api: Api) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", small_api.settings.port)
    writer.write(
        b"POST /api/jobs/upload-and-categorize HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n"
        b"Authorization: Bearer " + (await small_api.key()).encode() + b"\r\n\r\n"
    )
    answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    writer.write(b"%x\r\n%s\r\n" % (len(head), head))
    sent = 0
    with contextlib.suppress(ConnectionError):
        while not (answer.done() or reader.at_eof() or writer.is_closing()):
            assert sent < 500 * MEGABYTE, "nobody stopped it"
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()
            sent += 65_536
    # TCP throws away what was not read yet when a reset overtakes it: cut off is all that can be relied on.
    with contextlib.suppress(ConnectionError):
        assert b" 413 " in (await answer).partition(b"\r\n")[0]
    writer.close()
    assert stored(small_api) == []


async def test_a_large_upload_without_a_key_hears_that_it_needs_one(small_api: Api) -> None:
    """The answer comes before the body is read, and must not be lost by it."""
    async with small_api.client() as client:
        answer = await upload(client, b"x" * (20 * MEGABYTE))
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
    assert stored(small_api) == []


async def test_a_client_that_leaves_in_mid_upload_leaves_nothing_behind(small_api: Api) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", small_api.settings.port)
    writer.write(
        b"POST /api/jobs/upload-and-categorize HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n"
        b"Authorization: Bearer " + (await small_api.key()).encode() + b"\r\n\r\n"
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"x" * 100_000
    )
    await writer.drain()
    await until(lambda: stored(small_api))
    writer.close()
    await until(lambda: not stored(small_api))
    del reader
