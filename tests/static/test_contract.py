"""What the page believes of the wire is what the wire carries."""

from __future__ import annotations

import re
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from ledgerwire import (
    access,
    activity,
    books,
    errors,
    events,
    jobs,
    journal,
    quickbooks,
    receipts,
    review,
    rules,
    statements,
)

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
CONTRACT = "\n".join(path.read_text() for path in sorted(SCRIPTS.glob("contract*.js")))
ROOMS = (
    access,
    activity,
    books,
    errors,
    events,
    jobs,
    journal,
    quickbooks,
    receipts,
    review,
    rules,
    statements,
)
#: Words that the page names: ``State`` and not a list of them at every place.
NAMED: dict[Any, str] = {
    access.RoleName: "RoleName",
    books.State: "State",
    books.Source: "Source",
    books.AccountType: "AccountType",
    quickbooks.ObjectType: "ObjectType",
    receipts.ReceiptState: "ReceiptState",
    receipts.PaymentMethod: "PaymentMethod",
}
PLAIN: dict[Any, str] = {Decimal: "string", jobs.Status: "Status", type(None): "null", Any: "any", **NAMED}
PLAIN |= {str: "string", int: "number", float: "number", bool: "boolean", datetime: "string", date: "string"}


def believed() -> dict[str, dict[str, str]]:
    """The fields of every shape in contract*.js, with their types; an optional one ends in ``?``."""
    blocks = re.findall(r"@typedef \{object\} (\w+)\n(.*?)\*/", CONTRACT, re.DOTALL)
    return {name: dict(map(_property, re.findall(r"@property (.+)", body))) for name, body in blocks}


def _property(text: str) -> tuple[str, str]:
    kind, name = re.fullmatch(r"\{(.+)\} (\S+)", text.strip()).groups()  # type: ignore[union-attr]
    optional = name.startswith("[")
    return name.strip("[]"), kind + ("?" if optional else "")


def carried(shape: type[msgspec.Struct]) -> dict[str, str]:
    """The same of a Struct."""
    hints = typing.get_type_hints(shape, include_extras=True)
    config = shape.__struct_config__
    tag = {config.tag_field: f'"{config.tag}"'} if config.tag_field else {}
    fields = {
        field.encode_name: _javascript(hints[field.name])
        + ("?" if config.omit_defaults and not field.required else "")
        for field in msgspec.structs.fields(shape)
    }
    return tag | fields


def _javascript(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Annotated:
        return _javascript(inner[0])
    if origin in (Union, types.UnionType):
        return " | ".join(map(_javascript, inner))
    if origin is Literal:
        return " | ".join(msgspec.json.encode(word).decode() for word in inner)
    return _collection(hint)


def _collection(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is list:
        item = _javascript(inner[0])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if origin is dict:
        return f"Record<string, {_javascript(inner[1])}>"
    return str(hint.__name__)


def shape_named(name: str) -> type[msgspec.Struct]:
    for room in ROOMS:
        if hasattr(room, name):
            return getattr(room, name)  # type: ignore[no-any-return]
    raise AssertionError(f"The page names {name}, which is nowhere in ledgerwire")


@pytest.mark.parametrize("name", believed())
def test_a_shape_of_the_page_is_the_shape_on_the_wire(name: str) -> None:
    assert believed()[name] == carried(shape_named(name))


def test_the_page_knows_every_status() -> None:
    [text] = re.findall(r"@typedef \{(.+)\} Status", CONTRACT)
    assert set(re.findall(r'"(\w+)"', text)) == {status.value for status in jobs.Status}


@pytest.mark.parametrize("words", NAMED)
def test_the_page_knows_every_word(words: Any) -> None:
    [text] = re.findall(rf"@typedef \{{(.+)\}} {NAMED[words]} ", CONTRACT)
    assert tuple(re.findall(r'"(\w+)"', text)) == get_args(words)


def test_the_page_knows_every_event() -> None:
    [text] = re.findall(r"@typedef \{(.+)\} LedgerEvent", CONTRACT)
    assert set(text.split(" | ")) == {event.__name__ for event in get_args(events.Event)}
