"""The examples, run as their readers run them, against a really started server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ledgerwire import Ledgerwire
from tests.running import Running

EXAMPLES = Path(__file__).parents[2] / "examples"
JUNE = """Date,Description,Amount
2026-06-01,COFFEE CORNER,-3.50
2026-06-02,CITY RENT JUNE,-900.00
2026-06-03,INVOICE 1017 PAID,1250.00
"""


@pytest.fixture
def june(tmp_path: Path) -> Path:
    path = tmp_path / "june.csv"
    path.write_text(JUNE)
    return path


@pytest.mark.parametrize("name", ["poll.py", "watch.py", "sse.html"])
def test_an_example_is_short_enough_to_read(name: str) -> None:
    assert len((EXAMPLES / name).read_text().splitlines()) < 40


@pytest.mark.story
@pytest.mark.parametrize("name", ["poll.py", "watch.py"])
def test_a_script_follows_a_file_to_its_result(running: Running, june: Path, name: str) -> None:
    done = run(running, str(EXAMPLES / name), str(june), running.company)
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stdout or name == "watch.py"
    last = done.stdout.splitlines()[-1]
    assert "'read': 3" in last or '"read": 3' in last


@pytest.mark.story
def test_the_command_follows_a_file_to_its_result(running: Running, june: Path) -> None:
    upload = ("-m", "ledgerwire", "upload", str(june), "--company", running.company, "--watch")
    done = run(running, *upload)
    assert done.returncode == 0, done.stderr
    assert "read 3" in done.stdout.splitlines()[-1]
    listed = run(running, "-m", "ledgerwire", "list", "--company", running.company)
    assert "upload-and-categorize" in listed.stdout


def run(running: Running, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LEDGERWIRE_URL": running.url, "LEDGERWIRE_API_KEY": running.api_key}
    return subprocess.run(
        [sys.executable, *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no browser to test with: {error.message.splitlines()[0]}")
        yield browser.new_page()
        browser.close()


@pytest.mark.story
@pytest.mark.browser
def test_a_plain_page_follows_a_company(running: Running, june: Path, page: Any) -> None:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(running.url))
    html = (EXAMPLES / "sse.html").read_text()
    with page.expect_response("**/api/sign-in"):
        page.goto(running.new_sign_in_url())
    page.route(f"{origin}/sse.html*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{origin}/sse.html?company={running.company}")
    page.get_by_text("live").wait_for()
    with Ledgerwire(running.url, running.api_key) as client:
        job = client.upload_and_categorize(june, company=running.company)
        assert job.result(timeout=30)["read"] == 3
    page.locator("li[data-status=complete]").first.wait_for()
