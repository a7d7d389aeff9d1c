"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re

from workers.books.errors import StatementError
from workers.books.statements.encoding import BOMS

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
PAGES = ("<!doctype html", "<html")
MARKUP = (
    *((page, "a web page") for page in PAGES),
    ("<", "an XML file that is no statement"),
    ("{\\rtf", "a word processor's file"),
    ("{", "a JSON file"),
    ("[{", "a JSON file"),
)
#: Enough to pass the envelopes, headers and comments that stand before a statement.
TOP = 8192
OFX = re.compile(r"<\?ofx|<(?:\w{1,20}:)?ofx[\s>]|<stmttrn>|<stmtrs>")
CAMT = re.compile(r"camt\.05[234]|<(?:\w{1,20}:)?bktocstmr")
QIF = re.compile(r"!(?:type|account|option|clear)\b")
MT940 = re.compile(r"^[ \t]*(?:\{.*\{4:)?:(20|21|25p?|28c?|60[fm]|61|62[fm]):", re.MULTILINE)
#: Different fields of MT940, each at the start of a line: one could be chance.
LEAST_FIELDS = 2


def opening(content: bytes) -> str:
    """The first characters in lower case, whatever the encoding and the line ends, for the tests below."""
    top = content[:TOP]
    for mark, encoding in (*BOMS, (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):
        if top.startswith(mark):
            return _tidy(top.decode(encoding, errors="ignore"))
    return _tidy(top.decode("latin-1"))


def _tidy(top: str) -> str:
    return top.lstrip("\ufeff\x00\x01\x02 \t\r\n").replace("\r", "\n").lower()


def is_ofx(top: str) -> bool:
    return top.startswith(("ofxheader", "data:ofxsgml")) or (
        _is_marked_up(top) and OFX.search(top) is not None
    )


def is_camt(top: str) -> bool:
    return _is_marked_up(top) and CAMT.search(top) is not None


def is_qif(top: str) -> bool:
    return QIF.match(top) is not None


def is_mt940(top: str) -> bool:
    return len(set(MT940.findall(top))) >= LEAST_FIELDS


def _is_marked_up(top: str) -> bool:
    return top.startswith("<") and not top.startswith(PAGES)


def refuse_binary(content: bytes, name: str) -> None:
    """Raises StatementError for an empty file and for what is plainly no text."""
    if not content.strip():
        raise StatementError("empty_file", "The file is empty", f"{name!r} has nothing in it.")
    if what := next((what for magic, what in BINARY if content.startswith(magic)), None):
        raise _foreign(name, what)


def refuse_markup(top: str, name: str) -> None:
    """Raises StatementError for text that is plainly no CSV."""
    if what := next((what for magic, what in MARKUP if top.startswith(magic)), None):
        raise _foreign(name, what)


def _foreign(name: str, what: str) -> StatementError:
    return StatementError(
        "not_a_statement",
        "This file cannot be read as a bank statement",
        f"{name!r} is {what}, whatever its name says. "
        "Export the statement from your bank as CSV, OFX, QIF, MT940 or CAMT.053.",
    )
