"""Every page through axe-core: nothing serious, in light and in dark, wide and narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.running import Running
from tests.static.dashboard import Dashboard, Office, bank_file
from tests.static.node import packages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SERIOUS = {"serious", "critical"}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = ("Jobs", "Activity", "Review", "Rules", "Receipts", "QuickBooks", "Settings")


@pytest.fixture(scope="module")
def axe(packages: Path) -> str:
    return (packages / "axe-core" / "axe.min.js").read_text()


def faults(page: Page, axe: str) -> list[str]:
    """What is wrong for people who use the page otherwise than by eye and mouse."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def test_signing_in(context: BrowserContext, running: Running, axe: str) -> None:
    page = context.new_page()
    page.goto(running.url)
    expect(page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()
    assert faults(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(dashboard: Dashboard, office: Office, axe: str, scheme: Any) -> None:
    page = dashboard.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert faults(page, axe) == [], "nothing is there yet"
    dashboard.upload("june.csv", bank_file(40))
    dashboard.assert_complete(40)
    for name in PAGES:
        page.locator("page-links a", has_text=name).click()
        expect(page.locator("page-links a[aria-current]")).to_contain_text(name)
        assert faults(page, axe) == [], name
    page.set_viewport_size(PHONE)
    for name in PAGES:
        page.locator("page-links a", has_text=name).click()
        assert faults(page, axe) == [], f"{name} on a phone"


def test_what_failed(dashboard: Dashboard, axe: str) -> None:
    dashboard.upload("bad.csv", "Date,Description,Amount\n2026-06-31,TEA ROOM,-2.80\n")
    dashboard.assert_ends("Failed")
    assert faults(dashboard.page, axe) == []


__all__ = ["packages"]
