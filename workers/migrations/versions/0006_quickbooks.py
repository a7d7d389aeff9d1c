"""QuickBooks: who is connected, whose account is whose, and every object that was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workers.database import JSONBytes, UTCTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COMPANY_ID = sa.String(64)
UUID = sa.String(36)
ACTOR = sa.String(200)
REALM = sa.String(32)
QBO_ID = sa.String(64)
REQUEST_ID = sa.String(50)

TABLES = (
    "quickbooks_endpoints",
    "quickbooks_grants",
    "quickbooks_connections",
    "quickbooks_accounts",
    "quickbooks_mappings",
    "quickbooks_vendors",
    "quickbooks_objects",
    "quickbooks_files",
)


def upgrade() -> None:
    create_endpoints()
    create_grants()
    create_connections()
    create_accounts()
    create_mappings()
    create_vendors()
    create_objects()
    create_files()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_endpoints() -> None:
    op.create_table(
        "quickbooks_endpoints",
        sa.Column("discovery_url", sa.String(500), primary_key=True),
        sa.Column("endpoints", JSONBytes, nullable=False),
        sa.Column("fetched_at", UTCTime, nullable=False),
    )


def create_grants() -> None:
    op.create_table(
        "quickbooks_grants",
        sa.Column("grant_id", UUID, primary_key=True),
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), nullable=False),
        sa.Column("state_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("actor", ACTOR, nullable=False),
        sa.Column("redirect_uri", sa.String(500), nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("code", sa.LargeBinary),
        sa.Column("realm_id", REALM),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.Column("expires_at", UTCTime, nullable=False),
    )


def create_connections() -> None:
    op.create_table(
        "quickbooks_connections",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, nullable=False),
        sa.Column("environment", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("access_token", sa.LargeBinary, nullable=False),
        sa.Column("refresh_token", sa.LargeBinary, nullable=False),
        sa.Column("access_expires_at", UTCTime, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("refreshing_by", UUID),
        sa.Column("refreshing_until", UTCTime),
        sa.Column("company_name", sa.String(200)),
        sa.Column("home_currency", sa.String(3)),
        sa.Column("closed_through", sa.Date),
        sa.Column("problem", sa.Text),
        sa.Column("connected_at", UTCTime, nullable=False),
        sa.Column("connected_by", ACTOR, nullable=False),
        sa.Column("fetched_at", UTCTime),
    )


def create_accounts() -> None:
    op.create_table(
        "quickbooks_accounts",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, primary_key=True),
        sa.Column("qbo_id", QBO_ID, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("full_name", sa.String(500), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subtype", sa.String(64)),
        sa.Column("currency", sa.String(3)),
        sa.Column("active", sa.Boolean, nullable=False),
    )


def create_mappings() -> None:
    op.create_table(
        "quickbooks_mappings",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, primary_key=True),
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("qbo_id", QBO_ID, nullable=False),
        sa.Column("confirmed_by", ACTOR, nullable=False),
        sa.Column("confirmed_at", UTCTime, nullable=False),
    )


def create_vendors() -> None:
    op.create_table(
        "quickbooks_vendors",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("qbo_id", QBO_ID, nullable=False),
    )


def create_objects() -> None:
    op.create_table(
        "quickbooks_objects",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, primary_key=True),
        sa.Column("transaction_id", UUID, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("operation", sa.String(8), nullable=False),
        sa.Column("object_type", sa.String(16), nullable=False),
        sa.Column("qbo_id", QBO_ID),
        sa.Column("sync_token", sa.String(16)),
        sa.Column("sending_no", sa.Integer, nullable=False),
        sa.Column("request_id", REQUEST_ID, nullable=False),
        sa.Column("batch_id", REQUEST_ID),
        sa.Column("batch_no", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("shown", JSONBytes, nullable=False),
        sa.Column("job_id", UUID, nullable=False),
        sa.Column("sent_at", UTCTime),
        sa.Column("unsure", sa.Boolean, nullable=False),
    )
    op.create_index(
        op.f("ix_quickbooks_objects_company_id_realm_id_state_transaction_id"),
        "quickbooks_objects",
        ["company_id", "realm_id", "state", "transaction_id"],
    )
    op.create_index(
        op.f("ix_quickbooks_objects_job_id_state_transaction_id"),
        "quickbooks_objects",
        ["job_id", "state", "transaction_id"],
    )
    op.create_index(
        op.f("ix_quickbooks_objects_company_id_sent_at_transaction_id"),
        "quickbooks_objects",
        ["company_id", "sent_at", "transaction_id"],
    )


def create_files() -> None:
    op.create_table(
        "quickbooks_files",
        sa.Column("company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), primary_key=True),
        sa.Column("realm_id", REALM, primary_key=True),
        sa.Column("receipt_id", UUID, primary_key=True),
        sa.Column("transaction_id", UUID, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("qbo_id", QBO_ID),
        sa.Column("job_id", UUID, nullable=False),
        sa.Column("detail", sa.Text),
    )
