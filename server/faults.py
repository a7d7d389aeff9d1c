"""From msgspec's sentence about a value to the place in the request and words for people."""

from __future__ import annotations

import re

import msgspec

from ledgerwire.errors import FieldError
from ledgerwire.text import PLAIN, PROSE

OF_A_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.+)`")
SAID = {"missing required": "This field is needed.", "contains unknown": "There is no such field."}
NOT_PLAIN = "Control characters are not taken here."


def fault_of(message: str, path: str) -> FieldError:
    """``path`` is msgspec's (``lines[3].amount``); a missing or unknown field is named by the pointer."""
    base = json_pointer(path)
    if found := OF_A_FIELD.fullmatch(message):
        return FieldError(f"{base}/{found[2]}", SAID[found[1]])
    return FieldError(base, in_words(message))


def in_words(message: str) -> str:
    """A pattern tells people less than what it is there for."""
    return NOT_PLAIN if any(repr(pattern) in message for pattern in (PLAIN, PROSE)) else message


def fault_in(error: msgspec.ValidationError) -> FieldError:
    message, _, path = str(error).partition(" - at `$")
    return fault_of(message, path.strip("`."))


def json_pointer(path: str) -> str:
    """As RFC 6901 has it: ``/lines/3/amount``; the empty text is the whole."""
    steps = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path).strip(".")
    return "/" + steps.replace(".", "/") if steps else ""
