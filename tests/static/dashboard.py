"""The page as a person meets it: what can be done there, and claims about what stands there."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocketRoute, expect

from server.admission import sign_in_link
from tests.running import Running
from workers.books.access import Role
from workers.settings import read_settings

#: What a browser says by itself when a server is away or refuses, or a machine is too busy to paint its first words
#: within seconds; everything else is a complaint.
WEATHER = re.compile(
    r"Failed to load resource: (net::ERR_|the server responded with a status of)"
    r"|WebSocket connection to '.*' failed"
    r"|The resource .*\.woff2 was preloaded using link preload but not used within a few seconds"
)


#: Per cent.
MID_JOB = 10


class Office:
    """A company that only one test works in, so that no line of it was seen before."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.company = f"test-{uuid.uuid4().hex[:10]}"

    def sign_in_url(self, role: Role = Role.BOOKKEEPER) -> str:
        """A fresh link. Made in a thread: Playwright's loop runs in this one."""
        environment = self.running.environment | {"PORT": str(urlsplit(self.running.url).port)}
        link = sign_in_link(read_settings(environment), self.company, role=role, name="Ada")
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, link).result()


class Dashboard:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"{error}\n{error.stack}"))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: self.complaints.append(f"a dialog: {dialog.message}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not WEATHER.match(message.text):
            self.complaints.append(message.text)

    # --- doing ----------------------------------------------------------------------------------------

    def sign_in(self, link: str) -> None:
        self.page.goto(link)
        expect(self.page.get_by_role("main")).to_be_visible()
        self.assert_live()

    def upload(self, name: str, content: str | bytes) -> None:
        body = content if isinstance(content, bytes) else content.encode()
        self.page.set_input_files(
            "drop-zone input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": body}
        )
        expect(self.title).to_have_text(name)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def block_websockets(self) -> None:
        def close(socket: WebSocketRoute) -> None:
            socket.close()

        self.page.route_web_socket("**/api/ws", close)

    def block_streams(self) -> None:
        self.page.route(
            "**/events*",
            lambda route: (
                route.abort()
                if "event-stream" in route.request.headers.get("accept", "")
                else route.continue_()
            ),
        )

    # --- what stands there ----------------------------------------------------------------------------

    @property
    def title(self) -> Locator:
        return self.page.locator("job-card").get_by_role("heading", level=2)

    @property
    def bar(self) -> Locator:
        return self.page.locator("job-card").get_by_role("progressbar")

    @property
    def status(self) -> Locator:
        return self.page.locator("job-card .pill")

    @property
    def badge(self) -> Locator:
        return self.page.locator("connection-badge")

    @property
    def rows(self) -> Locator:
        return self.page.locator("line-list tbody tr")

    @property
    def recent(self) -> Locator:
        return self.page.locator("job-list li")

    @property
    def job_id(self) -> str:
        return parse_qs(urlsplit(self.page.url).query)["job"][0]

    def await_mid_job(self) -> None:
        """Asked of the server: on a busy machine the page draws a job that runs when it is over already."""
        address = f"{self.url}/api/jobs/{self.job_id}"
        while (job := self.page.request.get(address).json())["progress"] < MID_JOB:
            assert job["status"] in {"pending", "running"}, job
        assert job["status"] == "running", job

    def tile(self, name: str) -> Locator:
        return self.page.locator(f'.tile[data-name="{name}"] dd')

    # --- claims ---------------------------------------------------------------------------------------

    def assert_live(self, transport: str = "WebSocket") -> None:
        expect(self.badge).to_have_attribute("data-state", "live")
        expect(self.badge).to_have_attribute("data-transport", transport)

    def assert_ends(self, status: str = "Complete", *, within: float = 60) -> None:
        expect(self.status).to_have_text(status, timeout=within * 1000)

    def assert_lines(self, count: int) -> None:
        expect(self.page.locator("line-list .count")).to_have_text(f"{count:,}")

    def assert_complete(self, lines: int) -> None:
        """It has ended well, and every line stands here once."""
        self.assert_ends()
        expect(self.bar).to_have_attribute("aria-valuenow", "100")
        expect(self.tile("imported")).to_have_text(f"{lines:,}")
        self.assert_lines(lines)

    def assert_fits(self) -> None:
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"{width[0]} px of page in a window of {width[1]} px"

    def assert_no_complaints(self) -> None:
        assert not self.complaints, self.complaints


def bank_file(lines: int, *, description: str = "SHOP") -> str:
    """A bank CSV whose lines differ from one another."""
    return "Date,Description,Amount\n" + "".join(_lines(lines, description))


def _lines(count: int, description: str) -> Iterable[str]:
    for number in range(count):
        yield f"2026-06-{number % 30 + 1:02},{description} {number},-{number % 900 + 1}.{number % 100:02}\n"
