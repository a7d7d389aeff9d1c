"""The blocking client against a real server that behaves and misbehaves."""

from __future__ import annotations

import socket
from io import BytesIO
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from ledgerwire import (
    AuthenticationError,
    Categorize,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    InvalidSubmission,
    JobCancelled,
    JobFailed,
    Ledgerwire,
    LedgerwireError,
    NotFound,
    RateLimited,
    Submission,
    UnexpectedAnswer,
    UploadAndCategorize,
    WaitTimeout,
)
from ledgerwire.jobs import Attempt, AttemptPage, LogEntry, LogLine, LogPage, Page
from ledgerwire.submissions import Upload
from tests.client.conftest import HASTY
from tests.client.jobs import NOON, a_job, failed
from tests.client.server import Server, lose, problem, raw, reply, unavailable

JOB = "/api/jobs/j1"
SUBMIT = "/api/jobs/categorize"


class ReadReceipts(Submission, frozen=True, kw_only=True, tag="read-receipts"):
    """A third party's kind of work, unknown to the SDK."""

    files: Annotated[list[Upload], msgspec.Meta(min_length=1)]
    deep: bool = False


def test_a_submit_sends_the_key_the_fields_and_an_idempotency_key(client: Ledgerwire, server: Server) -> None:
    server.on("POST", SUBMIT, reply(a_job("pending"), 202, ledgerwire_position="e.4"))
    job = client.categorize(company="demo", limit=7)
    sent = server.calls[0]
    assert (job.id, job.status, job.progress, job.position) == ("j1", "pending", 0, "e.4")
    assert sent.json == {"company_id": "demo", "limit": 7}
    assert sent.headers["authorization"] == "Bearer secret"
    assert sent.headers["idempotency-key"]


def test_an_upload_travels_as_multipart(client: Ledgerwire, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_bytes(b"Date,Amount\n2026-06-01,-3.50\n")
    server.on("POST", "/api/jobs/upload-and-categorize", reply(a_job("pending"), 202))
    client.upload_and_categorize(path, company="demo", account="checking", mapping={"date": "Booked"})
    sent = server.calls[0]
    assert sent.headers["content-type"].startswith("multipart/form-data")
    for part in (
        b'name="file"; filename="june.csv"',
        b"2026-06-01,-3.50",
        b'name="company_id"',
        b'{"date":"Booked"}',
    ):
        assert part in sent.body
    assert b"sha256" not in sent.body
    assert b'name="kind"' not in sent.body


def test_any_source_of_bytes_can_be_uploaded(client: Ledgerwire, server: Server) -> None:
    server.on("POST", "/api/jobs/upload-and-categorize", reply(a_job("pending"), 202))
    for source in (b"one", ("two.csv", b"two"), BytesIO(b"three")):
        client.upload_and_categorize(source, company="demo")
    assert [
        name in call.body for name, call in zip((b"one", b"two.csv", b"three"), server.calls, strict=True)
    ]


def test_a_kind_of_a_third_party_is_submitted_like_our_own(client: Ledgerwire, server: Server) -> None:
    server.on("POST", "/api/jobs/read-receipts", reply(a_job("pending"), 202))
    client.submit(ReadReceipts, company_id="demo", files=[("a.pdf", b"A"), ("b.pdf", b"B")], deep=True)
    body = server.calls[0].body
    assert body.count(b'name="files"') == 2
    assert b"true" in body


def test_receipts_are_sent_as_one_pile_empty_files_too(client: Ledgerwire, server: Server) -> None:
    server.on("POST", "/api/jobs/ocr", reply(a_job("pending"), 202))
    client.read_receipts([("lunch.jpg", b"A"), ("empty.pdf", b"")], company="demo")
    assert server.calls[0].body.count(b'name="files"') == 2
    assert b"empty.pdf" in server.calls[0].body


def test_a_kind_goes_by_its_name_too(client: Ledgerwire, server: Server) -> None:
    server.on("POST", "/api/jobs/categorize", reply(a_job("pending", 0), 202))
    client.submit("categorize", company_id="demo", limit=7)
    assert server.calls[0].json["limit"] == 7
    with pytest.raises(InvalidSubmission, match=r"'categorise'\. There are bulk-approve, categorize"):
        client.submit("categorise", company_id="demo")
    assert len(server.calls) == 1


def test_an_instance_without_files_can_be_submitted(client: Ledgerwire, server: Server) -> None:
    server.on("POST", SUBMIT, reply(a_job("pending"), 202))
    client.submit(Categorize(company_id="demo", transaction_ids=["t1"]))
    assert server.calls[0].json == {"company_id": "demo", "limit": 100, "transaction_ids": ["t1"]}


def test_fields_that_do_not_fit_are_refused_before_anything_is_sent(
    client: Ledgerwire, server: Server
) -> None:
    upload = UploadAndCategorize(company_id="demo", file=Upload("a", "b", 1))
    with pytest.raises(InvalidSubmission, match=r"\$\.company_id"):
        client.categorize(company="NOT A COMPANY")
    with pytest.raises(InvalidSubmission, match="unknown field"):
        client.submit(Categorize, company_id="demo", colour="red")
    with pytest.raises(InvalidSubmission, match="class itself"):
        client.submit(upload)
    with pytest.raises(InvalidSubmission, match="with the class"):
        client.submit(Categorize(company_id="demo"), limit=3)
    assert server.calls == []


def test_a_lost_answer_is_asked_for_again_under_the_same_key(client: Ledgerwire, server: Server) -> None:
    server.on("POST", SUBMIT, lose, unavailable(), lose, reply(a_job("pending"), 202))
    assert client.categorize(company="demo").id == "j1"
    assert len(server.calls) == 4
    assert len({call.headers["idempotency-key"] for call in server.calls}) == 1


def test_own_idempotency_keys_are_sent_as_given(client: Ledgerwire, server: Server) -> None:
    server.on("POST", SUBMIT, reply(a_job("pending"), 202))
    client.categorize(company="demo", idempotency_key="june")
    assert server.calls[0].headers["idempotency-key"] == "june"


def test_it_gives_up_after_its_tries(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, lose)
    with pytest.raises(ConnectionFailed, match="asked 4 times") as caught:
        client.job("j1")
    assert caught.value.tries == len(server.calls) == 4


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            Ledgerwire(url, persistence=HASTY) as client,
            pytest.raises(ConnectionFailed, match="LEDGERWIRE_URL"),
        ):
            client.job("j1")


