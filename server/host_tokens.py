"""JSON Web Tokens of an application that has its own users (RFC 7519): who they are here, in which companies.

HS256 by a shared secret, RS256 and ES256 by the keys at JWT_JWKS_URL (RFC 7517). A token must end (``exp``), must be
signed by an algorithm its key is for, and says by its claims which companies it opens:

    {"sub": "u-17", "name": "Ann", "companies": {"acme": "admin", "globex": "viewer"}, "exp": …}
    {"sub": "u-17", "companies": ["acme"], "role": "bookkeeper", "exp": …}
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from jwt import PyJWK, PyJWKClient
from jwt import exceptions as errors
from jwt.exceptions import MissingRequiredClaimError, PyJWTError

from server.refusals import KeysAway, TokenRefused
from workers.books.access import Principal, Role
from workers.settings import Settings

ASYMMETRIC: Final = ("RS256", "ES256")
#: Letters of a token; a page that sends more is not signing in.
LONGEST: Final = 16_384
#: Seconds by which the clock of whoever signs may be ahead of or behind ours.
LEEWAY: Final = 10.0
#: Seconds for which fetched keys are used, and between looks for one that is not among them.
FRESH_FOR: Final = 300.0
LOOK_AGAIN: Final = 30.0
#: Seconds that fetching keys may take.
PATIENCE: Final = 5.0
MOST_COMPANIES: Final = 1_000
#: The year 2100, in seconds: what comes after it is not told apart, and may be no date at all.
NEVER: Final = 4_102_444_800.0

#: How much of what a token says in vain is logged, and how many warnings are remembered, so as to be given once.
NAMED: Final = 5
SHOWN: Final = 50
REMEMBERED: Final = 1_000

TOO_LONG: Final = f"Your token has more than {LONGEST:,} letters. Put fewer claims into it."
NEITHER: Final = (
    "This is neither an API key (lw_…) nor a JSON Web Token, which has three parts with a dot between them. "
    "Send one of the two as 'Authorization: Bearer …'."
)
EARLY: Final = (
    "Your token is not valid yet: its nbf or iat lies ahead of this server's clock. "
    "Leave nbf out, or set the clock of whoever signs."
)
NOT_OURS: Final = (
    "Your token was not signed for this server: its signature is not ours. "
    "Sign with the secret that is JWT_SECRET here, or by the key at JWT_JWKS_URL that kid names."
)
UNCHECKED: Final = (
    "Your token is signed by an algorithm that is not checked here. Sign by HS256 for a server with JWT_SECRET, "
    "by RS256 or ES256, as its key is for, for one with JWT_JWKS_URL."
)
#: What is wrong and what to do. Of a claim it is told only once the signature holds: a stranger learns nothing by it.
WHY: Final[Mapping[type[PyJWTError], str]] = {
    errors.ExpiredSignatureError: "Your token has run out. Sign a new one, whose exp lies some minutes ahead.",
    errors.ImmatureSignatureError: EARLY,
    errors.InvalidIssuerError: "The iss of your token is unknown here. Sign with the one that is JWT_ISSUER here.",
    errors.InvalidAudienceError: "The aud of your token is unknown here. Sign with the one that is JWT_AUDIENCE here.",
    errors.InvalidSignatureError: NOT_OURS,
    errors.InvalidKeyError: "The kid of your token names no known key. Sign by one that is published at JWT_JWKS_URL.",
    errors.InvalidAlgorithmError: UNCHECKED,
    errors.InvalidSubjectError: "The sub of your token must be text: put quotes around its number.",
}
UNREADABLE: Final = (
    "A claim of your token cannot be read: exp, nbf and iat are numbers of seconds, and jti is text."
)
MISSING: Final = {
    "exp": "when it ends, in seconds since 1970, some minutes ahead",
    "iss": "the one that is JWT_ISSUER here",
    "aud": "the one that is JWT_AUDIENCE here",
}

#: What may be a company's id: its own application chose it.
_COMPANY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")

logger = logging.getLogger(__name__)


class HostTokens:
    """Of one host application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = None if settings.jwt_jwks_url is None else KeySet(settings.jwt_jwks_url)
        self._warned: set[str] = set()

    async def verify(self, token: str) -> Principal:
        """Who it is. Raises TokenRefused where it was not signed for us or has run out, KeysAway."""
        if len(token) > LONGEST:
            raise TokenRefused(TOO_LONG)
        header = _header_of(token)
        try:
            key, algorithm = await self._key_for(header)
            claims = self._decoded(token, key, algorithm)
        except PyJWTError as error:
            # The token itself is a secret; what is wrong with it is not.
            logger.info("A token of the host application was refused: %s", error)
            raise TokenRefused(_why(error)) from None
        return self._principal(claims)

    async def _key_for(self, header: Mapping[str, Any]) -> tuple[Any, str]:
        """By the algorithm that the key is for: a token must not choose how it is checked (RFC 8725, 3.1)."""
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._settings.jwt_secret is not None:
            return self._settings.jwt_secret, "HS256"
        if algorithm in ASYMMETRIC and self._keys is not None:
            return await self._keys.find(header.get("kid"), str(algorithm)), str(algorithm)
        raise jwt.InvalidAlgorithmError(f"{algorithm!r} is not what this server checks")

    def _decoded(self, token: str, key: Any, algorithm: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=self._settings.jwt_issuer,
            audience=self._settings.jwt_audience,
            leeway=LEEWAY,
            options={"require": ["exp"], "verify_aud": self._settings.jwt_audience is not None},
        )
        return claims

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        name = _claim(claims, self._settings.jwt_name_claim) or claims.get("email") or claims.get("sub")
        shown = str(name or "somebody")[:200]
        return Principal(
            name=shown,
            memberships=self._memberships(claims, shown),
            session=False,
            expires_at=datetime.fromtimestamp(min(float(claims["exp"]), NEVER) + LEEWAY, UTC),
        )

    def _memberships(self, claims: Mapping[str, Any], name: str) -> dict[str, Role]:
        """What is no company's id, or no role we know, opens nothing, and whoever runs this server is told."""
        where = self._settings.jwt_companies_claim
        told = _claim(claims, where)
        role = _claim(claims, self._settings.jwt_role_claim) or self._settings.jwt_default_role
        if not isinstance(told, Mapping | list | str):
            self._warn(name, [f"there is no list, object or text at {where}"])
            return {}
        pairs = told.items() if isinstance(told, Mapping) else [(each, role) for each in _listed(told)]
        found: dict[str, Role] = {}
        vain: list[str] = []
        for number, (company_id, word) in enumerate(pairs):
            if number == MOST_COMPANIES:
                vain.append(f"more than {MOST_COMPANIES:,} companies")
                break
            if (fault := _fault(company_id, word)) is not None:
                vain.append(fault)
            else:
                found[company_id] = Role(word)
        self._warn(name, vain)
        return found

    def _warn(self, name: str, vain: Sequence[str]) -> None:
        """Once: a token comes with every request."""
        if not vain:
            return
        more = f" and {len(vain) - NAMED:,} more" if len(vain) > NAMED else ""
        warning = f"A token of {_shown(name)} opens less than it says: {', '.join(vain[:NAMED])}{more}"
        if warning in self._warned:
            return
        if len(self._warned) >= REMEMBERED:
            self._warned.clear()
        self._warned.add(warning)
        logger.warning("%s", warning)


