"""What a person has confirmed about a file that could not be read with certainty."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ledgerwire.errors import FieldError
from workers.books.errors import StatementError


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Columns by the name in the header; what is left out is found as usual."""

    date: str | None = None
    amount: str | None = None
    debit: str | None = None
    credit: str | None = None
    #: The column that says money in or money out in words.
    direction: str | None = None
    balance: str | None = None
    currency_column: str | None = None
    bank_id: str | None = None
    description: list[str] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[".", ","] | None = None
    #: ``reversed`` where charges are printed positive, as many card statements do.
    sign: Literal["as_printed", "reversed"] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None


def read_mapping(mapping: dict[str, Any] | None) -> Mapping:
    """Raises StatementError ``bad_mapping``."""
    try:
        return msgspec.convert(mapping or {}, Mapping)
    except msgspec.ValidationError as error:
        detail = str(error)
        pointer = (
            "/mapping" + detail.rpartition("`$")[2].rstrip("`").replace(".", "/")
            if "`$" in detail
            else "/mapping"
        )
        raise StatementError(
            "bad_mapping", "The column mapping cannot be used", detail, [FieldError(pointer, detail)]
        ) from None
