"""Moments in the reader's own time zone, with UTC under the pointer; a bank's days the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.running import Running
from tests.static.dashboard import Dashboard, Office
from tests.static.desk import Desk
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

#: Some day has just begun in the one when it is still the day before in the other.
ZONES = ["Pacific/Auckland", "America/Los_Angeles"]
BANK_FILE = "Date,Description,Amount\n2026-03-01,ACORN BAKERY,-4.50\n"


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def abroad(browser: Browser, running: Running, office: Office, zone: str) -> Iterator[Desk]:
    """An administrator's desk in that zone."""
    context = browser.new_context(
        locale="en-US", timezone_id=zone, viewport={"width": 1280, "height": 860}, reduced_motion="reduce"
    )
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.sign_in(office.sign_in_url(Role.ADMIN))
    yield Desk(dashboard, office.company)
    dashboard.assert_no_complaints()
    context.close()


def test_a_job_was_sent_when_the_readers_own_clock_says(abroad: Desk, zone: str) -> None:
    abroad.dashboard.upload("march.csv", BANK_FILE)
    abroad.dashboard.assert_ends()
    job = abroad.page.request.get(f"{abroad.dashboard.url}/api/jobs/{abroad.dashboard.job_id}").json()
    sent = abroad.page.locator("job-card .meta time")
    assert_tells(sent, job["created_at"])
    expect(sent).to_have_text(read_in(zone, job["created_at"]))
    assert_tells(abroad.dashboard.recent.locator("time"), job["finished_at"])


def test_a_line_keeps_its_day_and_tells_when_it_was_approved(abroad: Desk, zone: str) -> None:
    abroad.dashboard.upload("march.csv", BANK_FILE)
    abroad.dashboard.assert_ends()
    expect(abroad.page.locator("line-list tbody tr")).to_contain_text("Mar 1")
    line = abroad.ask("GET", "transactions")["data"][0]
    path = f"transactions/{line['transaction_id']}"
    abroad.ask("PATCH", path, {"category": "Meals and entertainment"})
    line = abroad.ask("POST", f"{path}/approve")

    abroad.open("all")
    expect(abroad.row("ACORN BAKERY")).to_contain_text("Mar 1")
    abroad.row("ACORN BAKERY").locator(".description").click()
    facts = abroad.page.locator("line-details dl")
    expect(facts).to_contain_text("Mar 1, 2026")
    assert_tells(facts.locator("time"), line["approved_at"])
    expect(facts.locator("time")).to_have_text(read_in(zone, line["approved_at"]))
    changed = abroad.ask("GET", f"{path}/audit")["data"][0]["at"]
    assert_tells(abroad.page.locator("line-details .when time").first, changed)


def test_when_somebody_signed_in_says_utc_under_the_pointer(abroad: Desk) -> None:
    abroad.go("Settings")
    person = abroad.ask("GET", "members")["people"][0]
    assert_tells(abroad.page.locator("members-section .member-row time"), person["signed_in_at"])


def assert_tells(time: Locator, instant: str) -> None:
    """It is that very moment for a program, and says it in UTC to a person who asks."""
    moment = datetime.fromisoformat(instant).astimezone(UTC)
    expect(time).to_have_attribute("title", f"{moment:%Y-%m-%d %H:%M:%S} UTC")
    told: Any = time.get_attribute("datetime")
    assert told.endswith("Z")
    assert abs(datetime.fromisoformat(told) - moment).total_seconds() < 0.001


def read_in(zone: str, instant: str) -> str:
    """As an American reads it there."""
    local = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M %p}"
