"""<job-progress> alone, on a page that holds nothing else of ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ledgerwire.jobs import Status
from tests.running import Running
from tests.static.dashboard import Dashboard, Office, bank_file
from tests.static.history import past_job, write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ALONE = """<!doctype html><title>Alone</title>
<script type="module" src="/js/elements/job-progress.js"></script>
<script type="module" src="/alone.js"></script>
<job-progress job-id="JOB" label="My upload"></job-progress>"""

#: Notes the events of the element; a module of its own, since the policy allows no code in a page.
NOTES = """window.told = [];
for (const name of ["job-progress", "job-complete", "job-error"])
  document.addEventListener(name, (event) => window.told.push([name, event.detail.progress]));
"""


def alone(context: BrowserContext, url: str, job_id: str) -> Page:
    page = context.new_page()
    policy = {"Content-Security-Policy": "default-src 'self'"}
    page.route(
        "**/alone",
        lambda route: route.fulfill(
            body=ALONE.replace("JOB", job_id), content_type="text/html", headers=policy
        ),
    )
    page.route("**/alone.js", lambda route: route.fulfill(body=NOTES, content_type="text/javascript"))
    page.goto(f"{url}/alone")
    return page


def test_it_follows_a_job_by_its_id_alone(dashboard: Dashboard, context: BrowserContext) -> None:
    dashboard.upload("long.csv", bank_file(8_000))
    page = alone(context, dashboard.url, dashboard.job_id)
    bar = page.get_by_role("progressbar", name="My upload")
    expect(bar).to_have_attribute("aria-valuetext", re.compile("Complete"), timeout=60_000)
    expect(bar).to_have_attribute("aria-valuenow", "100")
    told = page.evaluate("window.told")
    shown = [progress for name, progress in told if name == "job-progress"]
    assert len(shown) > 2
    assert shown == sorted(shown)
    assert [name for name, _ in told if name != "job-progress"] == ["job-complete"]


def test_it_says_that_the_server_is_out_of_reach(
    dashboard: Dashboard, office: Office, context: BrowserContext, running: Running
) -> None:
    waiting = past_job(
        office.company, "later.csv", Status.PENDING, retry_at=datetime.now(UTC) + timedelta(hours=1)
    )
    write(running, [waiting])
    page = alone(context, dashboard.url, waiting["job_id"])
    element = page.locator("job-progress")
    expect(element).to_have_attribute("status", "pending")
    expect(element.get_by_text("Connecting again")).to_be_hidden()
    context.set_offline(True)
    running.replace("api")
    expect(element.get_by_text("Connecting again")).to_be_visible()
    context.set_offline(False)
    expect(element.get_by_text("Connecting again")).to_be_hidden()


def test_it_says_what_is_wrong_with_an_unknown_job(dashboard: Dashboard, context: BrowserContext) -> None:
    page = alone(context, dashboard.url, "01990000-0000-7000-8000-000000000000")
    expect(page.locator("job-progress")).to_have_attribute("status", "unknown")


def test_it_draws_a_job_it_is_handed(dashboard: Dashboard) -> None:
    dashboard.upload("june.csv", bank_file(5))
    dashboard.assert_complete(5)
    parts = dashboard.page.locator("job-card job-progress").evaluate(
        "element => [...element.shadowRoot.querySelectorAll('[part]')].map((each) => each.part.value)"
    )
    assert {"head", "label", "percent", "track", "bar", "message", "count"} <= set(parts)
