"""The files of a job come back as they were sent, and as nothing but a download."""

from __future__ import annotations

import pytest

from tests.server.serving import Api, code_of, job_in
from workers.books.access import Role

HOSTILE = "june\u202e<b>\u00e9.csv"
PILE = [("one.png", b"the first"), ("two.png", b"the second"), ("again.png", b"the first")]


async def test_a_bank_file_comes_back_byte_for_byte(api: Api) -> None:
    content = b"\xef\xbb\xbfDate;Description;Amount\r\n30.06.2026;COFFEE;-4,50\r\n"
    async with api.member("acme", Role.VIEWER) as viewer, api.member("acme") as client:
        files = {"file": (HOSTILE, content, "text/html")}
        job = job_in(
            await client.post("/api/jobs/upload-and-categorize", data={"company_id": "acme"}, files=files)
        )
        found = await viewer.get(f"/api/jobs/{job.job_id}/files/1")
        beyond = await viewer.get(f"/api/jobs/{job.job_id}/files/2")
    assert found.content == content
    assert found.headers["content-length"] == str(len(content))
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith('attachment; filename="june_')
    assert found.headers["content-disposition"].count('"') == 2
    assert "sandbox" in found.headers["content-security-policy"]
    assert (beyond.status_code, code_of(beyond)) == (404, "not_found")


async def test_of_a_pile_each_is_counted_as_it_was_sent(sqlite_api: Api) -> None:
    async with sqlite_api.member("acme") as client:
        files = [("files", each) for each in PILE]
        job = job_in(await client.post("/api/jobs/ocr", data={"company_id": "acme"}, files=files))
        found = [await client.get(f"/api/jobs/{job.job_id}/files/{at}") for at in (1, 2, 3)]
    assert [each.content for each in found] == [content for _, content in PILE]
    assert [each.headers["content-disposition"].partition(";")[2].split('"')[1] for each in found] == [
        name for name, _ in PILE
    ]


@pytest.mark.parametrize("number", ["0", "101", "one", "-1"])
async def test_what_is_no_number_of_a_file_is_refused(sqlite_api: Api, number: str) -> None:
    async with sqlite_api.member("acme") as client:
        job = job_in(await client.post("/api/jobs/learn", json={"company_id": "acme"}))
        assert (await client.get(f"/api/jobs/{job.job_id}/files/{number}")).status_code in {400, 404}
        assert (await client.get(f"/api/jobs/{job.job_id}/files/1")).status_code == 404


async def test_bytes_that_are_gone_are_told_so(sqlite_api: Api) -> None:
    async with sqlite_api.member("acme") as client:
        files = {"file": ("june.csv", b"x")}
        job = job_in(
            await client.post("/api/jobs/upload-and-categorize", data={"company_id": "acme"}, files=files)
        )
        record = await sqlite_api.kernel.ledger.find(job.job_id)
        assert record is not None
        sqlite_api.kernel.files.path(record.params["file"]["sha256"]).unlink()
        assert (await client.get(f"/api/jobs/{job.job_id}/files/1")).status_code == 404
