"""The receipts as a bookkeeper works with them: what is done there, and claims about what stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.static.dashboard import Dashboard
from tests.static.desk import Desk
from tests.static.printed import printed
from tests.workers.outside.ocr.drawing import ROWS, drawn, encoded

Tab = Literal["review", "ready", "confirmed", "all"]
#: A script that complains, and so fails the test, where a name is taken for markup.
HOSTILE = "<img src=x onerror=alert(1)>.png"

DROP = """([files]) => {
    const pile = new DataTransfer();
    for (const { name, type, bytes } of files) pile.items.add(new File([new Uint8Array(bytes)], name, { type }));
    for (const event of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(event, { dataTransfer: pile, bubbles: true, cancelable: true }));
    }
}"""


def receipt(name: str, *, vendor: str = "COPPER KETTLE GRILL", day: str = "03/17/2024") -> FilePayload:
    """A receipt that is read without a doubt; what is on it differs by ``vendor`` and ``day``."""
    return FilePayload(name=name, mimeType="image/png", buffer=encoded(drawn(rows_of(vendor, day))))


def slip(name: str, *, vendor: str = "COPPER KETTLE GRILL", day: str = "03/17/2024") -> FilePayload:
    """The same as a till mails it, where nothing is claimed of pictures: two seconds of a core quicker to read."""
    return FilePayload(name=name, mimeType="application/pdf", buffer=printed(rows_of(vendor, day)))


def rows_of(vendor: str, day: str) -> tuple[str, ...]:
    return (vendor, *ROWS[1:3], f"{day}  7:42 PM", *ROWS[4:])


def blank(name: str) -> FilePayload:
    """Nothing stands on it."""
    return FilePayload(name=name, mimeType="image/png", buffer=encoded(drawn(())))


def broken(name: str) -> FilePayload:
    """It says it is a picture, and is none."""
    return FilePayload(name=name, mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n and no more")


class Tray:
    def __init__(self, desk: Desk) -> None:
        self.dashboard: Dashboard = desk.dashboard
        self.page: Page = desk.page
        self.company = desk.company
        self.ask = desk.ask

    # --- doing ----------------------------------------------------------------------------------------

    def open(self, **conditions: str) -> None:
        given = {"company": self.company, "page": "receipts", **conditions}
        address = "&".join(f"{name}={value}" for name, value in given.items())
        self.page.goto(f"{self.dashboard.url}/?{address}")
        self.dashboard.assert_live()

    def choose(self, *files: FilePayload) -> None:
        self.page.set_input_files('receipt-drop [data-part="input"]', list(files))

    def drop(self, *files: FilePayload) -> None:
        """Anywhere on the page, as from a folder beside the browser."""
        listed = [
            {"name": each["name"], "type": each["mimeType"], "bytes": list(each["buffer"])} for each in files
        ]
        self.page.evaluate(DROP, [listed])

    def read(self, *files: FilePayload) -> None:
        """Until all of them are in the list."""
        before = self.rows.count()
        self.choose(*files)
        expect(self.pile).to_contain_text(re.compile("read|could not", re.IGNORECASE), timeout=90_000)
        expect(self.rows).to_have_count(before + len(files), timeout=90_000)

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.locator("receipts-page").get_by_role("button", name=name).click()

    def answer(self, name: str) -> None:
        """In the dialog that asks."""
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()

    def tab(self, name: Tab) -> Locator:
        return self.page.locator(f'receipts-page [data-tab="{name}"]')

    # --- what stands there ----------------------------------------------------------------------------

    @property
    def pile(self) -> Locator:
        return self.page.locator("receipt-pile").first

    @property
    def files(self) -> Locator:
        return self.page.locator("receipt-pile .pile-files > li")

    @property
    def rows(self) -> Locator:
        return self.page.locator("receipt-list .receipt-row")

    @property
    def bubble(self) -> Locator:
        return self.page.locator('page-links a[data-page="receipts"] .bubble')

    def row(self, words: str) -> Locator:
        return self.rows.filter(has_text=words)

    def names(self) -> list[str]:
        """What the files of the listed receipts are called, from top to bottom."""
        found: Sequence[str] = self.page.locator("receipt-list .receipt-row .name").all_text_contents()
        return list(found)

    # --- claims ---------------------------------------------------------------------------------------

    def assert_over(self, *, within: float = 120) -> None:
        """The pile's job has ended."""
        expect(self.pile.get_by_role("button", name="Close")).to_be_visible(timeout=within * 1000)

    def assert_tabs(self, **counts: int) -> None:
        for tab, count in counts.items():
            expect(self.page.locator(f'receipts-page [data-tab="{tab}"] b')).to_have_text(f"{count:,}")
