"""The tables of receipts: what was read of each, which lines paid it, and what people have done to it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from workers.books.schema import ACTOR, COMPANY_ID, UUID, Money
from workers.database import JSONBytes, UTCTime, metadata

SHA256 = String(64)

receipts = Table(
    "receipts",
    metadata,
    # Rises with time, so that the newest are found without a column of their own.
    Column("receipt_id", UUID, primary_key=True),
    Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False),
    # No foreign key: a receipt stays when its job is forgotten.
    Column("job_id", UUID, nullable=False),
    # From 1, of the job's files.
    Column("file_no", Integer, nullable=False),
    # What the sender called it: for people.
    Column("name", Text, nullable=False),
    # Of the original file.
    Column("sha256", SHA256, nullable=False),
    Column("size", Integer, nullable=False),
    Column("media_type", String(64), nullable=False),
    # The SHA-256 of each page that can be looked at.
    Column("previews", JSONBytes, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("pages_in_file", Integer, nullable=False),
    Column("engine", String(16), nullable=False),
    # How page 1 looks, in hex: see alike.py.
    Column("phash", String(128)),
    # review, ready or confirmed.
    Column("state", String(16), nullable=False),
    # What is known now; the evidence for each stands in fields.
    Column("vendor", String(200)),
    Column("date", Date),
    Column("total", Money),
    Column("currency", String(3)),
    Column("subtotal", Money),
    Column("tip", Money),
    Column("taxes", JSONBytes, nullable=False),
    Column("payment_method", String(16)),
    Column("card", String(4)),
    Column("number", String(200)),
    Column("items", JSONBytes, nullable=False),
    # FieldReading by the name of the field.
    Column("fields", JSONBytes, nullable=False),
    # All that was read, row by row.
    Column("text", Text, nullable=False),
    # Name, vendor and text, normalised: what is searched.
    Column("searched", Text, nullable=False),
    # An earlier one that looks the same.
    Column("duplicate_of", UUID, ForeignKey("receipts.receipt_id", ondelete="SET NULL")),
    Column("revision", Integer, nullable=False, default=1),
    Column("created_at", UTCTime, nullable=False),
    Column("updated_at", UTCTime, nullable=False),
    Column("confirmed_at", UTCTime),
    Column("confirmed_by", ACTOR),
    # What makes a job that is run again harmless: a file of a job is one receipt, and the same bytes are, too.
    UniqueConstraint("company_id", "job_id", "file_no"),
    UniqueConstraint("company_id", "sha256"),
    Index(None, "company_id", "receipt_id"),
    Index(None, "company_id", "state", "receipt_id"),
    # Those of one day and sum: what may be the same.
    Index(None, "company_id", "date", "total"),
    Index(None, "duplicate_of"),
)

# One receipt paid by several lines, or one line with several receipts, and never both: see attaching.py.
attachments = Table(
    "attachments",
    metadata,
    Column("receipt_id", UUID, ForeignKey("receipts.receipt_id", ondelete="CASCADE"), primary_key=True),
    Column(
        "transaction_id",
        UUID,
        ForeignKey("transactions.transaction_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("company_id", COMPANY_ID, nullable=False),
    Column("attached_at", UTCTime, nullable=False),
    Column("attached_by", ACTOR, nullable=False),
    Index(None, "transaction_id"),
)

# Lines that no bank has told of: booked from a receipt. Without a foreign key to it: the line outlives it.
booked_lines = Table(
    "booked_lines",
    metadata,
    Column(
        "transaction_id",
        UUID,
        ForeignKey("transactions.transaction_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("company_id", COMPANY_ID, nullable=False),
    Column("receipt_id", UUID, nullable=False, unique=True),
    Index(None, "company_id"),
)

# What became of receipts, for ever. No foreign key: it outlives what it tells of.
receipt_audit = Table(
    "receipt_audit",
    metadata,
    Column("audit_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("company_id", COMPANY_ID, nullable=False),
    Column("receipt_id", UUID, nullable=False),
    Column("at", UTCTime, nullable=False),
    # The person or key that acted, or that submitted the job.
    Column("actor", ACTOR, nullable=False),
    # The job that did it; null where a person did.
    Column("job_id", UUID),
    # read, corrected, confirmed, attached, detached, booked or removed.
    Column("action", String(16), nullable=False),
    # The line that it was attached to, taken off or booked as.
    Column("transaction_id", UUID),
    # Of each field that changed, what it was and what it is.
    Column("changes", JSONBytes, nullable=False),
    Index(None, "company_id", "receipt_id", "audit_id"),
)
