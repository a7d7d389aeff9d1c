"""Claims about the page's files as they stand, before any browser runs them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.static import node

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
TSC = HERE / "node_modules" / "typescript"


@pytest.fixture(scope="module")
def compiler() -> str:
    """The pinned TypeScript compiler, installed on first use."""
    wanted = json.loads((HERE / "package.json").read_text())["devDependencies"]["typescript"]
    manifest = TSC / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text())["version"] != wanted:
        done = node.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm cannot install the TypeScript compiler: {done.stderr.strip()[-300:]}")
        assert done.returncode == 0, done.stderr
    return str(HERE / "node_modules" / ".bin" / "tsc")


def test_the_types_hold(compiler: str) -> None:
    done = node.run(compiler, "--project", "tsconfig.json")
    assert done.returncode == 0, done.stdout


def test_the_compiler_looks_at_every_module(compiler: str) -> None:
    listed = node.run(compiler, "--project", "tsconfig.json", "--listFilesOnly").stdout.split()
    seen = {Path(name).resolve() for name in listed}
    assert {path for path in STATIC.rglob("*.js") if "docs" not in path.parts} <= seen


def test_no_lock_names_where_packages_come_from() -> None:
    assert '"resolved"' not in (HERE / "package-lock.json").read_text()


def own_files(*suffixes: str) -> list[Path]:
    return [path for path in STATIC.rglob("*") if path.suffix in suffixes and "docs" not in path.parts]


def test_nothing_is_fetched_from_elsewhere() -> None:
    outside = re.compile(r"""(?:src|href|url\(|import|from)\s*[=(]?\s*["']?(?:https?:)?//""")
    for path in own_files(".html", ".css", ".js"):
        assert not outside.search(path.read_text()), path.name


def test_the_page_holds_no_code_and_no_style_of_its_own() -> None:
    for path in own_files(".html"):
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=", text), path.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path.name


def test_no_string_becomes_markup() -> None:
    forbidden = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b")
    for path in own_files(".js"):
        assert not forbidden.search(path.read_text()), path.name


def test_modules_stay_small() -> None:
    for path in own_files(".js", ".css"):
        assert len(path.read_text().splitlines()) <= 330, path.name
