"""The QuickBooks page in a real browser, against a real server and worker and the double as a process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.doubles.quickbooks.process import double_of_quickbooks
from tests.running import Running
from tests.static.conftest import browser
from tests.static.dashboard import Dashboard
from tests.static.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

HOSTILE = "COFFEE <img src=x onerror=alert(1)>"


@pytest.fixture
def double() -> Iterator[dict[str, str]]:
    """What it says is to be exported."""
    with double_of_quickbooks() as variables:
        yield variables


@pytest.fixture
def house(double: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "data", **double)
    running.await_start()
    yield running
    running.stop()


def test_from_the_consent_to_the_history(browser: Browser, house: Running) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    dashboard = Dashboard(context.new_page(), house.url)
    dashboard.sign_in(house.sign_in_url)
    page, desk = dashboard.page, Desk(dashboard, "demo")
    desk.bring("COFFEE ONE", HOSTILE, "CITY PARKING")
    ids = [line["transaction_id"] for line in desk.ask("GET", "transactions?state=proposed")["data"]]
    for key in ids:
        desk.ask("POST", f"transactions/{key}/approve", {"revision": None})

    page.locator("page-links a", has_text="QuickBooks").click()
    view = page.locator("quickbooks-page")
    view.get_by_role("button", name="Connect QuickBooks").click()
    # Over there, a person says yes, and comes back to the page they left.
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(view.get_by_text("Connected", exact=True)).to_be_visible()
    assert "code=" not in page.url
    assert "company=demo" in page.url
    expect(view.get_by_text("3 approved lines wait to be sent")).to_be_visible()

    parking = view.get_by_label("Account of QuickBooks for Parking and tolls")
    offered = parking.locator("option").all_inner_texts()
    assert "Travel" in offered
    assert "Checking" not in offered, "an expense is no bank account"
    parking.select_option(label="Travel")
    view.get_by_role("button", name=re.compile("^Confirm ")).click()
    expect(view.get_by_text("All that approved lines need is confirmed")).to_be_visible()

    view.get_by_role("button", name="Dry run").click()
    expect(view.get_by_text("Dry run: 3 lines would be sent")).to_be_visible()
    view.get_by_role("button", name="Send 3 to QuickBooks").click()
    page.locator("#question").get_by_role("button", name="Send 3 lines").click()
    expect(view.get_by_text("3 lines sent", exact=True)).to_be_visible()
    expect(view.get_by_text("Everything that is approved is in QuickBooks")).to_be_visible()
    rows = view.locator('[data-part="sent"] .qb-line')
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="onerror")).to_contain_text("COFFEE")
    expect(rows.first.get_by_role("link", name="Open")).to_have_attribute("href", re.compile("txnId="))

    page.reload()
    expect(rows).to_have_count(3)
    page.set_viewport_size({"width": 390, "height": 844})
    dashboard.assert_fits()
    view.get_by_role("button", name="Disconnect").click()
    page.locator("#question").get_by_role("button", name="Disconnect").click()
    expect(view.get_by_text("Not connected", exact=True)).to_be_visible()
    dashboard.assert_no_complaints()
    context.close()


__all__ = ["browser"]