def test_a_long_retry_after_is_left_to_the_caller(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, problem(429, "Slow down", retry_after="3600"))
    with pytest.raises(RateLimited) as caught:
        client.job("j1")
    assert caught.value.retry_after == 3600
    assert len(server.calls) == 1


def test_refusals_are_raised_by_meaning(client: Ledgerwire, server: Server) -> None:
    faults = [{"pointer": "/limit", "detail": "too high"}]
    server.on("GET", JOB, problem(401, "No key", detail="Make one with ..."), problem(404, "Not found"))
    server.on("POST", SUBMIT, problem(422, "Bad input", errors=faults))
    with pytest.raises(AuthenticationError, match="Make one with"):
        client.job("j1")
    with pytest.raises(NotFound, match="Check the id"):
        client.job("j1")
    with pytest.raises(InvalidRequest, match="/limit: too high") as caught:
        client.categorize(company="demo")
    assert caught.value.problem.errors[0].pointer == "/limit"
    assert caught.value.status == 422


def test_an_answer_of_something_else_is_named(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, raw(b"<html>Welcome to the hotel", media_type="text/html"))
    with pytest.raises(UnexpectedAnswer, match="LEDGERWIRE_URL"):
        client.job("j1")
    server.on("GET", JOB, raw(b"", 301, location="https://books.example/"))
    with pytest.raises(LedgerwireError, match=r"https://books\.example/"):
        client.job("j1")


def test_wait_holds_the_line_until_the_job_ends(client: Ledgerwire, server: Server) -> None:
    running, done = a_job(progress=10), a_job("complete", 3, progress=100, result={"categorized": 4})
    server.on(
        "GET",
        JOB,
        reply(running, etag='"1"'),
        reply(None, 304, etag='"1"'),
        unavailable(),
        lose,
        reply(done, etag='"3"', ledgerwire_position="e.9"),
    )
    job = client.job("j1")
    assert job.wait() is job
    assert job.result() == {"categorized": 4}
    assert job.position == "e.9"
    held = server.calls[1]
    assert held.headers["if-none-match"] == '"1"'
    assert held.query == {"wait": "30"}


def test_wait_ends_with_its_timeout(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job(progress=42), etag='"1"'), reply(None, 304))
    with pytest.raises(WaitTimeout, match="42 %") as caught:
        client.job("j1").wait(timeout=0.2)
    assert isinstance(caught.value, TimeoutError)


