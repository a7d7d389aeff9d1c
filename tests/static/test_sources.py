"""Claims about the page's files as they stand, before any browser runs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.static import node
from tests.static.node import packages

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
SCRIPTS = STATIC / "js"


@pytest.fixture(scope="module")
def compiler(packages: Path) -> str:
    """The pinned TypeScript compiler."""
    return str(packages / ".bin" / "tsc")


def test_the_types_hold(compiler: str) -> None:
    done = node.run(compiler, "--project", "tsconfig.json")
    assert done.returncode == 0, done.stdout


def test_the_package_has_types_and_all_that_it_imports(compiler: str, tmp_path: Path) -> None:
    """What npm would pack of static/js stands alone, and TypeScript finds what it exports."""
    done = node.run(compiler, "--project", "tsconfig.types.json", "--outDir", str(tmp_path))
    assert done.returncode == 0, done.stdout
    package = json.loads((SCRIPTS / "package.json").read_text())
    packed = {path for pattern in package["files"] for path in SCRIPTS.glob(pattern)}
    packed |= {path for folder in list(packed) for path in folder.rglob("*.js")}
    for path in packed:
        if path.suffix == ".js":
            wanted = re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", path.read_text())
            for name in wanted:
                assert (path.parent / name).resolve() in packed, f"{path.name} imports {name}"
    for name in ("client", "react/useJobStatus", "react/JobProgress", "elements/job-progress-modal"):
        assert "export" in (tmp_path / f"{name}.d.ts").read_text()
    assert "submit(kind: string" in (tmp_path / "client.d.ts").read_text()


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


__all__ = ["packages"]
