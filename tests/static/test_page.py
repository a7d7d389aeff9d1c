"""The dashboard in a real browser before a really running Ledgerwire."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.running import Running
from tests.static.dashboard import Dashboard, Office, bank_file
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

#: Enough that a job is still running when a test does something to it.
LONG = 6_000


def test_a_sign_in_link_works_once_and_leaves_no_token_behind(
    context: BrowserContext, running: Running, office: Office
) -> None:
    link = office.sign_in_url()
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.sign_in(link)
    assert "sign-in" not in dashboard.page.url
    [cookie] = context.cookies()
    assert cookie["httpOnly"]

    context.clear_cookies()
    dashboard.page.goto("about:blank")
    dashboard.page.goto(link)
    expect(dashboard.page.locator("sign-in h1")).to_be_visible()
    expect(dashboard.page.locator("sign-in code")).to_contain_text("ledgerwire-server sign-in")
    dashboard.assert_no_complaints()


def test_a_link_signs_in_where_the_page_already_stands(
    context: BrowserContext, running: Running, office: Office
) -> None:
    page = context.new_page()
    page.goto(running.url)
    expect(page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()
    page.evaluate("link => { location.href = link }", office.sign_in_url())
    expect(page.get_by_role("heading", name="Categorize a bank file")).to_be_visible()


def test_the_sample_file_runs_to_its_end_with_bar_and_lines(dashboard: Dashboard) -> None:
    expect(dashboard.recent).to_have_count(0)
    dashboard.press("Try the sample file")
    dashboard.assert_ends()
    imported = dashboard.tile("imported").inner_text()
    dashboard.assert_complete(int(imported.replace(",", "")))
    expect(dashboard.recent).to_have_count(1)
    expect(dashboard.rows.first).to_be_visible()


#: Keeps what each frame shows: on a busy machine a job is over before Playwright looks a second time.
RECORD = """() => {
  const seen = (window.seen = { bars: [], units: [], titles: [] });
  const note = (list, value) => value && value !== list.at(-1) && list.push(value);
  const look = () => {
    const inside = document.querySelector("job-card job-progress")?.shadowRoot;
    note(seen.bars, inside?.querySelector("[role=progressbar]").getAttribute("aria-valuetext"));
    note(seen.units, inside?.querySelector(".units").textContent);
    note(seen.titles, document.title);
    requestAnimationFrame(look);
  };
  look();
}"""


def test_a_job_moves_live_and_its_lines_appear(dashboard: Dashboard) -> None:
    dashboard.page.evaluate(RECORD)
    dashboard.upload("long.csv", bank_file(LONG))
    expect(dashboard.rows.first).to_be_visible()
    dashboard.assert_complete(LONG)
    seen = dashboard.page.evaluate("() => window.seen")
    for pattern, shown in {
        r"step \d of \d": seen["bars"],
        rf"[\d,]+ of {LONG:,} lines": seen["units"],
        r"^\d+% long\.csv": seen["titles"],
    }.items():
        assert any(re.search(pattern, each) for each in shown), (pattern, shown)
    assert dashboard.rows.count() == 200
    dashboard.press(f"Show 200 more of {LONG - 200:,}")
    expect(dashboard.rows).to_have_count(400)


def test_a_reload_in_mid_job_loses_nothing(dashboard: Dashboard) -> None:
    dashboard.upload("long.csv", bank_file(LONG))
    dashboard.await_mid_job()
    dashboard.page.reload()
    expect(dashboard.title).to_have_text("long.csv")
    dashboard.assert_complete(LONG)


@pytest.mark.parametrize("part", ["api", "broker"])
def test_a_kill_in_mid_job_leaves_no_stuck_bar(dashboard: Dashboard, office: Office, part: str) -> None:
    dashboard.upload("long.csv", bank_file(LONG))
    dashboard.await_mid_job()
    office.running.replace(part)
    dashboard.assert_complete(LONG)
    dashboard.assert_live()


def test_a_page_that_lost_its_server_says_so_and_comes_back(dashboard: Dashboard, office: Office) -> None:
    states = dashboard.page.evaluate_handle(
        """() => {
            const seen = new Set();
            const badge = document.querySelector("connection-badge");
            new MutationObserver(() => seen.add(badge.dataset.state)).observe(badge, { attributes: true });
            return seen;
        }"""
    )
    office.running.replace("api")
    dashboard.upload("after.csv", bank_file(10))
    dashboard.assert_complete(10)
    dashboard.assert_live()
    assert "waiting" in states.evaluate("seen => [...seen]")


def test_blocked_websockets_fall_to_sse(context: BrowserContext, running: Running, office: Office) -> None:
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.block_websockets()
    dashboard.page.goto(office.sign_in_url())
    dashboard.assert_live("SSE")
    dashboard.upload("june.csv", bank_file(300))
    dashboard.assert_complete(300)
    dashboard.assert_no_complaints()


def test_blocked_streams_fall_to_polling(context: BrowserContext, running: Running, office: Office) -> None:
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.block_websockets()
    dashboard.block_streams()
    dashboard.page.goto(office.sign_in_url())
    dashboard.assert_live("long polling")
    dashboard.upload("june.csv", bank_file(300))
    dashboard.assert_complete(300)
    dashboard.assert_no_complaints()


def test_cancel_asks_first_and_a_retry_finishes(dashboard: Dashboard) -> None:
    dashboard.upload("long.csv", bank_file(3 * LONG))
    expect(dashboard.status).to_have_text("Running")
    dashboard.press("Cancel")
    expect(dashboard.page.get_by_role("dialog", name="Cancel long.csv?")).to_be_visible()
    dashboard.press("Cancel the job")
    dashboard.assert_ends("Cancelled")
    dashboard.press("Retry")
    dashboard.assert_ends("Complete")
    dashboard.assert_lines(3 * LONG)


def test_a_bad_file_says_what_is_wrong_and_what_to_do(dashboard: Dashboard) -> None:
    text = "Date,Description,Amount\n2026-06-01,COFFEE,-3.50\n2026-06-02,TEA,not money\n"
    dashboard.upload("bad.csv", text)
    dashboard.assert_ends("Failed")
    problem = dashboard.page.get_by_role("alert").filter(has=dashboard.page.get_by_role("heading"))
    expect(problem).to_contain_text(re.compile("line 3", re.IGNORECASE))
    with dashboard.page.expect_file_chooser():
        dashboard.press("Choose another file")


def test_two_tabs_show_the_same(dashboard: Dashboard, context: BrowserContext) -> None:
    other = Dashboard(context.new_page(), dashboard.url)
    other.page.goto(dashboard.page.url)
    other.assert_live()
    dashboard.upload("shared.csv", bank_file(LONG))
    expect(other.recent.filter(has_text="shared.csv")).to_be_visible()
    other.recent.filter(has_text="shared.csv").click()
    dashboard.assert_complete(LONG)
    other.assert_complete(LONG)
    other.assert_no_complaints()


def test_what_looks_like_markup_stays_text(dashboard: Dashboard) -> None:
    name = "<img src=x onerror=alert(1)>.csv"
    description = "<script>alert(2)</script><b>bold</b>"
    dashboard.upload(name, bank_file(3, description=description))
    dashboard.assert_complete(3)
    expect(dashboard.rows.first).to_contain_text(description)
    expect(dashboard.recent.first).to_contain_text(name)
    expect(dashboard.page.locator("main :is(img, script, b):not([data-part])")).to_have_count(0)


def test_the_content_security_policy_is_kept(dashboard: Dashboard) -> None:
    response = dashboard.page.goto(dashboard.page.url)
    assert response is not None
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    expect(dashboard.page.get_by_role("main")).to_be_visible()


def test_a_phone_needs_no_sideways_scroll(dashboard: Dashboard) -> None:
    dashboard.page.set_viewport_size({"width": 360, "height": 740})
    dashboard.assert_fits()
    dashboard.upload(
        "a-file-with-a-very-long-name-that-goes-on-and-on.csv", bank_file(50, description="X" * 120)
    )
    dashboard.assert_complete(50)
    dashboard.assert_fits()


def test_a_chosen_theme_is_remembered(dashboard: Dashboard) -> None:
    dashboard.press("Account and appearance")
    dashboard.page.get_by_role("radio", name="Dark").check()
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert dashboard.page.evaluate(scheme) == "dark"
    dashboard.page.reload()
    expect(dashboard.page.get_by_role("main")).to_be_visible()
    assert dashboard.page.evaluate(scheme) == "dark"


def test_signing_out_leads_to_the_gate(dashboard: Dashboard, context: BrowserContext) -> None:
    dashboard.press("Account and appearance")
    dashboard.press("Sign out")
    expect(dashboard.page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()
    dashboard.page.reload()
    expect(dashboard.page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()


def test_a_viewer_watches_and_changes_nothing(
    dashboard: Dashboard, context: BrowserContext, office: Office
) -> None:
    dashboard.upload("june.csv", bank_file(5))
    dashboard.assert_complete(5)
    job = dashboard.page.url
    context.clear_cookies()
    dashboard.page.goto("about:blank")
    dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    expect(dashboard.page.get_by_text("Choose a job to see")).to_be_visible()
    dashboard.page.goto(job)
    expect(dashboard.title).to_have_text("june.csv")
    expect(dashboard.page.get_by_role("button", name="Choose a file")).to_be_hidden()


def test_several_companies_can_be_switched(dashboard: Dashboard, office: Office) -> None:
    dashboard.upload("june.csv", bank_file(5))
    dashboard.assert_complete(5)
    other = Office(office.running)
    dashboard.page.goto(other.sign_in_url())
    switch = dashboard.page.get_by_label("Company")
    switch.select_option(other.company)
    expect(dashboard.page).to_have_url(re.compile(f"company={other.company}$"))
    expect(dashboard.recent).to_have_count(0)
    switch.select_option(office.company)
    expect(dashboard.recent).to_have_count(1)
    dashboard.assert_live()


def test_an_unknown_job_in_the_address_is_explained(dashboard: Dashboard) -> None:
    dashboard.page.goto(f"{dashboard.page.url}&job=01990000-0000-7000-8000-000000000000")
    expect(dashboard.page.get_by_text("This job is not known here")).to_be_visible()
