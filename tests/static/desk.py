"""The review as a bookkeeper works in it: what is done there, and claims about what stands there."""

from __future__ import annotations

import re
from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

from tests.static.dashboard import Dashboard

FETCH = """async ([method, path, body]) => {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    const text = await response.text();
    return text ? JSON.parse(text) : null;
}"""

Tab = Literal["review", "ready", "approved", "all"]


class Desk:
    def __init__(self, dashboard: Dashboard, company: str) -> None:
        self.dashboard = dashboard
        self.page: Page = dashboard.page
        self.company = company

    # --- doing ----------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the API answers the person who is signed in; ``path`` stands below the company's."""
        return self.page.evaluate(FETCH, [method, f"/api/companies/{self.company}/{path}", body])

    def rule(self, words: str, category: str) -> None:
        self.ask("POST", "rules", {"match": words, "category": category})

    def bring(self, *descriptions: str, name: str = "june.csv", year: int = 2026) -> None:
        """Import one line for each description, the first being the newest."""
        days = range(len(descriptions), 0, -1)
        lines = [
            f"{year}-{day // 28 + 1:02}-{day % 28 + 1:02},{text},-{day}.50\n"
            for day, text in zip(days, descriptions, strict=True)
        ]
        self.dashboard.upload(name, "Date,Description,Amount\n" + "".join(lines))
        self.dashboard.assert_ends()

    def strip(self, *texts: str) -> None:
        """Take their categories away: what a model has learned from other companies decides no test."""
        for text in texts:
            for line in self.ask("GET", f"transactions?text={text}")["data"]:
                self.ask("PATCH", f"transactions/{line['transaction_id']}", {"category": None})

    def open(self, tab: Tab = "review", **conditions: str) -> None:
        given = {"company": self.company, "page": "review", "tab": tab, **conditions}
        address = "&".join(f"{name}={value}" for name, value in given.items())
        self.page.goto(f"{self.dashboard.url}/?{address}")
        expect(self.grid).to_have_attribute("aria-busy", "false")

    def go(self, name: str) -> None:
        """To another page by its link, as people go."""
        self.page.locator("page-links a", has_text=name).click()
        if name == "Review":
            expect(self.rows.first).to_be_visible()

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def choose(self, typed: str, key: str = "Enter") -> None:
        """In the open picker."""
        box = self.page.get_by_role("combobox", name="Category")
        expect(box).to_be_focused()
        box.fill(typed)
        self.keys(key)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    # --- what stands there ----------------------------------------------------------------------------

    @property
    def grid(self) -> Locator:
        return self.page.locator("review-grid .grid")

    @property
    def rows(self) -> Locator:
        return self.page.locator("review-grid .grid-rows .grid-row")

    @property
    def current(self) -> Locator:
        return self.page.locator("review-grid .grid-row[data-current]")

    @property
    def said(self) -> Locator:
        return self.page.locator("review-dock .said")

    @property
    def tally(self) -> Locator:
        return self.page.locator("followed-job .tally")

    @property
    def arrivals(self) -> Locator:
        return self.page.locator(".review .arrivals")

    def row(self, text: str) -> Locator:
        return self.rows.filter(has_text=text)

    def picture(self) -> list[str]:
        """The descriptions in sight, from top to bottom."""
        found: list[str] = self.page.evaluate(
            """() => {
                const grid = document.querySelector("review-grid .grid").getBoundingClientRect();
                const head = document.querySelector("review-grid .grid-head").getBoundingClientRect();
                return [...document.querySelectorAll("review-grid .grid-rows .grid-row")]
                    .map((row) => [row.getBoundingClientRect(), row.querySelector(".description span").textContent])
                    .filter(([box]) => box.top >= head.bottom - 1 && box.bottom <= grid.bottom + 1)
                    .sort(([a], [b]) => a.top - b.top)
                    .map(([, text]) => text);
            }"""
        )
        return found

    # --- claims ---------------------------------------------------------------------------------------

    def assert_tabs(self, **counts: int) -> None:
        for tab, count in counts.items():
            expect(self.page.locator(f'review-head [data-tab="{tab}"] b')).to_have_text(f"{count:,}")

    def assert_current(self, text: str) -> None:
        """It is shown so, and so read out: the grid names a row that is really there."""
        expect(self.current).to_contain_text(text)
        expect(self.grid).to_have_attribute("aria-activedescendant", re.compile("^line-"))
        named = self.grid.get_attribute("aria-activedescendant")
        expect(self.page.locator(f"#{named}")).to_contain_text(text)
