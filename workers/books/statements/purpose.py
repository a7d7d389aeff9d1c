"""Field 86 of MT940: what the payment is for, in the ways banks pack it into one field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.books.statements.description import describe

#: German and Polish: a mark and two digits before each part, often behind a business code of three.
CODED = re.compile(r"(?:[0-9]{3,4})?([?<>~^@|*#!§&+%$=])[0-9]{2}")
POSTING, NAMES = ("00",), ("32", "33")
PURPOSE = tuple(str(code) for code in (*range(20, 30), *range(60, 64)))
#: A part this long was cut here and goes on in the next, in the middle of a word perhaps.
PART = 27
#: SEPA fields inside the purpose.
SEPA = re.compile(r"\b(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")
#: Dutch and Belgian: keys between strokes.
KEYED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|ORDP|BENM|CNTP|ADDR|ISDT|SVCL|PREF|RTRN|ULTC|ULTD|PURP|KREF|TRCD|ID)/"
)
LEAST_KEYS = 2
REMITTANCE = re.compile(r"^/*(?:USTD|STRD/CUR)?/*")


def read_purpose(lines: Sequence[str]) -> str:
    """The other party and what it wrote, of the lines of one field; all of it where no structure is known."""
    joined = "".join(lines)
    if match := CODED.match(joined):
        text = _coded(joined, match[1])
    elif len(KEYED.findall(joined)) >= LEAST_KEYS:
        text = _keyed(joined)
    else:
        text = ""
    return text or describe([" ".join(line.strip() for line in lines)])


def _coded(joined: str, mark: str) -> str:
    pieces = re.split(re.escape(mark) + "([0-9]{2})", joined)
    parts: dict[str, str] = {}
    for code, value in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.setdefault(code, value)
    purpose = "".join(_with_gap(parts[code]) for code in PURPOSE if code in parts)
    names = "".join(_with_gap(parts[code]) for code in NAMES if code in parts)
    return describe([names, _remittance(purpose), *(parts.get(code) for code in POSTING)])


def _with_gap(part: str) -> str:
    return part if len(part) >= PART else part.strip() + " "


def _remittance(purpose: str) -> str:
    first, *pieces = SEPA.split(purpose)
    fields = dict(zip(pieces[::2], pieces[1::2], strict=True))
    return fields.get("SVWZ", "") or first or purpose


def _keyed(joined: str) -> str:
    _, *pieces = KEYED.split(joined)
    fields: dict[str, str] = {}
    for key, value in zip(pieces[::2], pieces[1::2], strict=True):
        fields.setdefault(key, value)
    # Number, code, name and place of the other party, in this order.
    party = [*fields.get("CNTP", "").split("/"), "", "", ""][2]
    return describe([fields.get("NAME") or party, REMITTANCE.sub("", fields.get("REMI", "")).rstrip("/")])
