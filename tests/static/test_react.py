"""The React hook and components, bundled as an application bundles them, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.static import node
from tests.static.dashboard import Dashboard, Office, bank_file
from tests.static.node import packages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGE = """<!doctype html><html lang="en"><title>React</title><div id="root"></div>
<script type="module" src="/bundle.js"></script>"""
POLICY = {"Content-Security-Policy": "default-src 'self'"}


@pytest.fixture(scope="module")
def bundle(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("react") / "bundle.js"
    done = node.run(
        str(packages / ".bin" / "esbuild"), "react_page.jsx", "--bundle", "--format=esm", "--jsx=automatic",
        f"--outfile={target}", "--log-level=warning",
        environment={"NODE_PATH": str(packages), "NODE_ENV": "production"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return target.read_text()


@pytest.fixture
def react(dashboard: Dashboard, context: BrowserContext, office: Office, bundle: str) -> Page:
    """Lines wait to be categorized again."""
    dashboard.upload("june.csv", bank_file(60))
    dashboard.assert_complete(60)
    page = context.new_page()
    page.route("**/react?*", lambda route: route.fulfill(body=PAGE, content_type="text/html", headers=POLICY))
    page.route("**/bundle.js", lambda route: route.fulfill(body=bundle, content_type="text/javascript"))
    page.goto(f"{dashboard.url}/react?company={office.company}")
    return page


def test_the_older_system_s_example_works(react: Page) -> None:
    """A button submits, the id is kept, and the component tells the result."""
    react.get_by_role("button", name="Start Categorization").click()
    bar = react.get_by_role("progressbar", name="Categorizing").first
    expect(bar).to_have_attribute("aria-valuenow", "100")
    status = react.locator("output")
    expect(status).to_have_attribute("data-status", "complete")
    expect(react.locator("job-progress-compact")).to_have_attribute("status", "complete")
    told = react.evaluate("window.told")
    assert len(told["complete"]) == 1, "once, though React's strict mode mounts twice"
    result, job_id = told["complete"][0]
    assert result == told["result"]
    assert told["components"] == 1
    assert job_id == react.locator("main > job-progress").get_attribute("job-id")
    assert told["errors"] == []


def test_the_modal_opens_closes_and_keeps_the_keyboard(react: Page) -> None:
    react.get_by_role("button", name="Start Categorization").click()
    react.get_by_role("button", name="Show it large").click()
    dialog = react.get_by_role("dialog", name="Categorizing")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    react.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    react.get_by_role("button", name="Show it large").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_what_cannot_be_watched_is_told_and_what_is_left_is_let_go(react: Page) -> None:
    react.get_by_role("button", name="Nobody's").click()
    expect(react.locator("main > job-progress")).to_have_attribute("status", "unknown")
    expect(react.locator("output")).to_contain_text("There is no such job")
    assert len(react.evaluate("window.told.errors")) == 1
    react.get_by_role("button", name="Leave").click()
    expect(react.locator("main > job-progress")).to_have_count(0)


__all__ = ["packages"]
