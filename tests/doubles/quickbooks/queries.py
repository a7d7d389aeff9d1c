"""Intuit's query language, as far as it is used: SELECT, WHERE with AND, ORDERBY, STARTPOSITION, MAXRESULTS."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.doubles.quickbooks.company import ENTITIES, Company
from tests.doubles.quickbooks.faults import Refusal

MOST = 1_000
SELECT = re.compile(
    r"\s*select\s+(?P<what>.+?)\s+from\s+(?P<entity>\w+)(?:\s+where\s+(?P<where>.+?))?"
    r"(?:\s+order\s?by\s+(?P<order>[\w.]+)(?:\s+(?P<way>asc|desc))?)?"
    r"(?:\s+startposition\s+(?P<start>\d+))?(?:\s+maxresults\s+(?P<most>\d+))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
STRING = r"'(?:[^'\\]|\\.)*'"
VALUE = rf"{STRING}|[\w.+:-]+"
CONDITION = re.compile(
    rf"\s*(?P<field>[\w.]+)\s*(?:(?P<operator>=|<=|>=|<|>|like)\s*(?P<value>{VALUE})"
    rf"|in\s*\((?P<values>\s*(?:{VALUE})(?:\s*,\s*(?:{VALUE}))*\s*)\))\s*",
    re.IGNORECASE,
)


def run(company: Company, text: str) -> dict[str, Any]:
    """The QueryResponse."""
    found = SELECT.fullmatch(text)
    entity = next((each for each in ENTITIES if found and each.lower() == found["entity"].lower()), None)
    if found is None or entity is None:
        raise Refusal("4000", f"Error parsing query: {text[:80]}")
    rows = [row for row in company.rows(entity) if _matches(row, found["where"])]
    if found["order"]:
        rows.sort(
            key=lambda row: _key(_field(row, found["order"])), reverse=(found["way"] or "").lower() == "desc"
        )
    if found["what"].replace(" ", "").lower() == "count(*)":
        return {"totalCount": len(rows)}
    start = int(found["start"] or 1)
    most = min(int(found["most"] or 100), MOST)
    page = rows[start - 1 : start - 1 + most]
    if not page:
        return {}
    return {entity: page, "startPosition": start, "maxResults": len(page)}


def _matches(row: dict[str, Any], where: str | None) -> bool:
    if not where:
        # What is inactive is not told of unasked.
        return bool(row.get("Active", True))
    at, asks_active, holds = 0, False, True
    while True:
        condition = CONDITION.match(where, at)
        if condition is None:
            raise Refusal("4000", f"Error parsing query near {where[at : at + 40]}")
        asks_active = asks_active or condition["field"].lower() == "active"
        holds = holds and _holds(row, condition)
        at = condition.end()
        if at == len(where):
            return holds and (asks_active or bool(row.get("Active", True)))
        if not where[at:].lower().startswith("and "):
            raise Refusal("4000", f"Error parsing query near {where[at : at + 40]}")
        at += len("and ")


def _holds(row: dict[str, Any], condition: re.Match[str]) -> bool:
    actual = _field(row, condition["field"])
    if condition["values"] is not None:
        wanted = [_value(each) for each in re.findall(VALUE, condition["values"])]
        return any(_key(actual) == _key(each) for each in wanted)
    wanted_one, operator = _value(condition["value"]), condition["operator"].lower()
    if operator == "like":
        pattern = re.escape(wanted_one).replace("%", ".*")
        return actual is not None and re.fullmatch(pattern, str(actual), re.IGNORECASE) is not None
    if actual is None:
        return False
    left, right = _key(actual), _key(wanted_one)
    return {
        "=": left == right,
        "<": left < right,
        ">": left > right,
        "<=": left <= right,
        ">=": left >= right,
    }[operator]


def _field(row: dict[str, Any], name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _value(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith("'") else text


def _key(value: Any) -> tuple[int, Any]:
    """Numbers as numbers, everything else as text in any case."""
    if isinstance(value, bool):
        return 1, str(value).lower()
    try:
        return 0, Decimal(str(value))
    except InvalidOperation:
        return 1, str(value).casefold()
