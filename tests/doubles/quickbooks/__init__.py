"""A double of QuickBooks Online: a real HTTP server with OAuth 2.0, a ledger, limits and every misbehaviour we know."""

from tests.doubles.quickbooks.limits import Limits
from tests.doubles.quickbooks.service import CLIENT_ID, CLIENT_SECRET, REALM, QuickBooksOnline

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "REALM", "Limits", "QuickBooksOnline"]
