"""Rules, settings, and the undo of an import, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, expect

from tests.running import Running
from tests.static.dashboard import Dashboard, Office
from tests.static.desk import Desk
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

UNTIL_FIXED = """async (path) => {
    const isFixed = async () => (await (await fetch(path)).json()).base_currency_fixed;
    while (!(await isFixed())) await new Promise(requestAnimationFrame);
}"""


def test_rules_are_added_moved_changed_and_deleted(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS", "ACORN INN")
    desk.rule("BIRCH", "Materials and maintenance")
    desk.go("Rules")
    desk.press("Add a rule")
    dialog = desk.page.get_by_role("dialog", name="A new rule")
    dialog.get_by_label("When the description contains").fill("ACORN (")
    dialog.get_by_label("As a regular expression").check()
    dialog.locator("[name=category]").select_option("Travel lodging")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("When the description contains").fill("ACORN (INN|HOTEL)")
    expect(dialog).to_contain_text("Fits 1 line")
    dialog.get_by_role("button", name="Save the rule").click()

    rules = desk.page.locator(".rule-row")
    expect(rules).to_contain_text(["contains BIRCH", "matches /ACORN (INN|HOTEL)/"])
    desk.press("Move up: matches")
    expect(rules).to_contain_text(["matches /ACORN (INN|HOTEL)/", "contains BIRCH"])
    # The rule that was saved has decided the line there was, as a job.
    desk.go("Review")
    desk.page.locator('review-head [data-tab="ready"]').click()
    expect(desk.row("ACORN INN")).to_contain_text("Travel lodging")

    desk.go("Rules")
    desk.press("Edit: contains BIRCH")
    changing = desk.page.get_by_role("dialog", name="Change the rule")
    changing.get_by_label("Amount from").fill("1.000,50")
    expect(changing).to_contain_text("No line of the newest 3 fits")
    changing.get_by_role("button", name="Save the rule").click()
    expect(rules.nth(1)).to_contain_text(re.compile(r"contains BIRCH, 1000.50? or more"))
    desk.press("Delete: matches")
    desk.page.get_by_role("dialog").get_by_role("button", name="Delete the rule").click()
    expect(rules).to_have_count(1)


def test_accounts_are_added_renamed_and_archived(desk: Desk) -> None:
    desk.bring("ACORN BAKERY")
    desk.go("Settings")
    bank = desk.page.locator('[data-part="bank"] li')
    expect(bank).to_have_count(1)
    bank.first.get_by_label("IBAN or last four digits").fill("4321")
    desk.keys("Tab")
    form = desk.page.locator('[data-part="add-bank"]')
    form.locator("[name=name]").fill("Card")
    form.locator("[name=number]").fill("987")
    form.get_by_role("button", name="Add").click()
    assert form.locator("[name=number]").evaluate("field => !field.validity.valid")
    form.locator("[name=number]").fill("9876")
    form.get_by_role("button", name="Add").click()
    expect(bank).to_have_count(2)
    named = {one["name"]: one["number"] for one in desk.ask("GET", "accounts/bank")["data"]}
    assert named == {"Checking": "4321", "Card": "9876"}

    chart = desk.page.locator('[data-part="chart"] li')
    travel = chart.filter(has=desk.page.locator('[data-part="code"]', has_text="6230"))
    travel.get_by_label("Name").fill("Trains and taxis")
    desk.keys("Enter")
    desk.page.locator('[data-part="add-account"] [name=code]').fill("6230")
    desk.page.locator('[data-part="add-account"] [name=name]').fill("Another")
    desk.page.locator('[data-part="add-account"]').get_by_role("button", name="Add").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("6230 Trains and taxis")
    desk.press("Archive: Trains and taxis")
    expect(desk.page.get_by_role("button", name="Use again: Trains and taxis")).to_be_visible()
    desk.open("all")
    expect(desk.row("ACORN BAKERY")).to_contain_text("Checking ··4321")
    desk.keys("j", "c")
    desk.page.get_by_role("combobox", name="Category").fill("trains")
    expect(desk.page.get_by_text("No account is called so")).to_be_visible()


def test_a_closed_period_is_asked_about_and_then_holds(desk: Desk, office: Office) -> None:
    desk.bring("ACORN BAKERY")
    desk.strip("ACORN")
    desk.go("Settings")
    expect(desk.page.get_by_text("An admin can change that")).to_be_visible()
    desk.dashboard.sign_in(office.sign_in_url(Role.ADMIN))
    desk.go("Settings")
    desk.page.get_by_label("Closed through").fill("2026-01-31")
    desk.press("Close the books")
    desk.page.get_by_role("dialog").get_by_role("button", name="Close the books").click()
    expect(desk.page.get_by_text("The books are closed through Jan 31, 2026")).to_be_visible()
    desk.go("Review")
    desk.keys("j", "c")
    desk.choose("meals")
    expect(desk.page.get_by_role("alert")).to_contain_text("closed period")
    desk.go("Settings")
    desk.press("Open them again")
    desk.page.get_by_role("dialog").get_by_role("button", name="Open the books").click()
    expect(desk.page.get_by_text("The books are open")).to_be_visible()


def test_the_base_currency_is_changed_until_there_are_lines(
    context: BrowserContext, running: Running, office: Office
) -> None:
    desk = Desk(Dashboard(context.new_page(), running.url), office.company)
    desk.dashboard.sign_in(office.sign_in_url(Role.ADMIN))
    desk.go("Settings")
    page = desk.page
    field = page.get_by_label("Base currency", exact=True).and_(page.locator("input"))
    words = page.locator('[data-part="currency-words"]')
    expect(field).to_have_value("USD")
    field.fill("eur")
    desk.press("Save")
    question = page.get_by_role("dialog", name="Keep the books in EUR?")
    expect(question).to_contain_text("Checking")
    question.get_by_role("button", name="Keep them in EUR").click()
    expect(words).to_contain_text("The books are kept in EUR")
    expect(words).to_contain_text("You can change it until there are lines")
    expect(page.locator('[data-part="bank"] li')).to_contain_text("EUR")
    expect(page.locator('[data-part="add-bank"] [name=currency]')).to_have_value("EUR")

    # Lines that come while the form stands there.
    body = "Date,Description,Amount\n2026-06-01,ACORN BAKERY,-4.50\n"
    file: FilePayload = {"name": "june.csv", "mimeType": "text/csv", "buffer": body.encode()}
    sent = page.request.post(
        f"{running.url}/api/jobs/upload-and-categorize",
        multipart={"company_id": office.company, "file": file},
        headers={"Origin": running.url},
    )
    assert sent.status == 202, sent.text()
    page.evaluate(UNTIL_FIXED, f"/api/companies/{office.company}")
    field.fill("USD")
    desk.press("Save")
    page.get_by_role("dialog").get_by_role("button", name="Keep them in USD").click()
    expect(page.get_by_role("alert")).to_contain_text("undo each import")
    expect(words).to_contain_text("The books are kept in EUR")
    expect(words).to_contain_text("it cannot be changed any more")
    expect(field).to_be_hidden()
    desk.dashboard.assert_no_complaints()


def test_who_is_no_admin_reads_the_base_currency(desk: Desk) -> None:
    desk.go("Settings")
    words = desk.page.locator('[data-part="currency-words"]')
    expect(words).to_contain_text("An admin can change it until there are lines")
    expect(desk.page.locator('[data-part="currency"]')).to_be_hidden()


def test_an_import_is_undone_as_far_as_nobody_approved_it(desk: Desk) -> None:
    desk.bring("ACORN BAKERY", "BIRCH TOOLS", "CEDAR INN")
    desk.strip("ACORN")
    desk.go("Review")
    desk.keys("j", "a")
    desk.choose("meals")
    desk.assert_tabs(approved=1)
    desk.go("Jobs")
    desk.press("Undo this import")
    dialog = desk.page.get_by_role("dialog", name="Undo the import of june.csv?")
    expect(dialog).to_contain_text("2 lines of it that nobody has approved are removed")
    expect(dialog).to_contain_text("1 approved line stays")
    dialog.get_by_role("button", name="Remove 2 lines").click()
    expect(desk.dashboard.title).to_have_text("Undo of june.csv")
    tally = desk.page.locator("job-card .tally")
    expect(tally).to_have_text(re.compile("^2 Removed1 Approved, so kept$"))
    desk.page.locator("page-links a", has_text="Review").click()
    desk.assert_tabs(review=0, approved=1, all=1)
    desk.go("Jobs")
    desk.page.locator("job-list li", has_text="june.csv").last.click()
    desk.press("Undo this import")
    expect(desk.page.get_by_role("status").filter(has_text="Nothing is left to undo")).to_be_visible()


def member_section(context: BrowserContext, running: Running, office: Office) -> tuple[Desk, Locator]:
    """An administrator at Settings."""
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.sign_in(office.sign_in_url(Role.ADMIN))
    desk = Desk(dashboard, office.company)
    desk.go("Settings")
    members = dashboard.page.locator("members-section")
    expect(members.locator(".member-row")).to_have_count(1)
    expect(members.locator(".member-row")).to_contain_text("Ada (you)")
    return desk, members


def invite(members: Locator, name: str, role: str = "viewer") -> Locator:
    """The box that tells the address."""
    form = members.locator('[data-part="invite"]')
    form.get_by_label("Name").fill(name)
    form.get_by_label("Role").select_option(role)
    form.get_by_role("button", name="Invite").click()
    return members.get_by_role("group", name=f"Invitation of {name}, {role}", exact=True)


def make_key(members: Locator, name: str) -> Locator:
    form = members.locator('[data-part="add-key"]')
    form.get_by_label("What it is for").fill(name)
    form.get_by_role("button", name="Make a key").click()
    return members.get_by_role("group", name=f"Key for {name}, bookkeeper", exact=True)


def test_people_are_invited_and_keys_made_and_revoked(
    context: BrowserContext, running: Running, office: Office
) -> None:
    desk, members = member_section(context, running, office)
    name = "<img src=x onerror=alert(1)>"
    address = invite(members, name).locator("code")
    expect(address).to_contain_text("/#sign-in=")
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    invited = Dashboard(other.new_page(), running.url)
    invited.sign_in(address.inner_text())
    desk.go("Jobs")
    desk.go("Settings")
    row = members.locator(".member-row", has_text=name)
    expect(row).to_contain_text("signed in")
    expect(row).to_contain_text("viewer")
    row.get_by_role("button", name="Sign out").click()
    desk.page.locator("#question").get_by_role("button", name="Sign out").click()
    expect(row).to_have_count(0)

    told = make_key(members, "Nightly import")
    expect(told.locator("code")).to_contain_text("lw_")
    key = members.locator(".member-row", has_text="Nightly import")
    key.get_by_role("button", name="Revoke").click()
    desk.page.locator("#question").get_by_role("button", name="Revoke").click()
    expect(key).to_have_count(0)
    expect(told).to_have_count(0)
    desk.dashboard.assert_no_complaints()
    other.close()


def test_an_invitation_is_taken_back(context: BrowserContext, running: Running, office: Office) -> None:
    desk, members = member_section(context, running, office)
    told = invite(members, "Vera")
    address = told.locator("code").inner_text()
    (pending,) = desk.ask("GET", "members")["invitations"]
    row = members.locator(".member-row", has_text="Vera")
    expect(row.locator('[data-part="role"]')).to_have_text("viewer")
    expect(row.locator('[data-part="note"]')).to_have_text(
        re.compile(r"^invited until (\w{3} )?\d+:\d\d\s[AP]M$")
    )
    expect(row.locator("time")).to_have_attribute("datetime", re.compile(pending["expires_at"][:19]))
    row.get_by_role("button", name="Take back: Vera").click()
    desk.page.locator("#question").get_by_role("button", name="Take back").click()
    expect(row).to_have_count(0)
    expect(told).to_have_count(0)
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    late = other.new_page()
    late.goto(address)
    expect(late.get_by_role("heading", name="This sign-in link does not work")).to_be_visible()
    other.close()
    desk.dashboard.assert_no_complaints()


def test_one_that_was_opened_meanwhile_cannot_be_taken_back(
    context: BrowserContext, running: Running, office: Office
) -> None:
    desk, members = member_section(context, running, office)
    address = invite(members, "Vera").locator("code").inner_text()
    row = members.locator(".member-row", has_text="Vera")
    expect(row).to_contain_text("invited until")
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    Dashboard(other.new_page(), running.url).sign_in(address)
    row.get_by_role("button", name="Take back").click()
    desk.page.locator("#question").get_by_role("button", name="Take back").click()
    expect(members.get_by_role("alert")).to_be_visible()
    expect(row).to_contain_text("signed in")
    other.close()


def test_what_is_told_once_stands_in_a_box_of_its_own_until_it_is_closed(
    context: BrowserContext, running: Running, office: Office
) -> None:
    desk, members = member_section(context, running, office)
    vera, till, import_ = invite(members, "Vera"), make_key(members, "Till"), make_key(members, "Import")
    for box, secret in ((vera, "/#sign-in="), (till, "lw_"), (import_, "lw_")):
        expect(box.locator("code")).to_contain_text(secret)
    assert till.locator("code").inner_text() != import_.locator("code").inner_text()
    desk.go("Jobs")
    desk.go("Settings")
    till.get_by_role("button", name="Close").click()
    expect(members.get_by_label("What it is for")).to_be_focused()
    expect(till).to_have_count(0)
    expect(vera).to_be_visible()
    expect(import_).to_be_visible()
    # Closed is not revoked.
    expect(members.locator(".member-row", has_text="Till")).to_be_visible()
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.dashboard.assert_fits()
    desk.page.locator("[popovertarget=account-menu]").click()
    desk.page.locator('[data-part="sign-out"]').click()
    expect(desk.page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()
    expect(members.locator(".member-secret")).to_have_count(0)
    desk.dashboard.assert_no_complaints()


def test_people_and_keys_stand_before_the_chart(
    context: BrowserContext, running: Running, office: Office
) -> None:
    desk, _ = member_section(context, running, office)
    titles = desk.page.locator("settings-page h2").all_inner_texts()
    assert titles.index("People and keys") == titles.index("Chart of accounts") - 1
