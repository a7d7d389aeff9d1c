"""The page's logic without a browser: ``node --test`` over the *.test.mjs here."""

from __future__ import annotations

from tests.static import node

SCRIPTS = sorted(path.name for path in node.HERE.glob("*.test.mjs"))


def test_the_modules_do_what_their_tests_claim() -> None:
    done = node.run("node", "--test", "--test-reporter=spec", *SCRIPTS)
    assert done.returncode == 0, done.stdout
