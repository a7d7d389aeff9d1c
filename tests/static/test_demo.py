"""The demo page in a real browser: every kind of job on sample data, with its code."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.static.dashboard import Dashboard, Office
from tests.static.node import packages
from tests.static.test_axe import axe, faults

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PATH = "/dashboard/background-jobs"


class Demo:
    def __init__(self, page: Page) -> None:
        self.page = page

    def card(self, title: str) -> Locator:
        heading = self.page.get_by_role("heading", name=title, exact=True)
        return self.page.locator(".demo-kind").filter(has=heading)

    def start(self, title: str, button: str, *, ends: str = "complete") -> Locator:
        card = self.card(title)
        card.get_by_role("button", name=button, exact=True).click()
        expect(card.locator("job-progress")).to_have_attribute("status", ends, timeout=60_000)
        return card

    @property
    def history(self) -> Locator:
        return self.page.locator("#history li")


@pytest.fixture
def demo(dashboard: Dashboard, office: Office) -> Demo:
    dashboard.page.goto(f"{dashboard.url}{PATH}?company={office.company}")
    expect(dashboard.page.locator(".demo-kind")).to_have_count(8)
    return Demo(dashboard.page)


def test_every_kind_is_started_and_watched(demo: Demo, office: Office, axe: str) -> None:
    card = demo.start("Import a bank file", "Import the sample")
    expect(card.locator("job-progress")).to_contain_text("imported")
    demo.start("Categorize transactions", "Start Categorization")
    demo.start("Approve what is ready", "Approve all that are ready")
    demo.start("Undo the last approval", "Undo it")
    demo.start("Learn from approvals", "Train it")
    demo.start("Undo the last import", "Remove its lines")
    demo.start("Read receipts", "Read a sample receipt")
    export = demo.card("Export to QuickBooks")
    export.get_by_role("button", name="Dry run").click()
    expect(export).to_contain_text("This server has no application of Intuit's")
    expect(demo.history).to_have_count(7)
    expect(demo.history.first).to_contain_text("lunch.png")
    assert faults(demo.page, axe) == []
    demo.page.reload()
    expect(demo.history).to_have_count(7)
    demo.page.set_viewport_size({"width": 390, "height": 844})
    assert demo.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(demo.page.locator("#state")).to_be_in_viewport(ratio=1)


def test_a_file_of_one_s_own_is_taken(demo: Demo) -> None:
    card = demo.card("Import a bank file")
    content = b"Date,Description,Amount\n2026-06-01,<b>TEA</b> ROOM,-3.50\n"
    card.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(card.locator("job-progress")).to_have_attribute("status", "complete")


def test_the_code_names_this_company_and_this_server(demo: Demo, office: Office) -> None:
    card = demo.card("Categorize transactions")
    card.locator("summary").click()
    code = card.locator("code")
    expect(code).to_contain_text("/api/jobs/categorize")
    expect(code).to_contain_text(f'"company_id":"{office.company}"')
    card.get_by_role("button", name="Python").click()
    expect(code).to_contain_text(f'client.categorize(company="{office.company}", limit=100)')
    card.get_by_role("button", name="JavaScript").click()
    expect(code).to_contain_text(re.compile(r'client\.submit\("categorize"'))


@pytest.mark.parametrize(
    "title", ["Import a bank file", "Categorize transactions", "Read receipts", "Undo the last import"]
)
def test_the_javascript_runs_as_it_stands(demo: Demo, title: str) -> None:
    if title == "Undo the last import":
        imported = demo.card("Import a bank file")
        imported.get_by_role("button", name="Import the sample").click()
        expect(imported.locator("job-progress")).to_have_attribute("status", "complete")
    card = demo.card(title)
    card.locator("summary").click()
    card.get_by_role("button", name="JavaScript").click()
    code = card.locator("code").inner_text()
    said: list[str] = []
    demo.page.on("console", lambda message: said.append(message.text))
    # As a module of this origin: the page's policy lets no other script run.
    as_module = {"body": code, "content_type": "text/javascript"}
    demo.page.route("**/js/pasted.js", lambda route: route.fulfill(**as_module))
    demo.page.evaluate("import('/js/pasted.js').then(() => null)")
    assert said[-1] == "100 complete", said


def test_what_cannot_be_started_yet_says_what_first(demo: Demo) -> None:
    card = demo.card("Undo the last approval")
    card.get_by_role("button", name="Undo it").click()
    expect(card).to_contain_text("Approve something first.")


def test_a_stranger_is_asked_to_sign_in(demo: Demo, dashboard: Dashboard) -> None:
    demo.page.context.clear_cookies()
    demo.page.goto(f"{dashboard.url}{PATH}")
    expect(demo.page.get_by_role("link", name="Sign in first")).to_be_visible()


__all__ = ["axe", "packages"]
