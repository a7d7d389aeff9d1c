"""The awaited client: the same decisions in another body."""

from __future__ import annotations

import asyncio

import pytest

from ledgerwire import AsyncLedgerwire, ConnectionFailed, JobFailed, NotFound, WaitTimeout
from ledgerwire.events import SocketError
from ledgerwire.jobs import Attempt, AttemptPage, LogEntry, LogLine, LogPage, Page
from tests.client.jobs import NOON, a_job, failed, logged, told
from tests.client.server import Server, block, lose, refuse_socket, reply, socket, stream, unavailable

JOB = "/api/jobs/j1"
EVENTS = f"{JOB}/events"
SOCKET = ("SOCKET", "/api/ws")
ONE = told(a_job(version=1, progress=10), 1)
END = told(a_job("complete", 5, progress=100, result={"categorized": 4}), 5)


async def test_a_job_from_file_to_result(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("POST", "/api/jobs/upload-and-categorize", lose, reply(a_job("pending", 0), 202))
    server.on(
        "GET", EVENTS, stream(block(ONE), drop=True), unavailable(), stream(block(logged(1, 2)), block(END))
    )
    job = await async_client.upload_and_categorize(("june.csv", b"Date,Amount\n"), company="demo")
    assert [event async for event in job.events()] == [ONE, logged(1, 2), END]
    assert await job.result() == {"categorized": 4}


async def test_wait_and_its_timeout(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("GET", JOB, reply(a_job(), etag='"1"'), reply(None, 304))
    job = await async_client.job("j1")
    with pytest.raises(WaitTimeout):
        await job.wait(timeout=0.1)
    server.on("GET", JOB, reply(failed()))
    with pytest.raises(JobFailed):
        await job.result()


async def test_acts_and_lists(async_client: AsyncLedgerwire, server: Server) -> None:
    line, attempt = LogLine(NOON, "info", "coffee"), Attempt(1, "w1", NOON, None, "running")
    server.on("GET", JOB, reply(a_job()))
    server.on("GET", "/api/jobs/company/demo", reply(Page([a_job()], None)))
    server.on("GET", f"{JOB}/log", reply(LogPage([LogEntry(1, [line])], None)))
    server.on("GET", f"{JOB}/attempts", reply(AttemptPage([attempt], None)))
    server.on("POST", f"{JOB}/cancel", reply(a_job("cancelled", 2), 202))
    server.on("POST", f"{JOB}/retry", reply(a_job("pending", 3), 202))
    (job,) = [job async for job in async_client.jobs("demo")]
    assert [entry async for entry in job.log()] == [line]
    assert [entry async for entry in job.attempts()] == [attempt]
    assert (await job.cancel()).status == "cancelled"
    assert (await job.retry()).status == "pending"
    assert (await job.refresh()).status == "running"


async def test_a_company_over_a_socket(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on(*SOCKET, socket(ONE, code=1013), socket(END, code=None))
    watch = async_client.watch("demo")
    assert [await anext(watch), await anext(watch)] == [ONE, END]
    await watch.aclose()
    assert [call.said[0]["since"] for call in server.calls] == [None, "e.1"]


async def test_a_company_over_sse_where_sockets_do_not_get_through(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    server.on(*SOCKET, refuse_socket())
    server.on("GET", "/api/jobs/company/demo/events", stream(block(ONE), stay=True))
    watch = async_client.watch("demo")
    assert await anext(watch) == ONE
    await watch.aclose()


async def test_a_refused_subscribe_is_raised(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on(*SOCKET, socket(SocketError(id=1, title="Not found", status=404), code=None))
    with pytest.raises(NotFound):
        await anext(async_client.watch("demo"))


async def test_a_cancelled_watcher_leaves_nothing_behind(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    server.on("GET", JOB, reply(a_job()))
    server.on("GET", EVENTS, stream(block(ONE), stay=True))
    job = await async_client.job("j1")
    seen = asyncio.Event()

    async def watch() -> None:
        async for _ in job.events():
            seen.set()

    task = asyncio.create_task(watch())
    await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_it_gives_up_after_its_tries(async_client: AsyncLedgerwire, server: Server) -> None:
    server.on("GET", JOB, lose)
    with pytest.raises(ConnectionFailed):
        await async_client.job("j1")
    assert len(server.calls) == 4
