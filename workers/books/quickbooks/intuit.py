"""Intuit's addresses (developer.intuit.com, "Discovery document" and "Base URLs"), or those of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from workers.settings import Settings

API: Final[Mapping[str, str]] = {
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
    "production": "https://quickbooks.api.intuit.com",
}
DISCOVERY: Final[Mapping[str, str]] = {
    "sandbox": "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
    "production": "https://developer.api.intuit.com/.well-known/openid_configuration",
}
#: Where a person sees an object.
PAGES: Final[Mapping[str, str]] = {
    "sandbox": "https://sandbox.qbo.intuit.com",
    "production": "https://qbo.intuit.com",
}
SCOPE: Final = "com.intuit.quickbooks.accounting"
CALLBACK: Final = "/api/quickbooks/callback"
#: What a page of the application calls an object of this type.
PATHS: Final[Mapping[str, str]] = {"purchase": "expense", "journalentry": "journal"}


def api_url(settings: Settings) -> str:
    return (settings.qbo_base_url or API[settings.qbo_environment]).rstrip("/").removesuffix("/v3")


def discovery_url(settings: Settings) -> str:
    """With an API of one's own and no other word, that server's."""
    if settings.qbo_discovery_url:
        return settings.qbo_discovery_url
    if settings.qbo_base_url:
        parts = urlsplit(settings.qbo_base_url)
        return f"{parts.scheme}://{parts.netloc}/.well-known/openid_configuration"
    return DISCOVERY[settings.qbo_environment]


def redirect_uri(settings: Settings) -> str:
    """What is to be registered with Intuit, to the letter."""
    return settings.qbo_redirect_uri or f"http://localhost:{settings.port}{CALLBACK}"


def page_of(settings: Settings, object_type: str, qbo_id: str) -> str:
    name = object_type.lower()
    root = settings.qbo_base_url.rstrip("/") if settings.qbo_base_url else PAGES[settings.qbo_environment]
    return f"{root}/app/{PATHS.get(name, name)}?{urlencode({'txnId': qbo_id})}"


def authorize_url(settings: Settings, endpoint: str, state: str) -> str:
    """Where a person says yes (RFC 6749, section 4.1.1)."""
    asked = {
        "client_id": settings.qbo_client_id or "",
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": redirect_uri(settings),
        "state": state,
    }
    separator = "&" if urlsplit(endpoint).query else "?"
    return f"{endpoint}{separator}{urlencode(asked)}"
