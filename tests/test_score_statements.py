"""The scorer calls a file exact only if it is, and never hides a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.score_statements import main, score, table, totals

HEADER = "Date,Description,Amount\n"
COFFEE = {"rows": 1, "first_date": "2026-06-13", "last_date": "2026-06-13", "sum": "-4.5", "currency": None}
#: The likelier reading of 06/05 and 06/07, since it is of fewer days.
JUNE = {"first_date": "2026-06-05", "last_date": "2026-06-07"}
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "exact.csv": (HEADER + "2026-06-13,x,-4.50\n", {}),
    "exact.qif": ("!Type:Bank\nD2026-06-13\nT-4.50\n^\n", {"format": "qif"}),
    "wrong-sum.csv": (HEADER + "2026-06-13,x,-4.51\n", {}),
    "wrong-rows.csv": (HEADER + "2026-06-13,x,-4.50\n2026-06-13,y,0.00\n", {}),
    "wrong-date.csv": (HEADER + "2026-06-14,x,-4.50\n", {}),
    "wrong-currency.csv": (HEADER + "2026-06-13,x,-4.50\n", {"currency": "EUR"}),
    "asked.csv": (HEADER + "06/05/2026,x,-4.50\n06/07/2026,y,0.00\n", {"rows": 2, **JUNE}),
    "asked.qif": ("!Type:Bank\nD06/05/2026\nT-4.50\n^\nD06/07/2026\nT0\n^\n", {"rows": 2, **JUNE}),
    "refused.csv": (HEADER + "2026-06-13,x,twelve\n", {"hard": True}),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    manifest = []
    for name, (content, expected) in FILES.items():
        (tmp_path / name).write_text(content)
        manifest.append(msgspec.json.encode({"file": name, "format": "csv", **COFFEE, **expected}).decode())
    (tmp_path / "manifest.jsonl").write_text("\n".join(manifest) + "\n")
    return tmp_path


async def test_each_file_has_its_verdict(folder: Path) -> None:
    outcomes = await score(folder)
    assert {outcome.file: outcome.verdict for outcome in outcomes} == {
        name: "WRONG" if name.startswith("wrong") else name.partition(".")[0] for name in FILES
    }
    reasons = {outcome.file: outcome.reason for outcome in outcomes}
    assert reasons["wrong-sum.csv"] == "sum -4.51, not -4.5"
    assert reasons["wrong-currency.csv"] == "currency None, not EUR"
    assert reasons["refused.csv"].startswith("unreadable_line: Line 2")
    found = totals(outcomes)
    assert (found.files, found.exact, found.asked, found.refused, found.wrong) == (9, 22.2, 22.2, 11.1, 4)
    assert (found.confirmed_exact, found.confirmed_wrong) == (2, 0)
    assert table(outcomes).splitlines()[-1].startswith("all         9 files: exact  22.2 %")


def test_wrong_ends_with_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--json"]) == 1
    printed = msgspec.json.decode(capsys.readouterr().out)
    assert printed["totals"]["wrong"] == 4
    assert printed["files"][0]["verdict"] == "exact"


def test_all_exact_ends_with_zero(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (folder / "manifest.jsonl").read_text().splitlines()
    (folder / "manifest.jsonl").write_text("\n".join(lines[:2]))
    assert main([str(folder)]) == 0
    assert "exact 100.0 %" in capsys.readouterr().out
