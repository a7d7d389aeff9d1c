"""Intuit's side of OAuth 2.0: consent, codes that are good once, tokens that end, and refresh tokens that rotate."""

from __future__ import annotations

import base64
import html
import itertools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec

from tests.doubles.server import Request, Response, json_response

CODE_SECONDS = 600.0
CONSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Connect to QuickBooks (double)</title>
<h1>Connect {name} to Ledgerwire?</h1><form method="post" action="?{query}">
<button name="answer" value="yes">Connect</button> <button name="answer" value="no">Cancel</button></form></html>"""


class Held(msgspec.Struct):
    """A code or a token: whose, and until when."""

    realm_id: str
    until: float
    redirect_uri: str = ""
    used: bool = False


class Authority:
    def __init__(self, client_id: str, client_secret: str, *, token_seconds: float = 3600.0) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.token_seconds = token_seconds
        #: Seconds for which a refresh token is taken after it was rotated; Intuit's own is a day.
        self.grace = 0.0
        self.consents_at_once = False
        self.codes: dict[str, Held] = {}
        self.access: dict[str, Held] = {}
        self.refresh: dict[str, Held] = {}
        self.refreshes = 0
        self.revoked: list[str] = []
        self._number = itertools.count(1)
        self._clock: Callable[[], float] = time.monotonic

    def discovery(self, origin: str) -> dict[str, Any]:
        root = f"{origin}/oauth2/v1"
        return {
            "issuer": origin,
            "authorization_endpoint": f"{origin}/connect/oauth2",
            "token_endpoint": f"{root}/tokens/bearer",
            "revocation_endpoint": f"{root}/tokens/revoke",
            "userinfo_endpoint": f"{root}/userinfo",
            "jwks_uri": f"{root}/jwks",
            "response_types_supported": ["code"],
        }

    # --- a person's consent ---------------------------------------------------------------------------

    def authorize(self, request: Request, realm_id: str, name: str) -> Response:
        asked = request.query
        if asked.get("client_id") != self.client_id or not asked.get("redirect_uri", "").startswith("http"):
            return json_response(400, {"error": "invalid_client"})
        if request.method == "GET" and not self.consents_at_once:
            page = CONSENT.format(name=html.escape(name), query=html.escape(urlencode(dict(asked))))
            return Response(200, page.encode(), {"content-type": "text/html; charset=utf-8"})
        yes = self.consents_at_once or parse_qs(request.body.decode()).get("answer") == ["yes"]
        told = {"state": asked.get("state", "")}
        told |= (
            {"code": self.grant(realm_id, asked["redirect_uri"]), "realmId": realm_id}
            if yes
            else {"error": "access_denied"}
        )
        return Response(303, b"", {"location": f"{asked['redirect_uri']}?{urlencode(told)}"})

    def grant(self, realm_id: str, redirect_uri: str) -> str:
        """A code, as a consent brings it."""
        code = f"code-{next(self._number)}"
        self.codes[code] = Held(realm_id, self._clock() + CODE_SECONDS, redirect_uri)
        return code

    # --- tokens ---------------------------------------------------------------------------------------

    def token(self, request: Request) -> Response:
        if not self._knows(request):
            return json_response(401, {"error": "invalid_client"})
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("grant_type") == "authorization_code":
            held = self.codes.get(form.get("code", ""))
            is_good = held is not None and not held.used and held.redirect_uri == form.get("redirect_uri")
        elif form.get("grant_type") != "refresh_token":
            return json_response(400, {"error": "unsupported_grant_type"})
        else:
            held = self.refresh.get(form.get("refresh_token", ""))
            is_good = held is not None
            self.refreshes += 1
        if held is None or not is_good or held.until <= self._clock():
            return json_response(400, {"error": "invalid_grant"})
        held.used = True
        held.until = min(held.until, self._clock() + self.grace)
        return json_response(200, self.issue(held.realm_id))

    def issue(self, realm_id: str) -> dict[str, Any]:
        number, now = next(self._number), self._clock()
        access, refresh = f"access-{number}", f"refresh-{number}"
        self.access[access] = Held(realm_id, now + self.token_seconds)
        self.refresh[refresh] = Held(realm_id, now + 100 * 86_400)
        return {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": self.token_seconds,
            "refresh_token": refresh,
            "x_refresh_token_expires_in": 100 * 86_400,
        }

    def revoke(self, request: Request) -> Response:
        if not self._knows(request):
            return json_response(401, {"error": "invalid_client"})
        token = str(request.json().get("token"))
        held = self.refresh.pop(token, None) or self.access.pop(token, None)
        if held is None:
            return json_response(400, {"error": "invalid_token"})
        self.revoked.append(token)
        self.forget(held.realm_id)
        return Response(200, b"")

    def forget(self, realm_id: str) -> None:
        """As if the person had removed the application over there."""
        for tokens in (self.access, self.refresh):
            for token in [token for token, held in tokens.items() if held.realm_id == realm_id]:
                del tokens[token]

    def expire(self) -> None:
        """Every access token has ended."""
        self.access.clear()

    def accepts(self, request: Request, realm_id: str) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        held = self.access.get(token)
        return (
            scheme == "Bearer"
            and held is not None
            and held.realm_id == realm_id
            and held.until > self._clock()
        )

    def _knows(self, request: Request) -> bool:
        wanted = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {wanted}"
