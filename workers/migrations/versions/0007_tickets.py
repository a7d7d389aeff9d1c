"""Tickets: what opens one stream, once, within seconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workers.database import JSONBytes, UTCTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("ticket_hash", sa.String(64), primary_key=True),
        sa.Column("principal", JSONBytes, nullable=False),
        sa.Column("expires_at", UTCTime, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("tickets")
