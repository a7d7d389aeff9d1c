"""Reading jobs: entity tags, waiting, pages, positions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledgerwire.errors import Problem
from ledgerwire.jobs import Status
from server.jobs import redacted
from tests.brokers import Broker
from tests.server.serving import Api, code_of, job_in, problem_in
from tests.server.telling import begin
from tests.waiting import until
from workers.books.access import Role


async def told(api: Api, job_id: str) -> None:
    """Returns when the live side knows the job's present status."""
    while not (record := await api.kernel.ledger.find(job_id)) or not record.told:
        await asyncio.sleep(0.005)


async def fail(api: Api, job_id: str, title: str) -> None:
    claimed = None
    while claimed is None:
        record = await api.kernel.ledger.find(job_id)
        assert record is not None
        # It may be handed to the queue between the two, which makes this claim one of the past.
        claimed = await api.kernel.lifecycle.claim(job_id, record.enqueue_no, "worker-1")
    assert await api.kernel.lifecycle.fail(claimed, Problem(title=title))


async def test_an_unchanged_job_is_answered_with_304(api: Api) -> None:
    async with api.member(role=Role.VIEWER) as viewer, api.member() as client:
        job = await api.submit(client)
        await told(api, job.job_id)
        first = await viewer.get(f"/api/jobs/{job.job_id}")
        known = {"If-None-Match": first.headers["etag"]}
        again = await viewer.get(f"/api/jobs/{job.job_id}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        changed = await viewer.get(f"/api/jobs/{job.job_id}", headers=known)
    assert job_in(changed).status is Status.CANCELLED
    assert changed.headers["etag"] != first.headers["etag"]


async def test_retry_after_is_given_until_the_end(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        assert "retry-after" in (await client.get(f"/api/jobs/{job.job_id}")).headers
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        assert "retry-after" not in (await client.get(f"/api/jobs/{job.job_id}")).headers


@pytest.mark.parametrize("headers", [{"Prefer": "wait=20"}, {"Prefer": "respond-async, wait=20"}, {}])
async def test_waiting_answers_when_the_job_changes(api: Api, headers: dict[str, str]) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        await told(api, job.job_id)
        query = "" if headers else "?wait=20"
        waiting = asyncio.create_task(client.get(f"/api/jobs/{job.job_id}{query}", headers=headers))
        await until(lambda: api.app.state.waiters._now == 1)
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        answer = await asyncio.wait_for(waiting, 5)
    assert answer.headers["preference-applied"] == "wait=20"
    assert job_in(answer).status is Status.CANCELLED


async def test_waiting_answers_when_the_time_is_over(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        await told(sqlite_api, job.job_id)
        answer = await client.get(f"/api/jobs/{job.job_id}?wait=1")
    assert job_in(answer).status is Status.PENDING


async def test_waiting_with_a_known_tag_answers_at_once_if_it_is_old(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        answer = await asyncio.wait_for(
            client.get(f"/api/jobs/{job.job_id}?wait=30", headers={"If-None-Match": '"old"'}), 5
        )
    assert answer.status_code == 200


async def test_waiting_for_an_ended_job_does_not_wait(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        answer = await asyncio.wait_for(client.get(f"/api/jobs/{job.job_id}?wait=30"), 5)
    assert job_in(answer).status is Status.CANCELLED


async def test_waiting_goes_on_while_the_broker_is_away(api: Api, broker: Broker) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        await told(api, job.job_id)
        broker.kill()
        tag = (await client.get(f"/api/jobs/{job.job_id}")).headers["etag"]
        waiting = asyncio.create_task(
            client.get(f"/api/jobs/{job.job_id}?wait=20", headers={"If-None-Match": tag})
        )
        await until(lambda: api.app.state.waiters._now == 1)
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        answer = await asyncio.wait_for(waiting, 10)
    assert job_in(answer).status is Status.CANCELLED


async def test_nobody_waits_for_a_server_that_stops(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        await told(sqlite_api, job.job_id)
        waiting = asyncio.create_task(client.get(f"/api/jobs/{job.job_id}?wait=30"))
        await until(lambda: sqlite_api.app.state.waiters._now == 1)
        sqlite_api.app.state.hub.drain()
        answer = await asyncio.wait_for(waiting, 5)
    assert answer.status_code == 200


async def test_too_many_waiters_are_answered_at_once(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        sqlite_api.app.state.waiters._most = 0
        answer = await asyncio.wait_for(client.get(f"/api/jobs/{job.job_id}?wait=30"), 5)
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


async def test_the_input_is_shown_only_when_asked_for(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        bare = (await client.get(f"/api/jobs/{job.job_id}")).json()
        full = (await client.get(f"/api/jobs/{job.job_id}?include=params")).json()
    assert bare["params"] is None
    assert full["params"]["limit"] == 100


def test_what_looks_like_a_credential_is_redacted() -> None:
    params = {"limit": 1, "access_token": "x", "nested": [{"Password": "y", "name": "z"}]}
    assert redacted(params) == {
        "limit": 1,
        "access_token": "[redacted]",
        "nested": [{"Password": "[redacted]", "name": "z"}],
    }


@pytest.mark.parametrize("query", ["wait=31", "wait=-1", "wait=x", "include=secrets"])
async def test_a_bad_query_is_told_with_its_place(sqlite_api: Api, query: str) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        answer = await client.get(f"/api/jobs/{job.job_id}?{query}")
    assert answer.status_code == 400
    assert problem_in(answer)["errors"][0]["pointer"] == "?" + query.partition("=")[0]


# --- a company's jobs -----------------------------------------------------------------------------------


async def test_a_list_is_paged_newest_first(api: Api) -> None:
    async with api.member() as client:
        jobs = [(await api.submit(client)).job_id for _ in range(5)]
        seen: list[str] = []
        address = "/api/jobs/company/acme?limit=2&kind=categorize"
        while address:
            answer = await client.get(address)
            seen += [job["job_id"] for job in answer.json()["data"]]
            link = answer.headers.get("link", "")
            assert bool(link) == (answer.json()["next_cursor"] is not None)
            assert not link or "kind=categorize" in link
            address = link.partition(">")[0].removeprefix("<")
    assert seen == jobs[::-1]


async def test_a_list_is_filtered(api: Api) -> None:
    async with api.member() as client:
        old = await api.submit(client)
        await client.post(f"/api/jobs/{old.job_id}/cancel")
        new = await api.submit(client)

        async def ids(**query: Any) -> list[str]:
            answer = await client.get("/api/jobs/company/acme", params=query)
            assert answer.status_code == 200, answer.text
            return [job["job_id"] for job in answer.json()["data"]]

        assert await ids(status="cancelled") == [old.job_id]
        assert await ids(status=["cancelled", "pending"]) == [new.job_id, old.job_id]
        assert await ids(kind="ocr") == []
        assert await ids(created_after=old.created_at.isoformat()) == [new.job_id]
        assert await ids(created_before=old.created_at.isoformat()) == [old.job_id]
        assert await ids(text=old.job_id.upper()) == [old.job_id]
        counted = await client.get("/api/jobs/company/acme?count=true&limit=1")
        assert (counted.json()["total"], len(counted.json()["data"])) == (2, 1)
        narrowed = await client.get("/api/jobs/company/acme?count=true&status=pending")
        counts = {"pending": 1, "running": 0, "complete": 0, "failed": 0, "cancelled": 1}
        assert (narrowed.json()["total"], narrowed.json()["counts"]) == (1, counts)


async def test_jobs_are_found_by_what_a_person_knows_of_them(api: Api) -> None:
    async with api.member() as client:
        names = ["März_100%.csv", "april.csv"]
        for name in names:
            file = {"file": (name, b"Date,Description,Amount\n2026-03-01,Coffee,-3.50\n")}
            form = {"company_id": "acme"}
            answer = await client.post("/api/jobs/upload-and-categorize", data=form, files=file)
            assert job_in(answer).title == name
        await fail(api, job_in(answer).job_id, 'The file has no "ÜBERTRAG" in it.')

        async def titles(text: str) -> list[str]:
            answer = await client.get("/api/jobs/company/acme", params={"text": text})
            return [job["title"] for job in answer.json()["data"]]

        assert await titles("märz") == [names[0]]
        assert await titles("0%.CSV") == [names[0]]
        assert await titles("_00") == []
        assert await titles("ACME BOOKKEEPER") == names[::-1]
        assert await titles('no "übertrag"') == [names[1]]
        assert await titles("title") == []
        # Of an id only its beginning tells: any few letters stand in one by chance.
        assert await titles(job_in(answer).job_id[:13]) == [names[1]]
        assert await titles(job_in(answer).job_id[-12:]) == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"),
        ("limit=501", "?limit"),
        ("status=odd", "?status"),
        ("created_after=yesterday", "?created_after"),
        ("created_after=2026-01-01T00:00:00", "?created_after"),
        ("since=here", "?since"),
        ("since=x.1&text=tea", "?text"),
    ],
)
async def test_a_bad_filter_is_told_with_its_place(sqlite_api: Api, query: str, pointer: str) -> None:
    async with sqlite_api.member() as client:
        answer = await client.get(f"/api/jobs/company/acme?{query}")
    assert answer.status_code == 400
    assert problem_in(answer)["errors"][0]["pointer"].startswith(pointer)


async def test_since_a_position_only_the_changed_jobs_are_listed(api: Api) -> None:
    async with api.member() as client:
        old = await api.submit(client)
        await told(api, old.job_id)
        position = (await client.get("/api/jobs/company/acme")).headers["ledgerwire-position"]
        nothing = await client.get("/api/jobs/company/acme", params={"since": position})
        assert nothing.json()["data"] == []
        assert nothing.headers["ledgerwire-position"] == position
        new = await api.submit(client)
        await told(api, new.job_id)
        changed = await client.get("/api/jobs/company/acme", params={"since": position})
        assert [job["job_id"] for job in changed.json()["data"]] == [new.job_id]
        other = await client.get("/api/jobs/company/acme", params={"since": position, "status": "failed"})
        assert other.json()["data"] == []
        assert changed.headers["ledgerwire-position"] != position


async def test_a_filter_holds_since_a_position_too(api: Api) -> None:
    async with api.member() as client:
        first = await client.get("/api/jobs/company/acme")
        job = await api.submit(client)
        await told(api, job.job_id)

        async def ids(**query: str) -> list[str]:
            since = {"since": first.headers["ledgerwire-position"], **query}
            answer = await client.get("/api/jobs/company/acme", params=since)
            return [each["job_id"] for each in answer.json()["data"]]

        assert await ids() == [job.job_id]
        assert await ids(created_before="2020-01-01T00:00:00Z") == []


async def test_what_has_ended_since_somebody_looked_is_not_retried_unseen(api: Api) -> None:
    async with api.member() as client:
        early, late = [(await api.submit(client)).job_id for _ in range(2)]
        await fail(api, early, "It broke.")
        looked = datetime.now(UTC).isoformat()
        await fail(api, late, "It broke, too.")
        answer = await client.post("/api/jobs/company/acme/retry", json={"finished_before": looked})
        assert answer.json() == {"matched": 1, "changed": 1, "next_cursor": None}
        assert job_in(await client.get(f"/api/jobs/{late}")).status is Status.FAILED


async def test_since_a_position_nobody_knows_everything_present_is_listed(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        answer = await client.get("/api/jobs/company/acme?since=abc123.7")
    assert [each["job_id"] for each in answer.json()["data"]] == [job.job_id]


async def test_lists_are_answered_while_the_broker_is_away(api: Api, broker: Broker) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        broker.kill()
        for query in ("", "?since=abc123.7"):
            answer = await client.get(f"/api/jobs/company/acme{query}")
            assert [each["job_id"] for each in answer.json()["data"]] == [job.job_id]
            assert answer.headers["ledgerwire-position"] == "0.0"
        assert job_in(await client.get(f"/api/jobs/{job.job_id}")).status is Status.PENDING
        assert (await api.submit(client)).status is Status.PENDING


async def test_log_and_attempts_of_a_new_job_are_empty_pages(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        for part in ("log", "attempts"):
            answer = await client.get(f"/api/jobs/{job.job_id}/{part}")
            assert answer.json() == {"data": [], "next_cursor": None}
            bad = await client.get(f"/api/jobs/{job.job_id}/{part}?cursor=1;drop")
            assert problem_in(bad)["errors"][0]["pointer"] == "?cursor"


# --- cancel and retry -----------------------------------------------------------------------------------


async def test_cancel_and_retry_answer_with_the_job(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        cancelled = await client.post(f"/api/jobs/{job.job_id}/cancel", json={"reason": "wrong file"})
        assert (cancelled.status_code, job_in(cancelled).status) == (202, Status.CANCELLED)
        retried = await client.post(f"/api/jobs/{job.job_id}/retry")
        assert (retried.status_code, job_in(retried).status) == (202, Status.PENDING)
        assert retried.headers["location"] == f"/api/jobs/{job.job_id}"
    record = await api.kernel.ledger.find(job.job_id)
    assert record is not None


async def test_who_cancelled_why_and_who_retried_is_told(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        await client.post(f"/api/jobs/{job.job_id}/cancel", json={"reason": "wrong account"})
        cancelled = job_in(await client.get(f"/api/jobs/{job.job_id}"))
        assert (cancelled.cancelled_by, cancelled.cancel_reason) == ("acme bookkeeper", "wrong account")
        await client.post(f"/api/jobs/{job.job_id}/retry")
        again = job_in(await client.get(f"/api/jobs/{job.job_id}"))
        assert (again.retried_by, again.cancelled_by) == ("acme bookkeeper", None)
        assert again.retried_at is not None


async def test_what_the_state_forbids_says_what_to_do(api: Api) -> None:
    async with api.member() as client:
        job = await api.submit(client)
        retry = await client.post(f"/api/jobs/{job.job_id}/retry")
        assert (retry.status_code, code_of(retry)) == (409, "wrong_state")
        assert "cancel" in problem_in(retry)["detail"].lower()
        await client.post(f"/api/jobs/{job.job_id}/cancel")
        cancel = await client.post(f"/api/jobs/{job.job_id}/cancel")
        assert (cancel.status_code, code_of(cancel)) == (409, "wrong_state")
        assert f"/api/jobs/{job.job_id}/retry" in problem_in(cancel)["detail"]


@pytest.mark.parametrize("verb", ["cancel", "retry"])
async def test_of_a_job_that_did_all_its_work_nothing_impossible_is_proposed(
    sqlite_api: Api, verb: str
) -> None:
    told = await begin(sqlite_api.kernel)
    await told.complete()
    async with sqlite_api.member() as client:
        refused = await client.post(f"/api/jobs/{told.job_id}/{verb}")
    assert (refused.status_code, code_of(refused)) == (409, "wrong_state")
    assert "retry" not in problem_in(refused)["detail"]


async def test_jobs_are_cancelled_and_retried_by_filter(api: Api) -> None:
    last = {"next_cursor": None}
    async with api.member() as client:
        for _ in range(3):
            await api.submit(client)
        cancelled = await client.post("/api/jobs/company/acme/cancel", json={"kind": "categorize"})
        assert (cancelled.status_code, cancelled.json()) == (202, {"matched": 3, "changed": 3, **last})
        unasked = await client.post("/api/jobs/company/acme/retry")
        assert unasked.json() == {"matched": 0, "changed": 0, **last}
        future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        none = await client.post(
            "/api/jobs/company/acme/retry", json={"status": "cancelled", "created_after": future}
        )
        assert none.json() == {"matched": 0, "changed": 0, **last}
        retried = await client.post("/api/jobs/company/acme/retry", json={"status": ["cancelled", "failed"]})
        assert retried.json() == {"matched": 3, "changed": 3, **last}
        ended = await client.post("/api/jobs/company/acme/retry", json={"status": "pending"})
        assert ended.json() == {"matched": 3, "changed": 0, **last}


async def test_many_jobs_are_changed_some_at_a_time_and_none_of_them_twice(api: Api) -> None:
    async with api.member() as client:
        submitted = [(await api.submit(client)).job_id for _ in range(5)]
        told: list[tuple[int, int]] = []
        cursor = None
        while cursor or not told:
            part = {"status": ["pending", "cancelled"], "limit": 2, "cursor": cursor}
            answer = await client.post("/api/jobs/company/acme/cancel", json=part)
            cursor = answer.json()["next_cursor"]
            told.append((answer.json()["matched"], answer.json()["changed"]))
        # What was cancelled still matches, and is not met again.
        assert told == [(2, 2), (2, 2), (1, 1)]
        chosen = {"status": "cancelled", "job_ids": submitted[1:3]}
        retried = await client.post("/api/jobs/company/acme/retry", json=chosen)
        assert retried.json() == {"matched": 2, "changed": 2, "next_cursor": None}
        none = await client.post("/api/jobs/company/acme/retry", json={"status": "cancelled", "job_ids": []})
        assert none.json() == {"matched": 0, "changed": 0, "next_cursor": None}


async def test_chosen_jobs_of_another_company_are_left_alone(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client, sqlite_api.member("globex") as stranger:
        job = await sqlite_api.submit(client)
        answer = await stranger.post("/api/jobs/company/globex/cancel", json={"job_ids": [job.job_id]})
        assert answer.json() == {"matched": 0, "changed": 0, "next_cursor": None}
        assert job_in(await client.get(f"/api/jobs/{job.job_id}")).status is Status.PENDING


async def test_a_filter_with_an_unknown_field_touches_nothing(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        job = await sqlite_api.submit(client)
        answer = await client.post("/api/jobs/company/acme/cancel", json={"kinds": "ocr"})
        assert problem_in(answer)["errors"][0]["pointer"] == "/kinds"
        naive = await client.post(
            "/api/jobs/company/acme/cancel", json={"created_after": "2026-01-01T00:00:00"}
        )
        assert problem_in(naive)["errors"][0]["pointer"] == "/created_after"
        assert job_in(await client.get(f"/api/jobs/{job.job_id}")).status is Status.PENDING
