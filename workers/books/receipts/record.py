"""A receipt between its findings, its row and the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ledgerwire.receipts import FieldReading, LineItem, Receipt, TaxLine
from workers.books.merchants import normalise
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.schema import receipts

#: Those that carry evidence; each has a column of its name.
FIELDS = (
    "vendor",
    "date",
    "total",
    "currency",
    "subtotal",
    "tip",
    "taxes",
    "payment_method",
    "card",
    "number",
    "items",
)
#: Of these a receipt is known by.
DECISIVE = ("vendor", "date", "total")
#: Columns without which a list would not be one; its text is asked for by itself.
COLUMNS = [receipts.c[name] for name in Receipt.__struct_fields__ if name not in {"transaction_ids", "match"}]
#: A name of a file or a shop is for a line on a screen; of a text that is longer nobody has read the end.
LONGEST_NAME = 200
LONGEST_TEXT = 100_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def values_of(findings: Findings) -> dict[str, Any]:
    """The columns that say what was found, and the evidence for it. Text from outside is cut and without controls."""
    found: dict[str, Found[Any]] = {
        name: each for name in FIELDS if (each := getattr(findings, name)) is not None
    }
    values: dict[str, Any] = {name: found[name].value if name in found else None for name in FIELDS}
    for name in ("taxes", "items"):
        values[name] = values[name] or []
    for name in ("vendor", "number"):
        values[name] = plain(values[name]) if values[name] else None
    values["text"] = CONTROL.sub(" ", findings.text)[:LONGEST_TEXT]
    values["fields"] = {name: _evidence(each) for name, each in found.items()}
    return values


def plain(text: str, most: int = LONGEST_NAME) -> str:
    """One line of it, without what no database and no page has a use for."""
    return " ".join(CONTROL.sub(" ", text).split())[:most]


def searched(name: str, vendor: str | None, text: str) -> str:
    """What a search looks into."""
    return normalise(f"{name} {vendor or ''} {text}")


def state_of(fields: Mapping[str, FieldReading], duplicate_of: str | None) -> str:
    """Of a receipt that nobody has confirmed."""
    sure = all(name in fields and fields[name].sure for name in DECISIVE)
    return "ready" if sure and duplicate_of is None else "review"


def least_confidence(fields: Mapping[str, FieldReading]) -> float:
    """Of what it is known by; 0 where some of that was not found."""
    return min(fields[name].confidence if name in fields else 0.0 for name in DECISIVE)


def receipt_of(row: Any) -> Receipt:
    """From COLUMNS, by name; what it is attached to is not in its row."""
    values = {column.name: row[column.name] for column in COLUMNS}
    values["fields"] = fields_of(row)
    values["taxes"] = msgspec.convert(row["taxes"], list[TaxLine])
    values["items"] = msgspec.convert(row["items"], list[LineItem])
    return Receipt(**values)


def fields_of(row: Any) -> dict[str, FieldReading]:
    return msgspec.convert(row["fields"], dict[str, FieldReading])


def _evidence(found: Found[Any]) -> FieldReading:
    return FieldReading(
        confidence=found.confidence, read_by=found.read_by, box=found.box, alternatives=found.alternatives
    )
