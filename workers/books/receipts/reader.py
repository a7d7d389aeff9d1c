"""Reading one receipt, from its file to its fields: what runs in the child, and nowhere else.

``auto`` takes RapidOCR first, and lets Tesseract look at what it is not sure of. Measured on 82 receipts the other
order cost more than it saved: Tesseract needs half the time of RapidOCR, and one in four of what it is sure enough of
to stop there would have to be wrong less often than it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from workers.books.receipts.cascade import combine, is_sure
from workers.books.receipts.extraction import extract
from workers.books.receipts.findings import Findings
from workers.books.receipts.likeness import perceptual_hash
from workers.books.receipts.reading import Read, Unreadable
from workers.outside.ocr import faults
from workers.outside.ocr.engine import (
    Engine,
    EngineMissing,
    Reading,
    find_tesseract,
    has_rapidocr,
    has_tesseract,
)
from workers.outside.ocr.faults import FileFault
from workers.outside.ocr.pages import Picture, jpeg, open_document
from workers.outside.ocr.words import Page

if TYPE_CHECKING:
    from workers.outside.ocr.tesseract import Tesseract

#: Pixels of the longer side of the picture that people look at.
PREVIEW = 1_600
#: Fewer words than this on all pages, and nothing was read.
LEAST_WORDS = 3
#: How much Tesseract's word counts beside RapidOCR's, and its second and third looks beside its first.
SECOND_OPINION = 0.5
OTHER_LOOKS = 0.9


def read_in_child(
    path: str, scratch: str, engine: str, today: str, vendors: list[str], tesseract_cmd: str | None
) -> Read | Unreadable:
    """As read_receipt, with arguments as they come through a pipe."""
    day = date.fromisoformat(today)
    return read_receipt(path, scratch, engine=engine, today=day, vendors=vendors, tesseract_cmd=tesseract_cmd)


def read_receipt(
    path: str,
    scratch: str,
    *,
    engine: str,
    today: date,
    vendors: Sequence[str] = (),
    tesseract_cmd: str | None = None,
) -> Read | Unreadable:
    """``engine``: ``auto``, ``tesseract`` or ``rapidocr``. Pictures of the pages are written into ``scratch``."""
    started = time.perf_counter()
    try:
        return _Reader(engine, today, vendors, tesseract_cmd).read(Path(path), Path(scratch), started)
    except FileFault as fault:
        return Unreadable(fault.code, fault.detail)


class _Reader:
    def __init__(self, engine: str, today: date, vendors: Sequence[str], tesseract_cmd: str | None) -> None:
        self._today, self._vendors, self._command = today, vendors, tesseract_cmd
        rapid = engine == "rapidocr" or (engine == "auto" and has_rapidocr())
        self._main = "rapidocr" if rapid else "tesseract"
        self._asks_again = engine == "auto" and rapid and has_tesseract(tesseract_cmd)

    def read(self, path: Path, scratch: Path, started: float) -> Read:
        document = open_document(path)
        readings = [self._page(each) for each in document.pages]
        pages = [reading.page for reading, _views in readings]
        if sum(len(page.words) for page in pages) < LEAST_WORDS:
            raise faults.no_text()
        findings = self._findings(readings, pages)
        previews = [
            _write(reading.image, scratch / f"{path.name[:32]}-{number}.jpg")
            for number, (reading, _views) in enumerate(readings, start=1)
        ]
        return Read(
            findings=findings,
            pages_read=len(pages),
            pages_in_file=document.pages_in_file,
            media_type=document.media_type,
            engine=next((page.engine for page in pages if page.engine != "text"), "text"),
            phash=perceptual_hash(readings[0][0].image),
            previews=previews,
            seconds=round(time.perf_counter() - started, 3),
        )

    def _page(self, page: Picture | tuple[Page, Image.Image]) -> tuple[Reading, list[Page]]:
        """A page as it was read, and every look at it."""
        if not isinstance(page, Picture):
            return _Own(*page), [page[0]]
        if self._main == "tesseract":
            views = list(_tesseract(self._command).views(page.image))
            return views[0], [view.page for view in views]
        reading = _rapidocr().read(page.image)
        return reading, [reading.page]

    def _findings(self, readings: Sequence[tuple[Reading, list[Page]]], pages: Sequence[Page]) -> Findings:
        first = self._extract(pages)
        looks = max(len(views) for _reading, views in readings)
        if looks > 1:
            others = [
                [views[min(look, len(views) - 1)] for _r, views in readings] for look in range(1, looks)
            ]
            found = [first, *(self._extract(each) for each in others)]
            return combine(found, [1.0] + [OTHER_LOOKS] * len(others))
        if not self._asks_again or is_sure(first) or all(page.engine == "text" for page in pages):
            return first
        return combine([first, self._extract(self._second_look(readings))], [1.0, SECOND_OPINION])

    def _second_look(self, readings: Iterable[tuple[Reading, list[Page]]]) -> list[Page]:
        """By Tesseract, at the page that RapidOCR has made upright and straight."""
        second = _tesseract(self._command)
        return [
            reading.page if reading.page.engine == "text" else second.read(reading.image).page
            for reading, _views in readings
        ]

    def _extract(self, pages: Sequence[Page]) -> Findings:
        return extract(pages, today=self._today, vendors=self._vendors)


class _Own:
    """A page that says itself what stands on it."""

    def __init__(self, page: Page, image: Image.Image) -> None:
        self.page, self.image = page, image


@cache
def _tesseract(command: str | None) -> Tesseract:
    from workers.outside.ocr.tesseract import Tesseract

    return Tesseract(find_tesseract(command))


@cache
def _rapidocr() -> Engine:
    """Loaded once in the life of a child: that takes a second."""
    if not has_rapidocr():
        raise EngineMissing('RapidOCR is not installed: `pip install "ledgerwire[rapidocr]"`.')
    from workers.outside.ocr.rapid import RapidOcr

    return RapidOcr()


def _write(image: Image.Image, path: Path) -> str:
    path.write_bytes(jpeg(image, longest=PREVIEW))
    return str(path)
