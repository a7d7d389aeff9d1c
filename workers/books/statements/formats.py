"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from workers.books.errors import StatementError

BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database"),
)
MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"ofxheader", "an OFX statement"),
    (b"<?ofx", "an OFX statement"),
    (b"<ofx", "an OFX statement"),
    (b"!type:", "a QIF statement"),
    (b"!account", "a QIF statement"),
    (b":20:", "an MT940 statement"),
    (b"{1:f01", "an MT940 statement"),
    (b"<?xml", "an XML file"),
    (b"<document", "a CAMT statement"),
    (b"{", "a JSON file"),
    (b"{\\rtf", "a word processor's file"),
)


def refuse_others(content: bytes, name: str) -> None:
    """Raises StatementError for what is plainly no CSV."""
    if not content.strip():
        raise StatementError("empty_file", "The file is empty", f"{name!r} has nothing in it.")
    if what := _known(content):
        raise StatementError(
            "not_a_statement",
            "This file cannot be read as a bank statement",
            f"{name!r} is {what}, whatever its name says. Export the statement from your bank as CSV.",
        )


def _known(content: bytes) -> str | None:
    for magic, what in BINARY:
        if content.startswith(magic):
            return what
    top = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((what for magic, what in MARKUP if top.startswith(magic)), None)
