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
#: And for all of it, which is a page of text: a lease to refresh lasts thirty.
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

        from workers.outside.quickbooks.transport import body_of, check_patience, lost

        class Client(AuthClient):  # type: ignore[misc]
            def request(self, method: str, url: str, **options: Any) -> Any:
                if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
                    raise Unavailable
                self.trust_env = False
                ours = {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
                with super().request(method, url, **{**options, **ours}) as response:
                    # Where the library finds it: it reads without a bound, and drops Retry-After.
                    response._content = body_of(response, within=WITHIN, most=LONGEST_BODY)  # noqa: SLF001
                    response._content_consumed = True  # noqa: SLF001
                after = seconds_of(response.headers.get("Retry-After"))
                check_patience(response.status_code, after)
                return response

        try:
            with Client(self.client_id, self.client_secret, self.redirect_uri, self.discovery_url) as client:
                return call(client)
        except AuthClientError as error:
            raise _fault(int(error.status_code)) from None
        except requests.exceptions.RequestException as error:
            raise lost(error) from None
        except (ValueError, KeyError, AttributeError):
            # What came back was no such document.
            raise Unavailable(may_have_happened=True) from None


def _tokens(client: Any, _done: None) -> Tokens:
    return Tokens(str(client.access_token), str(client.refresh_token), float(client.expires_in))


def _fault(status: int) -> QuickBooksError:
    return Refused(status) if status in BAD else Unavailable(status, may_have_happened=True)
