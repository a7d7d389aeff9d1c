"""The review page in a real browser before a really running Ledgerwire."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, expect

from tests.static.dashboard import Office, bank_file
from tests.static.desk import Desk
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MANY = 600


def test_a_line_is_reviewed_by_keys_alone_and_taken_back(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS", "CEDAR INN")
    desk.strip("ACORN", "BIRCH", "CEDAR")
    desk.go("Review")
    desk.assert_tabs(review=3, ready=0, approved=0, all=3)
    expect(desk.page).to_have_title(re.compile(r"^Review \(3\)"))
    desk.keys("j", "j", "k", "ArrowDown")
    desk.assert_current("BIRCH TOOLS")
    desk.keys("c")
    desk.choose("materials")
    expect(desk.row("BIRCH TOOLS")).to_contain_text("Person")
    expect(desk.said).to_contain_text("Category set: Materials and maintenance")
    desk.assert_tabs(review=2, ready=1)
    expect(desk.rows).to_have_count(3)

    desk.keys("a")
    expect(desk.row("BIRCH TOOLS")).to_have_count(0)
    desk.assert_current("CEDAR INN")
    desk.assert_tabs(ready=0, approved=1)
    desk.keys("u")
    expect(desk.row("BIRCH TOOLS")).to_contain_text("Materials and maintenance")
    desk.assert_tabs(ready=1, approved=0)
    desk.keys("u")
    expect(desk.row("BIRCH TOOLS")).to_contain_text("Choose a category")
    desk.assert_tabs(review=3)


def test_approving_a_line_without_a_category_asks_for_it_first(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS")
    desk.strip("ACORN", "BIRCH")
    desk.go("Review")
    desk.keys("j", "a")
    desk.choose("meals")
    expect(desk.row("ACORN BAKERY")).to_have_count(0)
    desk.assert_tabs(review=1, approved=1)
    desk.keys("c")
    desk.choose("materials", "Shift+Enter")
    expect(desk.page.get_by_role("heading", name="All reviewed")).to_be_visible()
    desk.assert_tabs(review=0, approved=2)


def test_a_changed_category_becomes_a_rule_and_reaches_its_like(desk: Desk) -> None:
    desk.bring("ACORN BAKERY #1", "ACORN BAKERY #2", "BIRCH TOOLS", "ACORN BAKERY #3")
    desk.strip("ACORN", "BIRCH")
    desk.go("Review")
    desk.keys("j", "c")
    desk.choose("meals")
    desk.press("Apply to 2 alike")
    expect(desk.said).to_contain_text("2 lines set to Meals and entertainment")
    expect(desk.row("Meals and entertainment")).to_have_count(3)
    desk.keys("j", "j", "c")
    desk.choose("materials")
    desk.press("Make a rule: contains BIRCH TOOLS")
    dialog = desk.page.get_by_role("dialog", name="A new rule")
    expect(dialog).to_contain_text("Fits 1 line")
    dialog.get_by_label("When the description contains").fill("ACORN BAKERY")
    expect(dialog).to_contain_text(re.compile("Fits 3 lines, would change 0"))
    dialog.get_by_role("button", name="Save the rule").click()
    expect(desk.said).to_contain_text("Rule saved: contains ACORN BAKERY")
    [rule] = desk.ask("GET", "rules")["data"]
    assert (rule["match"], rule["category"]) == ("ACORN BAKERY", "Materials and maintenance")


def test_all_that_match_are_approved_as_one_job_and_taken_back(desk: Desk) -> None:
    desk.rule("COFFEE", "Meals and entertainment")
    desk.dashboard.upload("year.csv", bank_file(MANY, description="COFFEE"))
    desk.dashboard.assert_ends()
    desk.open("ready")
    desk.assert_tabs(ready=MANY)
    desk.keys("Control+a")
    desk.press(f"Select all {MANY:,} matching")
    desk.press(f"Approve {MANY:,}")
    expect(desk.tally).to_contain_text(f"{MANY:,} Approved", timeout=60_000)
    desk.assert_tabs(ready=0, approved=MANY)
    expect(desk.rows).to_have_count(0)

    desk.keys("u")
    desk.page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    desk.press("Undo this approval")
    desk.page.get_by_role("dialog").get_by_role("button", name="Undo the approval").click()
    expect(desk.tally).to_contain_text(f"{MANY:,} Taken back", timeout=60_000)
    desk.assert_tabs(ready=MANY, approved=0)
    expect(desk.rows.first).to_be_visible()


def test_what_could_not_be_approved_says_why_and_is_retried_alone(desk: Desk) -> None:
    desk.rule("COFFEE", "Meals and entertainment")
    desk.bring("COFFEE 1", "BIRCH TOOLS", "COFFEE 2", "CEDAR INN", "COFFEE 3")
    desk.strip("BIRCH", "CEDAR")
    desk.open("all")
    # From the first to the fourth, by pointer; the last one stays out.
    desk.rows.nth(0).get_by_role("checkbox").click()
    desk.rows.nth(3).get_by_role("checkbox").click(modifiers=["Shift"])
    desk.press("Approve 4")
    expect(desk.tally).to_have_text("2 Approved2 Needs a category")
    failures = desk.page.locator("followed-job .failures li")
    expect(failures).to_contain_text(["Choose a category first."] * 2)
    expect(failures.filter(has_text="BIRCH TOOLS")).to_contain_text("Needs a category")
    expect(desk.row("COFFEE 1")).to_contain_text("Approved")

    desk.page.locator("followed-job").get_by_role("button", name="Close").click()
    desk.row("BIRCH TOOLS").locator("button.chip").click()
    desk.choose("materials")
    expect(desk.row("BIRCH TOOLS")).to_contain_text("Person")
    desk.go("Jobs")
    desk.page.locator("job-list li", has_text="Approval of 4 lines").click()
    desk.press("Retry only the failed lines")
    expect(desk.dashboard.title).to_have_text("Approval of what had failed")
    expect(desk.page.locator("job-card .tally")).to_have_text("1 Approved1 Needs a category")


def test_a_line_that_somebody_else_changed_is_shown_anew_and_not_approved(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS")
    desk.strip("ACORN", "BIRCH")
    desk.go("Review")
    desk.keys("j", "c")
    desk.choose("meals")
    expect(desk.row("ACORN BAKERY")).to_contain_text("Meals and entertainment")
    [line] = desk.ask("GET", "transactions?text=ACORN")["data"]
    desk.ask("PATCH", f"transactions/{line['transaction_id']}", {"category": "Groceries and household"})
    desk.keys("a")
    expect(desk.page.get_by_role("alert")).to_contain_text("has changed since you looked")
    expect(desk.row("ACORN BAKERY")).to_contain_text("Groceries and household")
    desk.keys("k", "a")
    expect(desk.row("ACORN BAKERY")).to_have_count(0)


def test_lines_move_in_live_and_push_nobody_away(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS", "CEDAR INN", year=2025)
    desk.go("Review")
    expect(desk.rows).to_have_count(3)
    desk.page.mouse.move(0, 0)
    desk.dashboard.page.set_input_files("drop-zone input[type=file]", bank("may.csv", "EARLY"))
    expect(desk.dashboard.title).to_have_text("may.csv")
    desk.go("Review")
    expect(desk.row("EARLY 4")).to_be_visible()
    expect(desk.rows).to_have_count(8)

    desk.page.mouse.move(0, 0)
    desk.keys("End", "k", "x")
    desk.assert_current("BIRCH TOOLS")
    before = desk.picture()
    submit(desk, "LATE")
    expect(desk.arrivals).to_have_text("↑ 5 new lines")
    assert desk.picture() == before
    desk.assert_current("BIRCH TOOLS")
    desk.keys("n")
    expect(desk.row("LATE 4")).to_be_visible()
    expect(desk.rows).to_have_count(13)
    expect(desk.row("BIRCH TOOLS").get_by_role("checkbox")).to_be_checked()
    expect(desk.arrivals).to_be_hidden()


def bank(name: str, word: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": bank_file(5, description=word).encode()}


def submit(desk: Desk, word: str) -> None:
    """As another person would, from elsewhere: this page only hears of it."""
    desk.page.evaluate(
        """async ([company, text]) => {
            const form = new FormData();
            form.set("company_id", company);
            form.set("file", new File([text], "late.csv"));
            await fetch("/api/jobs/upload-and-categorize", { method: "POST", body: form });
        }""",
        [desk.company, bank_file(5, description=word)],
    )


def test_a_lost_server_leaves_place_selection_and_focus(desk: Desk, office: Office) -> None:
    desk.dashboard.upload("year.csv", bank_file(MANY))
    desk.dashboard.assert_ends()
    desk.go("Review")
    desk.assert_tabs(review=MANY)
    desk.keys(*["PageDown"] * 12, "x")
    expect(desk.current).to_have_attribute("aria-selected", "true")
    expect(desk.grid).to_have_attribute("aria-busy", "false")
    before, line = desk.picture(), desk.current.inner_text()
    office.running.replace("api")
    desk.dashboard.assert_live()
    expect(desk.grid).to_have_attribute("aria-busy", "false")
    assert desk.picture() == before
    assert desk.current.inner_text() == line
    expect(desk.current).to_have_attribute("aria-selected", "true")
    expect(desk.grid).to_be_focused()


def test_thousands_of_lines_stand_in_the_page_as_a_few(desk: Desk) -> None:
    desk.dashboard.upload("year.csv", bank_file(MANY))
    desk.dashboard.assert_ends()
    desk.open("all")
    seen: set[str] = set()
    for _ in range(MANY // 10):
        assert desk.rows.count() < 80
        seen |= set(desk.picture())
        desk.keys("PageDown")
        expect(desk.grid).to_have_attribute("aria-busy", "false")
    assert len(seen) == MANY
    expect(desk.page.get_by_text(f"That is all {MANY:,}.")).to_be_visible()
    desk.assert_current("SHOP")


def test_filters_stand_in_the_address_and_a_job_leads_to_its_lines(desk: Desk) -> None:
    desk.rule("COFFEE", "Meals and entertainment")
    desk.bring("COFFEE 1", "BIRCH TOOLS", "COFFEE 2", name="may.csv")
    desk.bring("COFFEE 3", "CEDAR INN", "COFFEE 4")
    desk.strip("CEDAR")
    desk.page.locator('.tile[data-name="needs_review"] a').click()
    expect(desk.row("CEDAR INN")).to_be_visible()
    expect(desk.rows).to_have_count(1)
    expect(desk.page.locator("review-head .conditions")).to_contain_text("From june.csv")
    desk.assert_tabs(review=1, ready=2, all=3)

    desk.page.locator('review-head [data-tab="all"]').click()
    desk.press("Remove the condition: From june.csv")
    desk.press("Filters")
    desk.page.locator("review-filters [name=source]").select_option("rule")
    desk.page.locator("review-filters [name=amount_max]").fill("\N{MINUS SIGN}2")
    desk.keys("Enter", "Escape", "/")
    desk.page.keyboard.type("coffee")
    expect(desk.page).to_have_url(re.compile("tab=all.*text=coffee.*source=rule.*amount_max=-2"))
    expect(desk.rows).to_have_count(2)
    desk.page.reload()
    expect(desk.rows).to_have_count(2)
    desk.page.go_back()
    expect(desk.page).to_have_url(re.compile("page=review&job_id="))
    expect(desk.row("CEDAR INN")).to_be_visible()


def test_the_details_tell_what_became_of_a_line_and_follow_the_keys(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS")
    desk.strip("ACORN", "BIRCH")
    desk.go("Review")
    desk.keys("j", "c")
    desk.choose("meals")
    expect(desk.said).to_be_visible()
    desk.keys("Enter")
    details = desk.page.get_by_role("complementary", name="ACORN BAKERY")
    expect(details.locator(".entry")).to_contain_text("Checking")
    expect(details.locator(".history li").first).to_contain_text("none → Meals and entertainment")
    expect(details.get_by_role("heading", name="ACORN BAKERY")).to_be_focused()
    desk.keys("j")
    expect(desk.page.get_by_role("complementary", name="BIRCH TOOLS")).to_contain_text(
        "None: a line needs a category"
    )
    desk.keys("Escape")
    expect(details).to_be_hidden()
    expect(desk.grid).to_be_focused()
    desk.keys("?")
    expect(desk.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    desk.page.get_by_label("Single keys act on the list").uncheck()
    desk.keys("Escape", "k")
    desk.assert_current("BIRCH TOOLS")
    desk.keys("ArrowUp")
    desk.assert_current("ACORN BAKERY")
    # Out of the list by Tab, as out of any other part of the page.
    desk.keys("Tab")
    expect(desk.grid).not_to_be_focused()


def test_a_viewer_reads_the_lines_and_changes_none(
    desk: Desk, context: BrowserContext, office: Office
) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS")
    context.clear_cookies()
    desk.page.goto("about:blank")
    desk.dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    desk.open("review")
    expect(desk.rows).to_have_count(2)
    desk.keys("j", "x", "c", "a", "Control+a")
    desk.assert_current("ACORN BAKERY")
    expect(desk.page.locator("review-dock .chosen")).to_be_hidden()
    expect(desk.page.get_by_role("combobox", name="Category")).to_be_hidden()
    expect(desk.page.get_by_role("checkbox")).to_have_count(0)
    expect(desk.page.locator("review-dock [data-part=said]")).to_contain_text("Your role may look only")
    expect(desk.rows.get_by_text("Choose a category")).to_have_count(0)
    desk.go("Rules")
    expect(desk.page.get_by_role("button", name="Add a rule")).to_be_hidden()


def test_the_review_fits_a_phone(desk: Desk) -> None:
    desk.bring("ACORN BAKERY " + "X" * 80, "BIRCH TOOLS")
    desk.page.set_viewport_size({"width": 360, "height": 740})
    for name in ("Review", "Rules", "Settings"):
        desk.go(name)
        desk.dashboard.assert_fits()
        expect(desk.page.locator("page-links a[aria-current=page]")).to_be_in_viewport(ratio=0.98)
    desk.go("Review")
    desk.page.evaluate(
        "() => { for (const count of document.querySelectorAll('.tabs b')) count.textContent = '1,048,327'; }"
    )
    desk.dashboard.assert_fits()
    desk.rows.first.get_by_role("checkbox").click()
    expect(desk.page.get_by_role("button", name="Approve 1", exact=True)).to_be_in_viewport()
    assert desk.rows.first.evaluate("row => row.offsetHeight") == 88
