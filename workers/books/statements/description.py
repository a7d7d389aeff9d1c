"""The one text of a line, of the several that a bank gives: payee, memo, purpose, reference."""

from __future__ import annotations

from collections.abc import Iterable

MAX_DESCRIPTION = 1_000


def describe(parts: Iterable[str | None]) -> str:
    """What is said twice stands once. Blanks inside a part are kept: banks pad the merchant's name with them."""
    kept: list[str] = []
    for part in parts:
        text = (part or "")[:MAX_DESCRIPTION].strip()
        text = " ".join(text.split()) if "\n" in text or "\t" in text else text
        if text and not any(text in other for other in kept):
            kept = [*(other for other in kept if other not in text), text]
    return " ".join(kept)[:MAX_DESCRIPTION]
