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
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from jwt import PyJWK, PyJWKClient
from jwt.exceptions import PyJWTError

from server.refusals import KeysAway
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

#: What may be a company's id: its own application chose it.
_COMPANY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")

logger = logging.getLogger(__name__)


class HostTokens:
    """Of one host application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = None if settings.jwt_jwks_url is None else KeySet(settings.jwt_jwks_url)

    async def verify(self, token: str) -> Principal | None:
        """Who it is; None for a token that is not one, was not signed for us, or has run out. Raises KeysAway."""
        if len(token) > LONGEST:
            return None
        try:
            key, algorithm = await self._key_for(jwt.get_unverified_header(token))
            claims = self._decoded(token, key, algorithm)
        except PyJWTError as error:
            # The token itself is a secret; what is wrong with it is not.
            logger.info("A token of the host application was refused: %s", error)
            return None
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
        return Principal(
            name=str(name or "somebody")[:200],
            memberships=dict(self._memberships(claims)),
            session=False,
            expires_at=datetime.fromtimestamp(min(float(claims["exp"]), NEVER) + LEEWAY, UTC),
        )

    def _memberships(self, claims: Mapping[str, Any]) -> Iterator[tuple[str, Role]]:
        """What is no company's id, or no role we know, opens nothing."""
        told = _claim(claims, self._settings.jwt_companies_claim)
        role = _claim(claims, self._settings.jwt_role_claim) or self._settings.jwt_default_role
        pairs = told.items() if isinstance(told, Mapping) else ((each, role) for each in _listed(told))
        for number, (company_id, word) in enumerate(pairs):
            if number == MOST_COMPANIES:
                return
            if isinstance(company_id, str) and _COMPANY.fullmatch(company_id) and word in list(Role):
                yield company_id, Role(word)


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


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """By its whole name, which may be an address; else along its dots."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _listed(told: Any) -> list[Any]:
    if isinstance(told, str):
        return [told]
    return told if isinstance(told, list) else []
