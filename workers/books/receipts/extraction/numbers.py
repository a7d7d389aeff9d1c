"""The receipt's own number: what stands behind "invoice no", "bill #", "check" and their like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.books.receipts.extraction.rows import Row, box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

LABELS: tuple[tuple[str, float], ...] = (
    (r"(?:tax )?inv(?:oice)?s?\.? ?(?:no|num(?:ber)?|#|nr|id)\b", 1.0),
    (r"(?:receipt|rcpt|resit|re[cs]eipt|quittung|bon|beleg|rechnung|rechnungs|ticket|facture|factura|fattura|kvitto|kassabon)"
     r"\.?[- ]?(?:no|num(?:ber)?|#|nr|n°|id)\b", 1.0),
    (r"(?:bill|slip|doc(?:ument)?|order|check|chk|trans(?:action)?|trx|txn|ref(?:erence)?|cb|c/b|sales)\.? ?(?:no|num(?:ber)?|#|nr|id)\b", 0.7),
    (r"(?:receipt|invoice|tax invoice|bill|check|chk|order|ticket|slip|cash bill|bon|beleg|trans)\b ?[#:]", 0.6),
)  # fmt: skip
BEHIND = re.compile(r"^[\s.:#°)-]*(?P<number>(?=[\w/-]*\d)[A-Z0-9][A-Z0-9/_-]{2,29})\b", re.IGNORECASE)
PATTERNS = tuple((re.compile(rf"(?<![a-z]){label}", re.IGNORECASE), weight) for label, weight in LABELS)
NOT_THIS = re.compile(
    r"\b(?:gst|vat|reg|tax id|abn|tel|phone|fax|table|terminal|merchant|auth|approval|member|card)\b",
    re.IGNORECASE,
)
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
        confidence=0.85 if score > 0.6 else 0.6,
        box=box_of(row.words, pages[row.page - 1], row.page),
    )  # noqa: PLR2004
