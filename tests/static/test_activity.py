"""All jobs of a company in a browser: counts, filters in the address, live rows, and what is done to many."""

from __future__ import annotations

import os
import re
import shlex
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from ledgerwire.jobs import Status
from tests.static.dashboard import Dashboard, Office, bank_file
from tests.static.history import past_job, write
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MARKUP = '<img src=x onerror="alert(1)">.csv'
BAD = "Date,Description,Amount\n2026-06-31,TEA ROOM,-2.80\n"


class Activity:
    """The page as a person meets it."""

    def __init__(self, dashboard: Dashboard, office: Office) -> None:
        self.dashboard = dashboard
        self.office = office
        self.page = dashboard.page

    def open(self, query: str = "") -> Activity:
        self.page.goto(f"{self.dashboard.url}/?company={self.office.company}&page=activity{query}")
        # Nothing of it is to be seen before a person is known.
        expect(self.page.locator("activity-page")).to_be_visible()
        expect(self.page.locator("activity-page [data-part=reading]")).to_be_hidden()
        return self

    @property
    def rows(self) -> Locator:
        return self.page.locator(".activity-row")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has_text=name)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("navigation", name="Which jobs").get_by_role("link", name=name)

    @property
    def dock(self) -> Locator:
        return self.page.locator("activity-dock")

    def press(self, keys: str) -> None:
        for key in keys.split():
            self.page.keyboard.press(key)

    def confirm(self, name: str) -> None:
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()


@pytest.fixture
def activity(dashboard: Dashboard, office: Office) -> Activity:
    return Activity(dashboard, office)


def fill(office: Office, **many: int) -> None:
    """So many jobs of each status, a minute between them; ``pending`` ones wait for another try for an hour."""
    statuses = [Status(name) for name, count in many.items() for _ in range(count)]
    write(office.running, [_past(office, status, number) for number, status in enumerate(statuses)])


def _past(office: Office, status: Status, number: int) -> dict[str, Any]:
    name = f"{status}-{number:04}.csv"
    ago = timedelta(minutes=number % 50 + 1)
    if status is not Status.PENDING:
        return past_job(office.company, name, status, ago=ago)
    later = datetime.now(UTC) + timedelta(hours=1)
    waits: dict[str, Any] = {"retry_at": later, "started_at": None, "finished_at": None, "attempt": 0}
    return past_job(office.company, name, status, ago=ago, **waits)


# --- what stands there --------------------------------------------------------------------------------


def test_the_work_at_large(activity: Activity, office: Office) -> None:
    fill(office, complete=7, failed=2, cancelled=1)
    page = activity.open().page
    tabs = page.get_by_role("navigation", name="Which jobs").get_by_role("link")
    expect(tabs).to_have_text(["All 10", "Waiting 0", "Running 0", "Complete 7", "Failed 2", "Cancelled 1"])
    expect(
        page.get_by_role("img", name="10 jobs ended in the last hour, 2 failed, 1 cancelled")
    ).to_be_visible()
    expect(page.locator("activity-overview [data-part=pace]")).to_contain_text("Half took up to 10 s")
    expect(page.locator(".worker-row")).to_contain_text("0 jobs, 4 places")
    expect(page.locator(".worker-row [data-part=beat]")).to_contain_text("heartbeat")
    expect(page.locator("activity-overview [data-part=waiting-words]")).to_have_text("Nothing waits")
    expect(activity.rows).to_have_count(10)
    expect(activity.row("failed-0007.csv")).to_contain_text("The file has no column of amounts.")
    expect(activity.row("complete-0000.csv")).to_contain_text("imported 12")


def test_a_new_company_is_told_what_will_come(activity: Activity) -> None:
    page = activity.open().page
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    expect(page.locator("activity-overview")).to_contain_text("No job ended in the last hour")


def test_a_filter_stands_in_the_address_and_survives_reload_and_back(
    activity: Activity, office: Office
) -> None:
    fill(office, complete=3, failed=4)
    page = activity.open().page
    activity.tab("Failed").click()
    expect(activity.rows).to_have_count(4)
    page.keyboard.press("/")
    page.keyboard.type("D-0005")
    expect(activity.rows).to_have_count(1)
    assert "status=failed" in page.url
    assert "text=D-0005" in page.url
    page.reload()
    expect(activity.rows).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("D-0005")
    page.go_back()
    expect(activity.rows).to_have_count(7)
    expect(activity.tab("All")).to_have_attribute("aria-current", "page")