def test_wait_on_a_server_that_went_away_ends_with_its_timeout(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job(), etag='"1"'), lose)
    with pytest.raises(WaitTimeout):
        client.job("j1").wait(timeout=0.2)


def test_wait_bears_an_absence_only_so_long(server: Server) -> None:
    server.on("GET", JOB, reply(a_job(), etag='"1"'), lose)
    brief = msgspec.structs.replace(HASTY, patience=0.1)
    with Ledgerwire(server.url, persistence=brief) as client, pytest.raises(ConnectionFailed):
        client.job("j1").wait(timeout=60)


def test_result_raises_what_became_of_the_job(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(failed()), reply(a_job("cancelled")))
    with pytest.raises(JobFailed, match="The worker was lost") as caught:
        client.job("j1").result()
    assert caught.value.problem.code == "worker_lost"
    with pytest.raises(JobCancelled, match="retry"):
        client.job("j1").result()


def test_cancel_and_retry_tell_the_new_state(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("POST", f"{JOB}/cancel", reply(a_job("cancelled", 2), 202))
    server.on("POST", f"{JOB}/retry", reply(a_job("pending", 3), 202))
    job = client.job("j1")
    assert job.cancel("wrong file").status == "cancelled"
    assert job.retry().status == "pending"
    assert server.calls[1].json == {"reason": "wrong file"}


def test_a_cancel_that_got_through_unanswered_is_no_conflict(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job()), reply(a_job("cancelled", 2)))
    server.on("POST", f"{JOB}/cancel", lose, problem(409, "It has ended"))
    assert client.job("j1").cancel().status == "cancelled"


def test_a_cancel_of_an_ended_job_is_a_conflict(client: Ledgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job("cancelled")))
    server.on("POST", f"{JOB}/cancel", problem(409, "It has ended"))
    with pytest.raises(Conflict, match="decide anew"):
        client.job("j1").cancel()


def test_a_company_is_listed_page_by_page(client: Ledgerwire, server: Server) -> None:
    first, second = Page([a_job(job_id="a"), a_job(job_id="b")], "c2"), Page([a_job(job_id="c")], None)
    server.on("GET", "/api/jobs/company/demo", reply(first), reply(second))
    assert [job.id for job in client.jobs("demo", status="failed", text="tea", created_after=NOON)] == [
        "a",
        "b",
        "c",
    ]
    asked = server.calls[1].query
    assert asked == {
        "status": "failed",
        "text": "tea",
        "created_after": "2026-06-01T12:00:00+00:00",
        "cursor": "c2",
    }


def test_log_and_attempts_are_read_to_the_end(client: Ledgerwire, server: Server) -> None:
    line, other = LogLine(NOON, "info", "coffee"), LogLine(NOON, "warning", "tea")
    attempt = Attempt(1, "w1", NOON, None, "running")
    server.on("GET", JOB, reply(a_job()))
    server.on(
        "GET", f"{JOB}/log", reply(LogPage([LogEntry(1, [line, other])], "x")), reply(LogPage([], None))
    )
    server.on("GET", f"{JOB}/attempts", reply(AttemptPage([attempt], None)))
    job = client.job("j1")
    assert list(job.log()) == [line, other]
    assert list(job.attempts()) == [attempt]


def test_ids_are_quoted_in_paths(client: Ledgerwire, server: Server) -> None:
    with pytest.raises(NotFound):
        client.job("../health")
    assert server.calls[0].path == "/api/jobs/../health"  # one quoted segment, decoded again by the server


def test_the_environment_names_server_and_key(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("LEDGERWIRE_URL", f"{server.url}/")
    monkeypatch.setenv("LEDGERWIRE_API_KEY", "from-the-environment")
    server.on("GET", JOB, reply(a_job()))
    with Ledgerwire() as client:
        assert client.url == server.url
        client.job("j1")
    assert server.calls[0].headers["authorization"] == "Bearer from-the-environment"


def test_a_url_or_key_that_cannot_work_is_named_at_once() -> None:
    with pytest.raises(LedgerwireError, match="LEDGERWIRE_URL"):
        Ledgerwire("books.example")
    with pytest.raises(LedgerwireError, match="LEDGERWIRE_API_KEY"):
        Ledgerwire(api_key="kéy")


def test_the_key_stays_out_of_representations(client: Ledgerwire) -> None:
    assert "secret" not in f"{client!r} {vars(client)!r}"
