"""The public names, and what importing them may cost."""

from __future__ import annotations

import subprocess
import sys

import ledgerwire


def test_every_public_name_has_a_home_and_a_docstring_worth_reading() -> None:
    assert ledgerwire.__all__ == sorted(ledgerwire.__all__)
    assert dir(ledgerwire) == ledgerwire.__all__
    for name in ledgerwire.__all__:
        assert getattr(ledgerwire, name).__name__ == name
    assert not hasattr(ledgerwire, "Nonsense")


def test_errors_form_one_tree() -> None:
    errors = [
        found for name in ledgerwire.__all__ if issubclass(found := getattr(ledgerwire, name), Exception)
    ]
    assert len(errors) == 15
    assert all(issubclass(error, ledgerwire.LedgerwireError) for error in errors)


def test_the_contract_does_not_load_the_client() -> None:
    code = """
import sys
import ledgerwire.events
from ledgerwire import Job, Problem, Submission
assert not {"httpx2", "websockets", "rich", "click", "asyncio"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
