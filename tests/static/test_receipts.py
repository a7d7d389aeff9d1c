"""The receipts page in a real browser before a really running Ledgerwire, whose workers read what is dropped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.static.dashboard import Office
from tests.static.desk import Desk
from tests.static.tray import HOSTILE, Tray, blank, broken, receipt, slip
from workers.books.access import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def tray(desk: Desk) -> Tray:
    tray = Tray(desk)
    tray.open()
    return tray


def test_a_pile_of_good_and_bad_files_is_dropped_and_watched(tray: Tray) -> None:
    expect(tray.page.get_by_role("heading", name="Drop a pile of receipts")).to_be_visible()
    tray.drop(
        receipt("lunch.png"), blank("blank.png"), receipt("dinner.png", day="03/18/2024"), broken("torn.png")
    )
    expect(tray.files.filter(has_text="COPPER KETTLE GRILL").first).to_contain_text(
        re.compile(r"Mar 1[78], 2024\s+\$43\.00"), timeout=60_000
    )
    tray.assert_over()
    expect(tray.pile).to_contain_text("2 receipts read, 2 files not")
    expect(tray.files).to_have_count(2)
    expect(tray.files.filter(has_text="blank.png")).to_contain_text("No text was found")
    expect(tray.files.filter(has_text="torn.png")).to_contain_text("Not read")
    expect(tray.rows).to_have_count(2)
    assert sorted(tray.names()) == ["dinner.png", "lunch.png"]
    tray.assert_tabs(all=2)
    tray.page.reload()
    expect(tray.files.filter(has_text="torn.png")).to_contain_text("Not read")
    tray.press("Close")
    expect(tray.pile).to_have_count(0)
    tray.page.reload()
    expect(tray.rows).to_have_count(2)
    expect(tray.pile).to_have_count(0)


def test_a_pile_goes_on_where_the_page_is_loaded_anew(tray: Tray) -> None:
    tray.choose(*(receipt(f"{number}.png", day=f"03/{number}/2024") for number in range(10, 17)))
    expect(tray.files).not_to_have_count(0, timeout=60_000)
    seen = tray.files.locator(".detail").first.text_content()
    tray.page.reload()
    expect(tray.files.filter(has_text=seen)).to_contain_text("COPPER KETTLE GRILL")
    expect(tray.pile).to_contain_text(re.compile(r"Reading \d of 7: \d+\.png"))
    expect(tray.rows).to_have_count(7, timeout=120_000)
    tray.assert_over()
    expect(tray.pile).to_contain_text("7 receipts read")


def test_a_pile_is_cancelled_and_keeps_what_was_read(tray: Tray) -> None:
    tray.choose(*(receipt(f"{number}.png", day=f"03/{number}/2024") for number in range(10, 22)))
    expect(tray.files).not_to_have_count(0, timeout=60_000)
    tray.press("Cancel")
    tray.answer("Cancel the job")
    expect(tray.pile).to_contain_text(re.compile(r"Cancelled: \d+ receipts? had been read"), timeout=60_000)
    kept = len(tray.ask("GET", "receipts")["data"])
    assert 0 < kept < 12
    expect(tray.rows).to_have_count(kept)


def test_what_cannot_be_receipts_is_not_sent(tray: Tray) -> None:
    tray.choose({"name": "notes.docx", "mimeType": "application/msword", "buffer": b"words"})
    expect(tray.page.get_by_role("status").filter(has_text="notes.docx")).to_contain_text("1 file not sent")
    tray.choose(*(broken(f"{number}.png") for number in range(101)))
    expect(tray.page.locator("receipt-drop .problem")).to_contain_text("100")
    expect(tray.pile).to_have_count(0)
    assert tray.ask("GET", "receipts")["data"] == []


def test_filters_stand_in_the_address_and_the_back_button_takes_them_back(tray: Tray) -> None:
    tray.read(slip("lunch.pdf"), slip("paper.pdf", vendor="BIRCH PAPER STORE", day="04/02/2024"))
    tray.tab("confirmed").click()
    expect(tray.page).to_have_url(re.compile("tab=confirmed"))
    expect(tray.rows).to_have_count(0)
    tray.page.go_back()
    expect(tray.rows).to_have_count(2)
    tray.page.get_by_role("searchbox", name="Search the receipts").fill("birch")
    expect(tray.rows).to_have_count(1)
    expect(tray.page).to_have_url(re.compile("text=birch"))
    tray.page.reload()
    expect(tray.row("paper.pdf")).to_be_visible()
    expect(tray.rows).to_have_count(1)
    tray.open(date_from="2024-04-01")
    expect(tray.rows).to_have_count(1)
    tray.open(attached="true")
    expect(tray.page.get_by_role("heading", name="No receipt matches")).to_be_visible()
    tray.press("Clear the conditions")
    expect(tray.rows).to_have_count(2)


def test_a_receipt_is_opened_by_keys_and_left_for_its_place_in_the_list(tray: Tray) -> None:
    tray.read(*(slip(f"{number}.pdf", day=f"03/{number}/2024") for number in (10, 11, 12)))
    first, second, _ = tray.names()
    tray.keys("j", "Enter")
    expect(tray.page).to_have_url(re.compile("receipt="))
    expect(tray.page.locator("receipt-view")).to_contain_text(first)
    tray.press("The next one (j)")
    expect(tray.page.locator("receipt-view")).to_contain_text(second)
    tray.page.go_back()
    expect(tray.row(second).get_by_role("link")).to_be_focused()
    expect(tray.page).not_to_have_url(re.compile("receipt="))
    tray.keys("?")
    expect(tray.page.get_by_role("dialog")).to_contain_text("Select or deselect the receipt")
    tray.keys("Escape", "/")
    expect(tray.page.get_by_role("searchbox", name="Search the receipts")).to_be_focused()


def test_many_are_confirmed_and_deleted_by_keys(tray: Tray) -> None:
    tray.read(*(slip(f"{number}.pdf", day=f"03/{number}/2024") for number in (10, 11, 12)))
    tray.keys("j", "x", "Shift+ArrowDown")
    tray.press("Confirm 2")
    expect(tray.rows.filter(has_text="Confirmed")).to_have_count(2)
    tray.assert_tabs(confirmed=2, all=3)
    tray.rows.first.get_by_role("checkbox").click()
    tray.rows.last.get_by_role("checkbox").click(modifiers=["Shift"])
    tray.press(re.compile("Delete"))
    tray.answer("Keep them")
    expect(tray.rows).to_have_count(3)
    tray.press(re.compile("Delete"))
    tray.answer("Delete 3 receipts")
    expect(tray.rows).to_have_count(0)
    assert tray.ask("GET", "receipts")["data"] == []


def test_what_wants_review_is_counted_and_the_work_of_others_is_seen_on_return(tray: Tray) -> None:
    tray.read(slip("undated.pdf", day=""))
    expect(tray.bubble).to_have_text("1")
    expect(tray.page).to_have_title(re.compile(r"^Receipts \(1\)"))
    expect(tray.row("To review")).to_contain_text("No date")
    [one] = tray.ask("GET", "receipts")["data"]
    tray.ask("PATCH", f"receipts/{one['receipt_id']}", {"date": "2024-03-17", "confirm": True})
    tray.page.wait_for_function(
        """() => {
            window.dispatchEvent(new Event("focus"));
            return document.querySelector('receipt-list [data-state="confirmed"]');
        }"""
    )
    expect(tray.row("undated.pdf")).to_contain_text("Mar 17, 2024")
    expect(tray.bubble).to_be_hidden()


def test_a_receipt_that_somebody_else_changed_is_shown_anew_and_not_confirmed(tray: Tray) -> None:
    tray.read(slip("lunch.pdf"))
    [one] = tray.ask("GET", "receipts")["data"]
    tray.ask("PATCH", f"receipts/{one['receipt_id']}", {"vendor": "Somebody's kettle"})
    tray.rows.first.get_by_role("checkbox").click()
    tray.press("Confirm 1")
    expect(tray.page.locator("receipts-page .problem")).to_contain_text("stayed as")
    expect(tray.row("Somebody's kettle")).to_be_visible()
    expect(tray.row("Confirmed")).to_have_count(0)


def test_sure_matches_are_attached_and_stand_at_their_line(tray: Tray, desk: Desk) -> None:
    desk.page.goto(f"{desk.dashboard.url}/?company={desk.company}")
    desk.dashboard.assert_live()
    desk.dashboard.upload(
        "bank.csv", "Date,Description,Amount\n2024-03-18,COPPER KETTLE GRILL PORTLAND,-43.00\n"
    )
    desk.dashboard.assert_ends()
    tray.open()
    tray.read(slip("lunch.pdf"))
    tray.keys("j", "x")
    tray.press("Attach 1 sure match")
    expect(tray.row("lunch.pdf")).to_contain_text("Attached")
    desk.open("all")
    desk.keys("j", "Enter")
    link = desk.page.locator("line-details .line-receipts a")
    expect(link).to_contain_text("Copper Kettle Grill", ignore_case=True)
    link.click()
    expect(desk.page).to_have_url(re.compile("page=receipts.*receipt="))


def test_a_name_is_never_taken_for_markup(tray: Tray) -> None:
    tray.choose(receipt(HOSTILE), broken(f"torn {HOSTILE}"))
    tray.assert_over()
    expect(tray.files).to_contain_text([HOSTILE])
    expect(tray.row(HOSTILE)).to_be_visible()
    expect(tray.page.locator('img[src="x"]')).to_have_count(0)


def test_whoever_may_only_look_sees_no_acts(tray: Tray, context: BrowserContext, office: Office) -> None:
    tray.read(slip("lunch.pdf"))
    context.clear_cookies()
    tray.page.goto("about:blank")
    tray.dashboard.sign_in(office.sign_in_url(Role.VIEWER))
    tray.open()
    expect(tray.rows).to_have_count(1)
    tray.keys("j", "x")
    expect(tray.page.locator("receipts-dock .chosen")).to_be_hidden()
    expect(tray.page.locator("receipts-page").get_by_role("checkbox")).to_have_count(0)
    expect(tray.page.locator("receipt-drop")).to_be_hidden()


def test_a_phone_shows_it_whole(tray: Tray) -> None:
    tray.page.set_viewport_size({"width": 390, "height": 844})
    tray.choose(receipt("lunch.png"), broken("a-very-long-name-of-a-file-that-does-not-end-" * 3 + ".png"))
    tray.assert_over()
    expect(tray.row("lunch.png")).to_be_visible()
    tray.dashboard.assert_fits()
