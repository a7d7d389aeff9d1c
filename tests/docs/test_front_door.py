"""The page about other applications' users: what it prints is code, and its token opens what it says."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import jwt

from server.host_tokens import HostTokens
from tests.static import node
from workers.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/front-door.md").read_text()
SECRET = "the secret that both of them share, and nobody else"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_python_is_python() -> None:
    for block in blocks("python"):
        compile(block, "front-door.md", "exec")
        assert len([line for line in block.splitlines() if line.strip()]) <= 10
    assert len(blocks("python")) == 2


def test_its_javascript_is_javascript(tmp_path: Path) -> None:
    for number, block in enumerate(blocks("js")):
        module = tmp_path / f"{number}.mjs"
        module.write_text(block)
        done = node.run("node", "--check", str(module))
        assert done.returncode == 0, done.stderr
    assert len(blocks("js")) == 3


async def test_its_token_opens_what_it_says(tmp_path: Path) -> None:
    (block,) = blocks("json")
    claims = {**json.loads(block), "exp": time.time() + 60}
    settings = Settings(data_dir=tmp_path, database_url="sqlite+aiosqlite:///x", jwt_secret=SECRET)
    found = await HostTokens(settings).verify(jwt.encode(claims, SECRET, "HS256"))
    assert found is not None
    assert (found.name, dict(found.memberships)) == ("Ann", {"acme": "bookkeeper", "globex": "viewer"})
