"""What comes of reading one file."""

from __future__ import annotations

import msgspec

from workers.books.receipts.findings import Findings


class Read(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    findings: Findings
    #: How many pages were read, of how many the file has.
    pages_read: int
    pages_in_file: int
    #: What the file is by its content, whatever it is called.
    media_type: str
    #: ``tesseract``, ``rapidocr`` or ``text``.
    engine: str
    #: How page 1 looks, in hex: see alike.py.
    phash: str
    #: The pictures of its pages in the caller's scratch folder: upright, straight, small enough to be looked at.
    previews: list[str]
    seconds: float


class Unreadable(msgspec.Struct, frozen=True, tag="unreadable"):
    """The file is at fault: to read it again would end the same way."""

    #: A word of ReceiptFile.code.
    code: str
    #: For people: what it is, or what to do.
    detail: str
