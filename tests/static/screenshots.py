"""Takes the pictures of docs/screenshots/ anew: ``python -m tests.static.screenshots``.

It starts a Ledgerwire of its own, at full times, and works in it as a person would.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, ViewportSize, expect, sync_playwright

from ledgerwire.jobs import Status
from tests.doubles.quickbooks.process import double_of_quickbooks
from tests.running import Running
from tests.static.conftest import ARGUMENTS, PROGRAMS
from tests.static.dashboard import Dashboard
from tests.static.desk import Desk
from tests.static.history import past_job, write
from tests.workers.outside.ocr.drawing import drawn, encoded, on_a_table

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "screenshots"
SAMPLE = ROOT / "static" / "sample" / "june.csv"
DESKTOP: ViewportSize = {"width": 1280, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: All amounts are positive: money in, or charges? A person is asked.
OPEN = "Posted,Details,Type,Amount\n" + "".join(
    f"2026-06-0{day},{name},{kind},{amount}\n"
    for day, (name, kind, amount) in enumerate(
        [
            ("HARBOR COFFEE BAR", "POS", "4.92"),
            ("CEDAR HARDWARE", "POS", "71.63"),
            ("KESTREL FREIGHT LINES", "ACH", "207.25"),
            ("METRO ELECTRIC CO", "ACH", "141.87"),
            ("OFFICE SUPPLY DEPOT #881", "POS", "33.26"),
        ],
        start=1,
    )
)
#: Vendor, day, what was bought: their sums are those of lines of the sample.
BOUGHT = (
    (
        "OLIVE & ASH RESTAURANT",
        "06/03/2026",
        (("GNOCCHI", "18.00"), ("RISOTTO", "21.45"), ("LEMONADE X2", "9.00"), ("TIP", "8.00")),
    ),
    ("CEDAR HARDWARE", "06/03/2026", (("CORDLESS DRILL BIT SET", "59.02"), ("MASKING TAPE", "25.00"))),
    ("SPARROW TOOL HIRE", "06/02/2026", (("FLOOR SANDER 1 DAY", "66.08"), ("ABRASIVES", "15.00"))),
    ("BLUE DOOR COFFEE", "06/03/2026", (("FLAT WHITE", "4.50"),)),
)
BAD = "Date,Description,Amount\n2026-06-01,COFFEE HOUSE,-3.50\n2026-06-31,TEA ROOM,-2.80\n"


def year(lines: int) -> Iterator[str]:
    """A bank file as long as a year, of the sample's merchants."""
    sample = list(csv.DictReader(SAMPLE.read_text().splitlines()))
    yield "Date,Description,Amount\n"
    for number in range(lines):
        line = sample[number % len(sample)]
        day = date(2026, 1, 1) + timedelta(days=number * 320 // lines)
        amount = Decimal(line["Amount"]) + Decimal(number % 97 + 1) / 100
        yield f'{day},"{line["Description"]}",{amount:.2f}\n'


def take(browser: Browser, running: Running) -> None:
    context = browser.new_context(locale="en-US", viewport=DESKTOP, reduced_motion="reduce")
    dashboard = Dashboard(context.new_page(), running.url)
    dashboard.page.goto(running.url)
    expect(dashboard.page.get_by_role("heading", name="Sign in to Ledgerwire")).to_be_visible()
    shoot(dashboard, "sign-in")
    dashboard.sign_in(running.sign_in_url)
    shoot(dashboard, "empty")
    dashboard.upload("coffee-and-tea.csv", BAD)
    dashboard.assert_ends("Failed")
    shoot(dashboard, "failed")
    dashboard.press("Try the sample file")
    dashboard.assert_ends()
    expect(dashboard.rows.first).to_be_visible()
    shoot(dashboard, "complete")
    receipts(dashboard)
    dashboard.page.locator("page-links a", has_text="Jobs").click()
    review(dashboard)
    quickbooks(dashboard)
    page = dashboard.page
    page.locator("page-links a", has_text="Jobs").click()
    run(dashboard)
    activity(dashboard, running)
    demo(dashboard)
    context.close()


def receipts(dashboard: Dashboard) -> None:
    """A pile being read, the list, and one of them with what was read on it."""
    page = dashboard.page
    page.locator("page-links a", has_text="Receipts").click()
    shoot(dashboard, "receipts-empty")
    names = [f"IMG_{2041 + number}.jpg" for number in range(len(BOUGHT))]
    pile = [photo(name, *bought) for name, bought in zip(names, BOUGHT, strict=True)]
    pile.append(FilePayload(name="notes.txt.jpg", mimeType="image/jpeg", buffer=b"milk, bread"))
    page.set_input_files('receipt-drop [data-part="input"]', pile)
    expect(page.locator("receipt-pile li").nth(2)).to_be_visible()
    shoot(dashboard, "receipts")
    expect(page.locator("receipt-pile h2")).to_contain_text("4 receipts read")
    page.locator(".receipt-row", has_text="Olive").locator("a").click()
    expect(page.locator("receipt-matches .match").first).to_be_visible()
    page.get_by_label("Total", exact=True).focus()
    shoot(dashboard, "receipt")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    shoot(dashboard, "receipt-dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    shoot(dashboard, "receipt-phone")
    page.set_viewport_size(DESKTOP)


def photo(name: str, vendor: str, day: str, items: Sequence[tuple[str, str]]) -> FilePayload:
    """As a phone takes it: a little tilted, on a table."""
    total = sum((Decimal(amount) for _item, amount in items), Decimal(0))
    bought = tuple(f"{item:<24}{amount:>8}" for item, amount in items)
    paid = (f"{'TOTAL':<24}{total:>8}", f"VISA ************4417 {total:>10}")
    rows = (vendor, "12 Harbor Street", "Portland, OR 97209", f"{day}  12:42 PM", *bought, *paid, "THANK YOU")
    content = encoded(on_a_table(drawn(rows), turn=2.0), "JPEG", quality=88)
    return FilePayload(name=name, mimeType="image/jpeg", buffer=content)


def review(dashboard: Dashboard) -> None:
    """A file that asks, and the lines of the one before under review: some decided, some selected."""
    page = dashboard.page
    dashboard.upload("harbor-card.csv", OPEN)
    dashboard.assert_ends("Needs your answer")
    page.get_by_label("Reversed").check()
    shoot(dashboard, "mapping")
    page.locator("page-links a", has_text="Review").click()
    page.locator('review-head [data-tab="all"]').click()
    rows = page.locator("review-grid .grid-rows .grid-row")
    expect(rows.nth(20)).to_be_attached()
    for key in ("j", "j", "c"):
        page.keyboard.press(key)
    page.get_by_role("combobox", name="Category").fill("materials")
    page.keyboard.press("Enter")
    expect(page.locator("review-dock .said")).to_be_visible()
    for key in ("j", "j", "x", "Shift+ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    shoot(dashboard, "review")
    page.keyboard.press("Escape")


def quickbooks(dashboard: Dashboard) -> None:
    """Connected to the double: the accounts to confirm, and an export on its way."""
    page = dashboard.page
    desk = Desk(dashboard, Running.company)
    for line in desk.ask("GET", "transactions?state=proposed&limit=60")["data"]:
        desk.ask("POST", f"transactions/{line['transaction_id']}/approve", {"revision": None})
    page.locator("page-links a", has_text="QuickBooks").click()
    view = page.locator("quickbooks-page")
    view.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(view.get_by_text("Connected", exact=True)).to_be_visible()
    shoot(dashboard, "quickbooks")
    confirm_all(view)
    view.get_by_role("button", name=re.compile("^Send [0-9]+ to QuickBooks")).click()
    page.locator("#question").get_by_role("button", name=re.compile("^Send ")).click()
    expect(view.locator('[data-part="sent"] .qb-line').nth(5)).to_be_visible()
    shoot(dashboard, "quickbooks-sent")


def confirm_all(view: Locator) -> None:
    """What nobody has proposed and lines need goes to some account."""
    parking = view.get_by_label("Account of QuickBooks for Parking and tolls")
    parking.select_option(label="Travel")
    view.get_by_role("button", name=re.compile("^Confirm ")).click()
    expect(view.get_by_text("All that approved lines need is confirmed")).to_be_visible()


def run(dashboard: Dashboard) -> None:
    """One long job, from all sides while it runs."""
    dashboard.upload("chase-2026.csv", "".join(year(40_000)))
    expect(dashboard.rows.nth(150)).to_be_attached()
    shoot(dashboard, "light")
    dashboard.press("Cancel")
    shoot(dashboard, "cancel")
    dashboard.press("Keep it running")
    dashboard.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    shoot(dashboard, "dark")
    dashboard.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    dashboard.page.set_viewport_size(PHONE)
    shoot(dashboard, "phone")
    dashboard.page.set_viewport_size(DESKTOP)


def activity(dashboard: Dashboard, running: Running) -> None:
    """An hour's work, some of it selected while the long job still runs; and the inside of what failed."""
    page = dashboard.page
    draw = random.Random(7)
    ends = draw.choices([Status.COMPLETE, Status.FAILED, Status.CANCELLED], [12, 1, 1], k=140)
    ages = (timedelta(minutes=draw.triangular(1, 58, 4)) for _ in ends)
    rows = [
        past_job(Running.company, f"branch-{number:03}.csv", end, ago=age)
        for number, (end, age) in enumerate(zip(ends, ages, strict=True))
    ]
    write(running, rows)
    page.locator("page-links a", has_text="Activity").click()
    expect(page.locator(".activity-row").nth(40)).to_be_attached()
    for key in ("j", "j", "j", "x", "J", "J"):
        page.keyboard.press(key)
    shoot(dashboard, "activity")
    page.keyboard.press("Escape")
    page.get_by_role("navigation", name="Which jobs").get_by_role("link", name="Failed").click()
    page.locator(".activity-row", has_text="coffee-and-tea.csv").get_by_role("link").click()
    page.locator("job-details summary").click()
    expect(page.locator("job-details .timeline li")).to_have_count(3)
    shoot(dashboard, "details")


def demo(dashboard: Dashboard) -> None:
    """Every kind of job with its code, one of them on its way."""
    page = dashboard.page
    page.goto(f"{dashboard.url}/dashboard/background-jobs")
    expect(page.locator("#state")).to_have_text("Live")
    page.get_by_role("button", name="Import the sample").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    shoot(dashboard, "background-jobs")


def shoot(dashboard: Dashboard, name: str) -> None:
    dashboard.page.mouse.move(0, 400)
    dashboard.page.evaluate("document.fonts.ready")
    picture = PICTURES / f"{name}.png"
    dashboard.page.screenshot(path=picture, scale="css")
    Image.open(picture).convert("RGB").save(picture, optimize=True)


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    data_dir = Path(tempfile.mkdtemp(prefix="lw-"))
    with double_of_quickbooks() as joined:
        _take_all(Running(data_dir, TEMPO="1", **joined), data_dir)


def _take_all(running: Running, data_dir: Path) -> None:
    try:
        running.await_start()
        with sync_playwright() as playwright:
            program = next(filter(None, map(shutil.which, PROGRAMS)), None)
            expect.set_options(timeout=30_000)
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            take(browser, running)
            browser.close()
    finally:
        running.stop()
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    main()
