"""Signing in to the dashboard, as it crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from ledgerwire.books import Company
from ledgerwire.text import PLAIN

#: What somebody may do in a company; each covers those before it.
RoleName = Literal["viewer", "bookkeeper", "admin"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)]


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


# --- members of a company -------------------------------------------------------------------------------


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to invite, or a program to make a key for."""

    name: Name
    role: RoleName = "bookkeeper"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in to the dashboard, in one browser."""

    person_id: str
    name: str
    role: str
    signed_in_at: datetime
    expires_at: datetime
    #: The very session that asks.
    you: bool


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever opens ``url`` is signed in, once, until ``expires_at``. It is told this once."""

    #: By which it is taken back; it opens nothing.
    invitation_id: str
    url: str
    name: str
    role: str
    expires_at: datetime


class PendingInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An address that nobody has opened yet and that still signs in: anything but the address itself."""

    invitation_id: str
    name: str
    role: str
    expires_at: datetime


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a program, by how it begins."""

    prefix: str
    name: str
    role: str
    created_at: datetime
    last_used: datetime | None
    revoked_at: datetime | None


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ``key``, which is told this once."""

    key: str
    prefix: str
    name: str
    role: str


class MemberList(msgspec.Struct, frozen=True, kw_only=True):
    """Who may what: people who are signed in, who may yet sign in, and keys, revoked ones included."""

    people: list[Person]
    #: Those that can still be used, the one that ends first before the others.
    invitations: list[PendingInvitation]
    keys: list[ApiKey]
