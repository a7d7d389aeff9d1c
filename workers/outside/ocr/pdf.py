"""PDFs: their own text where they have one, else the picture of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image

from workers.outside.ocr import faults
from workers.outside.ocr.pages import MOST_PAGES, Document, Picture
from workers.outside.ocr.words import Page, Word

#: Dots an inch: 200 show an A4 page in 3.9 million pixels, and a narrow receipt as a scanner would.
DPI = 200
POINTS = 72
MOST_PIXELS = 12_000_000
#: A page with fewer letters of its own is a picture with a stamp on it.
LEAST_LETTERS = 40
#: Of a word's height: a wider gap to the next letter ends the word.
GAP = 0.28
MOST_LETTERS = 60_000


def open_pdf(path: Path) -> Document:
    """Raises FileFault."""
    try:
        document = pdfium.PdfDocument(path)
        count = len(document)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise faults.unreadable("it is locked by a password; save it without one") from None
        raise faults.unreadable("it is no complete PDF") from None
    if count == 0:
        raise faults.unreadable("it has no pages")
    if count > MOST_PAGES:
        raise faults.too_many_pages(count, MOST_PAGES)
    return Document("application/pdf", count, _pages(document, count))


def _pages(document: Any, count: int) -> Iterator[Picture | tuple[Page, Image.Image]]:
    for number in range(count):
        try:
            page = document[number]
            image = _picture(page)
            words = _words(page, image)
        except pdfium.PdfiumError:
            raise faults.unreadable(f"page {number + 1} cannot be drawn") from None
        if sum(len(word.text) for word in words) >= LEAST_LETTERS:
            yield Page(width=image.width, height=image.height, words=words, engine="text"), image
        else:
            yield Picture(image)


def _picture(page: Any) -> Image.Image:
    """At DPI, or coarser where the page is a poster: its size is known before a pixel is drawn."""
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) < 1:
        raise faults.unreadable("a page has no size")
    scale = min(DPI / POINTS, math.sqrt(MOST_PIXELS / (width * height)))
    if scale * min(width, height) < 32:  # noqa: PLR2004 - as for pictures
        raise faults.too_large(f"A page measures {width / POINTS:,.0f} x {height / POINTS:,.0f} inches.")
    image: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return image.convert("RGB")


def _words(page: Any, image: Image.Image) -> list[Word]:
    """Letters in the page's order, joined to words as long as they stand side by side."""
    text = page.get_textpage()
    count = text.count_chars()
    if not LEAST_LETTERS <= count <= MOST_LETTERS:
        return []
    letters: str = text.get_text_range(0, count)
    if len(letters) != count:
        # Letters beyond the first plane count twice on one side only; such a page is read as a picture.
        return []
    width, height = page.get_size()
    across, down = image.width / width, image.height / height
    words: list[Word] = []
    part, box = "", (0.0, 0.0, 0.0, 0.0)
    for index, letter in enumerate(letters):
        left, bottom, right, top = text.get_charbox(index, loose=True)
        if letter.isspace() or not letter.isprintable():
            part = _finish(words, part, box)
            continue
        here = (left * across, (height - top) * down, right * across, (height - bottom) * down)
        if part and not _continues(box, here):
            part = _finish(words, part, box)
        box = here if not part else (box[0], min(box[1], here[1]), here[2], max(box[3], here[3]))
        part += letter
    _finish(words, part, box)
    return words


def _continues(box: tuple[float, ...], here: tuple[float, ...]) -> bool:
    high = max(1.0, box[3] - box[1])
    return -high < here[0] - box[2] < GAP * high and min(box[3], here[3]) - max(box[1], here[1]) > -0.2 * high


def _finish(words: list[Word], part: str, box: tuple[float, float, float, float]) -> str:
    """Take the word in; what follows begins with nothing."""
    if part:
        left, top, right, bottom = box
        words.append(Word(part, left, top, max(1.0, right - left), max(1.0, bottom - top)))
    return ""
