"""Who may do what: API keys, sign-in links, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workers.database import UTCTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COMPANY_ID = sa.String(64)
HASH = sa.String(64)
ROLE = sa.String(16)
NAME = sa.String(200)


def upgrade() -> None:
    create_keys()
    create_sign_in()


def company(*, primary_key: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("companies.company_id")
    return sa.Column("company_id", COMPANY_ID, reference, nullable=False, primary_key=primary_key)


def create_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(36), primary_key=True),
        company(),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("secret_hash", HASH, nullable=False, unique=True),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.Column("last_used", UTCTime),
        sa.Column("revoked_at", UTCTime),
    )
    op.create_index(op.f("ix_api_keys_company_id_prefix"), "api_keys", ["company_id", "prefix"])


def create_sign_in() -> None:
    session = sa.ForeignKey("sessions.session_hash", ondelete="CASCADE")
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", HASH, primary_key=True),
        company(),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("expires_at", UTCTime, nullable=False),
        sa.Column("used_at", UTCTime),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", HASH, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.Column("expires_at", UTCTime, nullable=False),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_table(
        "session_companies",
        sa.Column("session_hash", HASH, session, primary_key=True),
        company(primary_key=True),
        sa.Column("role", ROLE, nullable=False),
    )


def downgrade() -> None:
    for table in ("session_companies", "sessions", "sign_in_links", "api_keys"):
        op.drop_table(table)
