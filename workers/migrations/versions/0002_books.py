"""The books: companies, bank accounts, chart, rules, transactions, journal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from workers.books.schema import Money
from workers.database import UTCTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COMPANY_ID = sa.String(64)
UUID = sa.String(36)
NAME = sa.String(120)


def upgrade() -> None:
    create_companies()
    create_chart()
    create_transactions()
    create_journal()


def company(**kwargs: Any) -> sa.Column[str]:
    return sa.Column(
        "company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), nullable=False, **kwargs
    )


def create_companies() -> None:
    op.create_table(
        "companies",
        sa.Column("company_id", COMPANY_ID, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("base_currency", sa.String(3), nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("account_id", UUID, primary_key=True),
        company(),
        sa.Column("name", NAME, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("number", sa.String(64)),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.UniqueConstraint("company_id", "name"),
    )


def create_chart() -> None:
    op.create_table(
        "accounts",
        company(primary_key=True),
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.UniqueConstraint("company_id", "name"),
    )
    op.create_table(
        "rules",
        sa.Column("rule_id", UUID, primary_key=True),
        company(),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("match", sa.String(200), nullable=False),
        sa.Column("category", NAME, nullable=False),
        sa.Column("sign", sa.SmallInteger),
        sa.Column("created_at", UTCTime, nullable=False),
        sa.UniqueConstraint("company_id", "position"),
    )


def create_transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("transaction_id", UUID, primary_key=True),
        company(),
        sa.Column("account_id", UUID, sa.ForeignKey("bank_accounts.account_id"), nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("amount", Money, nullable=False),
        sa.Column("sign", sa.SmallInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("normalised", sa.Text, nullable=False),
        sa.Column("merchant_key", sa.String(64), nullable=False),
        sa.Column("category", NAME),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16)),
        sa.Column("confidence", sa.Float),
        sa.Column("reason", sa.Text),
        sa.Column("import_job_id", UUID),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("bank_id", sa.Text),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
    )
    index_transactions("company_id", "account_id", "fingerprint", unique=True)
    index_transactions("company_id", "date", "transaction_id")
    index_transactions("company_id", "state", "date", "transaction_id")
    index_transactions("import_job_id", "line_no")
    waiting = sa.text("state IN ('imported', 'review')")
    op.create_index(
        op.f("ix_transactions_waiting"),
        "transactions",
        ["company_id", "transaction_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def index_transactions(*columns: str, unique: bool = False) -> None:
    op.create_index(
        op.f(f"ix_transactions_{'_'.join(columns)}"), "transactions", list(columns), unique=unique
    )


def create_journal() -> None:
    transaction = sa.ForeignKey("transactions.transaction_id", ondelete="CASCADE")
    entry = sa.ForeignKey("journal_entries.entry_id", ondelete="CASCADE")
    op.create_table(
        "journal_entries",
        sa.Column("entry_id", UUID, primary_key=True),
        company(),
        sa.Column("transaction_id", UUID, transaction, nullable=False, unique=True),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
    )
    op.create_index(
        op.f("ix_journal_entries_company_id_entry_id"), "journal_entries", ["company_id", "entry_id"]
    )
    op.create_table(
        "journal_lines",
        sa.Column("entry_id", UUID, entry, primary_key=True),
        sa.Column("position", sa.SmallInteger, primary_key=True),
        sa.Column("account", NAME, nullable=False),
        sa.Column("debit", Money, nullable=False),
        sa.Column("credit", Money, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "journal_lines",
        "journal_entries",
        "transactions",
        "rules",
        "accounts",
        "bank_accounts",
        "companies",
    ):
        op.drop_table(table)
