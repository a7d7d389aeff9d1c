"""Ours, as it is registered with Intuit, and where its company lives: read off the settings."""

from __future__ import annotations

from workers.books.quickbooks.connections import NOT_SET_UP
from workers.books.quickbooks.intuit import api_url, discovery_url, redirect_uri
from workers.jobs.attempt import Attempt
from workers.jobs.faults import BadInput
from workers.outside.quickbooks.oauth import Application
from workers.settings import Settings


def application_of(settings: Settings, redirect: str | None = None) -> Application:
    """Raises BadInput where there is none."""
    if settings.qbo_client_id is None or settings.qbo_client_secret is None:
        raise BadInput.of(*NOT_SET_UP)
    return Application(
        client_id=settings.qbo_client_id,
        client_secret=settings.qbo_client_secret,
        discovery_url=discovery_url(settings),
        redirect_uri=redirect or redirect_uri(settings),
    )


def base_url_of(attempt: Attempt) -> str:
    return api_url(attempt.shared.settings)
