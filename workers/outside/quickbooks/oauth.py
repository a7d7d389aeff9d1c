"""OAuth 2.0 with Intuit (RFC 6749; developer.intuit.com, "OAuth 2.0"): from a person's consent to tokens and back.

Raises QuickBooksError; ``Refused`` where a code or token is not accepted (any more). No message carries a secret.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from workers.outside.quickbooks.client import LOOPBACK
from workers.outside.quickbooks.faults import QuickBooksError, Refused, Unavailable, seconds_of

T = TypeVar("T")

#: Seconds to connect, and to wait for an answer: others wait for a refresh.
TIMEOUT = (5.0, 20.0)
#: And for all of it, both requests of a refresh: its lease lasts thirty.
WITHIN = 25.0
LONGEST_BODY = 256 * 1024
#: invalid_grant and invalid_client (RFC 6749, section 5.2); a 403 may be anybody's on the way.
BAD = (400, 401)


class Endpoints(msgspec.Struct, frozen=True):
    authorization: str
    token: str
    revocation: str


class Tokens(msgspec.Struct, frozen=True):
    """``expires_in`` seconds from when they were asked for."""

    access: str
    refresh: str
    expires_in: float

    def __repr__(self) -> str:
        return "Tokens(…)"


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """Ours, as it is registered with Intuit."""

    client_id: str
    client_secret: str
    discovery_url: str
    redirect_uri: str
    within: float = WITHIN

    def __repr__(self) -> str:
        return f"Application({self.discovery_url})"

    async def discover(self) -> Endpoints:
        def call(client: Any) -> Endpoints:
            return Endpoints(client.auth_endpoint, client.token_endpoint, client.revoke_endpoint)

        return await self._run(call)

    async def exchange(self, code: str, realm_id: str) -> Tokens:
        """A code is good once, and for minutes."""
        return await self._run(
            lambda client: _tokens(client, client.get_bearer_token(code, realm_id=realm_id))
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        """The refresh token that comes back takes the old one's place: keep it before anything else."""
        return await self._run(lambda client: _tokens(client, client.refresh(refresh_token)))

    async def revoke(self, token: str) -> None:
        await self._run(lambda client: client.revoke(token))

    async def _run(self, call: Callable[[Any], T]) -> T:
        return await asyncio.to_thread(self._with_client, call)

    def _with_client(self, call: Callable[[Any], T]) -> T:
        import requests
        from intuitlib.client import AuthClient
        from intuitlib.exceptions import AuthClientError

        from workers.outside.quickbooks.deadline import Deadline, watch_connections
        from workers.outside.quickbooks.transport import body_of, check_patience, lost

        class Client(AuthClient):  # type: ignore[misc]
            def request(self, method: str, url: str, **options: Any) -> Any:
                if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
                    raise Unavailable
                self.trust_env = False
                watch_connections(self)
                ours = {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
                with super().request(method, url, **{**options, **ours}) as response:
                    # Where the library finds it: it reads without a bound, and drops Retry-After.
                    response._content = _without_identity(body_of(response, LONGEST_BODY))  # noqa: SLF001
                    response._content_consumed = True  # noqa: SLF001
                deadline.check()
                check_patience(response.status_code, seconds_of(response.headers.get("Retry-After")))
                return response

        registered = (self.client_id, self.client_secret, self.redirect_uri, self.discovery_url)
        try:
            with Deadline(self.within) as deadline, Client(*registered) as client:
                return call(client)
        except AuthClientError as error:
            raise _fault(int(error.status_code), error.content) from None
        except requests.exceptions.RequestException as error:
            raise lost(error) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            # What came back was no such document.
            raise Unavailable(may_have_happened=True) from None


def _without_identity(body: bytes) -> bytes:
    """We ask for none; for an id_token the library would fetch keys, without any patience of ours."""
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    if not isinstance(told, dict) or told.pop("id_token", None) is None:
        return body
    return msgspec.json.encode(told)


def _tokens(client: Any, _done: None) -> Tokens:
    if not (client.access_token and client.refresh_token):
        raise Unavailable(may_have_happened=True)
    return Tokens(str(client.access_token), str(client.refresh_token), float(client.expires_in))


def _fault(status: int, content: bytes) -> QuickBooksError:
    """Refused only where the authority says why (RFC 6749, section 5.2): a portal on the way may answer 401, too."""
    try:
        told = msgspec.json.decode(content)
    except msgspec.DecodeError:
        told = None
    if status in BAD and isinstance(told, dict) and isinstance(told.get("error"), str):
        return Refused(status)
    return Unavailable(status, may_have_happened=True)
