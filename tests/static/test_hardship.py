"""Every page through what the world does to it: a broker that dies, names that are markup, a thousand of everything."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Locator, expect
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.jobs import Status
from tests.static.dashboard import Dashboard, Office, bank_file
from tests.static.desk import Desk
from tests.static.history import in_the_books, past_job, write
from tests.static.tray import Tray, receipt
from tests.workers.books.receipts.filing import findings, new_receipt
from workers.books.access import Role
from workers.books.receipts.recording import record_receipt

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = ("Jobs", "Activity", "Review", "Receipts", "Rules", "QuickBooks", "Settings")
MARKUP = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(2)</script>"


def link(dashboard: Dashboard, name: str) -> Locator:
    return dashboard.page.locator("page-links").get_by_role("link", name=re.compile(f"^{name}"))


@pytest.fixture
def ruler(context: BrowserContext, office: Office) -> Dashboard:
    """An administrator's page."""
    dashboard = Dashboard(context.new_page(), office.running.url)
    dashboard.sign_in(office.sign_in_url(Role.ADMIN))
    return dashboard


@pytest.mark.parametrize("name", PAGES)
def test_a_page_outlives_its_broker_and_hears_again(
    dashboard: Dashboard, office: Office, context: BrowserContext, name: str
) -> None:
    link(dashboard, name).click()
    expect(link(dashboard, name)).to_have_attribute("aria-current", "page")
    office.running.replace("broker")
    other = Dashboard(context.new_page(), office.running.url)
    other.sign_in(f"{other.url}/?company={office.company}")
    other.upload("after.csv", bank_file(7, description="QZX"))
    other.assert_complete(7)
    # What other pages did is told here, too, without a reload.
    expect(link(dashboard, "Review")).to_have_text("Review 7")
    dashboard.assert_live()
    assert f"company={office.company}" in dashboard.page.url
    expect(link(dashboard, name)).to_have_attribute("aria-current", "page")
    other.assert_no_complaints()


def test_markup_stays_text_on_every_page(ruler: Dashboard, office: Office) -> None:
    desk = Desk(ruler, office.company)
    account = {"code": "6999", "name": f"{MARKUP} account", "type": "expense"}
    desk.ask("POST", "accounts", account)
    desk.ask("POST", "accounts/bank", {"name": f"{MARKUP} bank", "number": "4417", "currency": "USD"})
    desk.ask("POST", "rules", {"match": f"{MARKUP} RULE", "category": account["name"]})
    desk.ask("POST", "keys", {"name": f"{MARKUP} key", "role": "viewer"})
    desk.ask("PATCH", "", {"name": f"{SCRIPT} & Sons"})
    write(office.running, [past_job(office.company, MARKUP, Status.FAILED, submitted_by=SCRIPT)])
    page = ruler.page
    page.reload()
    expect(page.locator("company-switch")).to_contain_text(f"{SCRIPT} & Sons")
    ruler.upload(
        f"{MARKUP}.csv", f"Date,Description,Amount\n2026-06-01,{MARKUP} RULE,-3.50\n2026-06-02,{SCRIPT},-4\n"
    )
    ruler.assert_ends("Failed")
    page.get_by_role("button", name=f"Into {MARKUP} bank").click()
    ruler.assert_ends()
    expect(ruler.rows.filter(has_text=f"{MARKUP} RULE")).to_contain_text(f"{MARKUP} account")
    tray = Tray(desk)
    tray.open()
    tray.read(receipt(f"{MARKUP}.png"))
    shown = {
        "Jobs": MARKUP,
        "Activity": SCRIPT,
        "Review": SCRIPT,
        "Receipts": MARKUP,
        "Rules": f"{MARKUP} account",
        "QuickBooks": "",
        "Settings": f"{MARKUP} key",
    }
    for name, words in shown.items():
        link(ruler, name).click()
        expect(page.get_by_role("main")).to_contain_text(words)
        assert page.locator("img[src=x]").count() == 0, name
        assert page.locator("main script").count() == 0, name
        ruler.assert_fits()
    ruler.assert_no_complaints()


def test_a_thousand_lines_to_review(desk: Desk, dashboard: Dashboard) -> None:
    dashboard.upload("year.csv", bank_file(1_000, description="QZX UNHEARD OF"))
    dashboard.assert_complete(1_000)
    desk.open("review")
    expect(desk.grid).to_have_attribute("aria-rowcount", "1001")
    desk.keys("j")
    rows = desk.page.locator("review-grid .grid-rows")
    while (at := int(desk.current.get_attribute("aria-rowindex") or 0)) < 1_001:
        loaded = rows.evaluate("rows => rows.offsetHeight")
        desk.keys("End")
        if int(desk.current.get_attribute("aria-rowindex") or 0) == at:
            # It stands at the end of what is loaded; the next page is on its way.
            longer = "most => document.querySelector('review-grid .grid-rows').offsetHeight > most"
            desk.page.wait_for_function(longer, arg=loaded)
    expect(desk.current).to_be_in_viewport()
    dashboard.assert_fits()


def test_a_thousand_receipts(desk: Desk, office: Office) -> None:
    async def record(tx: AsyncConnection) -> None:
        for number in range(1_000):
            read = findings(vendor=f"Vendor {number:04}")
            await record_receipt(tx, office.company, new_receipt(read), actor="Ada", now=datetime.now(UTC))

    in_the_books(office.running, record)
    tray = Tray(desk)
    tray.open()
    expect(tray.rows).to_have_count(50)
    more = tray.page.locator("receipt-list [data-part=more]")
    for shown in (250, 450, 650, 850, 1_000):
        more.click()
        expect(tray.rows).to_have_count(shown)
    expect(more).to_be_hidden()
    assert len(set(tray.rows.locator("a.vendor").all_text_contents())) == 1_000
    tray.dashboard.assert_fits()
