"""The app as a whole: its imports, its headers, its files, its last resort."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from litestar import get

from server.dashboard import Shelf
from tests.server.serving import Api, code_of, problem_in

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"openai", "pytesseract", "quickbooks", "intuitlib", "PIL"}:
            raise ImportError(name + " must not be needed")

sys.meta_path.insert(0, Blocked())
from pathlib import Path
from server.app import create_app
from workers.settings import Settings
create_app(Settings(data_dir=Path("."), database_url="sqlite+aiosqlite:///none.db", redis_url="redis://127.0.0.1:1"))
forbidden = [name for name in sys.modules if name.startswith(("workers.tasks", "workers.outside"))]
assert not forbidden, forbidden
"""


def test_the_server_imports_without_what_only_tasks_need() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ["/health/live", "/docs", "/api/session", "/nowhere", "/"])
async def test_every_answer_carries_the_headers_that_keep_pages_safe(sqlite_api: Api, path: str) -> None:
    async with sqlite_api.client() as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/jobs/x/nothing", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/jobs/company/acme", 405),
        ("PUT", "/api/session", 405),
    ],
)
async def test_wrong_addresses_and_methods_are_problems(
    sqlite_api: Api, method: str, path: str, status: int
) -> None:
    async with sqlite_api.member() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert problem_in(answer)["detail"]
    assert ("allow" in answer.headers) == (status == 405)


async def test_work_that_nobody_can_do_is_told_with_what_there_is(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        answer = await client.post("/api/jobs/upload", json={})
    assert (answer.status_code, code_of(answer)) == (404, "unknown_kind")
    assert "upload-and-categorize" in problem_in(answer)["detail"]


async def test_a_key_that_is_none_any_more_is_told_so(sqlite_api: Api) -> None:
    async with sqlite_api.client(Authorization="Bearer lw_gone") as client:
        answer = await client.get("/api/session")
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
    assert "revoked" in problem_in(answer)["detail"]
    assert "lw_gone" not in answer.text


async def test_what_nobody_foresaw_is_told_without_detail_and_logged(
    sqlite_api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    @get("/broken", include_in_schema=False)
    async def broken() -> None:
        raise RuntimeError("the secret is 42")

    sqlite_api.app.register(broken)
    async with sqlite_api.client() as client:
        answer = await client.get("/broken")
    assert (answer.status_code, code_of(answer)) == (500, "internal")
    assert "42" not in answer.text
    assert "the secret is 42" in caplog.text


# --- static files ---------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    root = tmp_path / "static"
    (root / "js").mkdir(parents=True)
    (root / "index.html").write_text("<p>home</p>")
    (root / "js" / "app.js").write_text("1")
    (root / ".hidden").write_text("x")
    (tmp_path / "secret.txt").write_text("x")
    return Shelf(root)


def test_a_folder_means_its_index(shelf: Shelf) -> None:
    found = shelf.find("/")
    assert found is not None
    assert (found.body, found.media_type) == (b"<p>home</p>", "text/html; charset=utf-8")


def test_scripts_have_the_type_that_browsers_insist_on(shelf: Shelf) -> None:
    found = shelf.find("/js/app.js")
    assert found is not None
    assert found.media_type == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "name", ["/../secret.txt", "/js/../../secret.txt", "//etc/passwd", "/.hidden", "/js", "/none", "/\0"]
)
def test_nothing_but_the_files_of_the_folder_is_found(shelf: Shelf, name: str) -> None:
    assert shelf.find(name) is None


def test_a_changed_file_is_read_again(shelf: Shelf, tmp_path: Path) -> None:
    first = shelf.find("/js/app.js")
    (tmp_path / "static" / "js" / "app.js").write_text("22")
    second = shelf.find("/js/app.js")
    assert first is not None
    assert second is not None
    assert (first.body, second.body) == (b"1", b"22")
    assert first.tag != second.tag


async def test_the_dashboard_is_served_and_revalidated(sqlite_api: Api) -> None:
    async with sqlite_api.client() as client:
        first = await client.get("/")
        assert first.status_code == 200
        assert first.headers["cache-control"] == "no-cache"
        again = await client.get("/", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        traversal = await client.get("/%2e%2e/pyproject.toml")
    assert traversal.status_code == 404
