"""The page's logic without a browser: ``node --test`` over units.test.mjs."""

from __future__ import annotations

from tests.static import node


def test_the_modules_do_what_their_tests_claim() -> None:
    done = node.run("node", "--test", "--test-reporter=spec", "units.test.mjs")
    assert done.returncode == 0, done.stdout
