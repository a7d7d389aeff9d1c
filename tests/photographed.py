"""Makes phone photos of scanned receipts: ``python -m tests.photographed SCANS OUT [--seed N]``.

Scans lie flat; what people send does not. Each image of SCANS (in any depth) is laid on a table, seen at an angle, lit
from one side, creased, a little blurred and noisy, and kept as a JPEG; one in four is turned by a quarter or a half,
half of those by EXIF alone. Names stay, with ``.jpg``, so that the labels of the scans are those of the photos. The
same seed makes the same photos.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

IMAGES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}
#: Pixels of the longer side; a phone has more, and most of them are table.
LONGEST = 2_400
#: EXIF's words for a picture that is to be turned (CIPA DC-008, "Orientation"), by how it has to be turned.
ORIENTATION = 0x0112
TURNS = {6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180, 8: Image.Transpose.ROTATE_270}


def photograph(scan: Image.Image, seed: int) -> tuple[Image.Image, int]:
    """The photo, and its EXIF orientation (1: upright)."""
    random = np.random.default_rng(seed)
    flat = np.asarray(scan.convert("RGB"), dtype=np.uint8)
    seen = _seen_at_an_angle(_on_a_table(_creased(flat, random), random), random)
    taken = _taken(_lit(seen, random), random)
    return _turned(Image.fromarray(_bounded(taken)), random)


def _creased(flat: Pixels, random: np.random.Generator) -> Pixels:
    """A fold across it: a dark line beside a light one."""
    height, width = flat.shape[:2]
    at = random.uniform(0.25, 0.75) * height + random.uniform(-0.05, 0.05) * np.arange(width)
    away = np.arange(height)[:, None] - at[None, :]
    soft = max(2.0, height / 300)
    shade = 1 - 0.22 * np.exp(-((away / soft) ** 2)) + 0.08 * np.exp(-(((away - 3 * soft) / soft) ** 2))
    return _pixels(flat * shade[..., None])


def _on_a_table(paper: Pixels, random: np.random.Generator) -> Pixels:
    height, width = paper.shape[:2]
    border = int(random.uniform(0.06, 0.14) * max(height, width))
    wood = np.array(random.uniform(40, 130, 3))
    rows, columns = height + 2 * border, width + 2 * border
    grain = cv2.GaussianBlur(random.normal(0, 14, (rows, columns)), (0, 0), sigmaX=25, sigmaY=1.2)
    table = _pixels(wood + grain[..., None] * 3)
    table[border : border + height, border : border + width] = paper
    return table


def _seen_at_an_angle(table: Pixels, random: np.random.Generator) -> Pixels:
    """Perspective of up to a twentieth, tilted by up to six degrees."""
    height, width = table.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + (random.uniform(-0.05, 0.05, (4, 2)) * [width, height]).astype(np.float32)
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-6, 6), 1.0)
    moved = (np.c_[moved, np.ones(4)] @ tilt.T).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    seen = cv2.warpPerspective(table, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.uint8)


def _lit(seen: Pixels, random: np.random.Generator) -> Pixels:
    """From one side, with a spot that glares a little, under a lamp of some colour."""
    height, width = seen.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    along = np.cos(turn := random.uniform(0, 2 * np.pi)) * columns / width + np.sin(turn) * rows / height
    light = 1 - random.uniform(0.15, 0.45) * (along - along.min()) / np.ptp(along)
    spot = np.array([random.uniform(0.2, 0.8) * height, random.uniform(0.2, 0.8) * width])
    away = ((rows - spot[0]) ** 2 + (columns - spot[1]) ** 2) / (0.18 * max(height, width)) ** 2
    light = light + random.uniform(0.0, 0.18) * np.exp(-away)
    return _pixels(seen * light[..., None] * random.uniform(0.92, 1.04, 3))


def _taken(lit: Pixels, random: np.random.Generator) -> Pixels:
    """By a hand that shakes and a sensor that guesses."""
    sharp = cv2.GaussianBlur(lit, (0, 0), sigmaX=random.uniform(0.4, 1.1))
    return _pixels(sharp + random.normal(0, random.uniform(2, 7), lit.shape))


def _bounded(taken: Pixels) -> Pixels:
    scale = LONGEST / max(taken.shape[:2])
    if scale >= 1:
        return taken
    small = cv2.resize(taken, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _turned(photo: Image.Image, random: np.random.Generator) -> tuple[Image.Image, int]:
    if random.uniform() >= 0.25:
        return photo, 1
    orientation = int(random.choice(list(TURNS)))
    turned = photo.transpose(TURNS[orientation])
    return turned, orientation if random.uniform() < 0.5 else 1


def _pixels(values: NDArray[Any]) -> Pixels:
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def save(photo: Image.Image, orientation: int, target: Path, seed: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    target.parent.mkdir(parents=True, exist_ok=True)
    photo.save(target, "JPEG", quality=70 + seed % 16, exif=exif)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scans", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = sorted(path for path in given.scans.rglob("*") if path.suffix.lower() in IMAGES)
    for path in found:
        name = path.relative_to(given.scans)
        seed = zlib.crc32(f"{given.seed} {name.with_suffix('')}".encode())
        with Image.open(path) as scan:
            photo, orientation = photograph(scan, seed)
        save(photo, orientation, given.out / name.with_suffix(".jpg"), seed)
    print(f"{len(found)} photos are in {given.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
