"""One receipt in a real browser: looked at, corrected, confirmed, and brought to its bank line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, expect

from tests.static.dashboard import Office
from tests.static.desk import Desk
from tests.static.printed import printed
from tests.static.tray import HOSTILE, Tray, receipt, slip
from tests.workers.outside.ocr.drawing import ROWS
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BANK = (
    "Date,Description,Amount\n2024-03-18,COPPER KETTLE GRILL PORTLAND,-43.00\n2024-05-02,BIRCH TOOLS,-9.10\n"
)
#: Left, top, right and bottom of a box as fractions of the picture that it lies over.
PLACE = """(box) => {
    const over = box.getBoundingClientRect();
    const under = document.querySelector("receipt-picture img").getBoundingClientRect();
    const [across, down] = [(x) => (x - under.left) / under.width, (y) => (y - under.top) / under.height];
    return [across(over.left), down(over.top), across(over.right), down(over.bottom)];
}"""
#: What has the focus beside the picture; null where it has gone on from there.
FOCUSED = """() => {
    const focused = document.activeElement;
    const { bottom } = focused.getBoundingClientRect();
    return focused.closest(".receipt-side") && { name: focused.name || focused.textContent, bottom };
}"""


class Reader(Tray):
    """A tray of which one receipt is open."""

    @property
    def view(self) -> Locator:
        return self.page.locator("receipt-view")

    @property
    def image(self) -> Locator:
        return self.view.locator("receipt-picture img")

    @property
    def said(self) -> Locator:
        return self.view.locator('[data-part="said"]')

    def field(self, label: str) -> Locator:
        return self.view.get_by_label(label, exact=True)

    def box(self, title: str) -> Locator:
        return self.view.locator(f'receipt-picture .box[title="{title}"]')

    def look_at(self, name: str) -> dict[str, Any]:
        """As the API tells it; the page shows it."""
        [one] = [each for each in self.ask("GET", "receipts")["data"] if each["name"] == name]
        self.open(receipt=one["receipt_id"])
        expect(self.field("Vendor")).to_be_visible()
        return dict(one)

    def stands(self, one: dict[str, Any]) -> dict[str, Any]:
        return dict(self.ask("GET", f"receipts/{one['receipt_id']}"))


@pytest.fixture
def reader(desk: Desk) -> Reader:
    reader = Reader(desk)
    reader.open()
    return reader


@pytest.fixture
def bank(desk: Desk) -> None:
    desk.page.goto(f"{desk.dashboard.url}/?company={desk.company}")
    desk.dashboard.assert_live()
    desk.dashboard.upload("bank.csv", BANK)
    desk.dashboard.assert_ends()


def mailed(name: str, *pages: tuple[str, ...]) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=printed(*pages))


def test_boxes_lie_over_the_words_that_were_read(reader: Reader) -> None:
    reader.read(receipt("lunch.png"))
    reader.look_at("lunch.png")
    reader.page.wait_for_function("document.querySelector('receipt-picture img').naturalWidth > 0")
    rows = len(ROWS) + 2
    for title, row in (("Vendor", 1), ("Date", 4), ("Total", 9)):
        left, top, right, bottom = reader.box(title).evaluate(PLACE)
        # The middle of the row's letters, which are half as high as a row.
        assert top < (row + 0.3) / rows < bottom, title
        assert bottom - top < 1.5 / rows, title
        assert 0 < left < right < 1, title
    assert reader.box("Total").evaluate(PLACE)[0] > 0.7
    assert reader.box("Vendor").evaluate(PLACE)[0] < 0.1
    reader.box("Total").click()
    expect(reader.field("Total")).to_be_focused()
    expect(reader.box("Total")).to_have_attribute("data-lit", "")


def test_a_field_is_corrected_saved_confirmed_and_the_next_one_is_there(reader: Reader) -> None:
    reader.read(slip("first.pdf"), slip("second.pdf", vendor="BIRCH PAPER STORE", day="03/18/2024"))
    name, other = reader.names()
    one = reader.look_at(name)
    reader.field("Vendor").press("End")
    reader.page.keyboard.type(" of Portland")
    expect(reader.field("Vendor")).to_have_value(f"{one['vendor']} of Portland")
    reader.press("Save")
    expect(reader.said).to_have_text("Saved")
    expect(reader.view.get_by_role("heading", level=2)).to_have_text(f"{one['vendor']} of Portland")
    assert reader.stands(one)["vendor"] == f"{one['vendor']} of Portland"
    reader.field("Tip").fill("2.50")
    reader.keys("Enter")
    expect(reader.view.locator(".dirty")).to_be_hidden()
    expect(reader.field("Tip")).to_be_focused()
    assert reader.stands(one)["tip"] == "2.50"
    reader.keys("Escape", "c")
    expect(reader.view.locator(".meta")).to_contain_text(other)
    now = reader.stands(one)
    assert now["state"] == "confirmed"
    reader.keys("k")
    expect(reader.view.locator(".meta")).to_contain_text(f"{name} · Confirmed")
    expect(reader.view.get_by_role("button", name="Confirm", exact=True)).to_be_disabled()
    reader.keys("c")
    expect(reader.view.locator(".meta")).to_contain_text(other)
    assert reader.stands(one) == now


def test_what_cannot_be_is_said_at_its_field_and_leaving_asks(reader: Reader) -> None:
    reader.read(slip("lunch.pdf"))
    one = reader.look_at("lunch.pdf")
    reader.field("Total").fill("a lot")
    reader.press("Save")
    fault = reader.view.locator('[data-field="total"] .fault')
    expect(fault).to_be_visible()
    expect(reader.field("Total")).to_have_attribute("aria-invalid", "true")
    expect(reader.field("Total")).to_have_accessible_description(re.compile(re.escape(fault.inner_text())))
    reader.view.get_by_role("link", name="All receipts").click()
    reader.answer("Stay here")
    expect(reader.field("Total")).to_have_value("a lot")
    reader.press("Discard")
    expect(reader.field("Total")).to_have_value(one["total"])
    expect(fault).to_be_hidden()
    reader.view.get_by_role("link", name="All receipts").click()
    expect(reader.rows).to_have_count(1)


def test_what_was_typed_is_there_again_after_going_back_and_forth(reader: Reader) -> None:
    reader.read(slip("lunch.pdf"))
    reader.look_at("lunch.pdf")
    reader.view.get_by_role("link", name="All receipts").click()
    expect(reader.rows).to_have_count(1)
    reader.page.go_back()
    reader.field("Vendor").fill("Corner Deli")
    reader.page.go_forward()
    expect(reader.rows).to_have_count(1)
    reader.page.go_back()
    expect(reader.field("Vendor")).to_have_value("Corner Deli")
    expect(reader.view.locator(".dirty")).to_be_visible()
    reader.press("Discard")


def test_a_date_that_is_half_typed_is_not_taken_away(reader: Reader) -> None:
    reader.read(slip("lunch.pdf"))
    one = reader.look_at("lunch.pdf")
    reader.field("Date").focus()
    reader.page.keyboard.press("Delete")
    reader.field("Vendor").fill("Corner Deli")
    reader.press("Save")
    expect(reader.view.locator('[data-field="date"] .fault')).to_have_text("Finish this, or empty it.")
    expect(reader.field("Date")).to_be_focused()
    assert reader.stands(one)["date"] == one["date"]
    reader.press("Discard")
    expect(reader.field("Date")).to_have_value(one["date"])


def test_an_alternative_is_taken_by_its_chip_and_by_keys(reader: Reader) -> None:
    reader.read(slip("lunch.pdf", day="03/04/2024"))
    one = reader.look_at("lunch.pdf")
    others = [each["value"] for each in one["fields"]["date"]["alternatives"]]
    assert "2024-04-03" in others
    reader.field("Date").focus()
    chip = reader.view.get_by_role("button", name="Date: take Apr 3, 2024 instead")
    chip.focus()
    chip.evaluate("chip => { chip.isTheSame = true; }")
    reader.field("Vendor").evaluate(
        "field => { field.value = 'The Kettle'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(reader.view.get_by_role("button", name="Vendor: take")).to_be_visible()
    assert chip.evaluate("chip => chip.isTheSame"), (
        "whoever stands on it loses it when something else changes"
    )
    reader.keys("Enter")
    expect(reader.field("Date")).to_have_value("2024-04-03")
    expect(reader.field("Date")).to_be_focused()
    reader.press("Save")
    expect(reader.said).to_have_text("Saved")
    assert reader.stands(one)["date"] == "2024-04-03"


def test_what_was_typed_stays_where_somebody_else_was_quicker(reader: Reader) -> None:
    reader.read(slip("lunch.pdf"))
    one = reader.look_at("lunch.pdf")
    reader.field("Vendor").fill("The Kettle")
    reader.ask("PATCH", f"receipts/{one['receipt_id']}", {"total": "44.00"})
    reader.press("Save")
    expect(reader.view.locator(".problem")).to_contain_text("what you typed on top")
    expect(reader.field("Vendor")).to_have_value("The Kettle")
    expect(reader.field("Total")).to_have_value("44.00")
    assert reader.stands(one)["vendor"] == one["vendor"]
    reader.press("Save")
    expect(reader.said).to_have_text("Saved")
    expect(reader.view.locator(".problem")).to_have_count(0)
    now = reader.stands(one)
    assert (now["vendor"], now["total"]) == ("The Kettle", "44.00")


@pytest.mark.usefixtures("bank")
def test_a_line_is_attached_detached_and_found_by_search(reader: Reader) -> None:
    reader.open()
    reader.read(slip("lunch.pdf"))
    one = reader.look_at("lunch.pdf")
    proposal = reader.view.get_by_role("list", name="Possible bank lines").get_by_role("listitem")
    expect(proposal).to_contain_text("COPPER KETTLE GRILL PORTLAND")
    proposal.get_by_role("button").click()
    attached = reader.view.get_by_role("list", name="Attached bank lines").get_by_role("listitem")
    expect(attached).to_contain_text("COPPER KETTLE GRILL PORTLAND")
    assert len(reader.stands(one)["transaction_ids"]) == 1
    attached.get_by_role("button", name=re.compile("Detach from")).click()
    expect(attached).to_have_count(0)
    expect(proposal).to_have_count(1)
    reader.view.get_by_text("Another line").click()
    reader.view.get_by_role("searchbox", name="Search the bank lines").fill("copper")
    found = reader.view.get_by_role("list", name="Found bank lines").get_by_role("listitem")
    found.get_by_role("button", name=re.compile("Attach to COPPER")).click()
    expect(attached).to_have_count(1)
    expect(found).to_have_count(0)


@pytest.mark.usefixtures("bank")
def test_a_receipt_without_a_line_is_booked_as_one(reader: Reader) -> None:
    reader.open()
    reader.read(slip("paper.pdf", vendor="BIRCH PAPER STORE", day="08/02/2024"))
    one = reader.look_at("paper.pdf")
    expect(reader.view).to_contain_text("No bank line of this sum is near its date")
    reader.view.get_by_text("No bank line will come: book it").click()
    reader.press("Book as a new line")
    attached = reader.view.get_by_role("list", name="Attached bank lines").get_by_role("listitem")
    expect(attached).to_contain_text(re.compile("birch paper store", re.IGNORECASE))
    expect(attached).to_contain_text("43.00")
    [key] = reader.stands(one)["transaction_ids"]
    assert reader.ask("GET", f"transactions/{key}")["amount"] == "-43.00"


def test_a_duplicate_is_named_and_kept_and_delete_asks(reader: Reader) -> None:
    reader.read(slip("lunch.pdf"))
    reader.read(slip("again.pdf", vendor="COPPER KETTLE GRILL."))
    [twin] = [each for each in reader.ask("GET", "receipts")["data"] if each["duplicate_of"]]
    reader.look_at(twin["name"])
    notice = reader.view.get_by_role("complementary", name="Duplicate")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Keep both").click()
    expect(notice).to_be_hidden()
    reader.press("Delete…")
    reader.answer("Keep it as it is")
    assert reader.stands(twin)["duplicate_of"] is None
    reader.press("Delete…")
    reader.answer("Delete it")
    expect(reader.view).not_to_contain_text(twin["name"])
    assert twin["receipt_id"] not in [each["receipt_id"] for each in reader.ask("GET", "receipts")["data"]]


def test_pages_are_turned_and_hostile_words_are_words(reader: Reader) -> None:
    first = ("<b onclick=alert(1)>KETTLE</b> GRILL", "03/17/2024", "<script>alert(1)</script>   1.00")
    second = ("Subtotal   39.40", "Tax   3.60", "Total   43.00", "Thank you")
    reader.read(mailed("mail.pdf", first, second))
    one = reader.look_at("mail.pdf")
    expect(reader.view).to_contain_text("Page 1 of 2")
    reader.field("Total").focus()
    expect(reader.view).to_contain_text("Page 2 of 2")
    expect(reader.image).to_have_attribute("src", re.compile(r"/pages/2$"))
    expect(reader.box("Total")).to_have_attribute("data-lit", "")
    reader.press("Page before")
    expect(reader.image).to_have_attribute("src", re.compile(r"/pages/1$"))
    reader.view.get_by_text("All that was read").click()
    expect(reader.view.locator("pre")).to_contain_text("<script>alert(1)</script>")
    reader.field("Vendor").fill(HOSTILE)
    reader.press("Save")
    expect(reader.view.get_by_role("heading", level=2)).to_have_text(HOSTILE)
    expect(reader.page.locator('img[src="x"], receipt-view b, receipt-view script')).to_have_count(0)
    reader.press("Delete…")
    expect(reader.page.get_by_role("dialog")).to_contain_text(HOSTILE)
    reader.answer("Keep it as it is")
    assert reader.stands(one)["vendor"] == HOSTILE


def test_whoever_may_only_look_changes_nothing(
    reader: Reader, context: BrowserContext, office: Office
) -> None:
    reader.read(slip("lunch.pdf"))
    context.clear_cookies()
    reader.page.goto("about:blank")
    reader.dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    one = reader.look_at("lunch.pdf")
    expect(reader.field("Vendor")).to_be_disabled()
    reader.keys("c")
    for name in ("Save", "Confirm", "Confirm and next", "Delete…"):
        expect(reader.view.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(reader.view.locator(".choice")).to_have_count(0)
    assert reader.stands(one) == one


def test_a_phone_shows_the_field_that_is_typed_in(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.read(slip("lunch.pdf"))
    reader.look_at("lunch.pdf")
    reader.dashboard.assert_fits()
    reader.page.wait_for_function("document.querySelector('receipt-picture img').naturalWidth > 0")
    # The picture is out of sight; its box is lit there, and the page stays where it is.
    reader.field("Total").evaluate(
        "(field) => scrollTo(0, scrollY + field.getBoundingClientRect().top - 150)"
    )
    before = reader.page.evaluate("scrollY")
    assert before > 0
    reader.field("Total").click()
    expect(reader.box("Total")).to_have_attribute("data-lit", "")
    assert reader.page.evaluate("scrollY") == before


def test_the_foot_and_the_head_cover_nothing_that_has_the_focus(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 900, "height": 560})
    reader.read(slip("lunch.pdf"), slip("dinner.pdf", day="03/18/2024"))
    # Two are read at once: whichever was ready last stands first.
    first, second = reader.names()
    reader.look_at(first)
    reader.field("Vendor").focus()
    foot = reader.view.locator(".receipt-foot")
    for _ in range(14):
        reader.keys("Tab")
        at = reader.page.evaluate(FOCUSED)
        if at is None:
            break
        assert at["bottom"] <= foot.evaluate("(foot) => foot.getBoundingClientRect().top") + 1, at
    assert reader.page.evaluate("scrollY") > 0
    reader.press("The next one (j)")
    expect(reader.view.locator(".meta")).to_contain_text(second)
    assert reader.page.evaluate("scrollY") == 0