def test_conditions_are_read_and_taken_away(activity: Activity, office: Office) -> None:
    fill(office, complete=2)
    write(office.running, [past_job(office.company, "old.csv", Status.COMPLETE, ago=timedelta(days=3))])
    page = activity.open().page
    activity.dashboard.press("Filters")
    page.get_by_label("Submitted").select_option("In the last hour")
    expect(activity.rows).to_have_count(2)
    chips = page.locator("activity-page .conditions [data-part=words]")
    expect(chips).to_have_text(["In the last hour"])
    expect(activity.tab("All")).to_have_text("All 2")
    page.get_by_role("button", name="Remove the condition: In the last hour").click()
    expect(activity.rows).to_have_count(3)
    page.get_by_label("Kind").select_option("Receipts")
    expect(page.locator(".activity > [data-part=instead]")).to_contain_text("No job matches")
    expect(chips).to_have_text(["Receipts"])
    expect(activity.tab("All")).to_have_text("All 0")
    activity.dashboard.press("Show all jobs")
    last_day = page.locator("activity-page").get_by_label("To", exact=True)
    last_day.fill((datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%d"))
    last_day.dispatch_event("change")
    expect(activity.rows).to_have_count(1)
    assert "to=" in page.url


def test_rows_and_counts_are_live(
    activity: Activity, dashboard: Dashboard, office: Office, context: BrowserContext
) -> None:
    page = activity.open().page
    other = Dashboard(context.new_page(), office.running.url)
    other.sign_in(f"{other.url}/?company={office.company}")
    other.upload("june.csv", bank_file(60))
    other.assert_complete(60)
    expect(activity.row("june.csv")).to_contain_text("imported 60")
    expect(activity.row("june.csv").locator(".pill")).to_have_text("Complete")
    expect(activity.tab("Complete")).to_have_text("Complete 1")
    activity.tab("Failed").click()
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()
    other.upload("bad.csv", BAD)
    expect(activity.row("bad.csv").locator(".pill")).to_have_text("Failed")
    other.assert_no_complaints()


def test_a_thousand_rows(activity: Activity, dashboard: Dashboard, office: Office) -> None:
    fill(office, complete=1_000)
    page = activity.open().page
    expect(activity.rows).to_have_count(50)
    more = page.get_by_role("button", name="Show more")
    expect(more).to_have_text("Show more · 50 of 1,000 shown")
    for shown in (250, 450, 650, 850, 1_000):
        more.click()
        expect(activity.rows).to_have_count(shown)
    expect(more).to_be_hidden()
    assert len(set(activity.rows.locator(".what a").all_text_contents())) == 1_000
    activity.press("End")
    expect(activity.rows.last).to_be_in_viewport()
    expect(activity.rows.last).to_have_attribute("data-current", "")
    dashboard.assert_fits()


def test_markup_in_names_and_errors_stays_text(activity: Activity, office: Office) -> None:
    error = {"title": f"Refused: {MARKUP}", "status": 422}
    write(office.running, [past_job(office.company, MARKUP, Status.FAILED, error=error)])
    page = activity.open().page
    expect(activity.row(MARKUP)).to_contain_text(f"Refused: {MARKUP}")
    assert page.locator("activity-page img").count() == 0
    activity.rows.get_by_role("link").click()
    page.locator("job-details summary").click()
    expect(page.locator("job-details [data-part=input]")).to_contain_text("onerror")
    assert page.locator("job-card img").count() == 0


# --- what is done to many -----------------------------------------------------------------------------


def test_all_that_match_are_cancelled_with_their_own_progress(activity: Activity, office: Office) -> None:
    fill(office, pending=120, failed=3)
    page = activity.open("&status=pending").page
    page.get_by_role("checkbox", name="Select all that are shown").check()
    activity.dock.get_by_role("button", name="Select all 120 that match").click()
    expect(activity.dock).to_contain_text("All 120 that match")
    activity.dock.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_contain_text("Those that wait never begin.")
    seen = page.evaluate_handle(
        """() => {
            const seen = [];
            const place = document.querySelector("activity-dock [data-part=going-text]");
            new MutationObserver(() => seen.push(place.textContent)).observe(place, { childList: true });
            return seen;
        }"""
    )
    expect(page.get_by_role("dialog")).to_contain_text("Cancel 120 jobs?")
    activity.confirm("Cancel 120 jobs")
    expect(activity.dock).to_contain_text("120 jobs cancelled")
    assert len(set(seen.json_value())) >= 3, "the act is told part by part"
    expect(activity.rows).to_have_count(0)
    expect(activity.tab("Cancelled")).to_have_text("Cancelled 120")
    expect(activity.tab("Failed")).to_have_text("Failed 3")


def test_a_selection_is_retried_by_keys(activity: Activity, office: Office) -> None:
    fill(office, failed=4)
    page = activity.open().page
    activity.press("j x J r")
    expect(page.get_by_role("dialog")).to_contain_text("Retry 2 jobs?")
    activity.confirm("Retry 2 jobs")
    expect(activity.dock).to_contain_text("2 jobs retried")
    # Their files were never there: they fail again, by themselves.
    expect(activity.rows.filter(has_text="attempt 2")).to_have_count(2)
    expect(activity.tab("Failed")).to_have_text("Failed 4")


def test_who_cancelled_and_who_retried_is_told(activity: Activity, office: Office) -> None:
    fill(office, pending=1)
    page = activity.open().page
    activity.press("j c")
    activity.confirm("Cancel 1 job")
    expect(activity.tab("Cancelled")).to_have_text("Cancelled 1")
    activity.press("j Enter")
    page.locator("job-details summary").click()
    timeline = page.locator("job-details .timeline")
    expect(timeline).to_contain_text("Cancelled by Ada")
    page.get_by_role("button", name="Retry").click()
    expect(timeline).to_contain_text("Retried by Ada")
    expect(timeline).to_contain_text("Attempt 1: failed")


def test_one_is_cancelled_by_a_key_that_asks(activity: Activity, office: Office) -> None:
    fill(office, pending=2)
    page = activity.open().page
    activity.press("j j c")
    activity.confirm("Keep them running")
    expect(activity.tab("Waiting")).to_have_text("Waiting 2")
    activity.press("c")
    activity.confirm("Cancel 1 job")
    expect(activity.dock).to_contain_text("1 job cancelled")
    expect(activity.tab("Waiting")).to_have_text("Waiting 1")
    activity.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Retry what is selected, or the job")


def test_a_viewer_looks_and_changes_nothing(context: BrowserContext, office: Office) -> None:
    fill(office, pending=1, failed=1)
    dashboard = Dashboard(context.new_page(), office.running.url)
    dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    activity = Activity(dashboard, office).open()
    expect(activity.rows).to_have_count(2)
    expect(activity.page.get_by_role("checkbox")).to_have_count(0)
    activity.press("j x c r Control+a")
    expect(activity.page.get_by_role("dialog")).to_have_count(0)
    expect(activity.dock.locator(".chosen")).to_be_hidden()
    expect(activity.dock.locator("[data-part=said]")).to_contain_text("Your role may look only")
    expect(activity.tab("Waiting")).to_have_text("Waiting 1")
    dashboard.assert_no_complaints()


def test_typing_is_no_command(activity: Activity, office: Office) -> None:
    fill(office, failed=2)
    page = activity.open().page
    activity.press("j /")
    page.keyboard.type("failed ")
    expect(page).to_have_url(re.compile("text=failed"))
    # What was typed changes nothing now, and the next letters still belong to the search.
    activity.press("Enter")
    page.keyboard.type("rrc")
    expect(page.get_by_role("searchbox")).to_have_value("failed rrc")
    expect(activity.rows).to_have_count(0)
    page.get_by_role("searchbox").fill("")
    # None of them was retried.
    expect(activity.tab("Failed")).to_have_text("Failed 2")
    expect(activity.rows.filter(has_text="attempt 2")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keys_keep_their_place_when_a_row_leaves(activity: Activity, office: Office) -> None:
    fill(office, pending=4)
    activity.open("&status=pending")
    names = activity.rows.locator(".what a").all_text_contents()
    activity.press("j j c")
    activity.confirm("Cancel 1 job")
    expect(activity.rows).to_have_count(3)
    expect(activity.page.locator(".activity-row[data-current]")).to_have_count(0)
    activity.press("j")
    expect(activity.page.locator(".activity-row[data-current]")).to_contain_text(names[2])


def test_an_act_ends_where_the_company_is_switched(activity: Activity, office: Office) -> None:
    other = Office(office.running)
    for each in (office, other):
        fill(each, pending=120)
    page = activity.page
    activity.dashboard.sign_in(other.sign_in_url())
    activity.open("&status=pending")
    held: list[Route] = []
    page.route(
        "**/cancel", lambda route: held.append(route) if held or other_part(route) else route.continue_()
    )
    page.get_by_role("checkbox", name="Select all that are shown").check()
    activity.dock.get_by_role("button", name="Select all 120 that match").click()
    activity.dock.get_by_role("button", name="Cancel").click()
    activity.confirm("Cancel 120 jobs")
    expect(activity.dock).to_contain_text("Cancelling 50 of 120")
    page.get_by_label("Company").select_option(other.company)
    expect(activity.tab("Waiting")).to_have_text("Waiting 120")
    expect(activity.dock.locator("[data-part=going]")).to_be_hidden()
    activity.press("j c")
    activity.confirm("Keep them running")
    for route in held:
        route.continue_()
    page.get_by_label("Company").select_option(office.company)
    # The part that was on its way is done, and nothing after it.
    expect(activity.tab("Cancelled")).to_have_text("Cancelled 100")


def other_part(route: Route) -> bool:
    """Whether it goes on where an earlier part ended."""
    return '"cursor":"' in (route.request.post_data or "")


# --- through trouble ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["broker", "api"])
def test_what_happens_while_the_line_is_down_is_there_afterwards(
    activity: Activity, dashboard: Dashboard, office: Office, part: str
) -> None:
    fill(office, complete=1)
    activity.open()
    os.kill(office.running.pid(part), signal.SIGKILL)
    write(office.running, [past_job(office.company, "meanwhile.csv", Status.FAILED)])
    expect(activity.row("meanwhile.csv")).to_be_visible(timeout=60_000)
    dashboard.assert_live()
    expect(activity.tab("Failed")).to_have_text("Failed 1")


# --- a job's inside -----------------------------------------------------------------------------------


def test_the_inside_of_a_job(
    activity: Activity, dashboard: Dashboard, office: Office, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    name = """ann's "best", file; $(id).csv"""
    dashboard.upload(name, BAD)
    dashboard.assert_ends("Failed")
    page = dashboard.page
    page.locator("job-details summary").click()
    timeline = page.locator("job-details .timeline li")
    expect(timeline).to_have_count(3)
    expect(timeline.nth(0)).to_contain_text("Submitted by Ada")
    expect(timeline.nth(1)).to_contain_text("Attempt 1: failed after")
    expect(timeline.nth(1)).to_contain_text("2026-06-31")
    expect(timeline.nth(2)).to_contain_text("Failed")
    expect(page.locator("job-details [data-part=input]")).to_contain_text('"kind": "upload-and-categorize"')
    with page.expect_download() as saving:
        page.locator("job-details .given").get_by_role("link", name=name).click()
    assert saving.value.path().read_text() == BAD
    dashboard.press("Copy as curl")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    words = shlex.split(page.evaluate("navigator.clipboard.readText()").replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", "POST", f"{dashboard.url}/api/jobs/upload-and-categorize"]
    assert """file=@"ann's \\"best\\", file; $(id).csv\"""" in words
    assert f"company_id={office.company}" in words


def test_an_open_job_is_retried_and_left_by_keys(activity: Activity, dashboard: Dashboard) -> None:
    dashboard.upload("first.csv", BAD)
    dashboard.assert_ends("Failed")
    dashboard.upload("second.csv", bank_file(3))
    dashboard.assert_complete(3)
    activity.press("j")
    expect(dashboard.title).to_have_text("first.csv")
    activity.press("k")
    expect(dashboard.title).to_have_text("second.csv")
    dashboard.page.locator("job-details summary").click()
    with dashboard.page.context.expect_page() as opened:
        dashboard.page.get_by_role("link", name="The whole log, as JSON").click()
    expect(opened.value.locator("body")).to_contain_text('"text":"SHOP 0: needs review"')
    opened.value.close()
    activity.press("/")
    expect(activity.rows).to_have_count(2)
    dashboard.page.keyboard.type("second")
    expect(activity.rows).to_have_count(1)
    activity.press("Escape j Enter")
    expect(dashboard.title).to_have_text("second.csv")
    dashboard.page.go_back()
    expect(activity.rows.first).to_have_attribute("data-current", "")
