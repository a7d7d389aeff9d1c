"""What a bank file leaves open, asked and answered in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.static.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

#: Each day could be a month: only a person knows.
OPEN = "Date,Description,Amount\n03/04/2026,ACORN BAKERY,-3.50\n05/06/2026,BIRCH TOOLS,-4.50\n"
LATER = "Date,Description,Amount\n07/08/2026,CEDAR INN,-5.50\n09/08/2026,DOGWOOD CAFE,-6.50\n"


def test_an_answer_reads_the_file_and_is_remembered(desk: Desk) -> None:
    page = desk.page
    desk.dashboard.upload("april.csv", OPEN)
    desk.dashboard.assert_ends("Needs your answer")
    question = page.locator("mapping-question")
    readings = question.locator('[data-part="readings"] tr')
    expect(readings).to_have_count(2)
    question.get_by_label(re.compile("day", re.IGNORECASE)).check()
    expect(readings.first).to_contain_text("Apr 3")
    question.get_by_label(re.compile("month", re.IGNORECASE)).check()
    expect(readings.first).to_contain_text("Mar 4")
    question.get_by_label(re.compile("day", re.IGNORECASE)).check()
    desk.press("Import with these columns")
    desk.dashboard.assert_complete(2)
    expect(desk.dashboard.title).to_have_text("april.csv")
    days = {line["description"]: line["date"] for line in desk.ask("GET", "transactions")["data"]}
    assert days == {"ACORN BAKERY": "2026-04-03", "BIRCH TOOLS": "2026-06-05"}

    desk.dashboard.upload("august.csv", LATER)
    desk.dashboard.assert_complete(2)


def test_a_file_of_several_accounts_is_sent_into_the_one_that_is_chosen(desk: Desk) -> None:
    desk.ask("POST", "accounts/bank", {"name": "Card", "currency": "USD", "number": "9876"})
    desk.dashboard.upload("june.csv", "Date,Description,Amount\n2026-06-01,ACORN BAKERY,-3.50\n")
    desk.dashboard.assert_ends("Failed")
    expect(desk.page.get_by_role("button", name="Retry")).to_be_visible()
    desk.page.reload()
    desk.press("Into Card ··9876")
    with desk.page.expect_file_chooser() as chooser:
        desk.press("Choose the file")
    text = b"Date,Description,Amount\n2026-06-01,ACORN BAKERY,-3.50\n"
    chooser.value.set_files({"name": "june.csv", "mimeType": "text/csv", "buffer": text})
    desk.dashboard.assert_complete(1)
    [line] = desk.ask("GET", "transactions")["data"]
    accounts = {one["account_id"]: one["name"] for one in desk.ask("GET", "accounts/bank")["data"]}
    assert accounts[line["account_id"]] == "Card"


def test_a_file_that_is_not_at_hand_is_asked_for_once_more(desk: Desk) -> None:
    page = desk.page
    desk.dashboard.upload("april.csv", OPEN)
    desk.dashboard.assert_ends("Needs your answer")
    page.reload()
    expect(page.locator("mapping-question select").first).to_have_value("date")
    desk.press("Import with these columns")
    expect(page.get_by_role("status").filter(has_text="Choose april.csv once more")).to_be_in_viewport()
    with page.expect_file_chooser() as chooser:
        desk.press("Choose the file")
    chooser.value.set_files({"name": "april.csv", "mimeType": "text/csv", "buffer": OPEN.encode()})
    desk.dashboard.assert_complete(2)
