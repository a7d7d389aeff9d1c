"""The browser SDK on a page that holds nothing else of ours, in a real browser against a real server."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocket, expect

from tests.running import Running
from tests.static.conftest import browser
from tests.static.dashboard import Dashboard, Office, bank_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

EMPTY = '<!doctype html><html lang="en"><title>Alone</title><main></main>'
SECRET = "what the host and we share, and which is long enough"
#: The SDK as a page imports it.
IMPORT = "const { JobsClient } = await import('/js/client.js');"


class Alone:
    """A page of somebody else's."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page = context.new_page()
        self.url = url
        self.sockets: list[WebSocket] = []
        self.page.on("websocket", self._opened)
        policy = {"Content-Security-Policy": "default-src 'self'"}
        self.page.route(
            "**/alone", lambda route: route.fulfill(body=EMPTY, content_type="text/html", headers=policy)
        )
        self.page.goto(f"{url}/alone")

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)

    def until(self, claim: Callable[[], object], within: float = 20.0) -> None:
        """The browser's own events are heard only while Playwright waits."""
        deadline = time.monotonic() + within
        while not claim():
            assert time.monotonic() < deadline, f"not true within {within} s"
            self.page.wait_for_timeout(20)

    def run(self, script: str, argument: Any = None) -> Any:
        """The value of an async function's body, in which ``given`` is the argument."""
        return self.page.evaluate(f"async (given) => {{ {script} }}", argument)


@pytest.fixture
def alone(dashboard: Dashboard, context: BrowserContext) -> Alone:
    """Signed in by the dashboard's cookie."""
    return Alone(context, dashboard.url)


FILE = """
const file = new File([given.text], "june.csv", { type: "text/csv" });
const job = await client.submit("upload-and-categorize", { company_id: given.company, file });
"""


def test_a_file_is_submitted_watched_and_waited_for(alone: Alone, office: Office) -> None:
    told = alone.run(
        f"""{IMPORT} const client = new JobsClient(); {FILE}
        const waiting = client.wait(job.job_id);
        const events = [];
        for await (const event of client.events(job.job_id)) events.push(event);
        const listed = [];
        for await (const one of client.list(given.company)) listed.push(one.job_id);
        const state = client.state;
        return {{ job, events, last: await waiting, listed, state }};""",
        {"company": office.company, "text": bank_file(1_500)},
    )
    jobs = [event["job"] for event in told["events"] if event["type"] == "job"]
    assert [job["progress"] for job in jobs] == sorted(job["progress"] for job in jobs)
    assert (jobs[-1]["status"], told["last"]["status"]) == ("complete", "complete")
    assert {event["type"] for event in told["events"]} == {"job", "log"}
    assert told["job"]["job_id"] in told["listed"]
    assert told["state"] == "disconnected", "nothing is watched any more"


def test_all_that_is_watched_comes_over_one_socket(alone: Alone, office: Office) -> None:
    alone.run(
        f"""{IMPORT} const client = new JobsClient(); {FILE}
        window.told = {{ job: [], company: [], ends: 0, states: [] }};
        client.addEventListener("state", ({{ detail }}) => window.told.states.push(detail));
        const {{ told }} = window;
        client.subscribe(job.job_id, {{ job: (one) => told.job.push(one.progress), end: () => told.ends++ }});
        const all = {{ job: (one) => told.company.push(one.progress) }};
        window.stop = client.subscribe({{ companyId: given.company }}, all);
        client.subscribe({{ companyId: given.other }}, {{ error: ({{ status }}) => (told.refused = status) }});
        await client.wait(job.job_id);""",
        {"company": office.company, "text": bank_file(1_500), "other": "no-such-company"},
    )
    told = alone.page.evaluate("window.told")
    assert told["ends"] == 1
    assert told["job"][-1] == 100
    assert told["company"][-1] == 100
    assert told["refused"] == 404
    assert told["states"][0] == "connecting"
    assert "connected" in told["states"]
    assert len(alone.sockets) == 1
    assert not alone.sockets[0].is_closed()
    alone.run("window.stop()")
    alone.until(alone.sockets[0].is_closed)


def test_a_cancelled_job_is_told_as_it_is_and_can_be_tried_again(alone: Alone, office: Office) -> None:
    told = alone.run(
        f"""{IMPORT} const client = new JobsClient(); {FILE}
        await client.cancel(job.job_id);
        const cancelled = await client.wait(job.job_id);
        await client.retry(job.job_id);
        return [cancelled.status, (await client.wait(job.job_id)).status];""",
        {"company": office.company, "text": bank_file(3_000)},
    )
    assert told == ["cancelled", "complete"]


def test_whoever_watches_a_job_is_told_that_lines_were_missed(
    alone: Alone, office: Office, running: Running
) -> None:
    alone.run(
        f"""{IMPORT} const client = new JobsClient(); {FILE}
        window.told = [];
        window.states = [];
        client.addEventListener("state", ({{ detail }}) => window.states.push(detail));
        (async () => {{
          for await (const event of client.events(job.job_id)) window.told.push(event);
          window.isOver = true;
        }})();""",
        {"company": office.company, "text": bank_file(12_000)},
    )
    alone.until(lambda: alone.page.evaluate("() => window.told.some(({ type }) => type === 'log')"))
    running.replace("broker")
    alone.until(lambda: alone.page.evaluate("() => window.isOver"), within=60)
    told, states = alone.page.evaluate("() => [window.told, window.states]")
    assert told[-1]["job"]["status"] == "complete"
    shots = [event for event in told if event["type"] == "snapshot"]
    assert shots, "the broker forgot what was told while it was away"
    assert {one["company_id"] for shot in shots for one in shot["jobs"]} <= {office.company}
    assert {len(shot["jobs"]) for shot in shots} == {1}
    assert all(before != after for before, after in itertools.pairwise(states)), states


