"""A receipt as a till mails it: a PDF whose words are a text layer, exact to the letter."""

from __future__ import annotations

import ctypes
import io

import pypdfium2 as pdfium
from pypdfium2 import raw

WIDTH, HEIGHT = 420, 560
LEADING = 28


def printed(*pages: tuple[str, ...]) -> bytes:
    """One page for each tuple of rows; what follows three spaces in a row stands at the right."""
    document = pdfium.PdfDocument.new()
    for rows in pages:
        page = document.new_page(WIDTH, HEIGHT)
        for number, row in enumerate(rows, start=1):
            label, _, amount = row.partition("   ")
            _write(document, page, label, 40, HEIGHT - number * LEADING)
            _write(document, page, amount.strip(), 310, HEIGHT - number * LEADING)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(
    document: pdfium.PdfDocument, page: pdfium.PdfPage, words: str, left: float, bottom: float
) -> None:
    if not words:
        return
    text = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 14.0)
    wide = ctypes.create_string_buffer((words + "\0").encode("utf-16-le"))
    raw.FPDFText_SetText(text, ctypes.cast(wide, raw.FPDF_WIDESTRING))
    raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, left, bottom)
    raw.FPDFPage_InsertObject(page, text)
