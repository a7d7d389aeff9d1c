"""An EventSource without our client, as docs/front-door.md writes it, through a server that goes away."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.static.dashboard import Dashboard, Office, bank_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGE = (Path(__file__).parents[2] / "docs" / "front-door.md").read_text()
#: The page's own function, with what it leaves to its reader. After the break two tickets are refused: that is no end.
WATCH = """(jobId) => {
    window.heard = [];
    window.opened = [];
    window.again = 0;
    window.refused = 0;
    let asked = 0;
    const newTicket = async () => {
        if (++asked === 2 || asked === 3) throw new Error(`refused for the ${++window.refused}. time`);
        const answer = await fetch("/api/tickets", { method: "POST" });
        if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
        return (await answer.json()).ticket;
    };
    const setTimeout = (...how) => (++window.again, window.setTimeout(...how));
    const EventSource = class extends window.EventSource {
        constructor(address) {
            super(address);
            window.opened.push(this);
        }
    };
    OWN
    watch(jobId, (told) => window.heard.push(told));
}"""
ENDED = "() => window.heard.some((told) => (told.job ?? told.jobs?.[0])?.status === 'complete')"
#: By the job's own log, which has all.
KEPT = """async (jobId) => {
    const numbers = [];
    for (let cursor = ""; cursor !== null; ) {
        const after = cursor && `?cursor=${cursor}`;
        const page = await (await fetch(`/api/jobs/${jobId}/log${after}`)).json();
        numbers.push(...page.data.map(({ number }) => number));
        cursor = page.next_cursor;
    }
    return numbers;
}"""


def watch(page: Page, job_id: str) -> None:
    (own,) = (block for block in re.findall(r"```js\n(.*?)```", PAGE, re.DOTALL) if "EventSource" in block)
    page.evaluate(WATCH.replace("OWN", own.replace("https://ledgerwire.example", "")), job_id)


def assert_at_rest(page: Page) -> None:
    """The last stream was closed by whoever heard the end, before its own end could call for another."""
    opened, state, again, refused = page.evaluate(
        "[window.opened.length, window.opened.at(-1).readyState, window.again, window.refused]"
    )
    assert state == 2, "closed"
    assert again == opened - 1 + refused, "the last stream called for no other"


def test_an_event_source_goes_on_with_a_fresh_ticket_where_it_stopped(
    dashboard: Dashboard, office: Office
) -> None:
    page = dashboard.page
    worker = office.running.pid("worker")
    # Nothing happens before the break, and all of it while the stream is away.
    os.kill(worker, signal.SIGSTOP)
    try:
        dashboard.upload("june.csv", bank_file(1_000))
        watch(page, dashboard.job_id)
        page.wait_for_function("() => window.heard.length > 0")
        office.running.kill("api")
        page.wait_for_function("() => window.refused > 0")
    finally:
        os.kill(worker, signal.SIGCONT)
    office.running.await_ready()
    page.wait_for_function(ENDED, timeout=90_000)
    told = page.evaluate("window.heard.filter(({ type }) => type === 'log').map(({ number }) => number)")
    kept = page.evaluate(KEPT, dashboard.job_id)
    assert told == kept, "none is missing, none comes twice"
    assert page.evaluate("window.heard.flatMap(({ reason }) => reason ?? [])") == ["subscribed"]
    assert_at_rest(page)


def test_of_a_job_that_is_over_it_tells_the_end_and_does_not_come_again(dashboard: Dashboard) -> None:
    dashboard.upload("june.csv", bank_file(5))
    dashboard.assert_complete(5)
    watch(dashboard.page, dashboard.job_id)
    dashboard.page.wait_for_function(ENDED)
    assert dashboard.page.evaluate("window.opened.length") == 1
    assert_at_rest(dashboard.page)
