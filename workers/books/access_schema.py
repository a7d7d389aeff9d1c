"""Who may do what: keys of programs, links and sessions of people. Only hashes of secrets are kept."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from workers.books.schema import COMPANY_ID, UUID
from workers.database import JSONBytes, UTCTime, metadata

HASH = String(64)
ROLE = String(16)
NAME = String(200)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", UUID, primary_key=True),
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False),
    Column("role", ROLE, nullable=False),
    # Shown as submitted_by of its jobs.
    Column("name", NAME, nullable=False),
    # The first characters of the secret, by which people tell keys apart.
    Column("prefix", String(16), nullable=False),
    Column("secret_hash", HASH, nullable=False, unique=True),
    Column("created_at", UTCTime, nullable=False),
    # To the minute.
    Column("last_used", UTCTime),
    Column("revoked_at", UTCTime),
    Index(None, "company_id", "prefix"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False),
    Column("role", ROLE, nullable=False),
    Column("name", NAME, nullable=False),
    Column("expires_at", UTCTime, nullable=False),
    Column("used_at", UTCTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", HASH, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("created_at", UTCTime, nullable=False),
    Column("expires_at", UTCTime, nullable=False, index=True),
)

#: The companies of a session: each link that a browser redeems adds its own.
session_companies = Table(
    "session_companies",
    metadata,
    Column("session_hash", HASH, ForeignKey("sessions.session_hash", ondelete="CASCADE"), primary_key=True),
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("role", ROLE, nullable=False),
)

#: What opens one stream, once, within seconds: a browser can put nothing but an address into a WebSocket.
tickets = Table(
    "tickets",
    metadata,
    Column("ticket_hash", HASH, primary_key=True),
    Column("principal", JSONBytes, nullable=False),
    Column("expires_at", UTCTime, nullable=False, index=True),
)
