"""Where a page of rows ended, as text that its reader hands back unchanged."""

from __future__ import annotations

import base64
import binascii
from datetime import date

import msgspec

from ledgerwire.errors import FieldError
from workers.books.errors import BooksError


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The date and the id of the last row."""

    date: date
    row_id: str


def write_cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """Raises BooksError ``bad_cursor``."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(place, type=Place)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        detail = "Take next_cursor of the page before, unchanged."
        raise BooksError(
            "bad_cursor", "The cursor cannot be read", detail, [FieldError("/cursor", detail)]
        ) from None