class KeySet:
    """The public keys at an address, by their ids."""

    def __init__(self, url: str) -> None:
        # Ours decides when to fetch: a stranger's token with an unknown id must not make us ask each time.
        self._client = PyJWKClient(url, cache_keys=False, cache_jwk_set=False, timeout=PATIENCE)
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._turn = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> PyJWK:
        """Raises PyJWTError where there is none, KeysAway where that cannot be said yet."""
        is_sure = await self._refresh(kid)
        key = self._keys.get(kid)
        if key is None and not is_sure:
            raise KeysAway("no key of this id at hand")
        if key is None:
            raise jwt.InvalidKeyError("no key of this id")
        if key.algorithm_name != algorithm:
            raise jwt.InvalidAlgorithmError(f"this key is for {key.algorithm_name}")
        return key

    async def _refresh(self, kid: str | None) -> bool:
        """Whether what is there now is what the address tells."""
        if self._is_fresh(kid):
            return True
        async with self._turn:
            now = time.monotonic()
            if self._is_fresh(kid):
                return True
            if now - self._tried_at < LOOK_AGAIN:
                return False
            self._tried_at = now
            try:
                found = await asyncio.to_thread(self._client.get_signing_keys)
            except (PyJWTError, OSError, ValueError) as error:
                # Those we have stay good while their address is away, or says something else.
                logger.warning("The keys of JWT_JWKS_URL could not be fetched: %s", error)
                return False
            self._keys = {key.key_id: key for key in found}
            self._fetched_at = now
            return True

    def _is_fresh(self, kid: str | None) -> bool:
        return kid in self._keys and time.monotonic() - self._fetched_at < FRESH_FOR


def _header_of(token: str) -> Mapping[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except PyJWTError as error:
        logger.info("What was sent as a token was refused: %s", error)
        raise TokenRefused(NEITHER) from None


def _why(error: PyJWTError) -> str:
    if isinstance(error, MissingRequiredClaimError):
        return f"Your token has no {error.claim}. Add {MISSING.get(error.claim, 'it')}."
    return WHY.get(type(error), UNREADABLE)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """By its whole name, which may be an address; else along its dots."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _listed(told: list[Any] | str) -> list[Any]:
    return [told] if isinstance(told, str) else told


def _fault(company_id: Any, word: Any) -> str | None:
    """Why the two open nothing."""
    if not (isinstance(company_id, str) and _COMPANY.fullmatch(company_id)):
        return f"{_shown(company_id)} is no company's id"
    return None if word in list(Role) else f"{_shown(word)} for {company_id} is no role"


def _shown(told: Any) -> str:
    """On one line of a log, whatever it is; ``repr`` escapes what would end the line or move a cursor."""
    return repr(told)[:SHOWN] if isinstance(told, str | int | float | None) else f"a {type(told).__name__}"
