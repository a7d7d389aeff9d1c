"""What the API itself refuses; problems.py says how each reads over HTTP.

Refusal
 ├─ NotSignedIn       no key, no session, or one that is not valid
 │   ├─ KeyRefused    an API key that is unknown or revoked
 │   └─ TokenRefused  a token of the host application that does not hold
 ├─ OriginRefused     a page of another site used the session cookie
 ├─ LinkRefused       a sign-in link that is unknown, used or too old
 ├─ RoleTooLow        a member, but not allowed to do this
 ├─ UnknownKind       work that nobody here can do
 ├─ Unknown           nothing of that id, or not yours: the answer is the same
 ├─ InvalidInput      faults of the request, each with its place
 ├─ Malformed         a body that cannot be read at all
 ├─ TooLarge          more bytes than are taken
 └─ WrongMediaType    a body of another type than the route takes
"""

from __future__ import annotations

from collections.abc import Iterable

from ledgerwire.errors import FieldError
from workers.books.access import Role


class Refusal(Exception):
    """The base of all below."""


class NotSignedIn(Refusal):
    """The request must carry a valid key or session."""


class KeyRefused(NotSignedIn):
    """What was sent as an API key is none, or none any more."""


class TokenRefused(NotSignedIn):
    """The message says what is wrong with the token, and what whoever signs it does about that."""


class KeysAway(Refusal):
    """Whether a token is good cannot be said yet: the key it names is none of those at hand."""


class OriginRefused(Refusal):
    def __init__(self, origin: str | None) -> None:
        self.origin = origin
        super().__init__(f"The session cookie may not be used by a page of {origin or 'an unnamed origin'}.")


class LinkRefused(Refusal):
    """The sign-in link is unknown, used or too old."""


class RoleTooLow(Refusal):
    """``by_token``: the role is what a token of the host application says."""

    def __init__(self, role: Role, wanted: Role, *, by_token: bool = False) -> None:
        self.role = role
        self.wanted = wanted
        self.by_token = by_token
        super().__init__(f"This needs the role {wanted}; yours is {role}.")


class UnknownKind(Refusal):
    """``kinds`` are those there are."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = sorted(kinds)
        super().__init__("There is no such kind of work.")


class Unknown(Refusal):
    """``noun`` is what was asked for; an id of another company answers exactly as one that never was."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        super().__init__(f"There is no such {noun}, or it is not yours to see.")


class InvalidInput(Refusal):
    def __init__(self, *errors: FieldError) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(f"{error.pointer}: {error.detail}" for error in errors))


class Malformed(Refusal):
    """The message says what cannot be read."""


class TooLarge(Refusal):
    def __init__(self, what: str, limit: int) -> None:
        self.what = what
        self.limit = limit
        super().__init__(f"{what} may not be larger than {limit // 2**20} MB.")


class WrongMediaType(Refusal):
    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"Send the body as {wanted}.")