def test_what_cannot_be_is_thrown_as_the_server_says_it(alone: Alone, office: Office) -> None:
    told = alone.run(
        f"""{IMPORT} const client = new JobsClient();
        const thrown = [], nobody = "01990000-0000-7000-8000-000000000000";
        const signal = AbortSignal.abort(new Error("enough"));
        for (const act of [
            () => client.submit("categorize", {{ company_id: given.company, limit: -1 }}),
            () => client.wait(nobody),
            () => client.wait(nobody, {{ signal }}),
        ]) await act().catch(({{ status = 0, problem, message }}) =>
            thrown.push([status, problem?.errors?.[0]?.pointer ?? message]));
        return thrown;""",
        {"company": office.company},
    )
    assert told == [[400, "/limit"], [404, told[1][1]], [0, "enough"]]


def test_a_page_that_is_hidden_hangs_up_and_goes_on_where_it_stopped(alone: Alone, office: Office) -> None:
    hide = """Object.defineProperty(document, "visibilityState", { value: given, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));"""
    alone.run(
        f"""{IMPORT} window.client = new JobsClient({{ pauseAfter: 50 }}); window.told = [];
        const {{ told }} = window;
        const handlers = {{ job: (job) => told.push(job), snapshot: () => told.push("snapshot") }};
        window.client.subscribe({{ companyId: given }}, handlers);""",
        office.company,
    )
    alone.until(lambda: alone.page.evaluate("window.client.state === 'connected'"))
    alone.run(hide, "hidden")
    alone.until(alone.sockets[0].is_closed)
    alone.run(f"const {{ client }} = window; {FILE}", {"company": office.company, "text": bank_file(20)})
    alone.run(hide, "visible")
    alone.until(lambda: alone.page.evaluate("window.told.some((one) => one.status === 'complete')"))
    assert alone.page.evaluate("window.told.filter((one) => one === 'snapshot').length") == 1


@pytest.mark.parametrize(
    ("transports", "blocked"),
    [(["SSE"], []), (["long polling"], []), (["polling"], []), (["long polling", "polling"], ["wait=20"])],
)
def test_every_rung_tells_the_whole_story(
    alone: Alone, office: Office, transports: list[str], blocked: list[str]
) -> None:
    for word in blocked:
        alone.page.route(f"**/events?*{word}*", lambda route: route.abort())
    told = alone.run(
        f"""{IMPORT} const client = new JobsClient({{ transports: given.transports }}); {FILE}
        const logged = new Set();
        for await (const event of client.events(job.job_id)) if (event.type === "log") logged.add(event.number);
        return {{ logged: [...logged].sort((a, b) => a - b), job: await client.job(job.job_id) }};""",
        {"company": office.company, "text": bank_file(600), "transports": transports},
    )
    assert told["job"]["status"] == "complete"
    assert told["logged"]
    assert alone.sockets == []


# --- tokens -------------------------------------------------------------------------------------------


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Running]:
    """A Ledgerwire that takes another application's tokens."""
    running = Running(tmp_path / "data", JWT_SECRET=SECRET)
    running.await_start()
    yield running
    running.stop()


class Mint:
    """The host application's own endpoint; tokens are good for some seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.count = 0

    def token(self) -> str:
        self.count += 1
        claims = {"sub": "u1", "companies": {"hosted": "bookkeeper"}}
        return jwt.encode({**claims, "exp": time.time() + self.seconds}, SECRET, "HS256")


def test_a_token_is_renewed_while_the_socket_stays(browser: Browser, host: Running) -> None:
    context = browser.new_context()
    alone, mint = Alone(context, host.url), Mint(seconds=4)
    alone.page.expose_function("mint", mint.token)
    alone.run(
        f"""{IMPORT} const told = (window.told = []);
        window.client = new JobsClient({{ getToken: () => window.mint() }});
        const handlers = {{ job: (job) => told.push(job.status), error: (problem) => told.push(problem) }};
        window.client.subscribe({{ companyId: "hosted" }}, handlers);"""
    )
    alone.until(lambda: alone.page.evaluate("window.client.state === 'connected'"))
    alone.until(lambda: mint.count >= 6)
    answer = httpx2.post(
        f"{host.url}/api/jobs/categorize",
        json={"company_id": "hosted", "limit": 1},
        headers={"Authorization": f"Bearer {mint.token()}"},
    )
    assert answer.status_code == 202
    alone.until(lambda: alone.page.evaluate("window.told.includes('complete')"))
    assert len(alone.sockets) == 1
    assert not alone.sockets[0].is_closed()
    context.close()


def test_a_token_that_opens_nothing_is_told_and_not_tried_for_ever(browser: Browser, host: Running) -> None:
    context = browser.new_context()
    alone = Alone(context, host.url)
    told = alone.run(
        f"""{IMPORT} let asked = 0;
        const client = new JobsClient({{ getToken: () => (asked++, "nonsense") }});
        const problem = await new Promise((tell) => client.subscribe({{ companyId: "hosted" }}, {{ error: tell }}));
        await new Promise((go) => setTimeout(go, 500));
        const refused = await client.job("j").catch((error) => error.status);
        return [problem.status, refused, asked < 5];"""
    )
    assert told == [401, 401, True]
    expect(alone.page).to_have_title("Alone")
    context.close()


__all__ = ["browser"]
