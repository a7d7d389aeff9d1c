"""Many jobs at once: the server does some at a time, and is asked on until all are done."""

from __future__ import annotations

import pytest

from ledgerwire import APIError, AsyncLedgerwire, InvalidSubmission, Ledgerwire
from ledgerwire.errors import Problem
from ledgerwire.jobs import Changed
from tests.client.jobs import NOON
from tests.client.server import Server, lose, reply

JOBS = "/api/jobs/company/demo"


def test_it_is_asked_on_until_all_are_done(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{JOBS}/retry", reply(Changed(1000, 998, "c2"), 202), lose, reply(Changed(4, 4), 202))
    assert client.retry_jobs("demo", kind="ocr", created_after=NOON, text=None) == Changed(1004, 1002)
    first, _, last = (call.json for call in server.calls)
    assert (first["kind"], first["created_after"]) == ("ocr", "2026-06-01T12:00:00Z")
    assert last == {**first, "cursor": "c2"}


async def test_awaited_a_limit_is_one_answer(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("POST", f"{JOBS}/cancel", reply(Changed(10, 9, "c2"), 202))
    assert await async_client.cancel_jobs("demo", limit=10) == Changed(10, 9, "c2")
    assert len(server.calls) == 1


def test_what_ends_it_halfway_says_how_far_it_came(client: Ledgerwire, server: Server) -> None:
    refused = reply(Problem(type="/problems/forbidden", title="No", status=403), 403)
    server.on("POST", f"{JOBS}/retry", reply(Changed(1000, 998, "c2"), 202), refused)
    with pytest.raises(APIError) as raised:
        client.retry_jobs("demo")
    assert raised.value.__notes__ == ["998 jobs were changed before that."]


def test_what_is_no_filter_is_not_sent(client: Ledgerwire, server: Server) -> None:
    with pytest.raises(InvalidSubmission, match=r"jobs: .*shop"):
        client.cancel_jobs("demo", shop="Tea")
    assert server.calls == []
