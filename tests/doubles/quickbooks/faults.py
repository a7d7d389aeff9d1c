"""Faults as Intuit words them (developer.intuit.com, "Error codes"), and the checks they come of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

CENT = re.compile(r"-?\d+(\.\d{1,2})?")
TYPES = {
    "120": "AuthorizationFault",
    "3001": "ThrottleExceededFault",
    "3200": "AuthenticationFault",
    "10000": "SystemFault",
}
MESSAGES = {
    "120": "Authorization Failure",
    "610": "Object Not Found",
    "1040": "Batch size exceeds allowed limit",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2050": "Invalid String Length",
    "2090": "Invalid Number",
    "2500": "Invalid Reference Id",
    "3001": "ThrottleExceeded",
    "3200": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
    "4000": "Error parsing query",
    "5010": "Stale Object Error",
    "6000": "A business validation error has occurred while processing your request",
    "6140": "Duplicate Document Number Error",
    "6210": "Account Period Closed",
    "6240": "Duplicate Name Exists Error",
    "10000": "An application error has occurred while processing your request",
}


class Refusal(Exception):
    """A request that is refused with this number."""

    def __init__(self, code: str, detail: str = "", element: str = "") -> None:
        self.code = code
        self.detail = detail
        self.element = element
        super().__init__(code, detail)

    @property
    def fault(self) -> dict[str, Any]:
        error = {"Message": MESSAGES[self.code], "Detail": self.detail or MESSAGES[self.code]}
        error |= {"code": self.code.zfill(6) if self.code.startswith("3") else self.code}
        if self.element:
            error["element"] = self.element
        return {"Error": [error], "type": TYPES.get(self.code, "ValidationFault")}

    @property
    def envelope(self) -> dict[str, Any]:
        return {"Fault": self.fault, "time": datetime.now(UTC).isoformat()}


def money(value: Any, element: str) -> Decimal:
    """A number or a string of one, with two decimals at most."""
    text = format(value, "f") if isinstance(value, Decimal | float) else str(value)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Refusal("2090", f"{element} is no number", element) from None
    if not CENT.fullmatch(text):
        raise Refusal("2090", f"{element} has more than two decimals", element)
    return amount


def required(content: dict[str, Any], *names: str) -> None:
    for name in names:
        if content.get(name) in (None, "", [], {}):
            raise Refusal("2020", f"Required parameter {name} is missing in the request", name)


def references(content: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every reference below ``content``: its name, the kind it is of, and itself."""
    for name, value in content.items():
        if isinstance(value, dict):
            if name.endswith("AccountRef") and "value" in value:
                yield name, "Account", value
            elif name == "EntityRef" and "value" in value:
                yield name, str(value.get("type", "Vendor")), value
            else:
                yield from references(value)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    yield from references(each)
