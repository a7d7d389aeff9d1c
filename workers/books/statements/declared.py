"""Text whose header names its code page: OFX and XML."""

from __future__ import annotations

import re

from workers.books.statements.encoding import BOMS, decode

TOP = 1024
XML = re.compile(rb"""<\?xml[^<>]{1,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""", re.IGNORECASE)
OFX = re.compile(rb"CHARSET\s{0,9}:\s{0,9}([\w-]{1,40})", re.IGNORECASE)
LATIN = re.compile(r"(?:iso[-_]?)?8859[-_](\d{1,2})")
PAGE = re.compile(r"(?:windows-?|cp|ms)?(437|85[02]|866|874|93[26]|949|950|125[0-8])")


def decode_declared(content: bytes) -> str:
    """As ``decode``, with the header's word where the bytes are not UTF-8.

    UTF-8 is asked first: many a bank declares 1252 because an example did, and text that happens to be
    valid UTF-8 beyond ASCII is UTF-8.
    """
    page = _declared(content[:TOP])
    if page is None or b"\x00" in content[:TOP] or any(content.startswith(bom) for bom, _ in BOMS):
        return decode(content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content = content.decode(page, errors="replace").encode()
    return decode(content)


def _declared(top: bytes) -> str | None:
    found = XML.search(top) or OFX.search(top)
    name = found[1].decode("ascii", errors="replace").lower() if found else ""
    if match := PAGE.fullmatch(name):
        return f"cp{match[1]}"
    match = LATIN.fullmatch(name)
    if not match or not 1 <= int(match[1]) <= 16 or int(match[1]) == 12:  # noqa: PLR2004 - there is no part 12
        return None
    # What calls itself Latin 1 has been Windows 1252 for as long as there has been a web.
    return "cp1252" if int(match[1]) == 1 else f"iso8859-{int(match[1])}"
