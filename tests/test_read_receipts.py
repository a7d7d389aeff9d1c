"""The command that reads a folder, as whoever scores it runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.workers.outside.ocr.drawing import drawn, encoded


def test_a_folder_is_read_file_by_file_whatever_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "receipts" / "june"
    folder.mkdir(parents=True)
    (folder / "lunch.jpg").write_bytes(encoded(drawn(), "JPEG"))
    (folder.parent / "broken.png").write_bytes(b"nothing")
    (folder.parent / "labels.jsonl").write_text("{}")
    out = tmp_path / "out.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.read_receipts",
        str(folder.parent),
        str(out),
        "--engine",
        "tesseract",
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parent.parent)
    broken, lunch = (json.loads(line) for line in out.read_text().splitlines())
    assert (broken["file"], broken["error"]) == ("broken.png", "unsupported_type")
    assert lunch["file"] == "june/lunch.jpg"
    assert (lunch["vendor"], lunch["date"], lunch["total"], lunch["currency"]) == (
        "COPPER KETTLE GRILL", "2024-03-17", "43.00", "USD",
    )  # fmt: skip
    assert lunch["sure"]["total"] is True
    assert 0 < lunch["confidence"]["total"] <= 1
    assert lunch["seconds"] > 0
