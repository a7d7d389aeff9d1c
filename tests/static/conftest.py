"""A real Chromium, and a page of it that is watched for every complaint."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

from tests.running import Running
from tests.static.dashboard import Dashboard, Office
from tests.static.desk import Desk

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that a test makes up comes from no network, and may open no socket to this machine.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
]


# One module's: while Playwright's loop runs, no test of another module could run one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine, else the one Playwright may have installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no browser to test with: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        locale="en-US", timezone_id="America/New_York", viewport={"width": 1280, "height": 860}
    )
    yield context
    context.close()


@pytest.fixture
def office(running: Running) -> Office:
    """A company of this test's own, in the Ledgerwire that runs."""
    return Office(running)


@pytest.fixture
def dashboard(context: BrowserContext, office: Office) -> Iterator[Dashboard]:
    """A bookkeeper's page, signed in; the test fails if the browser complained."""
    dashboard = Dashboard(context.new_page(), office.running.url)
    dashboard.sign_in(office.sign_in_url())
    yield dashboard
    dashboard.assert_no_complaints()


@pytest.fixture
def desk(dashboard: Dashboard, office: Office) -> Desk:
    """The same bookkeeper at the books, on a page where nothing is shown on its way to where it belongs."""
    dashboard.page.emulate_media(reduced_motion="reduce")
    return Desk(dashboard, office.company)
