"""What OpenAI asks of a schema that is to be followed strictly: a subset of JSON Schema without anything left open."""

from __future__ import annotations

from typing import Any

KEYWORDS = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "description",
    "title", "pattern", "format", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
    "minItems", "maxItems", "$ref", "$defs",
}  # fmt: skip
MOST_ENUM_VALUES = 1_000


def strict_fault(schema: Any) -> str | None:
    """What OpenAI would say against a schema that is to be followed strictly; None where it is in order."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'."
    values = 0
    waiting: list[tuple[tuple[str, ...], Any]] = [((), schema)]
    while waiting:
        path, part = waiting.pop()
        if fault := _part_fault(part):
            return f"In context={path}, {fault}"
        values += len(part.get("enum", ()))
        waiting += [((*path, "properties", name), each) for name, each in part.get("properties", {}).items()]
        waiting += [((*path, "items"), part["items"])] if "items" in part else []
        waiting += [
            ((*path, "anyOf", str(number)), each) for number, each in enumerate(part.get("anyOf", ()))
        ]
    return f"enum values are {values}, more than {MOST_ENUM_VALUES}." if values > MOST_ENUM_VALUES else None


def _part_fault(part: Any) -> str | None:
    return _shape_fault(part) or _object_fault(part) or _list_fault(part)


def _shape_fault(part: Any) -> str | None:
    if not isinstance(part, dict) or not part.keys() & {"type", "anyOf", "$ref", "enum", "const"}:
        return "schema must have a 'type' key."
    if unknown := part.keys() - KEYWORDS:
        return f"'{min(unknown)}' is not permitted."
    return None


def _object_fault(part: Any) -> str | None:
    if "object" not in part.get("type", ()):
        return None
    if part.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    if set(part.get("required", ())) != part.get("properties", {}).keys():
        return "'required' is required to be supplied and to be an array including every key in properties."
    return None


def _list_fault(part: Any) -> str | None:
    if "array" in part.get("type", ()) and "items" not in part:
        return "array schema missing items."
    if "enum" in part and not part["enum"]:
        return "enum must not be empty."
    return None
