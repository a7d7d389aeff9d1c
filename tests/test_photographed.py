"""Photos of scans: the same seed makes the same ones, and what they show can still be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tests.photographed import ORIENTATION, TURNS, photograph
from tests.workers.outside.ocr.drawing import ROWS, drawn


def test_the_same_seed_makes_the_same_photo_and_another_another() -> None:
    scan = drawn(ROWS)
    first, again, other = (np.asarray(photograph(scan, seed)[0]) for seed in (1, 1, 5))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_folder_becomes_a_folder_of_the_same_names(tmp_path: Path) -> None:
    for number in range(12):
        path = tmp_path / "scans" / f"{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn(ROWS).save(path)
    command = [sys.executable, "-m", "tests.photographed", str(tmp_path / "scans"), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    made = sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.jpg"))
    assert {path.name for path in made} == {f"{number}.jpg" for number in range(12)}
    orientations = []
    for name in made:
        with Image.open(tmp_path / "out" / name) as photo:
            orientations.append(photo.getexif()[ORIENTATION])
            assert ImageOps.exif_transpose(photo).size
    assert set(orientations) <= {1, *TURNS}
