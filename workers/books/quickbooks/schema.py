"""The tables of QuickBooks: who is connected, whose account is whose, and every object that was sent.

An object is written down, with the very bytes that go out and the request id that goes along, before it goes out.
Whatever becomes of the answer, sending it again brings the same object about, and not another one.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from workers.books.schema import ACTOR, COMPANY_ID, UUID
from workers.database import JSONBytes, UTCTime, metadata

REALM = String(32)
QBO_ID = String(64)
REQUEST_ID = String(50)

# The addresses of an OAuth 2.0 server, by that of its discovery document.
quickbooks_endpoints = Table(
    "quickbooks_endpoints",
    metadata,
    Column("discovery_url", String(500), primary_key=True),
    # authorization, token and revocation.
    Column("endpoints", JSONBytes, nullable=False),
    Column("fetched_at", UTCTime, nullable=False),
)

# A person on the way to Intuit and back. Who comes back without one came from somewhere else.
quickbooks_grants = Table(
    "quickbooks_grants",
    metadata,
    Column("grant_id", UUID, primary_key=True),
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False),
    # SHA-256 of OAuth's state.
    Column("state_hash", String(64), nullable=False, unique=True),
    Column("actor", ACTOR, nullable=False),
    Column("redirect_uri", String(500), nullable=False),
    # Of the page that the person began on, and comes back to: the session's cookie is that origin's.
    Column("origin", String(300), nullable=False, default=""),
    # What the person brought back, once; the code is sealed.
    Column("code", LargeBinary),
    Column("realm_id", REALM),
    Column("created_at", UTCTime, nullable=False),
    Column("expires_at", UTCTime, nullable=False),
)

quickbooks_connections = Table(
    "quickbooks_connections",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, nullable=False),
    Column("environment", String(16), nullable=False),
    # connected or refused.
    Column("state", String(16), nullable=False),
    # Sealed.
    Column("access_token", LargeBinary, nullable=False),
    Column("refresh_token", LargeBinary, nullable=False),
    Column("access_expires_at", UTCTime, nullable=False),
    # Rises by one with every refresh: whoever waits for one knows by it that it is done.
    Column("generation", Integer, nullable=False, default=1),
    # Who refreshes, and until when nobody else may.
    Column("refreshing_by", UUID),
    Column("refreshing_until", UTCTime),
    Column("company_name", String(200)),
    Column("home_currency", String(3)),
    Column("closed_through", Date),
    Column("problem", Text),
    Column("connected_at", UTCTime, nullable=False),
    Column("connected_by", ACTOR, nullable=False),
    Column("fetched_at", UTCTime),
)

quickbooks_accounts = Table(
    "quickbooks_accounts",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, primary_key=True),
    Column("qbo_id", QBO_ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("full_name", String(500), nullable=False),
    # AccountType and AccountSubType in Intuit's words.
    Column("type", String(64), nullable=False),
    Column("subtype", String(64)),
    Column("currency", String(3)),
    Column("active", Boolean, nullable=False),
)

# A person's word: this account of ours is that one of theirs.
quickbooks_mappings = Table(
    "quickbooks_mappings",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, primary_key=True),
    # The code of our account: its name may change.
    Column("code", String(16), primary_key=True),
    Column("qbo_id", QBO_ID, nullable=False),
    Column("confirmed_by", ACTOR, nullable=False),
    Column("confirmed_at", UTCTime, nullable=False),
)

quickbooks_vendors = Table(
    "quickbooks_vendors",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, primary_key=True),
    # Folded: DisplayName is unique in any case.
    Column("name", String(200), primary_key=True),
    Column("qbo_id", QBO_ID, nullable=False),
)

# One for each line that was ever sent. No foreign key to it: an object outlives the line it was made of.
quickbooks_objects = Table(
    "quickbooks_objects",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, primary_key=True),
    Column("transaction_id", UUID, primary_key=True),
    # sending, sent, failed (nothing is over there) or deleted.
    Column("state", String(16), nullable=False),
    # create, update or delete: what is being done to it, or was done last.
    Column("operation", String(8), nullable=False),
    Column("object_type", String(16), nullable=False),
    # Null until it is there.
    Column("qbo_id", QBO_ID),
    Column("sync_token", String(16)),
    # Counts what was sent: a request id is of one operation only.
    Column("sending_no", Integer, nullable=False),
    Column("request_id", REQUEST_ID, nullable=False),
    # Those of one batch share its request id, in their order; null where it goes by itself.
    Column("batch_id", REQUEST_ID),
    Column("batch_no", Integer),
    # The very bytes that go out.
    Column("body", Text, nullable=False),
    # Of the line when it was composed: whether it has changed since is told by these two.
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    # What people are shown of it: a SentLine.
    Column("shown", JSONBytes, nullable=False),
    # The job that holds it while it is sending, or that sent it last.
    Column("job_id", UUID, nullable=False),
    Column("sent_at", UTCTime),
    # Whether it may be over there without our knowing: the answer was lost.
    Column("unsure", Boolean, nullable=False, default=False),
    Index(None, "company_id", "realm_id", "state", "transaction_id"),
    Index(None, "job_id", "state", "transaction_id"),
    Index(None, "company_id", "sent_at", "transaction_id"),
)

# Receipts that went along: once each for each object.
quickbooks_files = Table(
    "quickbooks_files",
    metadata,
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), primary_key=True),
    Column("realm_id", REALM, primary_key=True),
    Column("receipt_id", UUID, primary_key=True),
    Column("transaction_id", UUID, primary_key=True),
    # sending, sent or failed.
    Column("state", String(16), nullable=False),
    # Unique over there: what it is looked for by where an answer was lost.
    Column("file_name", String(200), nullable=False),
    Column("qbo_id", QBO_ID),
    Column("job_id", UUID, nullable=False),
    Column("detail", Text),
)
