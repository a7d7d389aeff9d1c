"""Signing in to the dashboard, as it crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from ledgerwire.books import Company


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a sign-in link; it works once."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Session(msgspec.Struct, frozen=True):
    """Who is signed in, and where they may do what."""

    name: str
    companies: list[Company]


class Ticket(msgspec.Struct, frozen=True):
    """Opens one WebSocket or event stream as you: ``?ticket=…``, once, until ``expires_at``."""

    ticket: str
    expires_at: datetime
