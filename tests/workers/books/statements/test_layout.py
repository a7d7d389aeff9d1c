"""The fingerprint is the same for every file of one kind, whatever its lines are."""

from __future__ import annotations

import pytest

from tests.workers.books.statements.exports import read

NAMED = "Date,Description,Amount\n2026-06-13,x,-4.50\n"
UNNAMED = "2026-06-13,x,-4.50\n2026-06-14,y,3.50\n"

SAME = {
    "other lines": (NAMED, "Date,Description,Amount\n2026-07-01,y,+1.00\n2026-07-02,z,-3.00\n"),
    "a title above": (NAMED, "Statement of June\n\n" + NAMED),
    "other capitals": (NAMED, NAMED.replace("Date", "DATE ")),
    "other lines without a header": (UNNAMED, "2025-01-01,rent,-900.00\n2025-01-03,pay,+1.00\n"),
}
OTHER = {
    "another delimiter": (NAMED, NAMED.replace(",", ";")),
    "another name": (NAMED, NAMED.replace("Description", "Payee")),
    "another order": (NAMED, "Date,Amount,Description\n2026-06-13,-4.50,x\n"),
    "another shape": (UNNAMED, "2026-06-13,-4.50,x\n2026-06-14,3.50,y\n"),
    "no header": (NAMED, UNNAMED),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_layout(case: str) -> None:
    one, other = SAME[case]
    assert read(one).layout == read(other).layout


@pytest.mark.parametrize("case", OTHER)
def test_another_layout(case: str) -> None:
    one, other = OTHER[case]
    assert read(one).layout != read(other).layout
