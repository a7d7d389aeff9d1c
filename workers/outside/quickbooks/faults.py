"""What QuickBooks refuses, told apart by the raw status and Intuit's number: python-quickbooks classes mislead.

QuickBooksError
 ├─ Throttled       too many calls: nothing happened
 ├─ Unauthorized    the access token is not accepted: nothing happened
 ├─ Refused         nor is the refresh token, or the application: somebody has to connect again
 ├─ Unavailable     5xx, HTML, no connection
 ├─ UnknownOutcome  the connection was lost, or no answer came in time
 └─ Rejected        this request will never be accepted as it is

Nothing of what the other side says is logged; what is told of it is data for people, cleaned and bounded.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_DETAIL = 300
#: Whoever asks for more patience means another day.
LONGEST_WAIT = 3600.0

#: Of this number are faults of authorization that are about a person and what was asked for; the connection stands.
DENIED = "120"

#: Intuit's numbers (developer.intuit.com, "Error codes"; some from its community): what they mean and what to do.
WORDS = {
    "120": "The person who connected QuickBooks may not do this there. Connect again as an administrator.",
    "500": "QuickBooks does not do this for this company's plan.",
    "610": "It is not there any more, or an account or vendor of it is not. Fetch the accounts and try again.",
    "2010": "QuickBooks did not understand a field of it. Report this as a bug of Ledgerwire.",
    "2020": "QuickBooks misses a field that it requires.",
    "2500": "It names an account or vendor that QuickBooks does not have (any more). Check the mapping.",
    "3001": "QuickBooks was asked too often.",
    "5010": "Somebody changed it in QuickBooks at this moment. Export it again.",
    "6000": "QuickBooks's own rules do not allow it as it is.",
    "6140": "QuickBooks has another object of this number.",
    "6190": "The QuickBooks subscription has ended or is on hold. Renew it there, then export again.",
    "6200": "The date lies in a period that QuickBooks has closed. Open it there, or date the line otherwise.",
    "6210": "The date lies in a period that QuickBooks has closed. Open it there, or date the line otherwise.",
    "6240": "QuickBooks has somebody else of this name.",
    "6540": "It is part of a deposit or reconciliation in QuickBooks and cannot be changed there.",
}


class QuickBooksError(Exception):
    """The base. ``may_have_happened``: whether what was asked for may have been done all the same."""

    may_have_happened = False

    def __init__(self, status: int | None = None) -> None:
        self.status = status
        super().__init__(f"{type(self).__name__} ({status})" if status else type(self).__name__)


class Throttled(QuickBooksError):
    """``after`` seconds were asked for by the other side, if it said so."""

    def __init__(self, status: int | None = 429, *, after: float | None = None) -> None:
        super().__init__(status)
        self.after = after


class Unauthorized(QuickBooksError):
    pass


class Refused(QuickBooksError):
    pass


class Unavailable(QuickBooksError):
    def __init__(
        self, status: int | None = None, *, after: float | None = None, may_have_happened: bool = False
    ) -> None:
        super().__init__(status)
        self.after = after
        self.may_have_happened = may_have_happened


class UnknownOutcome(QuickBooksError):
    may_have_happened = True


class Rejected(QuickBooksError):
    """``code`` is Intuit's number without its zeros in front; ``words`` are ours, ``detail`` Intuit's own."""

    def __init__(self, code: str, detail: str, status: int | None = None) -> None:
        super().__init__(status)
        self.code = code
        self.detail = detail

    @property
    def words(self) -> str:
        """For people: what it is and what to do, and what QuickBooks itself says."""
        ours = WORDS.get(self.code, "QuickBooks refused it.")
        return f'{ours} It says: "{self.detail}"' if self.detail else ours


def fault_of(fault: Mapping[str, Any], status: int | None, after: float | None = None) -> QuickBooksError:
    """What a Fault of a response, or of one item of a batch, comes to; ``after`` stood beside it."""
    errors = fault.get("Error") or fault.get("error") or [{}]
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    code = str(first.get("code", "")).lstrip("0")
    kind = str(fault.get("type", "")).upper()
    if code == "3001":
        return Throttled(status, after=after)
    if code in {"3200", "3202"} or "AUTHENTICATION" in kind:
        return Unauthorized(status)
    if code == "3100" or ("AUTHORIZATION" in kind and code != DENIED):
        return Refused(status)
    if code == "10000" or "SYSTEM" in kind or "SERVICE" in kind:
        return Unavailable(status, may_have_happened=True)
    return Rejected(code or "unknown", clean(_said(first)), status)


def _said(error: Mapping[str, Any]) -> str:
    """The gateway before Intuit's service writes the same names small."""
    names = ("Detail", "Message", "detail", "message")
    return str(next((error[name] for name in names if error.get(name)), ""))


def clean(text: str) -> str:
    """One line that carries no control character."""
    plain = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text[:2_000])
    return " ".join(plain.split())[:LONGEST_DETAIL]


def seconds_of(header: str | None) -> float | None:
    """Retry-After (RFC 9110, section 10.2.3), in seconds from now."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None
