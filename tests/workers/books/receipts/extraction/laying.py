"""Receipts written as text, laid out as an engine would find them."""

from __future__ import annotations

from datetime import date

from workers.books.receipts.extraction import extract
from workers.books.receipts.findings import Findings
from workers.outside.ocr.words import Page, Word

TODAY = date(2026, 11, 26)
LETTER, HEIGHT = 10.0, 20.0
#: Of a row's height: from its head to that of the next.
PITCH = 1.5
#: At the beginning of a row: printed twice as high.
BIG = "^"


def laid_out(text: str) -> Page:
    """A row a line, a letter a column; a line that begins with ``^`` stands in large print."""
    words: list[Word] = []
    lines = text.strip("\n").splitlines()
    top = HEIGHT
    for line in lines:
        height = HEIGHT * 2 if line.startswith(BIG) else HEIGHT
        plain, start = line.removeprefix(BIG), 0
        for part in plain.split():
            start = plain.index(part, start)
            words.append(Word(part, start * LETTER, top, len(part) * LETTER, height))
            start += len(part)
        top += height * PITCH
    width = max(len(line) for line in lines) * LETTER
    return Page(width=width, height=top, words=words, engine="text")


def found_in(text: str, *, vendors: tuple[str, ...] = ()) -> Findings:
    return extract([laid_out(text)], today=TODAY, vendors=vendors)
