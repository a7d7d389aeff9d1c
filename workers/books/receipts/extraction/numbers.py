"""The receipt's own number: what stands behind "invoice no", "bill #", "check" and their like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.books.receipts.extraction.rows import Row, box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

NUMBER = r"\.?[- ]?(?:no|num(?:ber)?|#|nr|n°|id)\b"
PAPER = r"(?:receipt|rcpt|resit|recei?pt|quittung|bon|beleg|rechnungs?|ticket|facture|factura|fattura|kvitto|kassabon)"
DEED = r"(?:bill|slip|doc(?:ument)?|order|check|chk|trans(?:action)?|trx|txn|ref(?:erence)?|cb|c/b|sales)"
LABELS: tuple[tuple[str, float], ...] = (
    (rf"(?:tax )?inv(?:oice)?s?{NUMBER}", 1.0),
    (PAPER + NUMBER, 1.0),
    (DEED + NUMBER, 0.7),
    (rf"(?:{PAPER}|{DEED}|tax invoice|invoice|cash bill)\b ?[#:]", 0.6),
)
BEHIND = re.compile(r"^[\s.:#°)-]*(?P<number>(?=[\w/-]*\d)[A-Z0-9][A-Z0-9/_-]{2,29})\b", re.IGNORECASE)
PATTERNS = tuple((re.compile(rf"(?<![a-z]){label}", re.IGNORECASE), weight) for label, weight in LABELS)
NOT_THIS = re.compile(
    r"\b(?:gst|vat|reg|tax id|abn|tel|phone|fax|table|terminal|merchant|auth|approval|member|card)\b",
    re.IGNORECASE,
)
NAMED, GUESSED = 0.85, 0.6
DATE = re.compile(r"^\d{1,4}[/-]\d{1,2}[/-]\d{1,4}$")


def find_number(rows: Sequence[Row], pages: Sequence[Page]) -> Found[str] | None:
    best: tuple[float, str, Row] | None = None
    for index, row in enumerate(rows):
        for pattern, weight in PATTERNS:
            match = pattern.search(row.text)
            if match is None:
                continue
            rest = row.text[match.end() :]
            found = BEHIND.match(rest) or (
                not rest.strip(" .:#") and index + 1 < len(rows) and BEHIND.match(rows[index + 1].text)
            )
            if not found or DATE.match(found["number"]):
                continue
            score = weight - 0.5 * bool(NOT_THIS.search(row.text[: match.start()])) - 0.01 * index
            if best is None or score > best[0]:
                best = (score, found["number"], row)
    if best is None:
        return None
    score, number, row = best
    return Found(
        value=number,
        confidence=NAMED if score > LABELS[-1][1] else GUESSED,
        box=box_of(row.words, pages[row.page - 1], row.page),
    )
