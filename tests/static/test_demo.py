"""The demo page in a real browser: every kind of job on sample data, with its code."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.static.dashboard import Dashboard, Office
from tests.static.node import packages
from tests.static.test_axe import axe, faults
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PATH = "/dashboard/background-jobs"
#: Why a model is not trained on so few lines.
NOT_LEARNED = re.compile(r"\d+ .*approved", re.IGNORECASE)


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

    def run(self, title: str) -> list[str]:
        """What the card's JavaScript says, run as a module of this origin: the policy lets no other script run."""
        card = self.card(title)
        if not card.locator("code").is_visible():
            card.locator("summary").click()
        card.get_by_role("button", name="JavaScript").click()
        module = {"body": card.locator("code").inner_text(), "content_type": "text/javascript"}
        path = f"/js/pasted-{title.lower().replace(' ', '-')}.js"
        self.page.route(f"**{path}", lambda route: route.fulfill(**module))
        said: list[str] = []
        self.page.on("console", lambda message: said.append(message.text))
        self.page.evaluate("(path) => import(path).then(() => null)", path)
        return said

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
    taught = demo.start("Learn from approvals", "Train it")
    expect(taught.locator("job-progress")).to_contain_text(NOT_LEARNED)
    expect(demo.history.first).to_contain_text(NOT_LEARNED)
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


def test_each_javascript_runs_as_it_stands(demo: Demo) -> None:
    demo.start("Import a bank file", "Import the sample")
    demo.start("Approve what is ready", "Approve all that are ready")
    for title in (
        "Import a bank file",
        "Categorize transactions",
        "Approve what is ready",
        "Undo the last approval",
        "Learn from approvals",
        "Undo the last import",
        "Read receipts",
    ):
        assert demo.run(title)[-1] == "100 complete", title
    with pytest.raises(Error, match="This server has no application of Intuit's"):
        demo.run("Export to QuickBooks")


def test_what_undoes_a_job_names_it_once_there_is_one(demo: Demo) -> None:
    card = demo.card("Undo the last import")
    card.locator("summary").click()
    code = card.locator("code")
    expect(code).to_contain_text("# Import a file first. Its id then stands here for JOB.")
    demo.start("Import a bank file", "Import the sample")
    job = demo.history.first.get_attribute("data-job")
    for language in ("curl", "Python", "JavaScript"):
        card.get_by_role("button", name=language).click()
        expect(code).to_contain_text(f'"{job}"')
        expect(code).not_to_contain_text("JOB")


def test_the_file_that_the_code_names_can_be_saved(demo: Demo) -> None:
    for title, name in (("Import a bank file", "june.csv"), ("Read receipts", "lunch.png")):
        card = demo.card(title)
        card.locator("summary").click()
        expect(card.locator("code")).to_contain_text(f"@{name}")
        with demo.page.expect_download() as saved:
            card.get_by_role("button", name="Save the sample").click()
        assert saved.value.suggested_filename == name
        assert saved.value.path().stat().st_size > 1_000


def test_whoever_may_only_look_is_told_why_nothing_starts(
    demo: Demo, dashboard: Dashboard, office: Office
) -> None:
    expect(demo.page.locator("#looking")).to_be_hidden()
    demo.page.context.clear_cookies()
    demo.page.goto("about:blank")
    dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    demo.page.goto(f"{dashboard.url}{PATH}?company={office.company}")
    starts = demo.page.locator(".demo-start :is(.primary, input)")
    expect(starts).to_have_count(10)
    for start in starts.all():
        expect(start).to_be_disabled()
        expect(start).to_have_accessible_description(re.compile("takes the role of a bookkeeper"))
    expect(demo.page.locator("#looking")).to_be_visible()


def test_the_account_menu_leads_here(demo: Demo, dashboard: Dashboard) -> None:
    demo.page.goto(dashboard.url)
    demo.page.locator("[popovertarget=account-menu]").click()
    demo.page.get_by_role("link", name="Demo: background jobs").click()
    expect(demo.page.get_by_role("heading", name="Background jobs")).to_be_visible()


def test_what_cannot_be_started_yet_says_what_first(demo: Demo) -> None:
    card = demo.card("Undo the last approval")
    card.get_by_role("button", name="Undo it").click()
    expect(card).to_contain_text("Approve something first.")


def test_a_stranger_is_asked_to_sign_in(demo: Demo, dashboard: Dashboard) -> None:
    demo.page.context.clear_cookies()
    demo.page.goto(f"{dashboard.url}{PATH}")
    expect(demo.page.get_by_role("link", name="Sign in first")).to_be_visible()


__all__ = ["axe", "packages"]
