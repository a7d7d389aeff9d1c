"""Receipts: what was read, which lines paid them, what people did; and what keeps files when jobs are forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workers.books.schema import Money
from workers.database import JSONBytes, UTCTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COMPANY_ID = sa.String(64)
UUID = sa.String(36)
ACTOR = sa.String(200)
SHA256 = sa.String(64)
BY_AMOUNT = ["company_id", "amount", "date"]


def upgrade() -> None:
    create_receipts()
    create_attachments()
    create_audit()
    create_kept_files()
    op.create_index(op.f("ix_transactions_company_id_amount_date"), "transactions", BY_AMOUNT)


def create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("receipt_id", UUID, primary_key=True),
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), nullable=False),
        sa.Column("job_id", UUID, nullable=False),
        sa.Column("file_no", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("previews", JSONBytes, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("pages_in_file", sa.Integer, nullable=False),
        sa.Column("engine", sa.String(16), nullable=False),
        sa.Column("phash", sa.String(128)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("vendor", sa.String(200)),
        sa.Column("date", sa.Date),
        sa.Column("total", Money),
        sa.Column("currency", sa.String(3)),
        sa.Column("subtotal", Money),
        sa.Column("tip", Money),
        sa.Column("taxes", JSONBytes, nullable=False),
        sa.Column("payment_method", sa.String(16)),
        sa.Column("card", sa.String(4)),
        sa.Column("number", sa.String(200)),
        sa.Column("items", JSONBytes, nullable=False),
        sa.Column("fields", JSONBytes, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
        sa.Column("duplicate_of", UUID, sa.ForeignKey("receipts.receipt_id", ondelete="SET NULL")),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.Column("updated_at", UTCTime, nullable=False),
        sa.Column("confirmed_at", UTCTime),
        sa.Column("confirmed_by", ACTOR),
        sa.UniqueConstraint("company_id", "job_id", "file_no"),
        sa.UniqueConstraint("company_id", "sha256"),
    )
    for columns in (
        ["company_id", "receipt_id"],
        ["company_id", "state", "receipt_id"],
        ["company_id", "date", "total"],
        ["duplicate_of"],
    ):
        op.create_index(op.f("ix_receipts_" + "_".join(columns)), "receipts", columns)


def create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("receipt_id", UUID, of_receipt(), primary_key=True),
        sa.Column("transaction_id", UUID, of_transaction(), primary_key=True),
        sa.Column("company_id", COMPANY_ID, nullable=False),
        sa.Column("attached_at", UTCTime, nullable=False),
        sa.Column("attached_by", ACTOR, nullable=False),
    )
    op.create_index(op.f("ix_attachments_transaction_id"), "attachments", ["transaction_id"])
    op.create_table(
        "booked_lines",
        sa.Column("transaction_id", UUID, of_transaction(), primary_key=True),
        sa.Column("company_id", COMPANY_ID, nullable=False),
        sa.Column("receipt_id", UUID, nullable=False, unique=True),
    )
    op.create_index(op.f("ix_booked_lines_company_id"), "booked_lines", ["company_id"])


def of_receipt() -> sa.ForeignKey:
    return sa.ForeignKey("receipts.receipt_id", ondelete="CASCADE")


def of_transaction() -> sa.ForeignKey:
    return sa.ForeignKey("transactions.transaction_id", ondelete="CASCADE")


def create_audit() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "receipt_audit",
        sa.Column("audit_id", number, primary_key=True, autoincrement=True),
        sa.Column("company_id", COMPANY_ID, nullable=False),
        sa.Column("receipt_id", UUID, nullable=False),
        sa.Column("at", UTCTime, nullable=False),
        sa.Column("actor", ACTOR, nullable=False),
        sa.Column("job_id", UUID),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("transaction_id", UUID),
        sa.Column("changes", JSONBytes, nullable=False),
    )
    columns = ["company_id", "receipt_id", "audit_id"]
    op.create_index(op.f("ix_receipt_audit_company_id_receipt_id_audit_id"), "receipt_audit", columns)


def create_kept_files() -> None:
    op.create_table(
        "kept_files",
        sa.Column("owner_id", UUID, primary_key=True),
        sa.Column("sha256", SHA256, primary_key=True),
    )
    op.create_index(op.f("ix_kept_files_sha256"), "kept_files", ["sha256"])


def downgrade() -> None:
    op.drop_index(op.f("ix_transactions_company_id_amount_date"), "transactions")
    for table in ("kept_files", "receipt_audit", "booked_lines", "attachments", "receipts"):
        op.drop_table(table)
